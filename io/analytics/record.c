/* SPDX-License-Identifier: Apache-2.0 */
/* What the coordinator writes. Each call is a transaction: a run that is killed leaves whole rows.
 */
#include <string.h>

#include "io/analytics/analytics.h"
#include "io/analytics/database.h"

#define COUNT_OF(values) (sizeof(values) / sizeof *(values))

const char *analytics_status_word(admf_status status)
{
    switch (status) {
    case ADMF_OK:
        return "done";
    case ADMF_STOPPED:
        return "stopped";
    case ADMF_INTERRUPTED:
        return "interrupted";
    default:
        return "failed";
    }
}

admf_status analytics_start(struct analytics *store, const struct analytics_workflow *workflow,
                            admf_error *error)
{
    const struct database_value values[] = {
        value_text(workflow->correlation_id),
        value_text(workflow->started),
        value_whole(workflow->combinations),
        value_text(workflow->pattern),
        value_text(workflow->data),
        value_text(workflow->data_hashes),
        value_text(workflow->configuration_path),
        value_bytes(workflow->configuration, workflow->configuration_length),
        value_text(workflow->resolved_configuration),
        value_text(workflow->configuration_hash),
        value_text(workflow->program_version),
        value_text(workflow->command),
        value_text(workflow->folder)};
    return database_write(store,
                          "INSERT INTO workflow (correlation_id, status, started, combinations,"
                          " pattern, data, data_hashes, configuration_path, configuration,"
                          " resolved_configuration, configuration_hash, program_version, command,"
                          " folder) VALUES (?, 'running', ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                          values, COUNT_OF(values), error);
}

static admf_status write_best(struct analytics *store, const char *correlation_id, size_t number,
                              size_t rank, const admf_best *best, admf_error *error)
{
    const struct database_value values[] = {value_text(correlation_id),
                                            value_whole(number),
                                            value_whole(rank),
                                            value_whole(best->combo),
                                            value_text(best->symbol),
                                            value_text(best->window),
                                            value_text(best->strategy),
                                            value_text(best->classifier),
                                            value_text(best->risk),
                                            value_text(best->execution),
                                            value_real(best->by),
                                            value_real(best->sharpe),
                                            value_real(best->total_return),
                                            value_real(best->max_drawdown),
                                            value_real(best->trades)};
    return database_write(store,
                          "INSERT INTO best VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                          values, COUNT_OF(values), error);
}

static admf_status write_phase(struct analytics *store, const char *correlation_id, size_t number,
                               const char *status, const char *cube, const admf_phase_result *phase,
                               admf_error *error)
{
    bool running = strcmp(status, "running") == 0;
    const struct database_value none = value_text(NULL);
    const struct database_value values[] = {value_text(correlation_id),
                                            value_whole(number),
                                            value_text(phase->name),
                                            value_text(phase->pattern),
                                            value_text(status),
                                            running ? none : value_whole(phase->status),
                                            value_text(cube),
                                            phase->digest[0] ? value_text(phase->digest) : none,
                                            running ? none : value_real(phase->seconds),
                                            value_whole(phase->combinations),
                                            value_real(phase->combination_bars),
                                            running ? none : value_whole(phase->peak_memory),
                                            value_text(phase->best_by)};
    const struct database_value key[] = {value_text(correlation_id), value_whole(number)};
    admf_status code =
        database_write(store, "DELETE FROM best WHERE correlation_id = ? AND phase = ?", key,
                       COUNT_OF(key), error);
    if (code == ADMF_OK)
        code = database_write(store,
                              "INSERT OR REPLACE INTO phase"
                              " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                              values, COUNT_OF(values), error);
    for (size_t i = 0; i < phase->best_count && code == ADMF_OK; i++)
        code = write_best(store, correlation_id, number, i, &phase->best[i], error);
    return code;
}

admf_status analytics_phase(struct analytics *store, const char *correlation_id, size_t number,
                            const char *status, const char *cube, const admf_phase_result *phase,
                            admf_error *error)
{
    admf_status code = database_write(store, "BEGIN IMMEDIATE", NULL, 0, error);
    if (code != ADMF_OK)
        return code;
    code = write_phase(store, correlation_id, number, status, cube, phase, error);
    if (code == ADMF_OK)
        return database_write(store, "COMMIT", NULL, 0, error);
    sqlite3_exec(store->db, "ROLLBACK", NULL, NULL,
                 NULL); /* the first failure is the one to tell */
    return code;
}

admf_status analytics_finish(struct analytics *store, const char *correlation_id,
                             admf_status status, const char *finished, double seconds,
                             const char *reason, admf_error *error)
{
    const struct database_value values[] = {value_text(analytics_status_word(status)),
                                            value_whole(status),
                                            value_text(finished),
                                            value_real(seconds),
                                            value_text(reason),
                                            value_text(correlation_id)};
    return database_write(store,
                          "UPDATE workflow SET status = ?, exit_code = ?, finished = ?,"
                          " seconds = ?, reason = ? WHERE correlation_id = ?",
                          values, COUNT_OF(values), error);
}
