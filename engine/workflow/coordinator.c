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
#include "engine/base/files.h"
#include "engine/base/memory.h"
#include "engine/base/text.h"
#include "engine/catalog/catalog.h"
#include "engine/cpu/cpu.h"
#include "engine/plan/pattern.h"
#include "engine/plan/plan.h"
#include "engine/workflow/configuration.h"
#include "engine/workflow/phase.h"
#include "engine/workflow/record.h"
#include "engine/workflow/phase_files.h"
#include "engine/workflow/sequencer.h"

/* What a workflow is made of while it runs. */
struct workflow {
    const admf_options *options;
    admf_diagnostics *errors, *warnings;
    struct config *config;
    bool signals_beside; /* output.path is that of a cube: signals go beside it */
    char *path;          /* where results go */
    struct plan *plan;   /* of the first phase */
    admf_workflow_result *result;
    struct record record;
    struct sequence sequence;
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

/* Signals of any configuration may be stored and replayed; a replay needs a store. */
static admf_status choose_type(const admf_options *options, struct config *config,
                               admf_diagnostics *errors)
{
    static char signal_generation[] = "signal_generation", signal_replay[] = "signal_replay";
    const struct place *place = &config->type_place;
    bool asked = options->store_signals || options->signals;
    if (asked && config->phase_count)
        return report(
            errors, ADMF_BAD_CONFIG, config->path, place->line, place->column, place->length,
            "type %s runs several phases; signals are stored and replayed for a single one",
            config->workflow_type);
    if (options->signals && config->paths)
        return report(
            errors, ADMF_BAD_CONFIG, config->path, place->line, place->column, place->length,
            "type %s resamples what it has run, and a replay does not; type optimization is "
            "replayed",
            config->workflow_type);
    if (options->store_signals)
        config->workflow_type = config->base_pattern = signal_generation;
    if (options->signals) {
        config->workflow_type = config->base_pattern = signal_replay;
        config->signals = (char *)options->signals;
    }
    if (config->phase_count == 0 && pattern_mode(config) == PLAN_REPLAY && !config->signals)
        return report(
            errors, ADMF_BAD_CONFIG, config->path, place->line, place->column, place->length,
            "type signal_replay needs a store: `signals: PATH` here, or admf replay STORE "
            "%s",
            config->path);
    return ADMF_OK;
}

/* A path with `ending` in the place of its own. */
static char *with_ending(const char *path, const char *ending)
{
    const char *slash = strrchr(path, '/'), *name = slash ? slash + 1 : path;
    const char *dot = strrchr(name, '.');
    size_t stem = dot && dot > name ? (size_t)(dot - path) : strlen(path);
    char *out = memory_new(stem + strlen(ending) + 1, 1);
    if (out) {
        memcpy(out, path, stem);
        strcpy(out + stem, ending);
    }
    return out;
}

/* --output, output.path, or the configuration's name with .h5 or .signals.h5. */
static char *named_output(const struct workflow *w)
{
    const char *path = w->config->output_path;
    if (w->options->output)
        return memory_copy_text(w->options->output);
    if (path && !w->signals_beside)
        return memory_copy_text(path);
    return with_ending(path ? path : w->options->config_path,
                       pattern_mode(w->config) == PLAN_GENERATE ? ".signals.h5" : ".h5");
}

/* Of several phases the name is only what those of their files begin with. */
static char *output_path(const struct workflow *w)
{
    char *named = named_output(w);
    if (!named || w->config->phase_count)
        return named;
    char room[ADMF_PATH_MAX];
    char *path = memory_copy_text(files_followed(named, room));
    memory_free(named);
    return path;
}

static admf_status load_plan(struct workflow *w)
{
    const admf_options *options = w->options;
    admf_status status =
        configuration_load(options->config_path, &w->config, w->errors, w->warnings);
    if (status != ADMF_OK)
        return status;
    w->signals_beside = options->store_signals && pattern_mode(w->config) != PLAN_GENERATE;
    status = choose_type(options, w->config, w->errors);
    if (status != ADMF_OK)
        return status;
    if (cpu_flushes_to_zero())
        return report(w->errors, ADMF_INTERNAL, NULL, 0, 0, 0,
                      "the processor flushes small numbers to zero (a library was linked with "
                      "-ffast-math), so results would not be reproducible");
    if (options->threads < 0 || options->threads > ADMF_THREADS_MAX)
        return report(w->errors, ADMF_USAGE, NULL, 0, 0, 0,
                      "--threads is %d; it must be in [1, %d]", options->threads, ADMF_THREADS_MAX);
    w->sequence = (struct sequence){.config = w->config,
                                    .options = options,
                                    .record = &w->record,
                                    .errors = w->errors,
                                    .warnings = w->warnings};
    w->path = output_path(w);
    if (!w->path)
        return report_memory(w->errors);
    status = phase_files_name_stores(w->config, w->path, w->errors);
    return status == ADMF_OK ? sequence_plan(&w->sequence, 0, NULL, true, &w->plan, w->errors)
                             : status;
}

static void release(struct workflow *w)
{
    plan_free(&w->plan);
    phase_files_forget_stores(w->config);
    memory_free(w->path);
    config_free(&w->config);
}

/* ---- check and plan -----------------------------------------------------------------------*/

/* Grids up to this size are expanded by `check` too, where duplicates and broken rules show. */
static const uint64_t EXPAND_AT_MOST = 200000;

/* As with market data: the file must be there; what is in it is found out when it is read. */
static admf_status check_store(const struct config *config, admf_diagnostics *errors)
{
    const struct place *place = &config->signals_place;
    admf_error error = {0};
    if (signal_store_exists(config->signals, &error) == ADMF_OK)
        return ADMF_OK;
    return report(errors, error.code, config->path, place->line, place->column, place->length,
                  "'%s': %s", config->signals, error.message);
}

admf_status admf_check(const admf_options *options, admf_diagnostics *errors,
                       admf_diagnostics *warnings)
{
    struct config *config = NULL;
    uint64_t cells[AXIS_COUNT];
    struct axis axes[AXIS_COUNT] = {0};
    admf_status status = configuration_load(options->config_path, &config, errors, warnings);
    if (status != ADMF_OK)
        return status;
    admf_status pattern = choose_type(options, config, errors);
    if (pattern == ADMF_OK && config->phase_count == 0 && pattern_mode(config) == PLAN_REPLAY)
        pattern = check_store(config, errors);
    for (size_t i = 0; i < sequence_phases(config) && pattern == ADMF_OK; i++)
        pattern = pattern_check(sequence_config(config, i), errors);
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
            status = plan_check_ids(config, combinations, errors);
    }
    for (int a = 0; a < AXIS_COUNT; a++)
        axis_deinit(&axes[a]);
    config_free(&config);
    return status == ADMF_OK ? pattern : status;
}

