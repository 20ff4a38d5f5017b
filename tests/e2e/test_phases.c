/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Workflows of several phases: what a phase computes is what a run of its own would, the best
 * are handed on, and a chain that is killed at any instant goes on to the same cubes.
 */
#define _GNU_SOURCE /* wait4 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include <hdf5.h>
#include <inttypes.h>
#include <math.h>

#include "admf/cube.h"
#include "admf/error.h"
#include "tests/e2e/program.h"
#include "tests/text_file.h"

enum { KILLS = 20, PHASES = 3 };
static const char *const names[PHASES] = {"search", "again", "validate"};

#define GRID                                                                                       \
    "data: [{symbol: SP500, path: " ADMF_SOURCE_DIR "/data/sp500_daily.csv}]\n"                    \
    "strategies:\n"                                                                                \
    "  - type: sma_crossover\n"                                                                    \
    "    parameters: {fast_period: {start: 2, stop: 20, step: 2}, slow_period: {start: 25, stop: " \
    "90, step: 5}}\n"                                                                              \
    "classifiers: [{type: trend}, {type: volatility, policy: observe}]\n"                          \
    "risk: {stop_loss: [off, 0.02]}\n"                                                             \
    "windows: {split: 0.6}\n"

static const char chain[] =
    GRID "workflow:\n"
         "  type: multi_phase\n"
         "  phases:\n"
         "    - {name: search, window: train}\n"
         "    - {name: again, window: train, inherit_best_from: search, n: 7, min_trades: 5,\n"
         "       pattern: signal_replay, signals: search,\n"
         "       metrics: {by_regime: true, blocks: 4}}\n"
         "    - {name: validate, window: test, inherit_best_from: again, by: calmar, n: 3}\n";

static char digests[PHASES][17]; /* of the chain that nobody disturbed */
static double duration;

static void cube_path(char out[64], const char *stem, int phase)
{
    snprintf(out, 64, "%s.%s.h5", stem, names[phase]);
}

static void remove_results(const char *stem)
{
    static const char *const suffixes[] = {"", ".partial", ".new", ".making", ".partial.lock"};
    char path[128], cube[64];
    for (int p = 0; p < PHASES; p++)
        for (int i = 0; i < 5; i++) {
            cube_path(cube, stem, p);
            snprintf(path, sizeof path, "%s%s", cube, suffixes[i]);
            unlink(path);
        }
    for (int i = 0; i < 2; i++) {
        snprintf(path, sizeof path, "%s.search.signals.h5%s", stem, suffixes[i]);
        unlink(path);
    }
    snprintf(path, sizeof path, "%s.h5.checkpoint.json", stem);
    unlink(path);
}

static pid_t start(const char *yaml, const char *out, const char *option)
{
    const char *const arguments[] = {"run",           yaml, "-o",   out, "--threads", "2",
                                     "--block-cells", "64", option, NULL};
    return program_start(arguments);
}

static void expect(const char *yaml, const char *out, const char *option, int code,
                   struct ended *ended)
{
    program_wait(start(yaml, out, option), ended);
    if (ended->code != code)
        fail_msg("exit code %d, not %d:\n%s", ended->code, code, ended->messages);
}

static void read_digest(const char *path, char out[17])
{
    admf_error error = {0};
    if (admf_cube_digest(path, out, &error) != ADMF_OK)
        fail_msg("%s", error.message);
}

static int run_undisturbed(void **state)
{
    (void)state;
    struct ended ended;
    admf_error error = {0};
    write_file("phases.yaml", chain);
    remove_results("phases_whole");
    double begin = clock_seconds();
    program_wait(start("phases.yaml", "phases_whole.h5", NULL), &ended);
    duration = clock_seconds() - begin;
    if (ended.code != 0)
        print_error("%s\n", ended.messages);
    bool good = ended.code == 0;
    for (int p = 0; good && p < PHASES; p++) {
        char path[64];
        cube_path(path, "phases_whole", p);
        good = admf_cube_digest(path, digests[p], &error) == ADMF_OK;
    }
    return !good;
}

static admf_cube *open_cube(const char *path)
{
    admf_cube *cube = NULL;
    admf_error error = {0};
    if (admf_cube_open(path, &cube, &error) != ADMF_OK)
        fail_msg("%s", error.message);
    return cube;
}

