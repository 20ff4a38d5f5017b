/* SPDX-License-Identifier: Apache-2.0 */
#define _POSIX_C_SOURCE 200809L /* gmtime_r */
#include "engine/workflow/phase_layout.h"

#include <stdio.h>
#include <time.h>

#include "engine/base/compiler.h"
#include "engine/base/failure.h"
#include "engine/base/memory.h"
#include "engine/catalog/catalog.h"
#include "engine/workflow/configuration.h"

void phase_time_text(char out[PHASE_TIME])
{
    struct tm tm;
    time_t t = time(NULL);
    gmtime_r(&t, &tm);
    strftime(out, PHASE_TIME, "%Y-%m-%dT%H:%M:%SZ", &tm);
}

static void add_provenance(struct phase_layout *layout, const char *name, const char *value)
{
    layout->provenance[layout->cube.provenance_count++] = (struct cube_text){name, value};
}

static void describe_provenance(struct phase_layout *layout, const struct plan *plan,
                                const char *correlation_id)
{
    snprintf(layout->threads, sizeof layout->threads, "%d", plan->sizes.threads);
    phase_time_text(layout->started);
    add_provenance(layout, "configuration", plan->config->text);
    add_provenance(layout, "resolved_configuration", layout->resolved);
    add_provenance(layout, "periods", layout->periods);
    add_provenance(layout, "correlation_id", correlation_id);
    add_provenance(layout, "pattern", plan->pattern->name);
    add_provenance(layout, "base_pattern", plan->base_pattern->name);
    add_provenance(layout, "program_version", ADMF_VERSION);
    add_provenance(layout, "compiler", COMPILER);
    add_provenance(layout, "instruction_set", plan->kernels->name);
    add_provenance(layout, "threads", layout->threads);
    add_provenance(layout, "started", layout->started);
    layout->cube.provenance = layout->provenance;
}

static bool describe_data(struct phase_layout *layout, const struct plan *plan)
{
    size_t symbols = plan->symbol_count, windows = plan->window_count;
    layout->symbols = memory_new(symbols, sizeof *layout->symbols);
    layout->data = memory_new(symbols, sizeof *layout->data);
    layout->windows = memory_new(windows, sizeof *layout->windows);
    layout->identity = configuration_identity(plan->config);
    layout->resolved = config_resolved(plan->config);
    layout->periods = plan_periods_text(plan);
    if (!layout->symbols || !layout->data || !layout->windows || !layout->identity ||
        !layout->resolved || !layout->periods)
        return false;
    for (size_t s = 0; s < symbols; s++) {
        layout->symbols[s] = plan->bars[s]->symbol;
        layout->data[s] = (struct cube_data){plan->bars[s]->symbol, plan->bars[s]->digest};
    }
    /* A window spans what it spans of any symbol. */
    for (size_t w = 0; w < windows; w++) {
        struct cube_window *out = &layout->windows[w];
        *out = (struct cube_window){plan->windows[w].label, INT64_MAX, INT64_MIN};
        for (size_t s = 0; s < symbols; s++) {
            const struct plan_window *window = &plan->windows[s * windows + w];
            int64_t first = plan->bars[s]->time[window->first];
            int64_t last = plan->bars[s]->time[window->end - 1];
            out->start = first < out->start ? first : out->start;
            out->end = last > out->end ? last : out->end;
        }
    }
    return true;
}

admf_status phase_layout_init(struct phase_layout *layout, const struct plan *plan,
                              const char *correlation_id, admf_error *error)
{
    const struct config *config = plan->config;
    *layout = (struct phase_layout){0};
    if (!describe_data(layout, plan))
        return fail_memory(error);
    size_t metrics = 0;
    for (int k = 0; k < METRIC_COUNT; k++)
        if (config->metric_selected[k]) {
            layout->metric_ids[metrics] = k;
            layout->metrics[metrics++] = catalog_metrics[k];
        }
    layout->cube = (struct cube_layout){.symbol_count = plan->symbol_count,
                                        .symbols = layout->symbols,
                                        .window_count = plan->window_count,
                                        .windows = layout->windows,
                                        .axes = plan->axes,
                                        .metric_count = metrics,
                                        .metrics = layout->metrics,
                                        .float32 = config->precision_float32,
                                        .deflate = config->deflate,
                                        .stat_blocks = config->blocks,
                                        .by_regime = config->by_regime,
                                        .block_cells = plan->sizes.block_cells,
                                        .threads = plan->sizes.packing_threads,
                                        .title = config->workflow_name,
                                        .identity = layout->identity,
                                        .data_count = plan->symbol_count,
                                        .data = layout->data};
    describe_provenance(layout, plan, correlation_id);
    return ADMF_OK;
}

void phase_layout_deinit(struct phase_layout *layout)
{
    memory_free(layout->symbols);
    memory_free(layout->windows);
    memory_free(layout->data);
    memory_free(layout->identity);
    memory_free(layout->resolved);
    memory_free(layout->periods);
    *layout = (struct phase_layout){0};
}
