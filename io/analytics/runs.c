/* SPDX-License-Identifier: Apache-2.0 */
/* Reading the store: each answer is one transaction, and all that it holds lies in one arena. */
#include "admf/runs.h"

#include <string.h>

#include "engine/base/digest.h"
#include "engine/base/failure.h"
#include "engine/base/memory.h"
#include "engine/base/text.h"
#include "io/analytics/analytics.h"
#include "io/analytics/database.h"
#include "io/config/arena.h"
#include "io/market/timestamp.h"

#define COUNT_OF(values) (sizeof(values) / sizeof *(values))

struct answer {
    admf_runs runs; /* first: callers hold a pointer to it */
    struct arena arena;
};

struct reading {
    struct analytics *store;
    struct answer *answer;
    admf_error *error;
    bool failed; /* memory ran out */
};

/* ---- one row ------------------------------------------------------------------------------*/

static const char *text_of(struct reading *r, sqlite3_stmt *row, int column)
{
    const char *text = (const char *)sqlite3_column_text(row, column);
    if (!text) {
        r->failed = r->failed || sqlite3_column_type(row, column) != SQLITE_NULL;
        return NULL;
    }
    const char *copy =
        arena_text(&r->answer->arena, text, (size_t)sqlite3_column_bytes(row, column));
    r->failed = r->failed || !copy;
    return copy;
}

/* A text that every row has, whatever somebody did to the tables. */
static const char *present(struct reading *r, sqlite3_stmt *row, int column)
{
    const char *text = text_of(r, row, column);
    return text ? text : "";
}

static double real_of(sqlite3_stmt *row, int column)
{
    return sqlite3_column_type(row, column) == SQLITE_NULL ? (double)__builtin_nan("")
                                                           : sqlite3_column_double(row, column);
}

static uint64_t whole_of(sqlite3_stmt *row, int column)
{
    int64_t whole = sqlite3_column_int64(row, column);
    return whole < 0 ? 0 : (uint64_t)whole;
}

/* Steps through a statement that database_prepare made and frees it. */
static admf_status each_row(struct reading *r, sqlite3_stmt *statement,
                            void (*take)(struct reading *r, sqlite3_stmt *row, void *context),
                            void *context)
{
    int code = SQLITE_ROW;
    if (!statement)
        return r->error->code;
    while (!r->failed && (code = sqlite3_step(statement)) == SQLITE_ROW)
        take(r, statement, context);
    admf_status status = ADMF_OK;
    if (r->failed)
        status = fail_memory(r->error);
    else if (code != SQLITE_DONE)
        status = database_failure(r->store, "cannot read", r->error);
    sqlite3_finalize(statement);
    return status;
}

/* Room for the rows of a statement that is still to be stepped through, a multiple of a page. */
static void *grown(struct reading *r, const void *old, size_t count, size_t size)
{
    if (count & (count - 1)) /* room was made for a power of two */
        return (void *)old;
    void *room = arena_new(&r->answer->arena, count ? 2 * count : 1, size);
    r->failed = r->failed || !room;
    if (room && count)
        memcpy(room, old, count * size);
    return room;
}

/* ---- phases -------------------------------------------------------------------------------*/

#define PHASE_COLUMNS                                                                              \
    "number, name, pattern, status, exit_code, cube, digest, seconds, combinations,"               \
    " combination_bars, peak_memory, best_by"

static void take_phase(struct reading *r, sqlite3_stmt *row, void *context)
{
    admf_run *run = context;
    admf_run_phase *phases = grown(r, run->phases, run->phase_count, sizeof *phases);
    if (!phases)
        return;
    admf_run_phase *phase = &phases[run->phase_count++];
    run->phases = phases;
    *phase = (admf_run_phase){.status = present(r, row, 3),
                              .result = {.name = present(r, row, 1),
                                         .pattern = present(r, row, 2),
                                         .status = (admf_status)sqlite3_column_int(row, 4),
                                         .cube = present(r, row, 5),
                                         .seconds = real_of(row, 7),
                                         .combinations = whole_of(row, 8),
                                         .combination_bars = real_of(row, 9),
                                         .peak_memory = whole_of(row, 10),
                                         .best_by = text_of(r, row, 11)}};
    const char *digest = present(r, row, 6);
    size_t length = strlen(digest);
    if (length < sizeof phase->result.digest)
        memcpy(phase->result.digest, digest, length + 1);
}

static void take_best(struct reading *r, sqlite3_stmt *row, void *context)
{
    admf_phase_result *phase = context;
    if (phase->best_count == sizeof phase->best / sizeof *phase->best)
        return;
    phase->best[phase->best_count++] = (admf_best){.combo = whole_of(row, 0),
                                                   .symbol = present(r, row, 1),
                                                   .window = present(r, row, 2),
                                                   .strategy = present(r, row, 3),
                                                   .classifier = present(r, row, 4),
                                                   .risk = present(r, row, 5),
                                                   .execution = present(r, row, 6),
                                                   .by = real_of(row, 7),
                                                   .sharpe = real_of(row, 8),
                                                   .total_return = real_of(row, 9),
                                                   .max_drawdown = real_of(row, 10),
                                                   .trades = real_of(row, 11)};
}

