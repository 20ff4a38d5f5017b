/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/workflow/sequencer.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "admf/cube.h"
#include "engine/base/digest.h"
#include "engine/base/failure.h"
#include "engine/base/files.h"
#include "engine/base/memory.h"
#include "engine/catalog/catalog.h"
#include "engine/plan/pattern.h"
#include "engine/workflow/configuration.h"
#include "engine/workflow/phase.h"
#include "engine/workflow/regime_choice.h"
#include "engine/workflow/signal_phase.h"
#include "io/cube/checkpoint.h"
#include "io/cube/cube_writer.h"

size_t sequence_phases(const struct config *config)
{
    return config->phase_count ? config->phase_count : 1;
}

const struct config *sequence_config(const struct config *config, size_t phase)
{
    return config->phase_count ? config->phases[phase].config : config;
}

/* As sequence_plan, in another mode than the configured one. */
static admf_status plan_in_mode(const struct sequence *sequence, size_t phase,
                                const struct plan *bars_of, enum plan_mode mode, bool ahead,
                                struct plan **out, admf_diagnostics *errors)
{
    const admf_options *options = sequence->options;
    struct plan_options plan_options = {.threads = options->threads,
                                        .memory = options->memory,
                                        .tile_bars = options->tile_bars,
                                        .block_cells = options->block_cells,
                                        .mode = mode,
                                        .store_later = ahead && sequence->config->phase_count > 0,
                                        .bars_of = bars_of};
    *out = NULL;
    plan_options.kernels = configuration_kernels(sequence->config, options->isa, errors);
    if (!plan_options.kernels)
        return admf_diagnostics_status(errors);
    return plan_new(sequence_config(sequence->config, phase), &plan_options, out, errors,
                    sequence->warnings);
}

admf_status sequence_plan(const struct sequence *sequence, size_t phase, const struct plan *bars_of,
                          bool ahead, struct plan **out, admf_diagnostics *errors)
{
    return plan_in_mode(sequence, phase, bars_of, PLAN_AS_CONFIGURED, ahead, out, errors);
}

/* ---- files --------------------------------------------------------------------------------*/

/* STEM.PHASE and an ending, of a PATH that is STEM or STEM.h5. */
static char *phase_path(const char *path, const char *phase, const char *ending)
{
    size_t stem = strlen(path), room = stem + strlen(phase) + strlen(ending) + 2;
    char *out = memory_new(room, 1);
    if (stem > 3 && strcmp(path + stem - 3, ".h5") == 0)
        stem -= 3;
    if (out)
        snprintf(out, room, "%.*s.%s%s", (int)stem, path, phase, ending);
    return out;
}

static const char store_ending[] = ".signals.h5";

admf_status sequence_name_stores(const struct config *config, const char *path,
                                 admf_diagnostics *errors)
{
    for (size_t i = 0; i < config->phase_count; i++) {
        const struct phase_entry *phase = &config->phases[i];
        if (phase->signals < 0)
            continue;
        phase->config->signals =
            phase_path(path, config->phases[phase->signals].name, store_ending);
        if (!phase->config->signals)
            return report(errors, ADMF_INTERNAL, NULL, 0, 0, 0, "out of memory");
    }
    return ADMF_OK;
}

void sequence_forget_stores(const struct config *config)
{
    for (size_t i = 0; config && i < config->phase_count; i++) {
        const struct phase_entry *phase = &config->phases[i];
        if (phase->config && phase->signals >= 0) {
            memory_free(phase->config->signals);
            phase->config->signals = NULL;
        }
    }
}

/* Where a phase's results go: its cube, and the store of its signals where another phase replays
 * them. A phase that does nothing but store signals has these as its result. */
struct phase_files {
    const char *result, *store; /* store: NULL for none */
};

static bool name_files(const struct config *config, size_t number, const char *path,
                       struct phase_files *out)
{
    const struct phase_entry *phase = &config->phases[number];
    bool generates = pattern_mode(phase->config) == PLAN_GENERATE;
    bool stores = phase->stores_signals && !generates;
    out->result = phase_path(path, phase->name, generates ? store_ending : ".h5");
    if (stores)
        out->store = phase_path(path, phase->name, store_ending);
    return out->result && (out->store || !stores);
}

