/* SPDX-License-Identifier: Apache-2.0 */
/*
 * admf_trace: one combination or adaptive portfolio of a configuration, or of a cube's
 * configuration, through the event-driven path; then its metrics against the cube's.
 */
#include "admf/trace.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "admf/cube.h"
#include "engine/base/digest.h"
#include "engine/base/failure.h"
#include "engine/base/stop.h"
#include "engine/base/whole_file.h"
#include "engine/cpu/cpu.h"
#include "engine/trace/comparison.h"
#include "engine/trace/composite.h"
#include "engine/trace/speakers.h"
#include "engine/trace/trace_file.h"
#include "engine/workflow/configuration.h"
#include "io/config/config.h"
#include "io/market/timestamp.h"

struct tracing {
    const admf_trace_options *options;
    admf_diagnostics *errors, *warnings;
    admf_cube *cube; /* NULL: a configuration */
    struct config *config;
    struct plan *plan;
    const struct plan_window *window;
    size_t symbol_index, window_index;
    const struct plan_adaptive *adaptive; /* NULL: a combination */
    struct event_filter filter;
    struct trace_file file; /* not open: the caller takes the lines */
    char correlation[64];
};

/* A cube is opened to be compared with, and says which configuration made it. */
static admf_status open_cube(struct tracing *tracing)
{
    admf_error error = {0};
    if (!configuration_is_cube(tracing->options->path))
        return ADMF_OK;
    if (admf_cube_open(tracing->options->path, &tracing->cube, &error) != ADMF_OK)
        return report_error(tracing->errors, &error);
    return ADMF_OK;
}

static void name_correlation(struct tracing *tracing)
{
    const char *known =
        tracing->cube ? admf_cube_provenance(tracing->cube, "correlation_id") : NULL;
    if (known) {
        snprintf(tracing->correlation, sizeof tracing->correlation, "%s", known);
        return;
    }
    /* Without a run to belong to, the configuration itself is what correlates. */
    struct digest digest;
    char text[DIGEST_TEXT];
    digest_start(&digest);
    digest_add(&digest, tracing->config->text, tracing->config->text_length);
    digest_to_text(digest_value(&digest), text);
    snprintf(tracing->correlation, sizeof tracing->correlation, "trace_%s", text);
}

/* Even by force: an input that a trace replaces is gone. Of a configuration and its phases. */
static admf_status check_inputs(const struct tracing *tracing, const struct config *config)
{
    const char *output = tracing->options->output;
    admf_status status = ADMF_OK;
    if (config->signals && whole_file_spoils(output, config->signals))
        return report(tracing->errors, ADMF_USAGE, output, 0, 0, 0,
                      "is the store that is replayed; name another with --output");
    for (size_t s = 0; s < config->series_count; s++)
        if (whole_file_spoils(output, config->series[s].path))
            return report(tracing->errors, ADMF_USAGE, output, 0, 0, 0,
                          "is market data that is read; name another with --output");
    for (size_t p = 0; p < config->phase_count && status == ADMF_OK; p++)
        if (config->phases[p].config != config)
            status = check_inputs(tracing, config->phases[p].config);
    return status;
}

/* What can be said of the output before anything is read. */
static admf_status check_output(const struct tracing *tracing)
{
    const admf_trace_options *options = tracing->options;
    admf_error error = {0};
    if (!options->output || trace_file_is_direct(options->output))
        return ADMF_OK;
    if (whole_file_spoils(options->output, options->path))
        return report(tracing->errors, ADMF_USAGE, options->output, 0, 0, 0,
                      "is the file that is traced; name another with --output");
    if (whole_file_allow(options->output, options->force, &error) != ADMF_OK)
        return report_error(tracing->errors, &error);
    return ADMF_OK;
}

static admf_status load(struct tracing *tracing)
{
    const admf_trace_options *options = tracing->options;
    admf_status status = open_cube(tracing);
    if (status == ADMF_OK && tracing->cube)
        status = configuration_of_cube(tracing->cube, options->path, &tracing->config,
                                       tracing->errors, tracing->warnings);
    else if (status == ADMF_OK)
        status =
            configuration_load(options->path, &tracing->config, tracing->errors, tracing->warnings);
    if (status == ADMF_OK && options->output && !trace_file_is_direct(options->output))
        status = check_inputs(tracing, tracing->config);
    if (status != ADMF_OK)
        return status;
    name_correlation(tracing);
    /* Of stored signals too it is shown where they come from: they are computed again, and the
     * comparison with the cube is one with the store. What the sweep may use, and where, says
     * nothing of what one cell does here. */
    struct plan_options plan_options = {.threads = 1,
                                        .memory = plan_memory_available(),
                                        .mode = PLAN_BACKTEST,
                                        .unswept = true,
                                        .stop = options->stop};
    plan_options.kernels = configuration_kernels(tracing->config, options->isa, tracing->errors);
    if (!plan_options.kernels)
        return admf_diagnostics_status(tracing->errors);
    return plan_new(tracing->config, &plan_options, &tracing->plan, tracing->errors,
                    tracing->warnings);
}

