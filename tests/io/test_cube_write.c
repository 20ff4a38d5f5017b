/* SPDX-License-Identifier: Apache-2.0 */
/* What was written is what is read; what must be refused is refused. */
#define _GNU_SOURCE /* mkdtemp */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>
#include <hdf5.h>

#include "admf/cube.h"
#include "tests/io/cube_fixture.h"
#include "tests/io/cube_folder.h"

static void make_cube(struct fixture *f, bool keep)
{
    admf_error error = {0};
    struct cube_writer *cube;
    succeed(cube_create(path, &f->layout, true, &cube, &error), &error);
    succeed(fixture_write_rest(cube, &f->layout, &error), &error);
    if (keep)
        succeed(fixture_keep(cube, &error), &error);
    succeed(cube_finish(&cube, "2026-01-02T15:04:05Z", NULL, &error), &error);
    assert_null(cube);
    assert_int_equal(cube_state(path), CUBE_FINISHED);
}

static void same_value(double stored, double made, bool float32)
{
    if (isnan(made)) {
        assert_true(isnan(stored));
        assert_false(signbit(stored));
    } else if (float32) {
        assert_true(stored == (double)(float)made);
    } else {
        assert_true(stored == made);
    }
}

static void check_values(const struct fixture *f)
{
    admf_error error = {0};
    admf_cube *cube;
    const struct cube_layout *layout = &f->layout;
    succeed(admf_cube_open(path, &cube, &error), &error);
    uint64_t cells = admf_cube_combinations(cube);
    double *values = calloc(cells + layout->metric_count, sizeof *values);
    uint8_t *fate = calloc(cells, 1);
    assert_int_equal(admf_cube_metric_count(cube), layout->metric_count);
    for (size_t m = 0; m < layout->metric_count; m++)
        assert_string_equal(admf_cube_metric_name(cube, m), layout->metrics[m].name);
    for (uint64_t s = 0; s < layout->symbol_count; s++)
        for (uint64_t w = 0; w < layout->window_count; w++) {
            uint64_t series = s * layout->window_count + w;
            for (size_t m = 0; m < layout->metric_count; m++) {
                succeed(admf_cube_read_metric(cube, (int)m, s, w, values, &error), &error);
                for (uint64_t i = 0; i < cells; i++)
                    same_value(values[i], fixture_value(m, series, i), layout->float32);
            }
            succeed(admf_cube_read_status(cube, s, w, fate, &error), &error);
            for (uint64_t i = 0; i < cells; i++)
                assert_int_equal(fate[i], 1 + i % 3);
        }
    uint64_t last = cells - 1;
    succeed(admf_cube_read_cell(cube, 0, 0, last, values, fate, &error), &error);
    for (size_t m = 0; m < layout->metric_count; m++)
        same_value(values[m], fixture_value(m, 0, last), layout->float32);
    assert_int_equal(admf_cube_read_cell(cube, 0, 0, cells, values, fate, &error), ADMF_USAGE);
    free(values);
    free(fate);
    admf_cube_close(&cube);
}

static void round_trip(void **state)
{
    (void)state;
    struct fixture f;
    char kept[17], plain[17];
    admf_error error = {0};
    fixture_init(&f, 21, 3, 2, 2);
    make_cube(&f, true);
    check_values(&f);
    succeed(admf_cube_digest(path, kept, &error), &error);
    make_cube(&f, false);
    succeed(admf_cube_digest(path, plain, &error), &error);
    assert_string_not_equal(kept, plain);
    assert_int_equal(strlen(plain), 16);
    fixture_deinit(&f);
}