/* One phase's plan in words or as JSON; of a later one the combinations it may inherit from. */
static bool describe_phase(struct workflow *w, size_t phase, char *(*describe)(const struct plan *),
                           struct text *out)
{
    struct plan *plan = NULL;
    if (phase > 0 && sequence_plan(&w->sequence, phase, w->plan, true, &plan, w->errors) != ADMF_OK)
        return false;
    char *text = describe(phase > 0 ? plan : w->plan);
    if (text)
        text_add(out, text);
    memory_free(text);
    plan_free(&plan);
    return text != NULL;
}

static char *finish_text(struct text *text, bool good)
{
    if (good && !text->failed)
        return text->chars;
    text_deinit(text);
    return NULL;
}

static char *phases_to_text(struct workflow *w)
{
    const struct config *config = w->config;
    struct text out = {0};
    bool good = true;
    for (size_t i = 0; good && i < sequence_phases(config); i++) {
        if (config->phase_count) {
            const struct phase_entry *phase = &config->phases[i];
            text_format(&out, "%sphase       %s", i ? "\n" : "", phase->name);
            if (phase->adapts)
                text_format(&out,
                            ", the best strategy of each regime in '%s', for the best %llu "
                            "portfolios by %s",
                            config->phases[phase->inherits].name, (unsigned long long)phase->n,
                            catalog_metrics[phase->by].name);
            else if (phase->inherits >= 0)
                text_format(&out, ", the best %llu of '%s' by %s", (unsigned long long)phase->n,
                            config->phases[phase->inherits].name, catalog_metrics[phase->by].name);
            text_add(&out, "\n");
        }
        good = describe_phase(w, i, plan_to_text, &out);
    }
    return finish_text(&out, good);
}

