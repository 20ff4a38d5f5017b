/* SPDX-License-Identifier: Apache-2.0 */
/* The record of runs: what is written is read back, by one process or by many at once. */
#define _GNU_SOURCE
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <fcntl.h>
#include <limits.h>
#include <math.h>
#include <signal.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "admf/runs.h"
#include "engine/base/memory.h"
#include "io/analytics/analytics.h"
#include "tests/text_file.h"

static const char store_path[] = "analytics_test/deep/runs.db";

static int remove_store(void **state)
{
    (void)state;
    return system("rm -rf analytics_test") == 0 ? 0 : -1;
}

static const char id_form[] = "workflow_20260102_1504%02d_1a2b%04x";

static void enter(struct analytics *store, const char *id, const char *started)
{
    admf_error error = {0};
    const struct analytics_workflow workflow = {.correlation_id = id,
                                                .started = started,
                                                .pattern = "full_backtest",
                                                .data = "bars.csv, 10 bars of \xc3\x84",
                                                .data_hashes = "\xc3\x84 0123456789abcdef",
                                                .configuration_path = "a.yaml",
                                                .configuration = "strategies: [x]\n# rest",
                                                .configuration_length = 16,
                                                .resolved_configuration = "strategies:\n  - x\n",
                                                .configuration_hash = "fedcba9876543210",
                                                .program_version = "1.2.3",
                                                .folder = "/tmp",
                                                .combinations = 24};
    if (analytics_start(store, &workflow, &error) != ADMF_OK)
        fail_msg("%s", error.message);
}

static void end(struct analytics *store, const char *id, admf_status status, const char *reason)
{
    admf_error error = {0};
    if (analytics_finish(store, id, status, "2026-01-02T15:05:00Z", 1.5, reason, &error) != ADMF_OK)
        fail_msg("%s", error.message);
}

static const admf_phase_result phase = {.name = "run",
                                        .pattern = "full_backtest",
                                        .digest = "00112233aabbccdd",
                                        .seconds = 0.25,
                                        .combinations = 24,
                                        .combination_bars = 2.5e10,
                                        .peak_memory = 1 << 20,
                                        .best_by = "sharpe",
                                        .best_count = 2,
                                        .best = {{.combo = 7,
                                                  .symbol = "\xc3\x84",
                                                  .window = "test_1",
                                                  .strategy = "momentum[lookback_period=10]",
                                                  .classifier = "none",
                                                  .risk = "default",
                                                  .execution = "default",
                                                  .by = 0.1,
                                                  .total_return = -0.25,
                                                  .max_drawdown = 1e-300,
                                                  .sharpe = 0.1,
                                                  .trades = 3},
                                                 {.combo = 1,
                                                  .symbol = "B",
                                                  .window = "",
                                                  .strategy = "",
                                                  .classifier = "",
                                                  .risk = "",
                                                  .execution = "",
                                                  .by = NAN,
                                                  .total_return = INFINITY,
                                                  .max_drawdown = 0,
                                                  .sharpe = NAN,
                                                  .trades = 0}}};

static struct analytics *open_store(void)
{
    struct analytics *store = NULL;
    admf_error error = {0};
    if (analytics_open(store_path, &store, &error) != ADMF_OK)
        fail_msg("%s: %s", error.file, error.message);
    return store;
}

static admf_runs *list(const char *status, const char *since, uint64_t limit)
{
    const admf_runs_filter filter = {.status = status, .since = since, .limit = limit};
    admf_runs *runs = NULL;
    admf_error error = {0};
    if (admf_runs_list(store_path, &filter, &runs, &error) != ADMF_OK)
        fail_msg("%s", error.message);
    return runs;
}