static void labels_and_parameters(void **state)
{
    (void)state;
    struct fixture f;
    admf_error error = {0};
    admf_cube *cube;
    double number;
    const char *word;
    fixture_init(&f, 21, 3, 2, 2);
    make_cube(&f, false);
    succeed(admf_cube_open(path, &cube, &error), &error);
    assert_int_equal(admf_cube_axis_size(cube, ADMF_AXIS_STRATEGY), 21);
    assert_int_equal(admf_cube_combinations(cube), 21 * 3 * 2 * 2);
    assert_string_equal(admf_cube_label(cube, ADMF_AXIS_SYMBOL, 1), "EURUSD");
    assert_string_equal(admf_cube_label(cube, ADMF_AXIS_WINDOW, 1), "test");
    assert_string_equal(admf_cube_label(cube, ADMF_AXIS_STRATEGY, 3),
                        "momentum[lookback_period=10,signal_threshold=0.04]");
    assert_string_equal(admf_cube_label(cube, ADMF_AXIS_STRATEGY, 20), "buy_and_hold");
    assert_string_equal(admf_cube_label(cube, ADMF_AXIS_CLASSIFIER, 0), "none");
    assert_string_equal(admf_cube_label(cube, ADMF_AXIS_RISK, 0), "default");
    assert_int_equal(admf_cube_parameter_count(cube, ADMF_AXIS_STRATEGY), 2);
    assert_string_equal(admf_cube_parameter_name(cube, ADMF_AXIS_STRATEGY, 1),
                        "momentum__signal_threshold");
    admf_cube_parameter(cube, ADMF_AXIS_STRATEGY, 0, 10, &number, &word);
    assert_true(number == 20 && word == NULL);
    admf_cube_parameter(cube, ADMF_AXIS_STRATEGY, 0, 20, &number, &word);
    assert_true(isnan(number) && word == NULL);
    assert_string_equal(admf_cube_parameter_name(cube, ADMF_AXIS_CLASSIFIER, 0), "hmm__model_type");
    admf_cube_parameter(cube, ADMF_AXIS_CLASSIFIER, 0, 0, &number, &word);
    assert_string_equal(word, "");
    admf_cube_parameter(cube, ADMF_AXIS_CLASSIFIER, 0, 1, &number, &word);
    assert_string_equal(word, "svm");
    /* Only keys that some profile sets: stop_loss and reentry, not size. */
    assert_int_equal(admf_cube_parameter_count(cube, ADMF_AXIS_RISK), 2);
    admf_cube_parameter(cube, ADMF_AXIS_RISK, 0, 0, &number, &word);
    assert_true(isnan(number));
    admf_cube_parameter(cube, ADMF_AXIS_RISK, 0, 1, &number, &word);
    assert_true(number == 0.01);
    assert_string_equal(admf_cube_provenance(cube, "program_version"), "1.0");
    assert_string_equal(admf_cube_provenance(cube, "finished"), "2026-01-02T15:04:05Z");
    assert_string_equal(admf_cube_provenance(cube, "data_hashes"),
                        "SPY 0000000000001234\nEURUSD 0000000000005678");
    assert_null(admf_cube_provenance(cube, "weather"));
    assert_null(admf_cube_provenance(cube, "weather"));
    assert_int_equal(admf_cube_metric_index(cube, "block_sum"), -1);
    admf_cube_close(&cube);
    fixture_deinit(&f);
}

static void shapes(void **state)
{
    (void)state;
    static const size_t sizes[][4] = {{1, 1, 1, 1},    {1, 1, 1, 5},      {7, 1, 3, 1},
                                      {50, 40, 10, 5}, {1, 1, 1, 200000}, {3, 70001, 1, 1}};
    for (size_t k = 0; k < sizeof sizes / sizeof *sizes; k++)
        for (int kind = 0; kind < 4; kind++) {
            struct fixture f;
            const size_t *n = sizes[k];
            fixture_init(&f, n[0], n[1], n[2], n[3]);
            bool big = n[0] * n[1] * n[2] * n[3] > 1000;
            f.layout.float32 = kind == 1;
            f.layout.deflate = kind == 2 ? 0 : kind == 3 ? 6 : 1;
            f.layout.threads = kind == 3 ? 1 : 3;
            f.layout.stat_blocks = kind % 2 ? 0 : 16;
            f.layout.by_regime = !big && kind < 2;
            f.layout.block_cells = big ? 30011 : 2;
            f.layout.symbol_count = f.layout.window_count = big || k == 0 ? 1 : 2;
            make_cube(&f, false);
            check_values(&f);
            fixture_deinit(&f);
        }
}

/* Storage leaves no trace in the digest; values do. */
static void digest_sees_content_only(void **state)
{
    (void)state;
    struct fixture f;
    admf_error error = {0};
    char digest[5][17], partial[144];
    struct cube_writer *cube;
    fixture_init(&f, 21, 3, 2, 2);
    for (int k = 0; k < 3; k++) {
        f.layout.deflate = k == 2 ? 0 : 1 + 5 * k;
        f.layout.threads = 1 + k;
        f.layout.block_cells = 5 + (uint64_t)k;
        make_cube(&f, false);
        succeed(admf_cube_digest(path, digest[k], &error), &error);
    }
    succeed(cube_create(path, &f.layout, true, &cube, &error), &error);
    succeed(fixture_write_rest(cube, &f.layout, &error), &error);
    cube_abandon(&cube);
    snprintf(partial, sizeof partial, "%s.partial", path);
    succeed(admf_cube_digest(partial, digest[3], &error), &error);
    for (int k = 1; k < 4; k++)
        assert_string_equal(digest[k], digest[0]);
    f.params[AXIS_RISK][4] = 0.02;
    make_cube(&f, false);
    succeed(admf_cube_digest(path, digest[4], &error), &error);
    assert_string_not_equal(digest[4], digest[0]);
    fixture_deinit(&f);
}