/* Combinations of any phase: all have the same axes. */
static uint64_t combinations_of(const struct plan *plan)
{
    uint64_t count = 1;
    for (int a = 0; a < AXIS_COUNT; a++)
        count *= plan->axes[a].count;
    return count;
}

static char *checkpoint_path(const char *path)
{
    size_t room = strlen(path) + sizeof ".checkpoint.json";
    char *out = memory_new(room, 1);
    if (out)
        snprintf(out, room, "%s.checkpoint.json", path);
    return out;
}

static void digest_identity(struct checkpoint *checkpoint, const char *identity,
                            const struct plan *plan)
{
    struct digest digest;
    digest_start(&digest);
    digest_add(&digest, identity, strlen(identity));
    digest_to_text(digest_value(&digest), checkpoint->configuration);
    digest_start(&digest);
    for (size_t s = 0; s < plan->symbol_count; s++) {
        char text[DIGEST_TEXT];
        digest_to_text(plan->bars[s]->digest, text);
        digest_add(&digest, text, sizeof text);
    }
    digest_to_text(digest_value(&digest), checkpoint->data);
}

/* ---- inheritance --------------------------------------------------------------------------*/

static int compare_ids(const void *left, const void *right)
{
    uint64_t a = *(const uint64_t *)left, b = *(const uint64_t *)right;
    return (a > b) - (a < b);
}

/* The first n combinations of a ranking, each once, in ascending order; fewer where it ends or
 * the metric is undefined. `seen`: a flag for each combination, all false. */
static size_t take_best(const admf_ranking *ranking, uint64_t n, bool *seen, uint64_t *ids)
{
    size_t count = 0;
    for (uint64_t i = 0; i < ranking->count && count < n; i++) {
        const admf_ranked *entry = &ranking->entries[i];
        if (isnan(entry->by) || seen[entry->combo])
            continue;
        seen[entry->combo] = true;
        ids[count++] = entry->combo;
    }
    qsort(ids, count, sizeof *ids, compare_ids);
    return count;
}

static admf_status rank(const struct phase_entry *phase, uint64_t n, const char *cube_path,
                        admf_ranking **ranking, admf_error *error)
{
    admf_cube *cube = NULL;
    admf_rank_options options = {.by = catalog_metrics[phase->by].name,
                                 .min_trades = phase->min_trades};
    admf_status status = admf_cube_open(cube_path, &cube, error);
    if (status == ADMF_OK) {
        /* A combination may be among the best in every window of every symbol. */
        options.n = n * admf_cube_axis_size(cube, ADMF_AXIS_SYMBOL) *
                    admf_cube_axis_size(cube, ADMF_AXIS_WINDOW);
        status = admf_cube_rank(cube, &options, ranking, error);
    }
    admf_cube_close(&cube);
    return status;
}

enum { ENOUGH_TEXT = 64 };

/* What was asked for beside a value of the metric; nothing where no trades were. */
static void enough_text(const struct phase_entry *phase, char text[ENOUGH_TEXT])
{
    text[0] = 0;
    if (phase->min_trades)
        snprintf(text, ENOUGH_TEXT, " and %" PRIu64 " trade%s or more", phase->min_trades,
                 phase->min_trades == 1 ? "" : "s");
}

/* Lets phase->config run only the best of the phase it inherits from. *ids is the caller's to
 * free, after the phase. */
