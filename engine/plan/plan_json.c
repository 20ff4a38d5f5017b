/* SPDX-License-Identifier: Apache-2.0 */
/* A plan as JSON: the facts of plan_text.c, and lists that are too long for words. */
#include <inttypes.h>

#include "engine/base/memory.h"
#include "engine/base/text.h"
#include "engine/catalog/catalog.h"
#include "engine/plan/pattern.h"
#include "engine/plan/services.h"
#include "io/market/timestamp.h"
#include "io/signals/signal_store.h"

static void json_resampling(struct text *out, const struct plan *plan)
{
    const struct config *config = plan->config;
    if (!config->paths)
        return;
    text_format(out,
                ", \"monte_carlo\": {\"n\": %" PRIu64 ", \"by\": \"%s\", \"min_trades\": %" PRIu64
                ", \"paths\": %" PRIu64 ", \"block\": ",
                config->best_n, config->objective, config->best_min_trades, config->paths);
    if (config->block)
        text_format(out, "%" PRIu64, config->block);
    else
        text_add(out, "null");
    text_format(out, ", \"seed\": %" PRIu64 "}", config->seed);
}

static void json_axes(struct text *out, const struct plan *plan)
{
    text_format(out, "{\"pattern\": \"%s\", \"base_pattern\": \"%s\", \"axes\": {",
                plan->pattern->name, plan->base_pattern->name);
    for (int a = 0; a < AXIS_COUNT; a++)
        text_format(out, "%s\"%s\": {\"grid\": %" PRIu64 ", \"instances\": %zu}", a ? ", " : "",
                    plan_axis_names[a], plan->axes[a].before_where, plan->axes[a].count);
    text_format(out, "}, \"instances\": %" PRIu64 ", \"combinations\": %" PRIu64 ", \"symbols\": [",
                plan_instances(plan), plan->combinations);
    for (size_t s = 0; s < plan->symbol_count; s++) {
        text_format(out, "%s{\"symbol\": ", s ? ", " : "");
        text_json_string(out, plan->bars[s]->symbol);
        text_add(out, ", \"source\": ");
        text_json_string(out, plan->bars[s]->source);
        text_format(out, ", \"bars\": %zu, \"bars_outside\": %zu, \"bars_per_year\": ",
                    plan->bars[s]->count, plan->bars[s]->bars_outside);
        text_json_number(out, plan->bars[s]->bars_per_year);
        const struct plan_window *window = &plan->windows[s * plan->window_count];
        text_format(out, ", \"sampling\": \"%s\", \"samples_per_year\": ",
                    window->daily_samples ? "day" : "bar");
        text_json_number(out, window->periods);
        text_add(out, "}");
    }
    text_add(out, "]");
}

static void json_windows(struct text *out, const struct plan *plan)
{
    static const char *const roles[] = {"", "train", "test"};
    text_add(out, ", \"windows\": [");
    for (size_t w = 0; w < plan->symbol_count * plan->window_count; w++) {
        char start[STAMP_TEXT], end[STAMP_TEXT];
        const struct plan_window *window = &plan->windows[w];
        const struct bars *bars = plan->bars[window->symbol];
        stamp_to_text(bars->time[window->first], start);
        stamp_to_text(bars->time[window->end - 1], end);
        text_format(out, "%s{\"window\": \"%s\", \"symbol\": ", w ? ", " : "", window->label);
        text_json_string(out, bars->symbol);
        text_format(out, ", \"start\": \"%s\", \"end\": \"%s\", \"first_bar\": %zu, \"bars\": %zu",
                    start, end, window->first, window->end - window->first);
        if (window->fold)
            text_format(out, ", \"fold\": %d, \"role\": \"%s\"", window->fold, roles[window->role]);
        text_add(out, "}");
    }
    text_add(out, "]");
}