static void unfinished_blocks_stay_not_computed(void **state)
{
    (void)state;
    struct fixture f;
    admf_error error = {0};
    struct cube_writer *cube;
    admf_cube *reader;
    fixture_init(&f, 5, 1, 1, 2);
    succeed(cube_create(path, &f.layout, true, &cube, &error), &error);
    assert_int_equal(cube_blocks(cube), 8);
    succeed(fixture_write_block(cube, &f.layout, 1, &error), &error);
    succeed(fixture_write_block(cube, &f.layout, 2, &error), &error);
    for (uint64_t b = 0; b < 8; b++)
        assert_true(cube_block_done(cube, b) == (b == 1 || b == 2));
    succeed(cube_finish(&cube, NULL, NULL, &error), &error);
    succeed(admf_cube_open(path, &reader, &error), &error);
    uint8_t fate[10];
    double values[10];
    succeed(admf_cube_read_status(reader, 0, 0, fate, &error), &error);
    succeed(admf_cube_read_metric(reader, 0, 0, 0, values, &error), &error);
    for (uint64_t i = 0; i < 10; i++) {
        assert_int_equal(fate[i], i < 7 ? 0 : 1 + i % 3);
        same_value(values[i], i < 7 ? NAN : fixture_value(0, 0, i), false);
    }
    admf_cube_close(&reader);
    fixture_deinit(&f);
}

/* The work is not lost: to go on with it is to replace what is there. */
static void a_file_that_comes_meanwhile_stays(void **state)
{
    (void)state;
    struct fixture f;
    admf_error error = {0};
    struct cube_writer *cube;
    fixture_init(&f, 5, 1, 1, 1);
    unlink(path);
    succeed(cube_create(path, &f.layout, false, &cube, &error), &error);
    succeed(fixture_write_rest(cube, &f.layout, &error), &error);
    FILE *file = fopen(path, "w+");
    assert_non_null(file);
    assert_true(fputs("mine", file) >= 0 && fflush(file) == 0);
    assert_int_equal(cube_finish(&cube, NULL, NULL, &error), ADMF_IO);
    assert_non_null(strstr(error.message, "another file has come to be here"));
    assert_int_equal(cube_state(path), CUBE_PARTIAL);
    struct stat there, mine;
    assert_int_equal(stat(path, &there) | fstat(fileno(file), &mine), 0);
    assert_true(there.st_ino == mine.st_ino && there.st_size == 4);
    fclose(file);
    error = (admf_error){0};
    succeed(cube_resume(path, &f.layout, &cube, &error), &error);
    succeed(cube_finish(&cube, NULL, NULL, &error), &error);
    assert_int_equal(cube_state(path), CUBE_FINISHED);
    fixture_deinit(&f);
}

static void read_back(void **state)
{
    (void)state;
    for (int float32 = 0; float32 < 2; float32++) {
        struct fixture f;
        admf_error error = {0};
        struct cube_writer *cube;
        double values[60];
        fixture_init(&f, 10, 3, 2, 1);
        f.layout.float32 = float32;
        succeed(cube_create(path, &f.layout, true, &cube, &error), &error);
        succeed(fixture_write_rest(cube, &f.layout, &error), &error);
        for (uint64_t first = 0; first < 60; first += 23) {
            struct cube_range range = {1, 0, first, first + 23 < 60 ? 23 : 60 - first};
            succeed(cube_read_back(cube, 1, &range, values + first, &error), &error);
        }
        for (uint64_t i = 0; i < 60; i++)
            same_value(values[i], fixture_value(1, 2, i), float32);
        cube_abandon(&cube);
        fixture_deinit(&f);
    }
}

static void expect_refusal(admf_status status, admf_status code, admf_error *error,
                           const char *says)
{
    assert_int_equal(status, code);
    if (!strstr(error->message, says))
        print_error("'%s' does not say '%s'\n", error->message, says);
    assert_non_null(strstr(error->message, says));
    memset(error, 0, sizeof *error);
}