static admf_status inherit(const struct sequence *sequence, const struct phase_entry *phase,
                           uint64_t combinations, uint64_t **ids)
{
    const struct config *config = sequence->config;
    const char *cube = sequence->result->phases[phase->inherits].cube;
    uint64_t n = phase->n < combinations ? phase->n : combinations;
    admf_ranking *ranking = NULL;
    admf_error error = {0};
    bool *seen = memory_new(combinations, sizeof *seen);
    *ids = memory_new(n, sizeof **ids);
    admf_status status =
        seen && *ids ? rank(phase, n, cube, &ranking, &error) : fail_memory(&error);
    if (status == ADMF_OK)
        phase->config->combination_count = take_best(ranking, n, seen, *ids);
    memory_free(seen);
    admf_ranking_free(&ranking);
    if (status != ADMF_OK)
        return report_error(sequence->errors, &error);
    if (phase->config->combination_count) {
        phase->config->combinations = *ids;
        return ADMF_OK;
    }
    char enough[ENOUGH_TEXT];
    enough_text(phase, enough);
    return report(sequence->errors, ADMF_BAD_CONFIG, config->path, phase->inherit_place.line,
                  phase->inherit_place.column, phase->inherit_place.length,
                  "phase '%s' inherits nothing: no combination of '%s' has a %s%s", phase->name,
                  config->phases[phase->inherits].name, catalog_metrics[phase->by].name, enough);
}

/* Lets phase->config trade what does best in each regime of the phase it inherits from, whose plan
 * is `first`. *choices are the caller's to give back, after the phase. */
static admf_status adapt(const struct sequence *sequence, const struct phase_entry *phase,
                         const struct plan *first, struct regime_choices *choices)
{
    struct config *config = phase->config;
    const struct regime_wanted wanted = {
        .by = phase->by, .n = phase->n, .min_trades = phase->min_trades};
    const char *cube = sequence->result->phases[phase->inherits].cube;
    admf_error error = {0};
    char enough[ENOUGH_TEXT];
    enough_text(phase, enough);
    admf_status status =
        regime_choices_make(choices, first, cube, &wanted, sequence->options->stop, &error);
    if (status != ADMF_OK)
        return error.code ? report_error(sequence->errors, &error) : status;
    if (choices->count == 0)
        return report(sequence->errors, ADMF_BAD_CONFIG, sequence->config->path,
                      phase->inherit_place.line, phase->inherit_place.column,
                      phase->inherit_place.length,
                      "phase '%s' has nothing to trade: no choice by regime has a %s in '%s'%s",
                      phase->name, catalog_metrics[phase->by].name,
                      sequence->config->phases[phase->inherits].name, enough);
    config->choices = choices->choices;
    config->choice_count = choices->count;
    config->combinations = choices->combinations;
    config->combination_count = choices->combination_count;
    return ADMF_OK;
}

/* ---- one phase ----------------------------------------------------------------------------*/

/*
 * Even by force: an input that a cube replaces is gone. A cube that is run again may be replaced,
 * the new one holds its configuration.
 */
static admf_status check_inputs(const struct sequence *sequence, const struct plan *plan,
                                const char *path)
{
    const char *config = sequence->options->config_path;
    admf_status code = sequence->options->output ? ADMF_USAGE : ADMF_BAD_CONFIG;
    if (files_same(config, path) && !configuration_is_cube(config))
        return report(sequence->errors, code, path, 0, 0, 0,
                      "is the configuration itself; name another with --output");
    if (plan->mode == PLAN_REPLAY && files_same(plan->config->signals, path))
        return report(sequence->errors, code, path, 0, 0, 0,
                      "is the store that is replayed; name another with --output");
    for (size_t s = 0; s < plan->symbol_count; s++)
        if (files_same(plan->bars[s]->source, path))
            return report(sequence->errors, code, path, 0, 0, 0,
                          "is the market data of '%s'; name another with --output",
                          plan->bars[s]->symbol);
    return ADMF_OK;
}

/* A phase that has not begun cannot be gone on with: it begins. */
static admf_options phase_options(const struct sequence *sequence, const char *path)
{
    admf_options options = *sequence->options;
    if (sequence->config->phase_count && cube_state(path) == CUBE_NOTHING)
        options.resume = false;
    return options;
}

/* Beside its cube a phase stores the signals that a later one replays. */
static admf_status store_signals(const struct sequence *sequence, size_t number,
                                 const struct plan *bars_of, const char *path,
                                 admf_signal_result *out, admf_error *error)
{
    struct plan *plan = NULL;
    const char *correlation_id = sequence->result->correlation_id;
    admf_status status =
        plan_in_mode(sequence, number, bars_of, PLAN_GENERATE, false, &plan, sequence->errors);
    if (status == ADMF_OK)
        status = signals_store(plan, sequence->options, path, correlation_id, out, error);
    plan_free(&plan);
    return status;
}

