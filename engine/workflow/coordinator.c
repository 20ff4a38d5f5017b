/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The coordinator: one entry point. It loads the configuration, gives the workflow its
 * correlation id, records it and hands the phases to the sequencer, which plans (where the pattern
 * is chosen) and runs each of them.
 */
#define _GNU_SOURCE /* getrandom, gmtime_r */
#include "admf/workflow.h"

#include <stdio.h>
#include <string.h>
#include <sys/random.h>
#include <time.h>

#include "engine/base/failure.h"
#include "engine/base/memory.h"
#include "engine/cpu/cpu.h"
#include "engine/plan/pattern.h"
#include "engine/plan/plan.h"
#include "engine/workflow/configuration.h"
#include "engine/workflow/phase.h"
#include "engine/workflow/record.h"

/* What a workflow is made of while it runs. */
struct workflow {
    const admf_options *options;
    admf_diagnostics *errors, *warnings;
    struct config *config;
    struct plan *plan;
    admf_workflow_result *result;
    struct record record;
};

static void name_workflow(char out[48])
{
    struct tm tm;
    time_t t = time(NULL);
    uint32_t random = (uint32_t)t;
    char date[24];
    gmtime_r(&t, &tm);
    strftime(date, sizeof date, "%Y%m%d_%H%M%S", &tm);
    if (getrandom(&random, sizeof random, 0) != (ssize_t)sizeof random)
        random ^= (uint32_t)clock();
    snprintf(out, 48, "workflow_%s_%08x", date, random);
}

static admf_status load_plan(struct workflow *w)
{
    const admf_options *options = w->options;
    admf_status status =
        configuration_load(options->config_path, &w->config, w->errors, w->warnings);
    if (status != ADMF_OK)
        return status;
    if (cpu_flushes_to_zero())
        return report(w->errors, ADMF_INTERNAL, NULL, 0, 0, 0,
                      "the processor flushes small numbers to zero (a library was linked with "
                      "-ffast-math), so results would not be reproducible");
    if (options->threads < 0 || options->threads > ADMF_THREADS_MAX)
        return report(w->errors, ADMF_USAGE, NULL, 0, 0, 0,
                      "--threads is %d; it must be in [1, %d]", options->threads, ADMF_THREADS_MAX);
    struct plan_options plan_options = {.threads = options->threads,
                                        .memory = options->memory,
                                        .tile_bars = options->tile_bars,
                                        .block_cells = options->block_cells};
    plan_options.kernels = configuration_kernels(w->config, options->isa, w->errors);
    if (!plan_options.kernels)
        return admf_diagnostics_status(w->errors);
    return plan_new(w->config, &plan_options, &w->plan, w->errors, w->warnings);
}

static void release(struct workflow *w)
{
    plan_free(&w->plan);
    config_free(&w->config);
}

/* ---- check and plan -----------------------------------------------------------------------*/

/* Grids up to this size are expanded by `check` too, where duplicates and broken rules show. */
static const uint64_t EXPAND_AT_MOST = 200000;

admf_status admf_check(const admf_options *options, admf_diagnostics *errors,
                       admf_diagnostics *warnings)
{
    struct config *config = NULL;
    uint64_t cells[AXIS_COUNT];
    struct axis axes[AXIS_COUNT] = {0};
    admf_status status = configuration_load(options->config_path, &config, errors, warnings);
    if (status != ADMF_OK)
        return status;
    admf_status pattern = pattern_check(config, errors);
    status = axes_count(config, cells, errors);
    bool small = status == ADMF_OK;
    for (int a = 0; a < AXIS_COUNT && small; a++)
        small = cells[a] <= EXPAND_AT_MOST;
    if (small)
        status = axes_expand(config, plan_memory_limit(config, options->memory), axes, errors);
    if (small && status == ADMF_OK) {
        uint64_t combinations = 1;
        bool fits = true;
        for (int a = 0; a < AXIS_COUNT; a++)
            fits = fits &&
                   !__builtin_mul_overflow(combinations, (uint64_t)axes[a].count, &combinations);
        if (fits)
            status = plan_check_kept(config, combinations, errors);
    }
    for (int a = 0; a < AXIS_COUNT; a++)
        axis_deinit(&axes[a]);
    config_free(&config);
    return status == ADMF_OK ? pattern : status;
}