static void what_is_written_is_read_back(void **state)
{
    (void)state;
    struct analytics *store = open_store();
    admf_error error = {0};
    const char *id = "workflow_20260102_150405_1a2b3c4d";
    enter(store, id, "2026-01-02T15:04:05Z");
    const admf_phase_result before = {
        .name = "run", .pattern = "full_backtest", .combinations = 24};
    assert_int_equal(analytics_phase(store, id, 0, "running", "a.h5", &before, &error), ADMF_OK);

    admf_runs *runs = list(NULL, NULL, 0);
    assert_int_equal(runs->count, 1);
    assert_string_equal(runs->items[0].status, "running");
    assert_int_equal(runs->items[0].exit_code, -1);
    assert_null(runs->items[0].finished);
    assert_true(isnan(runs->items[0].seconds));
    assert_int_equal(runs->items[0].phase_count, 1);
    assert_string_equal(runs->items[0].phases[0].status, "running");
    assert_true(isnan(runs->items[0].phases[0].result.seconds));
    assert_int_equal(runs->items[0].phases[0].result.best_count, 0);
    admf_runs_free(&runs);

    for (int twice = 0; twice < 2; twice++)
        assert_int_equal(analytics_phase(store, id, 0, "done", "/x/a.h5", &phase, &error), ADMF_OK);
    end(store, id, ADMF_IO, "disk full");
    analytics_close(&store);

    assert_int_equal(admf_runs_find(store_path, id, &runs, &error), ADMF_OK);
    const admf_run *run = &runs->items[0];
    assert_string_equal(run->correlation_id, id);
    assert_string_equal(run->status, "failed");
    assert_int_equal(run->exit_code, 74);
    assert_string_equal(run->reason, "disk full");
    assert_string_equal(run->started, "2026-01-02T15:04:05Z");
    assert_string_equal(run->finished, "2026-01-02T15:05:00Z");
    assert_true(run->seconds == 1.5);
    assert_int_equal(run->combinations, 24);
    assert_string_equal(run->data_hashes, "\xc3\x84 0123456789abcdef");
    assert_string_equal(run->configuration, "strategies: [x]\n");
    assert_string_equal(run->resolved_configuration, "strategies:\n  - x\n");
    assert_string_equal(run->folder, "/tmp");
    assert_null(run->command);
    assert_int_equal(run->phase_count, 1);
    const admf_phase_result *read = &run->phases[0].result;
    assert_string_equal(run->phases[0].status, "done");
    assert_string_equal(read->cube, "/x/a.h5");
    assert_string_equal(read->digest, phase.digest);
    assert_true(read->combination_bars == 2.5e10);
    assert_int_equal(read->peak_memory, 1 << 20);
    assert_int_equal(read->best_count, 2);
    assert_int_equal(read->best[0].combo, 7);
    assert_string_equal(read->best[0].window, "test_1");
    assert_string_equal(read->best[0].strategy, "momentum[lookback_period=10]");
    assert_true(read->best[0].by == 0.1 && read->best[0].max_drawdown == 1e-300);
    assert_true(isnan(read->best[1].sharpe) && isinf(read->best[1].total_return));
    admf_runs_free(&runs);
}