static admf_status read_phases(struct reading *r, admf_run *run)
{
    const struct database_value key[] = {value_text(run->correlation_id)};
    admf_status status =
        each_row(r,
                 database_prepare(r->store,
                                  "SELECT " PHASE_COLUMNS " FROM phase WHERE correlation_id = ?"
                                  " ORDER BY number",
                                  key, COUNT_OF(key), r->error),
                 take_phase, run);
    for (size_t p = 0; p < run->phase_count && status == ADMF_OK; p++) {
        const struct database_value place[] = {value_text(run->correlation_id), value_whole(p)};
        admf_phase_result *phase = (admf_phase_result *)&run->phases[p].result;
        status =
            each_row(r,
                     database_prepare(r->store,
                                      "SELECT combo, symbol, window, strategy, classifier, risk,"
                                      " execution, value, sharpe, total_return, max_drawdown,"
                                      " trades FROM best WHERE correlation_id = ? AND phase = ?"
                                      " ORDER BY rank",
                                      place, COUNT_OF(place), r->error),
                     take_best, phase);
    }
    return status;
}

/* ---- workflows ----------------------------------------------------------------------------*/

#define WORKFLOW_COLUMNS                                                                           \
    "correlation_id, status, exit_code, started, finished, seconds, combinations, pattern, data,"  \
    " data_hashes, configuration_path, configuration, resolved_configuration,"                     \
    " configuration_hash, program_version, command, folder, reason"

static void take_run(struct reading *r, sqlite3_stmt *row, void *context)
{
    admf_runs *runs = context;
    admf_run *items = grown(r, runs->items, runs->count, sizeof *items);
    if (!items)
        return;
    runs->items = items;
    items[runs->count++] = (admf_run){
        .correlation_id = present(r, row, 0),
        .status = present(r, row, 1),
        .exit_code = sqlite3_column_type(row, 2) == SQLITE_NULL ? -1 : sqlite3_column_int(row, 2),
        .started = present(r, row, 3),
        .finished = text_of(r, row, 4),
        .seconds = real_of(row, 5),
        .combinations = whole_of(row, 6),
        .pattern = present(r, row, 7),
        .data = present(r, row, 8),
        .data_hashes = present(r, row, 9),
        .configuration_path = present(r, row, 10),
        .configuration = present(r, row, 11),
        .resolved_configuration = present(r, row, 12),
        .configuration_hash = present(r, row, 13),
        .program_version = present(r, row, 14),
        .command = text_of(r, row, 15),
        .folder = text_of(r, row, 16),
        .reason = text_of(r, row, 17)};
}

static void take_total(struct reading *r, sqlite3_stmt *row, void *context)
{
    (void)r;
    *(uint64_t *)context = whole_of(row, 0);
}

static admf_status read_runs(struct reading *r, const char *sql,
                             const struct database_value *values, size_t count)
{
    admf_runs *runs = &r->answer->runs;
    admf_status status =
        each_row(r, database_prepare(r->store, sql, values, count, r->error), take_run, runs);
    for (size_t i = 0; i < runs->count && status == ADMF_OK; i++)
        status = read_phases(r, (admf_run *)&runs->items[i]);
    return status;
}

/* The newest first; of one second, what came last. */
#define NEWEST_FIRST " ORDER BY started DESC, rowid DESC"

static admf_status list(struct reading *r, const admf_runs_filter *filter, const char *since)
{
    static const char *const condition =
        " FROM workflow WHERE (?1 IS NULL OR status = ?1) AND (?2 IS NULL OR started >= ?2)";
    uint64_t most = filter->limit ? filter->limit : INT64_MAX;
    const struct database_value values[] = {value_text(filter->status), value_text(since),
                                            value_whole(most)};
    struct text sql = {0}, count = {0};
    text_format(&sql, "SELECT " WORKFLOW_COLUMNS "%s" NEWEST_FIRST " LIMIT ?3", condition);
    text_format(&count, "SELECT count(*)%s", condition);
    admf_status status = sql.failed || count.failed ? fail_memory(r->error) : ADMF_OK;
    if (status == ADMF_OK)
        status = each_row(r, database_prepare(r->store, count.chars, values, 2, r->error),
                          take_total, &r->answer->runs.total);
    if (status == ADMF_OK)
        status = read_runs(r, sql.chars, values, COUNT_OF(values));
    text_deinit(&sql);
    text_deinit(&count);
    return status;
}

/* ---- one by its id ------------------------------------------------------------------------*/

/* Where in workflow_20260102_150405_1a2b3c4d what may stand for the whole begins. */
enum {
    BEFORE_TIME = sizeof "workflow_" - 1,
    BEFORE_DIGITS = sizeof "workflow_20260102_150405_" - 1
};

static bool is_meant(const char *correlation_id, const char *id)
{
    static const size_t starts[] = {0, BEFORE_TIME, BEFORE_DIGITS};
    for (size_t i = 0; i < COUNT_OF(starts); i++) {
        if (strlen(correlation_id) > starts[i] &&
            strncmp(correlation_id + starts[i], id, strlen(id)) == 0)
            return true;
    }
    return false;
}