/* Adds to what the phase did with signals what storing them took. */
static void count_stored(admf_phase_result *phase, const admf_signal_result *stored)
{
    admf_signal_result both = *stored;
    both.feature_columns += phase->signals.feature_columns;
    both.made += phase->signals.made;
    both.read = phase->signals.read;
    both.source = phase->signals.source;
    phase->signals = both;
    phase->seconds += stored->seconds;
}

static admf_status run_phase(const struct sequence *sequence, size_t number,
                             const struct plan *plan, const struct phase_files *files)
{
    const char *path = files->result;
    admf_workflow_result *result = sequence->result;
    admf_phase_result *phase = &result->phases[number];
    admf_options options = phase_options(sequence, path);
    const char *name =
        sequence->config->phase_count ? sequence->config->phases[number].name : "run";
    admf_error error = {0};
    result->phase_count = number + 1;
    record_phase_start(sequence->record, number, name, plan, path);
    admf_signal_result stored = {0};
    admf_status status = ADMF_OK;
    if (files->store)
        status = store_signals(sequence, number, plan, files->store, &stored, &error);
    if (status == ADMF_OK)
        status = (plan->mode == PLAN_GENERATE ? signal_phase_run : phase_run)(
            plan, &options, path, name, result->correlation_id, phase, &error);
    else
        *phase = (admf_phase_result){.name = memory_copy_text(name),
                                     .pattern = plan->pattern->name,
                                     .cube = memory_copy_text(path),
                                     .status = status};
    if (files->store)
        count_stored(phase, &stored);
    record_phase(sequence->record, number, phase);
    if (status != ADMF_OK && error.code)
        report_error(sequence->errors, &error);
    return status;
}

/* ---- several ------------------------------------------------------------------------------*/

/* Before anything runs: cubes that are there are in the way, or those of a workflow to go on with.
 */
static admf_status check_paths(const struct sequence *sequence, const struct plan *first,
                               const struct phase_files *files)
{
    const admf_options *options = sequence->options;
    for (size_t i = 0; i < 2 * sequence->config->phase_count; i++) {
        const char *path = i % 2 ? files[i / 2].store : files[i / 2].result;
        admf_status status = path ? check_inputs(sequence, first, path) : ADMF_OK;
        if (status != ADMF_OK)
            return status;
        enum cube_state state = path ? cube_state(path) : CUBE_NOTHING;
        if (state == CUBE_NOTHING || options->force || options->resume)
            continue;
        return report(
            sequence->errors, ADMF_IO, path, 0, 0, 0,
            "exists already%s; --force replaces the results of all phases, --resume goes on",
            state == CUBE_PARTIAL ? " (unfinished)" : "");
    }
    return ADMF_OK;
}

/* The checkpoint to go on with must be of the same work. */
static admf_status check_checkpoint(const struct sequence *sequence, const char *path,
                                    const struct checkpoint *ours)
{
    struct checkpoint theirs;
    admf_error error = {0};
    admf_status status = checkpoint_read(path, &theirs, &error);
    if (status == ADMF_NO_INPUT)
        return ADMF_OK; /* ended before its first phase did */
    if (status == ADMF_OK && strcmp(theirs.configuration, ours->configuration) != 0)
        status =
            fail_file(&error, ADMF_BAD_CONFIG, path, 0,
                      "is of another configuration; run that one, or start again with --force");
    else if (status == ADMF_OK && strcmp(theirs.data, ours->data) != 0)
        status = fail_file(&error, ADMF_BAD_DATA, path, 0,
                           "is of other data; restore them, or start again with --force");
    checkpoint_deinit(&theirs);
    return status == ADMF_OK ? ADMF_OK : report_error(sequence->errors, &error);
}