static admf_status find_symbol(struct tracing *tracing)
{
    const struct plan *plan = tracing->plan;
    const char *symbol = tracing->options->symbol;
    for (size_t s = 0; s < plan->symbol_count; s++) {
        if (symbol && strcmp(plan->bars[s]->symbol, symbol) != 0)
            continue;
        tracing->symbol_index = s;
        return ADMF_OK;
    }
    return report(tracing->errors, ADMF_USAGE, NULL, 0, 0, 0, "no symbol '%s'; the first is '%s'",
                  symbol, plan->bars[0]->symbol);
}

static admf_status find_window(struct tracing *tracing)
{
    const struct plan *plan = tracing->plan;
    const char *label = tracing->options->window;
    const struct plan_window *windows = plan->windows + tracing->symbol_index * plan->window_count;
    for (size_t w = 0; w < plan->window_count; w++) {
        if (label && strcmp(windows[w].label, label) != 0)
            continue;
        tracing->window = &windows[w];
        tracing->window_index = w;
        return ADMF_OK;
    }
    return report(tracing->errors, ADMF_USAGE, NULL, 0, 0, 0, "no window '%s'; the first is '%s'",
                  label, windows[0].label);
}

static admf_status find_adaptive(struct tracing *tracing)
{
    const admf_trace_options *options = tracing->options;
    const struct plan *plan = tracing->plan;
    uint64_t rows = (uint64_t)plan->adaptive_count * plan->window_count;
    if (options->symbol || options->window)
        return report(tracing->errors, ADMF_USAGE, NULL, 0, 0, 0,
                      "adaptive_%" PRIu64 " has a symbol and a window already; "
                      "name the row of /adaptive that has the ones you want",
                      options->combo);
    if (rows == 0)
        return report(tracing->errors, ADMF_USAGE, options->path, 0, 0, 0,
                      "there are no adaptive portfolios; those of a run of type regime_adaptive "
                      "are in the cube of its phase 'test'");
    tracing->adaptive = plan_adaptive_at(plan, options->combo, &tracing->window_index);
    if (!tracing->adaptive)
        return report(tracing->errors, ADMF_USAGE, NULL, 0, 0, 0,
                      "no adaptive portfolio %" PRIu64 "; there %s %" PRIu64
                      ", the last is adaptive_%" PRIu64,
                      options->combo, rows == 1 ? "is" : "are", rows, rows - 1);
    tracing->symbol_index = tracing->adaptive->symbol;
    tracing->window =
        plan->windows + tracing->symbol_index * plan->window_count + tracing->window_index;
    return ADMF_OK;
}

static admf_status find_cell(struct tracing *tracing)
{
    if (tracing->options->adaptive)
        return find_adaptive(tracing);
    uint64_t combo = tracing->options->combo, count = tracing->plan->combinations;
    admf_status status = find_symbol(tracing);
    if (status == ADMF_OK)
        status = find_window(tracing);
    if (status == ADMF_OK && combo >= count)
        return report(tracing->errors, ADMF_USAGE, NULL, 0, 0, 0,
                      "no combination %" PRIu64 "; there are %" PRIu64
                      ", the last is combo_%" PRIu64,
                      combo, count, count - 1);
    return status;
}

/* A limit in the time zone of the series. */
static admf_status read_limit(struct tracing *tracing, const char *text, bool is_end, int64_t *ns)
{
    char why[STAMP_WHY];
    admf_error error = {0};
    struct zone *zone = NULL;
    const char *name = tracing->config->series[tracing->symbol_index].timezone;
    if (zone_open(name ? name : "UTC", &zone, &error) != ADMF_OK)
        return report_error(tracing->errors, &error);
    bool read = stamp_read_limit(zone, text, is_end, ns, why);
    zone_close(&zone);
    if (!read)
        return report(tracing->errors, ADMF_USAGE, NULL, 0, 0, 0, "--%s %s: %s",
                      is_end ? "to" : "from", text, why);
    return ADMF_OK;
}

static admf_status make_filter(struct tracing *tracing)
{
    const admf_trace_options *options = tracing->options;
    struct event_filter *filter = &tracing->filter;
    admf_error error = {0};
    admf_status status = ADMF_OK;
    filter->from = INT64_MIN;
    filter->to = INT64_MAX;
    if (options->from)
        status = read_limit(tracing, options->from, false, &filter->from);
    if (status == ADMF_OK && options->to)
        status = read_limit(tracing, options->to, true, &filter->to);
    if (status == ADMF_OK && filter->from > filter->to)
        status = report(tracing->errors, ADMF_USAGE, NULL, 0, 0, 0, "--from %s is after --to %s",
                        options->from, options->to);
    if (status == ADMF_OK && options->types &&
        event_types_read(options->types, &filter->types, &error) != ADMF_OK)
        status = report_error(tracing->errors, &error);
    return status;
}