struct ids {
    const char **items; /* newest first */
    size_t count;
};

static void take_id(struct reading *r, sqlite3_stmt *row, void *context)
{
    struct ids *ids = context;
    const char **items = grown(r, ids->items, ids->count, sizeof *items);
    if (!items)
        return;
    ids->items = items;
    items[ids->count++] = present(r, row, 0);
}

/* The id that a mistyped one, or the part of an id, is most like. */
static const char *nearest(const struct ids *ids, const char *id)
{
    size_t skip = strncmp(id, "workflow_", BEFORE_TIME) == 0 ? 0
                  : strlen(id) > 8                           ? BEFORE_TIME
                                                             : BEFORE_DIGITS;
    for (size_t i = 0; i < ids->count; i++) {
        const char *whole = ids->items[i], *part = whole + (strlen(whole) > skip ? skip : 0);
        if (nearest_name(id, &part, 1))
            return whole;
    }
    return NULL;
}

static admf_status unknown(const struct reading *r, const struct ids *ids, const char *id)
{
    const char *like = nearest(ids, id), *path = r->store->path;
    if (ids->count == 0)
        return fail_file(r->error, ADMF_USAGE, path, 0, "no run '%s': none is recorded yet", id);
    if (like)
        return fail_file(r->error, ADMF_USAGE, path, 0, "no run '%s'; did you mean '%s'?", id,
                         like);
    return fail_file(r->error, ADMF_USAGE, path, 0, "no run '%s' among %zu; the last is '%s'", id,
                     ids->count, ids->items[0]);
}

static admf_status find(struct reading *r, const char *id)
{
    struct ids ids = {0};
    const char *first = NULL, *second = NULL;
    size_t meant = 0;
    admf_status status =
        each_row(r,
                 database_prepare(r->store, "SELECT correlation_id FROM workflow" NEWEST_FIRST,
                                  NULL, 0, r->error),
                 take_id, &ids);
    if (status != ADMF_OK)
        return status;
    for (size_t i = 0; i < ids.count; i++) {
        if (!is_meant(ids.items[i], id))
            continue;
        if (meant++ == 0)
            first = ids.items[i];
        else if (!second)
            second = ids.items[i];
    }
    if (meant == 0)
        return unknown(r, &ids, id);
    if (meant > 1)
        return fail_file(r->error, ADMF_USAGE, r->store->path, 0,
                         "'%s' could be %zu runs, '%s' and '%s' among them; give more of it", id,
                         meant, first, second);
    const struct database_value key[] = {value_text(first)};
    r->answer->runs.total = 1;
    return read_runs(r, "SELECT " WORKFLOW_COLUMNS " FROM workflow WHERE correlation_id = ?", key,
                     COUNT_OF(key));
}

/* ---- the interface ------------------------------------------------------------------------*/

static admf_status begin(const char *path, struct reading *r)
{
    r->answer = memory_new(1, sizeof *r->answer);
    if (!r->answer)
        return fail_memory(r->error);
    admf_status status = database_open(path, DATABASE_READ, &r->store, r->error);
    return status == ADMF_OK ? database_write(r->store, "BEGIN", NULL, 0, r->error) : status;
}

static admf_status end(struct reading *r, admf_status status, admf_runs **out)
{
    admf_runs *runs = r->answer ? &r->answer->runs : NULL;
    analytics_close(&r->store); /* and with it the transaction */
    if (status != ADMF_OK)
        admf_runs_free(&runs);
    *out = runs;
    return status;
}

/* As workflow.started is written, so that texts compare as times do. */
static admf_status normalise(const char *since, char out[STAMP_TEXT], admf_error *error)
{
    char why[STAMP_WHY];
    int64_t ns;
    if (!stamp_read_limit(NULL, since, false, &ns, why))
        return fail(error, ADMF_USAGE, "since: %s", why);
    stamp_to_text(ns - (ns % NS_PER_SECOND + NS_PER_SECOND) % NS_PER_SECOND, out);
    return ADMF_OK;
}

admf_status admf_runs_list(const char *path, const admf_runs_filter *filter, admf_runs **out,
                           admf_error *error)
{
    struct reading r = {.error = error};
    char since[STAMP_TEXT];
    admf_status status = filter->since ? normalise(filter->since, since, error) : ADMF_OK;
    if (status == ADMF_OK)
        status = begin(path, &r);
    if (status == ADMF_OK)
        status = list(&r, filter, filter->since ? since : NULL);
    return end(&r, status, out);
}

admf_status admf_runs_find(const char *path, const char *id, admf_runs **out, admf_error *error)
{
    struct reading r = {.error = error};
    admf_status status = begin(path, &r);
    if (status == ADMF_OK)
        status = find(&r, id);
    return end(&r, status, out);
}

void admf_runs_free(admf_runs **runs)
{
    struct answer *answer = (struct answer *)*runs;
    if (!answer)
        return;
    arena_deinit(&answer->arena);
    memory_free(answer);
    *runs = NULL;
}
