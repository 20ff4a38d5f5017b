/* SPDX-License-Identifier: Apache-2.0 */
#define _XOPEN_SOURCE 700 /* clock_gettime, getcwd, realpath */
#include "engine/workflow/record.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "engine/base/digest.h"
#include "engine/base/failure.h"
#include "engine/base/memory.h"
#include "engine/base/text.h"
#include "engine/workflow/configuration.h"
#include "engine/workflow/phase_layout.h"
#include "io/analytics/analytics.h"

static double now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

static void give_up(struct record *record, const admf_error *error)
{
    report(record->warnings, error->code, error->file[0] ? error->file : NULL, 0, 0, 0,
           "this run is not recorded: %s", error->message);
    analytics_close(&record->store);
}

/* As a cube's /provenance has them: a line "SYMBOL digest" each. */
static void describe_data(const struct plan *plan, struct text *out)
{
    for (size_t s = 0; s < plan->symbol_count; s++) {
        char digest[DIGEST_TEXT];
        digest_to_text(plan->bars[s]->digest, digest);
        text_format(out, "%s%s %s", s ? "\n" : "", plan->bars[s]->symbol, digest);
    }
}

static void hash_text(const char *text, char out[DIGEST_TEXT])
{
    struct digest digest;
    digest_start(&digest);
    digest_add(&digest, text, strlen(text));
    digest_to_text(digest_value(&digest), out);
}

static admf_status enter(struct record *record, const struct config *config,
                         const struct plan *plan, const admf_options *options,
                         const admf_workflow_result *result, admf_error *error)
{
    char started[PHASE_TIME], hash[DIGEST_TEXT], folder[ADMF_PATH_MAX];
    struct text data = {0};
    char *identity = configuration_identity(config), *resolved = config_resolved(config);
    describe_data(plan, &data);
    admf_status status = identity && resolved && !data.failed ? ADMF_OK : fail_memory(error);
    if (status == ADMF_OK) {
        phase_time_text(started);
        hash_text(identity, hash);
        const struct analytics_workflow workflow = {.correlation_id = result->correlation_id,
                                                    .started = started,
                                                    .pattern = result->pattern,
                                                    .data = result->data_source,
                                                    .data_hashes = data.chars,
                                                    .configuration_path = options->config_path,
                                                    .configuration = config->text,
                                                    .configuration_length = config->text_length,
                                                    .resolved_configuration = resolved,
                                                    .configuration_hash = hash,
                                                    .program_version = ADMF_VERSION,
                                                    .command = options->command,
                                                    .folder = getcwd(folder, sizeof folder),
                                                    .combinations = plan_chosen_cells(plan)};
        status = analytics_start(record->store, &workflow, error);
    }
    memory_free(identity);
    memory_free(resolved);
    text_deinit(&data);
    return status;
}

void record_start(struct record *record, const struct config *config, const struct plan *plan,
                  const admf_options *options, const admf_workflow_result *result,
                  admf_diagnostics *warnings)
{
    admf_error error = {0};
    if (!options->analytics)
        return;
    *record = (struct record){
        .correlation_id = result->correlation_id, .warnings = warnings, .start = now()};
    admf_status status = analytics_open(options->analytics, &record->store, &error);
    if (status == ADMF_OK)
        status = enter(record, config, plan, options, result, &error);
    if (status != ADMF_OK)
        give_up(record, &error);
}

void record_phase_start(struct record *record, size_t number, const char *name,
                        const struct plan *plan, const char *path)
{
    admf_error error = {0};
    const admf_phase_result phase = {
        .name = name, .pattern = plan->pattern->name, .combinations = plan_chosen_cells(plan)};
    if (record->store && analytics_phase(record->store, record->correlation_id, number, "running",
                                         path, &phase, &error) != ADMF_OK)
        give_up(record, &error);
}

void record_phase(struct record *record, size_t number, const admf_phase_result *phase)
{
    admf_error error = {0};
    if (!record->store)
        return;
    /* A path that means the same from any folder; of a file that is not there, the path given. */
    char *real = phase->cube ? realpath(phase->cube, NULL) : NULL;
    const char *cube = real ? real : phase->cube ? phase->cube : "";
    if (analytics_phase(record->store, record->correlation_id, number,
                        analytics_status_word(phase->status), cube, phase, &error) != ADMF_OK)
        give_up(record, &error);
    free(real);
}

void record_finish(struct record *record, admf_status status, const admf_diagnostics *errors)
{
    char finished[PHASE_TIME];
    admf_error error = {0};
    bool stopped = status == ADMF_STOPPED || status == ADMF_INTERRUPTED;
    const char *reason = status && !stopped && errors->count ? errors->items[0].message : NULL;
    if (!record->store)
        return;
    phase_time_text(finished);
    if (analytics_finish(record->store, record->correlation_id, status, finished,
                         now() - record->start, reason, &error) != ADMF_OK)
        give_up(record, &error);
    analytics_close(&record->store);
}