static uint64_t combinations(const admf_cube *cube)
{
    uint64_t n = 1;
    for (int a = ADMF_AXIS_STRATEGY; a < ADMF_AXES; a++)
        n *= admf_cube_axis_size(cube, a);
    return n;
}

/* Fates of all cells in the only window. */
static uint8_t *read_fates(admf_cube *cube)
{
    admf_error error = {0};
    uint8_t *fates = calloc(combinations(cube), 1);
    assert_non_null(fates);
    if (admf_cube_read_status(cube, 0, 0, fates, &error) != ADMF_OK)
        fail_msg("%s", error.message);
    return fates;
}

static double *read_metric(admf_cube *cube, const char *name)
{
    admf_error error = {0};
    double *values = calloc(combinations(cube), sizeof *values);
    assert_non_null(values);
    if (admf_cube_read_metric(cube, admf_cube_metric_index(cube, name), 0, 0, values, &error) !=
        ADMF_OK)
        fail_msg("%s", error.message);
    return values;
}

/* The cells of `phase` are the n best of `from` by a metric, found by asking for each how many are
 * better. */
static void check_inheritance(const char *phase, const char *from, const char *by, uint64_t n,
                              double min_trades)
{
    admf_cube *cube = open_cube(phase), *source = open_cube(from);
    uint64_t all = combinations(cube), computed = 0;
    uint8_t *fates = read_fates(cube), *sources = read_fates(source);
    double *value = read_metric(source, by), *trades = read_metric(source, "trades");
    for (uint64_t i = 0; i < all; i++) {
        uint64_t better = 0;
        bool able =
            sources[i] != ADMF_CELL_NOT_COMPUTED && !isnan(value[i]) && trades[i] >= min_trades;
        for (uint64_t k = 0; k < all; k++)
            better += sources[k] != ADMF_CELL_NOT_COMPUTED && trades[k] >= min_trades &&
                      (value[k] > value[i] || (value[k] == value[i] && k < i));
        assert_int_equal(fates[i] != ADMF_CELL_NOT_COMPUTED, able && better < n);
        computed += fates[i] != ADMF_CELL_NOT_COMPUTED;
    }
    assert_int_equal(computed, n);
    free(fates);
    free(sources);
    free(value);
    free(trades);
    admf_cube_close(&cube);
    admf_cube_close(&source);
}

static void the_best_are_handed_on(void **state)
{
    (void)state;
    check_inheritance("phases_whole.again.h5", "phases_whole.search.h5", "sharpe", 7, 5);
    check_inheritance("phases_whole.validate.h5", "phases_whole.again.h5", "calmar", 3, 0);
}

/* The cells a phase has computed have the bits of a run of everything in both windows. */
static void a_phase_is_a_run_of_its_own(void **state)
{
    (void)state;
    static const int window[PHASES] = {0, 0, 1};
    struct ended ended;
    write_file("phases_plain.yaml", GRID "workflow: {type: optimization}\n");
    expect("phases_plain.yaml", "phases_plain.h5", "--force", 0, &ended);
    admf_cube *plain = open_cube("phases_plain.h5");
    for (int p = 0; p < PHASES; p++) {
        char path[64];
        admf_error error = {0};
        double ours[64], theirs[64];
        uint8_t fate;
        cube_path(path, "phases_whole", p);
        admf_cube *cube = open_cube(path);
        uint8_t *fates = read_fates(cube);
        int metrics = admf_cube_metric_count(cube);
        assert_true(metrics > 30 && metrics <= 64);
        for (uint64_t i = 0; i < combinations(cube); i++) {
            if (fates[i] == ADMF_CELL_NOT_COMPUTED)
                continue;
            assert_int_equal(admf_cube_read_cell(cube, 0, 0, i, ours, &fate, &error), ADMF_OK);
            assert_int_equal(
                admf_cube_read_cell(plain, 0, (uint64_t)window[p], i, theirs, &fate, &error),
                ADMF_OK);
            assert_int_equal(fate, fates[i]);
            assert_memory_equal(ours, theirs, (size_t)metrics * sizeof *ours);
        }
        free(fates);
        admf_cube_close(&cube);
    }
    admf_cube_close(&plain);
}

/* From the configuration that the cube of a phase holds. */
static void a_phase_runs_again_alone(void **state)
{
    (void)state;
    struct ended ended;
    for (int p = 0; p < PHASES; p++) {
        char path[64], found[17];
        cube_path(path, "phases_whole", p);
        expect(path, "phases_again.h5", "--force", 0, &ended);
        read_digest("phases_again.h5", found);
        assert_string_equal(found, digests[p]);
    }
}