/* What is traded on, with its names; both are deinitialised also after a failure. */
static admf_status make_inputs(struct tracing *tracing, struct inputs *inputs,
                               struct speakers *speakers, admf_error *error)
{
    const admf_trace_options *options = tracing->options;
    const struct plan_adaptive *adaptive = tracing->adaptive;
    admf_status status =
        adaptive ? composite_init(inputs, tracing->plan, tracing->window, adaptive->triple,
                                  adaptive->strategy, error)
                 : inputs_init(inputs, tracing->plan, tracing->window, options->combo, error);
    if (status == ADMF_OK)
        status = inputs_describe(inputs, error);
    if (status == ADMF_OK && adaptive) {
        snprintf(inputs->combo, sizeof inputs->combo, "adaptive_%" PRIu64, options->combo);
        snprintf(inputs->portfolio, sizeof inputs->portfolio, "portfolio_%s", inputs->combo);
        status = speakers_init(speakers, inputs, adaptive, error);
    }
    inputs->source.correlation = tracing->correlation;
    return status;
}

static admf_status compare(struct tracing *tracing, const struct scalar_result *result)
{
    const struct traced traced = {.adaptive = tracing->adaptive != NULL,
                                  .id = tracing->options->combo,
                                  .symbol = tracing->symbol_index,
                                  .window = tracing->window_index,
                                  .float32 = tracing->config->precision_float32};
    return comparison_make(tracing->cube, &traced, result, tracing->errors);
}

static bool deliver(void *context, const char *json, size_t length)
{
    struct tracing *tracing = context;
    const admf_trace_options *options = tracing->options;
    if (stop_status(options->stop))
        return false;
    return tracing->file.stream ? trace_file_line(&tracing->file, json, length)
                                : options->line(options->context, json, length);
}

static admf_status run(struct tracing *tracing)
{
    const admf_trace_options *options = tracing->options;
    admf_error error = {0};
    struct inputs inputs;
    struct speakers speakers = {0};
    struct scalar_result result = {0};
    admf_status status = make_inputs(tracing, &inputs, &speakers, &error);
    struct event_sink sink = {.source = &inputs.source,
                              .filter = tracing->filter,
                              .timing = options->timing,
                              .line = deliver,
                              .context = tracing};
    for (int k = 0; status == ADMF_OK && k < SERVICE_COUNT; k++)
        event_add_time(&sink, (enum service)k, inputs.calls[k], inputs.nanoseconds[k]);
    if (status == ADMF_OK)
        status = scalar_simulate(&inputs.scalar, &sink, &result, &error);
    if (status != ADMF_OK)
        report_error(tracing->errors, &error);
    else if (tracing->cube && !sink.stopped)
        status = compare(tracing, &result);
    else if (sink.stopped)
        status = stop_status(options->stop);
    if (options->equals_cube)
        *options->equals_cube = tracing->cube && !sink.stopped && status == ADMF_OK;
    event_sink_deinit(&sink);
    scalar_result_deinit(&result);
    speakers_deinit(&speakers);
    inputs_deinit(&inputs);
    return status;
}

/* A trace that differs from its cube is kept: it is what one wants to look at then. */
static admf_status run_to_file(struct tracing *tracing)
{
    const admf_trace_options *options = tracing->options;
    admf_error error = {0};
    admf_status status =
        trace_file_open(&tracing->file, options->output, options->force, options->stop, &error);
    if (status == ADMF_OK)
        status = run(tracing);
    bool keep = status == ADMF_OK || status == ADMF_FAILED;
    admf_status closed = trace_file_close(&tracing->file, keep, &error);
    if (closed != ADMF_OK)
        status = closed;
    if (error.code != ADMF_OK)
        report_error(tracing->errors, &error);
    return status;
}

admf_status admf_trace(const admf_trace_options *options, admf_diagnostics *errors,
                       admf_diagnostics *warnings)
{
    struct tracing tracing = {
        .options = options, .errors = errors, .warnings = warnings, .file.whole.claim.fd = -1};
    admf_status status = check_output(&tracing);
    if (status == ADMF_OK)
        status = load(&tracing);
    if (status == ADMF_OK)
        status = find_cell(&tracing);
    if (status == ADMF_OK)
        status = make_filter(&tracing);
    if (status == ADMF_OK)
        status = options->output ? run_to_file(&tracing) : run(&tracing);
    plan_free(&tracing.plan);
    config_free(&tracing.config);
    admf_cube_close(&tracing.cube);
    return status;
}
