/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/workflow/sequencer.h"

#include <string.h>

#include "engine/base/digest.h"
#include "engine/base/failure.h"
#include "engine/base/files.h"
#include "engine/base/memory.h"
#include "engine/workflow/configuration.h"
#include "engine/workflow/inheritance.h"
#include "engine/workflow/phase.h"
#include "engine/workflow/phase_files.h"
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
                                        .bars_of = bars_of,
                                        .stop = options->stop};
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

/* ---- one phase ----------------------------------------------------------------------------*/

/*
 * Even by force: an input that a cube replaces, or one of the files that it is made in, is gone. A
 * cube that is run again may be what is replaced at the end: the new one holds its configuration.
 */
static admf_status check_inputs(const struct sequence *sequence, const struct plan *plan,
                                const char *path)
{
    const char *config = sequence->options->config_path;
    admf_status code = sequence->options->output ? ADMF_USAGE : ADMF_BAD_CONFIG;
    if (cube_spoils(path, config) && !(files_same(path, config) && configuration_is_cube(config)))
        return report(sequence->errors, code, path, 0, 0, 0,
                      "is the configuration itself; name another with --output");
    if (plan->mode == PLAN_REPLAY && cube_spoils(path, plan->config->signals))
        return report(sequence->errors, code, path, 0, 0, 0,
                      "is the store that is replayed; name another with --output");
    for (size_t s = 0; s < plan->symbol_count; s++)
        if (cube_spoils(path, plan->bars[s]->source))
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
                                     .symbols = plan->symbol_count,
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
    struct inheritance inheritance = {0};
    admf_status status = inheritance_take(&inheritance, sequence, phase, first);
    if (status == ADMF_OK && number > 0)
        status = sequence_plan(sequence, number, first, false, &plan, sequence->errors);
    if (status == ADMF_OK)
        status = run_phase(sequence, number, number > 0 ? plan : first, files);
    plan_free(&plan);
    inheritance_drop(&inheritance, phase);
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
    char *file = phase_files_checkpoint(path);
    struct phase_files *files = memory_new(count, sizeof *files);
    struct checkpoint checkpoint = {.correlation_id = sequence->result->correlation_id,
                                    .phases = memory_new(count, sizeof *checkpoint.phases)};
    bool made = identity && file && files && checkpoint.phases;
    for (size_t i = 0; made && i < count; i++)
        made = phase_files_init(&files[i], sequence->config, i, path);
    admf_status status = ADMF_INTERNAL;
    if (made) {
        digest_identity(&checkpoint, identity, first);
        status = run_all(sequence, first, files, file, &checkpoint);
    } else {
        report_memory(sequence->errors);
    }
    for (size_t i = 0; files && i < count; i++)
        phase_files_deinit(&files[i]);
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