/* What a cube says of where it comes from is one thing, what is in it another. */
static void another_shape_than_said_is_refused(void **state)
{
    (void)state;
    struct fixture small, large;
    admf_error error = {0};
    char other[160];
    snprintf(other, sizeof other, "%s.small", path);
    fixture_init(&small, 21, 3, 2, 2);
    fixture_init(&large, 40, 3, 2, 2);
    make_cube(&small, false);
    assert_int_equal(rename(path, other), 0);
    make_cube(&large, false);
    hid_t from = H5Fopen(other, H5F_ACC_RDONLY, H5P_DEFAULT);
    hid_t to = H5Fopen(path, H5F_ACC_RDWR, H5P_DEFAULT);
    assert_true(H5Ldelete(to, "provenance", H5P_DEFAULT) >= 0);
    assert_true(H5Ocopy(from, "provenance", to, "provenance", H5P_DEFAULT, H5P_DEFAULT) >= 0);
    H5Fclose(to);
    H5Fclose(from);
    expect_refusal(cube_matches(path, &small.layout, &error), ADMF_BAD_DATA, &error, "shape");
    fixture_deinit(&small);
    fixture_deinit(&large);
}

static void refusals(void **state)
{
    (void)state;
    struct fixture f, other;
    admf_error error = {0};
    struct cube_writer *cube;
    fixture_init(&f, 21, 3, 2, 2);
    make_cube(&f, false);
    expect_refusal(cube_create(path, &f.layout, false, &cube, &error), ADMF_IO, &error, "--force");
    expect_refusal(cube_resume(path, &f.layout, &cube, &error), ADMF_NO_INPUT, &error, "nothing");
    succeed(cube_matches(path, &f.layout, &error), &error);
    /* With force the old file stays until the new one is complete. */
    succeed(cube_create(path, &f.layout, true, &cube, &error), &error);
    assert_int_equal(access(path, F_OK), 0);
    struct cube_writer *second;
    expect_refusal(cube_resume(path, &f.layout, &second, &error), ADMF_IO, &error, "another run");
    cube_abandon(&cube);
    assert_int_equal(cube_state(path), CUBE_PARTIAL);
    expect_refusal(cube_create(path, &f.layout, false, &cube, &error), ADMF_IO, &error, "--resume");

    fixture_init(&other, 21, 3, 2, 2);
    other.layout.identity = "strategies:\n  - type: momentum\nseed: 2\n";
    expect_refusal(cube_resume(path, &other.layout, &cube, &error), ADMF_BAD_CONFIG, &error,
                   "'seed: 1' there, 'seed: 2' now");
    expect_refusal(cube_matches(path, &other.layout, &error), ADMF_BAD_CONFIG, &error, "seed");
    other.layout.identity = f.layout.identity;
    struct cube_data data[] = {{"SPY", 0x1234}, {"EURUSD", 0x5679}};
    other.layout.data = data;
    expect_refusal(cube_resume(path, &other.layout, &cube, &error), ADMF_BAD_DATA, &error,
                   "EURUSD 0000000000005679");
    other.layout.data = f.layout.data;
    other.layout.float32 = true;
    expect_refusal(cube_resume(path, &other.layout, &cube, &error), ADMF_BAD_CONFIG, &error,
                   "'precision: float64' there, 'precision: float32' now");
    other.layout.float32 = false;
    other.layout.stat_blocks = 4;
    expect_refusal(cube_resume(path, &other.layout, &cube, &error), ADMF_BAD_CONFIG, &error,
                   "blocks");
    other.layout.stat_blocks = 3;
    other.params[AXIS_STRATEGY][0] = 11;
    expect_refusal(cube_resume(path, &other.layout, &cube, &error), ADMF_BAD_CONFIG, &error,
                   "strategy axis");
    other.params[AXIS_STRATEGY][0] = 10;
    other.layout.block_cells = 99;
    succeed(cube_resume(path, &other.layout, &cube, &error), &error);
    cube_abandon(&cube);
    fixture_deinit(&f);
    fixture_deinit(&other);
}

/* A file beside the cube. */
static bool is_there(const char *suffix)
{
    char beside[160];
    snprintf(beside, sizeof beside, "%s%s", path, suffix);
    return access(beside, F_OK) == 0;
}

/* Whatever was tried meanwhile, the run ends well. */
static void finish(struct fixture *f, struct cube_writer *cube)
{
    admf_error error = {0};
    succeed(fixture_write_rest(cube, &f->layout, &error), &error);
    succeed(cube_finish(&cube, NULL, NULL, &error), &error);
    fixture_deinit(f);
}