static void runs_are_listed_newest_first(void **state)
{
    (void)state;
    struct analytics *store = open_store();
    for (int i = 0; i < 30; i++) {
        char id[48], started[32];
        snprintf(id, sizeof id, id_form, i, i);
        snprintf(started, sizeof started, "2026-01-%02dT15:04:05Z", i / 2 + 1); /* two a day */
        enter(store, id, started);
        if (i % 3)
            end(store, id, i % 3 == 1 ? ADMF_OK : ADMF_INTERRUPTED, NULL);
    }
    analytics_close(&store);
    admf_runs *runs = list(NULL, NULL, 0);
    assert_int_equal(runs->count, 30);
    for (int i = 0; i < 30; i++) {
        char id[48];
        snprintf(id, sizeof id, id_form, 29 - i, 29 - i);
        assert_string_equal(runs->items[i].correlation_id, id);
    }
    admf_runs_free(&runs);
    const struct {
        const char *status, *since;
        uint64_t limit, count, total;
    } cases[] = {{"done", NULL, 0, 10, 10},
                 {"running", NULL, 4, 4, 10},
                 {"interrupted", "2026-01-15", 0, 1, 1},
                 {NULL, "2026-01-15", 0, 2, 2},
                 {NULL, "2026-01-15T15:04:05", 0, 2, 2},
                 {NULL, "2026-01-15 15:04:06", 0, 0, 0},
                 {NULL, "2026-01-15T17:04:06+02:00", 0, 0, 0},
                 {NULL, "2026-01-15T17:04:05+02:00", 0, 2, 2},
                 {"failed", NULL, 0, 0, 0}};
    for (size_t c = 0; c < sizeof cases / sizeof *cases; c++) {
        runs = list(cases[c].status, cases[c].since, cases[c].limit);
        assert_int_equal(runs->count, cases[c].count);
        assert_int_equal(runs->total, cases[c].total);
        admf_runs_free(&runs);
    }
    admf_error error = {0};
    const admf_runs_filter yesterday = {.since = "yesterday"};
    assert_int_equal(admf_runs_list(store_path, &yesterday, &runs, &error), ADMF_USAGE);
    assert_non_null(strstr(error.message, "since: 'yesterday' is no timestamp; expected a date ("));
}

static void expect_found(const char *part, const char *id)
{
    admf_runs *runs = NULL;
    admf_error error = {0};
    if (admf_runs_find(store_path, part, &runs, &error) != ADMF_OK)
        fail_msg("%s: %s", part, error.message);
    assert_string_equal(runs->items[0].correlation_id, id);
    admf_runs_free(&runs);
}

static void expect_refused(const char *part, const char *says)
{
    admf_runs *runs = NULL;
    admf_error error = {0};
    assert_int_equal(admf_runs_find(store_path, part, &runs, &error), ADMF_USAGE);
    assert_null(runs);
    if (!strstr(error.message, says))
        fail_msg("%s: %s", part, error.message);
}

static void a_part_of_an_id_is_enough(void **state)
{
    (void)state;
    static const char first[] = "workflow_20260102_150405_1a2b3c4d",
                      second[] = "workflow_20260102_160405_20ffffff";
    struct analytics *store = open_store();
    expect_refused("1a2b", "no run '1a2b': none is recorded yet");
    enter(store, first, "2026-01-02T15:04:05Z");
    enter(store, second, "2026-01-02T16:04:05Z");
    analytics_close(&store);
    expect_found(first, first);
    expect_found("workflow_20260102_15", first);
    expect_found("20260102_16", second);
    expect_found("1", first);
    expect_found("20f", second);
    expect_refused("workflow_", "could be 2 runs");
    expect_refused("20", "could be 2 runs, 'workflow_20260102_160405_20ffffff' and "
                         "'workflow_20260102_150405_1a2b3c4d' among them");
    expect_refused("1a2b3c5d", "did you mean 'workflow_20260102_150405_1a2b3c4d'?");
    expect_refused("workflow_20260102_160405_20fffffe", "did you mean 'workflow_20260102_1604");
    expect_refused("workflow_20260102_160405_20ffffff0", "did you mean 'workflow_20260102_1604");
    expect_refused("nothing of the kind", "among 2; the last is 'workflow_20260102_1604");
}

/* ---- files that are no store --------------------------------------------------------------*/

static void expect_no_store(const char *path, admf_status to_write, admf_status to_read,
                            const char *says)
{
    struct analytics *store = NULL;
    admf_runs *runs = NULL;
    admf_error error = {0};
    const admf_runs_filter all = {0};
    assert_int_equal(analytics_open(path, &store, &error), to_write);
    assert_null(store);
    if (!strstr(error.message, says))
        fail_msg("%s: %s", path, error.message);
    assert_int_equal(admf_runs_list(path, &all, &runs, &error), to_read);
    assert_null(runs);
    if (!strstr(error.message, says))
        fail_msg("%s: %s", path, error.message);
}