static admf_status describe_plan(const admf_options *options,
                                 char *(*describe)(const struct plan *), char **out,
                                 admf_diagnostics *errors, admf_diagnostics *warnings)
{
    struct workflow w = {.options = options, .errors = errors, .warnings = warnings};
    admf_status status = load_plan(&w);
    *out = NULL;
    if (status == ADMF_OK) {
        *out = describe(w.plan);
        if (!*out)
            status = report(errors, ADMF_INTERNAL, NULL, 0, 0, 0, "out of memory");
    }
    release(&w);
    return status;
}

admf_status admf_plan_text(const admf_options *options, char **out, admf_diagnostics *errors,
                           admf_diagnostics *warnings)
{
    return describe_plan(options, plan_to_text, out, errors, warnings);
}

admf_status admf_plan_json(const admf_options *options, char **out, admf_diagnostics *errors,
                           admf_diagnostics *warnings)
{
    return describe_plan(options, plan_to_json, out, errors, warnings);
}

/* ---- run ----------------------------------------------------------------------------------*/

/* --output, output.path, or the configuration's name with .h5 in the working directory's terms. */
static char *output_path(const struct workflow *w)
{
    const char *path = w->options->output ? w->options->output : w->config->output_path;
    if (path)
        return memory_copy_text(path);
    const char *config = w->options->config_path, *slash = strrchr(config, '/');
    const char *dot = strrchr(slash ? slash + 1 : config, '.');
    size_t stem =
        dot && dot > (slash ? slash + 1 : config) ? (size_t)(dot - config) : strlen(config);
    char *out = memory_new(stem + 4, 1);
    if (out) {
        memcpy(out, config, stem);
        memcpy(out + stem, ".h5", 4);
    }
    return out;
}

static admf_status make_result(struct workflow *w)
{
    admf_workflow_result *result = memory_new(1, sizeof *result);
    const struct bars *first = w->plan->bars[0];
    size_t room = strlen(first->source) + strlen(first->symbol) + 128;
    if (!result)
        return report(w->errors, ADMF_INTERNAL, NULL, 0, 0, 0, "out of memory");
    w->result = result;
    name_workflow(result->correlation_id);
    result->pattern = w->plan->pattern->name;
    result->sample_data = w->config->sample_data;
    char *source = memory_new(room, 1);
    result->data_source = source;
    result->phases = memory_new(1, sizeof *result->phases);
    if (!source || !result->phases)
        return report(w->errors, ADMF_INTERNAL, NULL, 0, 0, 0, "out of memory");
    if (w->plan->symbol_count == 1 && first->bars_outside)
        snprintf(source, room, "%s, %zu bars of %s; %zu outside of the session, left out",
                 first->source, first->count, first->symbol, first->bars_outside);
    else if (w->plan->symbol_count == 1)
        snprintf(source, room, "%s, %zu bars of %s", first->source, first->count, first->symbol);
    else
        snprintf(source, room, "%zu series, the first %s", w->plan->symbol_count, first->source);
    return ADMF_OK;
}

/* The sequencer: phase after phase, each its own cube. One phase is all there is so far. */
static admf_status execute_phases(struct workflow *w)
{
    admf_error error = {0};
    char *path = output_path(w);
    if (!path)
        return report(w->errors, ADMF_INTERNAL, NULL, 0, 0, 0, "out of memory");
    w->result->phase_count = 1;
    record_phase_start(&w->record, 0, w->plan, path);
    admf_status status = phase_run(w->plan, w->options, path, w->result->correlation_id,
                                   &w->result->phases[0], &error);
    record_phase(&w->record, 0, &w->result->phases[0]);
    memory_free(path);
    if (status != ADMF_OK && error.code)
        report_error(w->errors, &error);
    return status;
}

admf_status admf_workflow_run(const admf_options *options, admf_workflow_result **out,
                              admf_diagnostics *errors, admf_diagnostics *warnings)
{
    struct workflow w = {.options = options, .errors = errors, .warnings = warnings};
    admf_status status = load_plan(&w);
    if (status == ADMF_OK)
        status = make_result(&w);
    if (status == ADMF_OK) {
        record_start(&w.record, w.plan, options, w.result, warnings);
        status = execute_phases(&w);
        record_finish(&w.record, status, errors);
    }
    if (w.result)
        w.result->status = status;
    *out = w.result;
    release(&w);
    return status;
}

void admf_workflow_result_free(admf_workflow_result **result_)
{
    admf_workflow_result *result = *result_;
    if (!result)
        return;
    for (size_t p = 0; p < result->phase_count; p++)
        phase_result_deinit(&result->phases[p]);
    memory_free(result->phases);
    memory_free((void *)result->data_source);
    memory_free(result);
    *result_ = NULL;
}