/* Even with --force: the other run would lose what it computed, or its last files. */
static void a_run_in_progress_is_left_alone(void **state)
{
    (void)state;
    struct fixture f;
    admf_error error = {0};
    struct cube_writer *cube, *second;
    fixture_init(&f, 5, 1, 1, 2);
    succeed(cube_create(path, &f.layout, true, &cube, &error), &error);
    expect_refusal(cube_create(path, &f.layout, true, &second, &error), ADMF_IO, &error,
                   "another run");
    expect_refusal(cube_create(path, &f.layout, false, &second, &error), ADMF_IO, &error,
                   "unfinished run");
    assert_false(is_there(".making"));
    assert_false(is_there(".partial.lock"));
    finish(&f, cube);
}

/* A run that is given up before its cube was made has kept others away, and leaves no file. */
static void a_claim_leaves_nothing_behind(void **state)
{
    (void)state;
    struct fixture f;
    admf_error error = {0};
    struct cube_writer *cube, *second;
    unlink(path);
    fixture_init(&f, 5, 1, 1, 2);
    succeed(cube_claim(path, &f.layout, true, &cube, &error), &error);
    expect_refusal(cube_claim(path, &f.layout, true, &second, &error), ADMF_IO, &error,
                   "another run");
    assert_null(second);
    cube_abandon(&cube);
    assert_false(is_there(".making"));
    assert_false(is_there(".partial.lock"));
    assert_false(is_there(".partial"));
    succeed(cube_claim(path, &f.layout, false, &cube, &error), &error);
    succeed(cube_make(cube, &error), &error);
    assert_true(is_there(".partial"));
    assert_false(is_there(".making"));
    assert_false(is_there(".partial.lock"));
    finish(&f, cube);
}

/* Nor is what was begun gone on with while a run is about to replace it. */
static void a_claim_keeps_others_from_going_on(void **state)
{
    (void)state;
    struct fixture f;
    admf_error error = {0};
    struct cube_writer *cube, *second;
    char making[144];
    snprintf(making, sizeof making, "%s.making", path);
    fixture_init(&f, 5, 1, 1, 2);
    succeed(cube_create(path, &f.layout, true, &cube, &error), &error);
    cube_abandon(&cube); /* PATH.partial stays */
    succeed(cube_claim(path, &f.layout, true, &cube, &error), &error);
    expect_refusal(cube_resume(path, &f.layout, &second, &error), ADMF_IO, &error, "another run");
    assert_null(second);
    cube_abandon(&cube);
    fclose(fopen(making, "w")); /* of a run that was killed */
    succeed(cube_resume(path, &f.layout, &cube, &error), &error);
    assert_false(is_there(".making"));
    finish(&f, cube);
}

/* Runs that start at once: one makes the cube, the others hear of it. */
static void runs_that_start_at_once(void **state)
{
    (void)state;
    enum { RUNS = 6 };
    struct fixture f;
    char partial[144];
    snprintf(partial, sizeof partial, "%s.partial", path);
    fixture_init(&f, 5, 1, 1, 2);
    for (int round = 0; round < 20; round++) {
        pid_t child[RUNS];
        int gate[2], won = 0;
        unlink(path);
        unlink(partial);
        assert_int_equal(pipe(gate), 0);
        for (int k = 0; k < RUNS; k++) {
            child[k] = fork();
            if (child[k])
                continue;
            admf_error error = {0};
            struct cube_writer *cube;
            char byte;
            close(gate[1]);
            _exit(read(gate[0], &byte, 1) || cube_create(path, &f.layout, false, &cube, &error));
        }
        close(gate[0]);
        close(gate[1]); /* all of them start */
        for (int k = 0; k < RUNS; k++) {
            int how;
            assert_int_equal(waitpid(child[k], &how, 0), child[k]);
            won += WIFEXITED(how) && WEXITSTATUS(how) == 0;
        }
        assert_int_equal(won, 1);
        assert_int_equal(cube_state(path), CUBE_PARTIAL);
    }
    fixture_deinit(&f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(round_trip),
        cmocka_unit_test(labels_and_parameters),
        cmocka_unit_test(shapes),
        cmocka_unit_test(digest_sees_content_only),
        cmocka_unit_test(unfinished_blocks_stay_not_computed),
        cmocka_unit_test(a_file_that_comes_meanwhile_stays),
        cmocka_unit_test(read_back),
        cmocka_unit_test(another_shape_than_said_is_refused),
        cmocka_unit_test(refusals),
        cmocka_unit_test(a_run_in_progress_is_left_alone),
        cmocka_unit_test(a_claim_leaves_nothing_behind),
        cmocka_unit_test(a_claim_keeps_others_from_going_on),
        cmocka_unit_test(runs_that_start_at_once),
    };
    return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