static void in_database(const char *path, const char *sql)
{
    sqlite3 *db = NULL;
    assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
    assert_int_equal(sqlite3_exec(db, sql, NULL, NULL, NULL), SQLITE_OK);
    sqlite3_close(db);
}

static void other_files_are_refused_and_left_alone(void **state)
{
    (void)state;
    assert_int_equal(mkdir("analytics_test", 0755), 0);
    write_file("analytics_test/text", "This is a text, longer than the header of a database is: at "
                                      "least one hundred bytes are needed to tell.\n");
    expect_no_store("analytics_test/text", ADMF_BAD_DATA, ADMF_BAD_DATA, "no SQLite database");
    in_database("analytics_test/foreign.db", "CREATE TABLE workflow (a); PRAGMA user_version=1");
    expect_no_store("analytics_test/foreign.db", ADMF_BAD_DATA, ADMF_BAD_DATA,
                    "the database of another program");
    assert_int_equal(access("analytics_test/foreign.db-wal", F_OK), -1);
    assert_int_equal(mkdir("analytics_test/folder", 0755), 0);
    expect_no_store("analytics_test/folder", ADMF_BAD_DATA, ADMF_BAD_DATA, "a folder or a device");
    assert_int_equal(mkfifo("analytics_test/pipe", 0644), 0);
    expect_no_store("analytics_test/pipe", ADMF_BAD_DATA, ADMF_BAD_DATA, "a folder or a device");
    expect_no_store("analytics_test/text/runs.db", ADMF_IO, ADMF_NO_INPUT, "Not a directory");

    admf_runs *runs = NULL;
    admf_error error = {0};
    const admf_runs_filter all = {0};
    assert_int_equal(admf_runs_list("analytics_test/none.db", &all, &runs, &error), ADMF_NO_INPUT);
    write_file("analytics_test/empty.db", "");
    assert_int_equal(admf_runs_list("analytics_test/empty.db", &all, &runs, &error), ADMF_BAD_DATA);
}

static void other_versions_are_refused(void **state)
{
    (void)state;
    struct analytics *store = open_store();
    analytics_close(&store);
    in_database(store_path, "PRAGMA user_version=99");
    expect_no_store(store_path, ADMF_BAD_DATA, ADMF_BAD_DATA,
                    "has version 99, later than this program's 1");
    in_database(store_path, "PRAGMA user_version=0");
    expect_no_store(store_path, ADMF_BAD_DATA, ADMF_BAD_DATA,
                    "has version 0, earlier than this program's 1");
}

/* A damaged page is an error with words, not a crash. */
static void a_damaged_store_is_refused(void **state)
{
    (void)state;
    struct analytics *store = open_store();
    enter(store, "workflow_20260102_150405_1a2b3c4d", "2026-01-02T15:04:05Z");
    analytics_close(&store);
    in_database(store_path, "PRAGMA wal_checkpoint(TRUNCATE)");
    FILE *file = fopen(store_path, "r+b");
    assert_non_null(file);
    char rubbish[4096];
    memset(rubbish, 0xa5, sizeof rubbish);
    for (long at = 4096; fseek(file, at, SEEK_SET) == 0 && at < 8 * 4096; at += 4096)
        assert_int_equal(fwrite(rubbish, sizeof rubbish, 1, file), 1);
    fclose(file);
    admf_runs *runs = NULL;
    admf_error error = {0};
    const admf_runs_filter all = {0};
    assert_int_equal(admf_runs_list(store_path, &all, &runs, &error), ADMF_BAD_DATA);
    assert_non_null(strstr(error.message, "malformed"));
}