static char *phases_to_json(struct workflow *w)
{
    const struct config *config = w->config;
    struct text out = {0};
    if (!config->phase_count)
        return finish_text(&out, describe_phase(w, 0, plan_to_json, &out));
    bool good = true;
    text_add(&out, "{\"phases\": [");
    for (size_t i = 0; good && i < config->phase_count; i++) {
        const struct phase_entry *phase = &config->phases[i];
        text_format(&out, "%s{\"name\": \"%s\", ", i ? ", " : "", phase->name);
        if (phase->inherits >= 0)
            text_format(&out, "\"inherit_best_from\": \"%s\", \"by\": \"%s\", \"n\": %llu, ",
                        config->phases[phase->inherits].name, catalog_metrics[phase->by].name,
                        (unsigned long long)phase->n);
        if (phase->adapts)
            text_add(&out, "\"by_regime\": true, ");
        text_add(&out, "\"plan\": ");
        good = describe_phase(w, i, plan_to_json, &out);
        text_add(&out, "}");
    }
    text_add(&out, "]}\n");
    return finish_text(&out, good);
}

static admf_status describe_plan(const admf_options *options, char *(*describe)(struct workflow *),
                                 char **out, admf_diagnostics *errors, admf_diagnostics *warnings)
{
    struct workflow w = {.options = options, .errors = errors, .warnings = warnings};
    uint64_t before = errors->total;
    admf_status status = load_plan(&w);
    *out = NULL;
    if (status == ADMF_OK) {
        *out = describe(&w);
        if (!*out && errors->total == before)
            report_memory(errors);
        status = *out ? ADMF_OK : admf_diagnostics_status(errors);
    }
    release(&w);
    return status;
}

admf_status admf_plan_text(const admf_options *options, char **out, admf_diagnostics *errors,
                           admf_diagnostics *warnings)
{
    return describe_plan(options, phases_to_text, out, errors, warnings);
}

admf_status admf_plan_json(const admf_options *options, char **out, admf_diagnostics *errors,
                           admf_diagnostics *warnings)
{
    return describe_plan(options, phases_to_json, out, errors, warnings);
}

/* ---- run ----------------------------------------------------------------------------------*/

static admf_status make_result(struct workflow *w)
{
    admf_workflow_result *result = memory_new(1, sizeof *result);
    const struct bars *first = w->plan->bars[0];
    size_t room = strlen(first->source) + strlen(first->symbol) + 128;
    if (!result)
        return report_memory(w->errors);
    w->result = result;
    name_workflow(result->correlation_id);
    result->pattern = w->plan->pattern->name;
    result->sample_data = w->config->sample_data;
    char *source = memory_new(room, 1);
    result->data_source = source;
    result->phases = memory_new(sequence_phases(w->config), sizeof *result->phases);
    if (!source || !result->phases)
        return report_memory(w->errors);
    if (w->plan->symbol_count == 1 && first->bars_outside)
        snprintf(source, room, "%s, %zu bar%s of %s; %zu outside of the session, left out",
                 first->source, first->count, first->count == 1 ? "" : "s", first->symbol,
                 first->bars_outside);
    else if (w->plan->symbol_count == 1)
        snprintf(source, room, "%s, %zu bar%s of %s", first->source, first->count,
                 first->count == 1 ? "" : "s", first->symbol);
    else
        snprintf(source, room, "%zu series, the first %s", w->plan->symbol_count, first->source);
    return ADMF_OK;
}

/* What is wrong with a later phase is found before the first one runs. */
static admf_status check_phases(struct workflow *w)
{
    admf_status status = ADMF_OK;
    for (size_t i = 1; i < sequence_phases(w->config); i++) {
        struct plan *plan = NULL;
        admf_status one = sequence_plan(&w->sequence, i, w->plan, true, &plan, w->errors);
        status = status == ADMF_OK ? one : status;
        plan_free(&plan);
    }
    return status;
}

static admf_status execute_phases(struct workflow *w)
{
    w->sequence.result = w->result;
    return sequence_run(&w->sequence, w->plan, w->path);
}

admf_status admf_workflow_run(const admf_options *options, admf_workflow_result **out,
                              admf_diagnostics *errors, admf_diagnostics *warnings)
{
    struct workflow w = {.options = options, .errors = errors, .warnings = warnings};
    admf_status status = load_plan(&w);
    if (status == ADMF_OK)
        status = check_phases(&w);
    if (status == ADMF_OK)
        status = make_result(&w);
    if (status == ADMF_OK) {
        record_start(&w.record, w.config, w.plan, options, w.result, warnings);
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