static void expect_digests(const char *stem)
{
    for (int p = 0; p < PHASES; p++) {
        char path[64], found[17];
        cube_path(path, stem, p);
        read_digest(path, found);
        assert_string_equal(found, digests[p]);
    }
}

static double uniform(void)
{
    static uint64_t x = 88172645463325252u; /* xorshift64 */
    x ^= x << 13;
    x ^= x >> 7;
    x ^= x << 17;
    return (double)(x >> 11) * 0x1p-53;
}

static void a_killed_chain_resumes(void **state)
{
    (void)state;
    struct ended ended;
    int finished = 0;
    remove_results("phases");
    for (int kills = 0; kills < KILLS;) {
        pid_t pid = start("phases.yaml", "phases.h5", "--resume");
        sleep_seconds(duration * uniform() * (kills % 3 ? 0.6 : 1.1));
        kill(pid, SIGKILL);
        program_wait(pid, &ended);
        if (ended.code == 0) {
            expect_digests("phases");
            finished++;
            remove_results("phases");
        } else {
            if (ended.code != 128 + SIGKILL)
                fail_msg("exit code %d after %d kills:\n%s", ended.code, kills, ended.messages);
            kills++;
        }
    }
    expect("phases.yaml", "phases.h5", "--resume", 0, &ended);
    expect_digests("phases");
    print_message("killed %d times, finished %d times\n", KILLS, finished + 1);
    remove_results("phases");
}

static void what_is_not_the_same_work_is_refused(void **state)
{
    (void)state;
    struct ended ended;
    expect("phases.yaml", "phases_whole.h5", NULL, ADMF_IO, &ended);
    assert_non_null(strstr(ended.messages, "--resume goes on"));
    expect("phases.yaml", "phases_whole.h5", "--resume", 0, &ended);
    write_file("phases_other.yaml",
               GRID "workflow:\n  type: multi_phase\n  phases:\n"
                    "    - {name: search, window: train}\n"
                    "    - {name: validate, window: test, inherit_best_from: search, n: 4}\n");
    expect("phases_other.yaml", "phases_whole.h5", "--resume", ADMF_BAD_CONFIG, &ended);
    assert_non_null(strstr(ended.messages, "checkpoint.json: error: is of another configuration"));
    expect_digests("phases_whole");
}

static void an_empty_inheritance_is_an_error(void **state)
{
    (void)state;
    struct ended ended;
    write_file(
        "phases_empty.yaml", GRID
        "workflow:\n  type: multi_phase\n  phases:\n"
        "    - {name: search, window: train}\n"
        "    - {name: validate, window: test, inherit_best_from: search, min_trades: 99999}\n");
    remove_results("phases_empty");
    expect("phases_empty.yaml", "phases_empty.h5", NULL, ADMF_BAD_CONFIG, &ended);
    assert_non_null(strstr(ended.messages, "phase 'validate' inherits nothing"));
    /* What was done stays done. */
    char found[17];
    read_digest("phases_empty.search.h5", found);
    assert_string_equal(found, digests[0]);
    remove_results("phases_empty");
}

/* A store beside cubes is refused and replaced with them; without it, --resume makes it again. */
static void a_store_belongs_to_its_phase(void **state)
{
    (void)state;
    struct ended ended;
    static const char store[] = "phases_store.search.signals.h5";
    char first[17], second[17];
    remove_results("phases_store");
    expect("phases.yaml", "phases_store.h5", NULL, 0, &ended);
    read_digest(store, first);
    assert_int_equal(unlink(store), 0);
    expect("phases.yaml", "phases_store.h5", "--resume", 0, &ended);
    read_digest(store, second);
    assert_string_equal(first, second);
    unlink("phases_store.search.h5");
    unlink("phases_store.again.h5");
    unlink("phases_store.validate.h5");
    expect("phases.yaml", "phases_store.h5", NULL, ADMF_IO, &ended);
    assert_non_null(strstr(ended.messages, "phases_store.search.signals.h5: error: exists"));
    expect("phases.yaml", "phases_store.h5", "--force", 0, &ended);
    expect_digests("phases_store");
    /* Of other strategies it is not gone on with. */
    write_file("phases_store.yaml", "strategies: [{type: momentum}]\n"
                                    "workflow: {type: signal_generation}\n");
    const char *const arguments[] = {"signals", "phases_store.yaml", "-o", store, "--force", NULL};
    program_run(arguments, &ended);
    assert_int_equal(ended.code, 0);
    expect("phases.yaml", "phases_store.h5", "--resume", ADMF_BAD_CONFIG, &ended);
    assert_non_null(strstr(ended.messages, "strategies: 1 there, "));
    remove_results("phases_store");
}