/* Root may write everywhere, so it becomes somebody else for a while. */
static void a_write_protected_store_says_so(void **state)
{
    (void)state;
    struct analytics *store = open_store();
    analytics_close(&store);
    in_database(store_path, "PRAGMA wal_checkpoint(TRUNCATE)"); /* takes the log away at its end */
    assert_int_equal(chmod(store_path, 0444), 0);
    assert_int_equal(chmod("analytics_test/deep", 0555), 0);
    assert_int_equal(chmod("analytics_test", 0755), 0);
    char whole[PATH_MAX]; /* SQLite goes by the whole path, a folder on which may be closed */
    assert_non_null(realpath(store_path, whole));
    uid_t user = geteuid();
    if (user == 0)
        assert_int_equal(seteuid(65534), 0);
    admf_runs *runs = NULL;
    admf_error write_error = {0}, read_error = {0};
    const admf_runs_filter all = {0};
    bool reachable = faccessat(AT_FDCWD, whole, R_OK, AT_EACCESS) == 0;
    admf_status to_write = analytics_open(store_path, &store, &write_error);
    admf_status to_read = admf_runs_list(store_path, &all, &runs, &read_error);
    if (user == 0)
        assert_int_equal(seteuid(user), 0);
    chmod("analytics_test/deep", 0755);
    if (!reachable)
        skip(); /* the folder of the tests is closed to others */
    assert_int_equal(to_write, ADMF_IO);
    assert_int_equal(to_read, ADMF_IO);
    assert_non_null(strstr(write_error.message, "write-protected"));
    assert_non_null(strstr(read_error.message, "write-protected"));
}

/* ---- several processes --------------------------------------------------------------------*/

enum { WRITERS = 8, RUNS_EACH = 12 };

static void write_runs(int writer)
{
    for (int i = 0; i < RUNS_EACH; i++) {
        char id[48];
        struct analytics *store = NULL;
        admf_error error = {0};
        snprintf(id, sizeof id, id_form, writer, writer * RUNS_EACH + i);
        const struct analytics_workflow workflow = {.correlation_id = id,
                                                    .started = "2026-01-02T15:04:05Z",
                                                    .pattern = "",
                                                    .data = "",
                                                    .data_hashes = "",
                                                    .configuration_path = "",
                                                    .configuration = "",
                                                    .resolved_configuration = "",
                                                    .configuration_hash = "",
                                                    .program_version = ""};
        if (analytics_open(store_path, &store, &error) != ADMF_OK ||
            analytics_start(store, &workflow, &error) != ADMF_OK ||
            analytics_phase(store, id, 0, "done", "", &phase, &error) != ADMF_OK ||
            analytics_finish(store, id, ADMF_OK, "", 1, NULL, &error) != ADMF_OK) {
            fprintf(stderr, "%s: %s\n", error.file, error.message);
            _exit(1);
        }
        analytics_close(&store);
    }
    _exit(0);
}

static void in_processes(void (*act)(int), int count)
{
    pid_t all[WRITERS];
    for (int w = 0; w < count; w++) {
        all[w] = fork();
        assert_true(all[w] >= 0);
        if (all[w] == 0)
            act(w);
    }
    for (int w = 0; w < count; w++) {
        int status = -1;
        assert_int_equal(waitpid(all[w], &status, 0), all[w]);
        assert_int_equal(status, 0);
    }
}

/* All of them make the store at the same time, and then write it. */
static void processes_at_once_lose_nothing(void **state)
{
    (void)state;
    in_processes(write_runs, WRITERS);
    admf_runs *runs = list("done", NULL, 0);
    assert_int_equal(runs->count, WRITERS * RUNS_EACH);
    for (size_t i = 0; i < runs->count; i++) {
        assert_int_equal(runs->items[i].phase_count, 1);
        assert_int_equal(runs->items[i].phases[0].result.best_count, 2);
    }
    admf_runs_free(&runs);
}

static void only_open(int writer)
{
    struct analytics *store = NULL;
    admf_error error = {0};
    (void)writer;
    if (analytics_open(store_path, &store, &error) != ADMF_OK) {
        fprintf(stderr, "%s: %s\n", error.file, error.message);
        _exit(1);
    }
    analytics_close(&store);
    _exit(0);
}