static void note_phase(struct checkpoint *checkpoint, const admf_phase_result *phase)
{
    struct checkpoint_phase *entry = &checkpoint->phases[checkpoint->count++];
    *entry = (struct checkpoint_phase){.name = phase->name,
                                       .status = phase->status == ADMF_OK ? "finished" : "failed",
                                       .cube = phase->cube,
                                       .digest = phase->digest,
                                       .signals = phase->signals.store,
                                       .seconds = phase->seconds,
                                       .combinations = phase->combinations};
}

static admf_status run_numbered(const struct sequence *sequence, size_t number,
                                const struct plan *first, const struct phase_files *files)
{
    const struct phase_entry *phase = &sequence->config->phases[number];
    struct plan *plan = NULL;
    uint64_t *ids = NULL;
    struct regime_choices choices = {0};
    admf_status status = ADMF_OK;
    if (phase->adapts)
        status = adapt(sequence, phase, first, &choices);
    else if (phase->inherits >= 0)
        status = inherit(sequence, phase, combinations_of(first), &ids);
    if (status == ADMF_OK && number > 0)
        status = sequence_plan(sequence, number, first, false, &plan, sequence->errors);
    if (status == ADMF_OK)
        status = run_phase(sequence, number, number > 0 ? plan : first, files);
    plan_free(&plan);
    phase->config->combinations = NULL;
    phase->config->combination_count = 0;
    phase->config->choices = NULL;
    phase->config->choice_count = 0;
    memory_free(ids);
    regime_choices_deinit(&choices);
    return status;
}

static admf_status run_all(const struct sequence *sequence, const struct plan *first,
                           const struct phase_files *files, const char *checkpoint_file,
                           struct checkpoint *checkpoint)
{
    admf_status status = check_paths(sequence, first, files);
    admf_error error = {0};
    if (status == ADMF_OK && sequence->options->resume)
        status = check_checkpoint(sequence, checkpoint_file, checkpoint);
    /* What is begun anew has come nowhere. */
    if (status == ADMF_OK && !sequence->options->resume)
        checkpoint_remove(checkpoint_file);
    for (size_t i = 0; status == ADMF_OK && i < sequence->config->phase_count; i++) {
        status = run_numbered(sequence, i, first, &files[i]);
        if (sequence->result->phase_count <= i)
            break; /* it did not even begin */
        note_phase(checkpoint, &sequence->result->phases[i]);
        if (checkpoint_write(checkpoint_file, checkpoint, &error) != ADMF_OK && status == ADMF_OK)
            status = report_error(sequence->errors, &error);
    }
    return status;
}

static admf_status run_several(const struct sequence *sequence, const struct plan *first,
                               const char *path)
{
    size_t count = sequence->config->phase_count;
    char *identity = configuration_identity(sequence->config);
    char *file = checkpoint_path(path);
    struct phase_files *files = memory_new(count, sizeof *files);
    struct checkpoint checkpoint = {.correlation_id = sequence->result->correlation_id,
                                    .phases = memory_new(count, sizeof *checkpoint.phases)};
    bool made = identity && file && files && checkpoint.phases;
    for (size_t i = 0; made && i < count; i++)
        made = name_files(sequence->config, i, path, &files[i]);
    admf_status status = ADMF_INTERNAL;
    if (made) {
        digest_identity(&checkpoint, identity, first);
        status = run_all(sequence, first, files, file, &checkpoint);
    } else {
        report(sequence->errors, ADMF_INTERNAL, NULL, 0, 0, 0, "out of memory");
    }
    for (size_t i = 0; files && i < count; i++) {
        memory_free((void *)files[i].result);
        memory_free((void *)files[i].store);
    }
    memory_free(files);
    memory_free(checkpoint.phases);
    memory_free(identity);
    memory_free(file);
    return status;
}

admf_status sequence_run(const struct sequence *sequence, const struct plan *first,
                         const char *path)
{
    if (sequence->config->phase_count)
        return run_several(sequence, first, path);
    admf_status status = check_inputs(sequence, first, path);
    return status == ADMF_OK ? run_phase(sequence, 0, first, &(struct phase_files){.result = path})
                             : status;
}