static void json_topology(struct text *out, const struct plan *plan)
{
    struct service services[SERVICES_MAX];
    size_t n = plan_services(plan, services);
    uint64_t count = plan_chosen_cells(plan), shared = plan_shared_containers(plan);
    enum axis_kind outer = plan_outer_axis(plan);
    text_format(out,
                ", \"topology\": {\"outer\": \"%s\", \"inner\": \"%s\", \"portfolios\": %" PRIu64
                ", \"shared_containers\": %" PRIu64 ", \"containers\": %" PRIu64
                ", \"containers_otherwise\": %" PRIu64 ", \"services\": {",
                plan_axis_names[outer], outer == AXIS_STRATEGY ? "classifier" : "strategy", count,
                shared, count + shared, 3 * count + shared);
    for (size_t k = 0; k < n; k++)
        text_format(out, "%s\"%s_services\": %" PRIu64, k ? ", " : "", services[k].type,
                    services[k].count);
    text_format(out,
                "}, \"communication\": \"%s\", \"route\": \"%s\", \"bytes_per_portfolio\": %d}",
                plan_communication, plan_route[plan->mode], (int)BYTES_PER_PORTFOLIO);
}

static void json_signals(struct text *out, const struct plan *plan)
{
    bool reads = plan->mode == PLAN_REPLAY;
    uint64_t instances = plan_instances(plan);
    text_format(out, ", \"signals\": {\"computed\": %" PRIu64 ", \"read\": %" PRIu64,
                reads ? 0 : instances, reads ? instances : 0);
    if (reads) {
        text_add(out, ", \"store\": ");
        text_json_string(out, plan->config->signals);
    }
    if (plan->store)
        text_format(out, ", \"changes\": %" PRIu64, signal_store_all_changes(plan->store));
    text_add(out, "}");
}

static void json_features(struct text *out, const struct plan *plan)
{
    char name[COLUMN_NAME_MAX];
    bool first = true;
    text_add(out, ", \"features\": [");
    for (size_t c = 0; c < plan->column_count; c++) {
        if (!plan->columns[c].computed)
            continue;
        const struct plan_feature *feature = &plan->features[plan->columns[c].feature];
        plan_column_name(plan, (int)c, name, sizeof name);
        text_add(out, first ? "{\"column\": " : ", {\"column\": ");
        text_json_string(out, name);
        text_add(out, ", \"needs\": [");
        for (int k = 0; k < catalog_features[feature->id].n_needs; k++) {
            plan_column_name(plan, feature->input[k], name, sizeof name);
            text_add(out, k ? ", " : "");
            text_json_string(out, name);
        }
        text_add(out, "]}");
        first = false;
    }
    text_add(out, "]");
}

char *plan_to_json(const struct plan *plan)
{
    struct text out = {0};
    const struct plan_sizes *s = &plan->sizes;
    json_axes(&out, plan);
    json_windows(&out, plan);
    json_topology(&out, plan);
    json_signals(&out, plan);
    json_features(&out, plan);
    json_resampling(&out, plan);
    text_format(&out,
                ", \"tile_bars\": %zu, \"block_combinations\": %" PRIu64 ", \"blocks\": %" PRIu64
                ", \"threads\": %d, \"isa\": \"%s\", \"combination_bars\": ",
                s->tile_bars, s->block_cells, s->blocks, s->threads, plan->kernels->name);
    text_json_number(&out, plan_window_bars(plan, WINDOW_PLAIN) *
                               (double)plan_chosen(plan, 0, plan->combinations));
    text_format(&out,
                ", \"memory\": {\"total\": %" PRIu64 ", \"limit\": %" PRIu64 ", \"bars\": %" PRIu64
                ", \"axes\": %" PRIu64 ", \"columns\": %" PRIu64 ", \"signals\": %" PRIu64
                ", \"portfolios\": %" PRIu64 ", \"kept\": %" PRIu64
                "}, \"disk\": {\"cube\": %" PRIu64 ", \"partial\": %" PRIu64 "}, \"seconds\": ",
                s->memory, s->memory_limit, s->bars_bytes, s->axes_bytes, s->column_bytes,
                s->word_bytes, s->lane_bytes, s->kept_bytes, s->cube_bytes, s->partial_bytes);
    text_json_number(&out, s->seconds);
    text_add(&out, "}\n");
    if (!out.failed)
        return out.chars;
    text_deinit(&out);
    return NULL;
}