static void train_test_is_two_phases(void **state)
{
    (void)state;
    struct ended ended;
    char first[17], second[17];
    write_file("train_test.yaml", GRID "workflow: {type: train_test, n: 5, min_trades: 10}\n");
    write_file(
        "train_test_long.yaml",
        GRID "workflow:\n  type: multi_phase\n  phases:\n"
             "    - {name: train, window: train}\n"
             "    - {name: test, window: test, inherit_best_from: train, n: 5, min_trades: 10}\n");
    expect("train_test.yaml", "train_test.h5", "--force", 0, &ended);
    expect("train_test_long.yaml", "train_test_long.h5", "--force", 0, &ended);
    read_digest("train_test.test.h5", first);
    read_digest("train_test_long.test.h5", second);
    assert_string_equal(first, second);
}

/* How many combinations have kept their equity. */
static int kept(const char *path)
{
    int count = 0;
    hid_t file = H5Fopen(path, H5F_ACC_RDONLY, H5P_DEFAULT);
    assert_true(file >= 0);
    if (H5Lexists(file, "/kept_equity", H5P_DEFAULT) > 0) {
        hid_t combos = H5Dopen2(file, "/kept_equity/combo", H5P_DEFAULT);
        hid_t space = H5Dget_space(combos);
        count = (int)H5Sget_simple_extent_npoints(space);
        H5Sclose(space);
        H5Dclose(combos);
    }
    H5Fclose(file);
    return count;
}

/* The list of the chain keeps so many in its last phase, also where that is run alone. */
static void check_kept(const char *list, int in_first, int in_last)
{
    struct ended ended;
    char yaml[2048], path[64], found[2][17];
    snprintf(yaml, sizeof yaml, "%soutput: {keep: %s}\n", chain, list);
    write_file("phases_keep.yaml", yaml);
    remove_results("phases_keep");
    expect("phases_keep.yaml", "phases_keep.h5", NULL, 0, &ended);
    cube_path(path, "phases_keep", 0);
    assert_int_equal(kept(path), in_first);
    cube_path(path, "phases_keep", PHASES - 1);
    assert_int_equal(kept(path), in_last);
    expect(path, "phases_again.h5", "--force", 0, &ended);
    read_digest(path, found[0]);
    read_digest("phases_again.h5", found[1]);
    assert_string_equal(found[0], found[1]);
    expect("phases_keep.yaml", "phases_keep.h5", "--resume", 0, &ended);
    remove_results("phases_keep");
}

/* Whoever lists combinations to keep cannot know which of them will be inherited. */
static void of_a_list_what_is_inherited_is_kept(void **state)
{
    (void)state;
    admf_cube *whole = open_cube("phases_whole.validate.h5");
    uint8_t *fates = read_fates(whole);
    uint64_t runs = 0, other = 0;
    for (uint64_t i = 0; i < combinations(whole); i++)
        *(fates[i] == ADMF_CELL_NOT_COMPUTED ? &other : &runs) = i;
    free(fates);
    admf_cube_close(&whole);
    char list[64];
    snprintf(list, sizeof list, "[%" PRIu64 ", %" PRIu64 "]", other, runs);
    check_kept(list, 2, 1);
    snprintf(list, sizeof list, "[%" PRIu64 "]", other);
    check_kept(list, 1, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_best_are_handed_on),
        cmocka_unit_test(a_phase_is_a_run_of_its_own),
        cmocka_unit_test(a_phase_runs_again_alone),
        cmocka_unit_test(a_killed_chain_resumes),
        cmocka_unit_test(what_is_not_the_same_work_is_refused),
        cmocka_unit_test(an_empty_inheritance_is_an_error),
        cmocka_unit_test(a_store_belongs_to_its_phase),
        cmocka_unit_test(train_test_is_two_phases),
        cmocka_unit_test(of_a_list_what_is_inherited_is_kept),
    };
    return cmocka_run_group_tests(tests, run_undisturbed, NULL);
}