/* Whoever comes while another makes the tables sees none of them or all. */
static void a_store_is_made_once(void **state)
{
    for (int round = 0; round < 40; round++) {
        remove_store(state);
        in_processes(only_open, 6);
    }
}

static void a_killed_process_leaves_its_run_running(void **state)
{
    (void)state;
    int status = 0;
    pid_t pid = fork();
    assert_true(pid >= 0);
    if (pid == 0) {
        struct analytics *store = open_store();
        enter(store, "workflow_20260102_150405_1a2b3c4d", "2026-01-02T15:04:05Z");
        raise(SIGKILL);
    }
    assert_int_equal(waitpid(pid, &status, 0), pid);
    assert_true(WIFSIGNALED(status));
    struct analytics *store = open_store();
    enter(store, "workflow_20260102_150406_00000000", "2026-01-02T15:04:06Z");
    analytics_close(&store);
    admf_runs *runs = list("running", NULL, 0);
    assert_int_equal(runs->count, 2);
    assert_string_equal(runs->items[1].correlation_id, "workflow_20260102_150405_1a2b3c4d");
    admf_runs_free(&runs);
}

/* ---- memory -------------------------------------------------------------------------------*/

static admf_status open_and_close(admf_error *error)
{
    struct analytics *store = NULL;
    admf_status status = analytics_open(store_path, &store, error);
    analytics_close(&store);
    return status;
}

static admf_status list_all(admf_error *error)
{
    const admf_runs_filter all = {0};
    admf_runs *runs = NULL;
    admf_status status = admf_runs_list(store_path, &all, &runs, error);
    admf_runs_free(&runs);
    return status;
}

static admf_status find_one(admf_error *error)
{
    admf_runs *runs = NULL;
    admf_status status = admf_runs_find(store_path, "workflow_20260102_150405", &runs, error);
    admf_runs_free(&runs);
    return status;
}

static void memory_runs_out_in_order(void **state)
{
    (void)state;
    static char long_text[40000];
    memset(long_text, 'x', sizeof long_text - 1); /* takes a block of the arena of its own */
    struct analytics *store = open_store();
    admf_error error = {0};
    for (int i = 0; i < 9; i++) {
        char id[48];
        snprintf(id, sizeof id, id_form, i, i);
        enter(store, id, "2026-01-02T15:04:05Z");
        assert_int_equal(analytics_phase(store, id, 0, "done", long_text, &phase, &error), ADMF_OK);
    }
    analytics_close(&store);
    admf_status (*const acts[])(admf_error *) = {open_and_close, list_all, find_one};
    for (size_t a = 0; a < sizeof acts / sizeof *acts; a++) {
        uint64_t n = 1;
        for (bool reached = true; reached; n++) {
            memory_fail_at(n);
            error = (admf_error){0};
            admf_status status = acts[a](&error);
            reached = memory_allocations() >= n;
            memory_fail_at(0);
            assert_int_equal(status, reached ? ADMF_INTERNAL : ADMF_OK);
            if (reached)
                assert_string_equal(error.message, "out of memory");
        }
        assert_true(n > 2);
    }
}

int main(void)
{
#define WITH_STORE(test) cmocka_unit_test_setup_teardown(test, remove_store, remove_store)
    const struct CMUnitTest tests[] = {
        WITH_STORE(what_is_written_is_read_back),
        WITH_STORE(runs_are_listed_newest_first),
        WITH_STORE(a_part_of_an_id_is_enough),
        WITH_STORE(other_files_are_refused_and_left_alone),
        WITH_STORE(other_versions_are_refused),
        WITH_STORE(a_damaged_store_is_refused),
        WITH_STORE(a_write_protected_store_says_so),
        WITH_STORE(processes_at_once_lose_nothing),
        WITH_STORE(a_store_is_made_once),
        WITH_STORE(a_killed_process_leaves_its_run_running),
        WITH_STORE(memory_runs_out_in_order),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
