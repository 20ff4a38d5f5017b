/* SPDX-License-Identifier: Apache-2.0 */
/* Ranking with conditions, and files that are damaged or no cubes. */
#define _GNU_SOURCE /* mkdtemp */
#include <limits.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>
#include <hdf5.h>

#include "admf/cube.h"
#include "io/cube/reader.h"
#include "tests/hdf5_leaks.h"
#include "tests/io/cube_fixture.h"
#include "tests/io/cube_folder.h"

static char damaged[144];
static struct fixture f;

static int make_cube(void **state)
{
    admf_error error = {0};
    struct cube_writer *cube = NULL;
    if (make_folder(state) != 0)
        return -1;
    snprintf(damaged, sizeof damaged, "%s/damaged.h5", folder);
    fixture_init(&f, 21, 3, 2, 2);
    return cube_create(path, &f.layout, true, &cube, &error) ||
           fixture_write_rest(cube, &f.layout, &error) || fixture_keep(cube, &error) ||
           cube_finish(&cube, NULL, NULL, &error);
}

static int tear_down(void **state)
{
    fixture_deinit(&f);
    return remove_folder(state);
}

/* How a plain search ranks: does any cell that is not listed beat the last that is? */
static void check_order(const admf_ranking *r, bool smaller)
{
    for (uint64_t i = 1; i < r->count; i++) {
        double a = r->entries[i - 1].by, b = r->entries[i].by;
        assert_true(isnan(b) || (!isnan(a) && (smaller ? a <= b : a >= b)));
        if (a == b && r->entries[i - 1].symbol == r->entries[i].symbol &&
            r->entries[i - 1].window == r->entries[i].window)
            assert_true(r->entries[i - 1].combo < r->entries[i].combo);
    }
}

static admf_ranking *rank(admf_cube *cube, admf_rank_options options)
{
    admf_error error = {0};
    admf_ranking *found = NULL;
    succeed(admf_cube_rank(cube, &options, &found, &error), &error);
    return found;
}

static void ranking(void **state)
{
    (void)state;
    admf_error error = {0};
    admf_cube *cube;
    admf_ranking *r, *all, *one;
    succeed(admf_cube_open(path, &cube, &error), &error);
    all = rank(cube, (admf_rank_options){.by = "sharpe", .n = UINT64_MAX});
    assert_int_equal(all->count, 4 * 252);
    assert_int_equal(all->tried, 4 * 252);
    check_order(all, false);
    assert_true(isnan(all->entries[all->count - 1].by));
    r = rank(cube, (admf_rank_options){.by = "sharpe", .n = 20, .where = ""});
    assert_int_equal(r->count, 20);
    assert_memory_equal(r->entries, all->entries, 20 * sizeof *r->entries);
    admf_ranking_free(&r);
    r = rank(cube, (admf_rank_options){.by = "max_drawdown", .n = 20});
    check_order(r, true);
    admf_ranking_free(&r);
    r = rank(cube, (admf_rank_options){.by = "sharpe", .n = 5000, .min_trades = 100});
    check_order(r, false);
    for (uint64_t i = 0; i < r->count; i++) {
        uint64_t series = r->entries[i].symbol * 2 + r->entries[i].window;
        assert_true(fixture_value(3, series, r->entries[i].combo) >= 100);
    }
    assert_true(r->count > 300 && r->count < 900);
    assert_int_equal(r->tried, 4 * 252);
    admf_ranking_free(&r);
    r = rank(cube, (admf_rank_options){.by = "sharpe", .n = 0});
    assert_int_equal(r->count, 0);
    admf_ranking_free(&r);
    admf_rank_options options = {.by = "sharpe", .n = 5000, .symbol = "EURUSD"};
    r = rank(cube, options);
    assert_int_equal(r->count, 2 * 252);
    assert_int_equal(r->tried, 2 * 252);
    options.window = admf_cube_label(cube, ADMF_AXIS_WINDOW, 1);
    one = rank(cube, options);
    assert_int_equal(one->count, 252);
    assert_int_equal(one->tried, 252);
    for (uint64_t i = 0, k = 0; i < one->count; i++, k++) {
        while (k < all->count && (all->entries[k].symbol != 1 || all->entries[k].window != 1))
            k++;
        assert_true(k < all->count && one->entries[i].combo == all->entries[k].combo);
    }
    admf_ranking_free(&one);
    admf_ranking_free(&r);
    options.window = "nowhere";
    assert_int_equal(admf_cube_rank(cube, &options, &r, &error), ADMF_USAGE);
    assert_string_equal(error.message, "the cube holds no window 'nowhere'");
    admf_ranking_free(&all);
    admf_cube_close(&cube);
}

/* Large cubes are read in pieces of some strategies. */
static void rows(void **state)
{
    (void)state;
    admf_error error = {0};
    admf_cube *cube;
    double all[252], some[252];
    uint8_t fates[252], fate[252];
    succeed(admf_cube_open(path, &cube, &error), &error);
    assert_int_equal(cube_row_cells(cube), 12);
    succeed(admf_cube_read_metric(cube, 1, 1, 1, all, &error), &error);
    succeed(admf_cube_read_status(cube, 1, 1, fates, &error), &error);
    for (uint64_t first = 0; first < 21; first++)
        for (uint64_t count = 1; count <= 21 - first; count++) {
            struct cube_rows piece = {1, 1, first, count};
            succeed(cube_read_metric_rows(cube, 1, &piece, some, &error), &error);
            succeed(cube_read_status_rows(cube, &piece, fate, &error), &error);
            assert_memory_equal(some, all + 12 * first, 12 * count * sizeof *some);
            assert_memory_equal(fate, fates + 12 * first, 12 * count);
        }
    struct cube_rows absent = {2, 0, 0, 1};
    assert_int_equal(cube_read_status_rows(cube, &absent, fate, &error), ADMF_USAGE);
    admf_cube_close(&cube);
}

/* A caller's numbers that name nothing are answered, not followed. */
static void absent_places(void **state)
{
    (void)state;
    admf_error error = {0};
    admf_cube *cube;
    double value;
    const char *word;
    succeed(admf_cube_open(path, &cube, &error), &error);
    const int metrics[] = {-1, (int)admf_cube_metric_count(cube), INT_MAX};
    for (int k = 0; k < 3; k++) {
        error = (admf_error){0};
        assert_int_equal(admf_cube_read_value(cube, metrics[k], 0, 0, 0, &value, &error),
                         ADMF_USAGE);
        assert_string_equal(error.message, "no such metric");
    }
    const int axes[] = {-1, ADMF_AXES, INT_MAX};
    for (int k = 0; k < 3; k++) {
        assert_int_equal(admf_cube_axis_size(cube, axes[k]), 0);
        assert_string_equal(admf_cube_label(cube, axes[k], 0), "");
        assert_int_equal(admf_cube_parameter_count(cube, axes[k]), 0);
        assert_null(admf_cube_parameter_name(cube, axes[k], 0));
        admf_cube_parameter(cube, axes[k], 0, 0, &value, &word);
        assert_true(isnan(value) && !word);
    }
    assert_string_equal(admf_cube_label(cube, ADMF_AXIS_SYMBOL, 99), "");
    assert_null(admf_cube_metric_name(cube, admf_cube_metric_count(cube)));
    admf_cube_close(&cube);
}

struct question {
    const char *where;
    uint64_t count; /* of 4 series × 21 × 3 × 2 × 2 cells */
};

static void conditions(void **state)
{
    (void)state;
    static const struct question questions[] = {
        {"momentum__lookback_period == 10", 4 * 10 * 12},
        {"momentum__lookback_period == 10 and risk__stop_loss < 0.5", 4 * 10 * 6},
        {"not (momentum__lookback_period == 10)", 4 * 10 * 12}, /* undefined does not hold */
        {"strategy == 20", 4 * 12},
        {"strategy_type == 'buy_and_hold'", 4 * 12},
        {"strategy_name == 'buy_and_hold'", 4 * 12},
        {"strategy_name != 'buy_and_hold'", 4 * 20 * 12},
        {"strategy_name == classifier_name", 0}, /* texts are compared, not their numbers */
        {"strategy_name == strategy_type", 4 * 12},
        {"hmm__model_type == \"svm\"", 4 * 21 * 4},
        {"classifier_type == 'none'", 4 * 21 * 4},
        {"symbol == 'SPY' and window != 'all'", 252},
        {"execution + risk * 2 == 3", 4 * 63},
        {"sharpe > 2", 0},
        {"true", 4 * 252},
    };
    admf_error error = {0};
    admf_cube *cube;
    succeed(admf_cube_open(path, &cube, &error), &error);
    for (size_t k = 0; k < sizeof questions / sizeof *questions; k++) {
        admf_ranking *r = NULL;
        r = rank(cube, (admf_rank_options){.by = "sharpe", .n = 5000, .where = questions[k].where});
        if (r->count != questions[k].count)
            print_error("%s: %d\n", questions[k].where, (int)r->count);
        assert_int_equal(r->count, questions[k].count);
        admf_ranking_free(&r);
    }
    admf_ranking *r = NULL;
    assert_int_equal(
        admf_cube_rank(cube, &(admf_rank_options){.by = "weather", .n = 5}, &r, &error),
        ADMF_USAGE);
    admf_cube_close(&cube);
}

struct mistake {
    const char *where;
    int line, column, length;
    const char *says; /* a part of it */
};

static void wrong_conditions(void **state)
{
    static const struct mistake mistakes[] = {
        {"momentum__lookback_perod == 10", 1, 1, 24, "did you mean 'momentum__lookback_period'"},
        {"sharpe > 1 and sharp < 2", 1, 16, 5, "did you mean 'sharpe'"},
        {"sharpe >", 1, 9, 1, "ends too early; expected a name, a number"},
        {"sharpe > and 2", 1, 10, 3, "unexpected 'and' in a condition; expected a name"},
        {"sharpe", 1, 1, 6, "this is a number"},
        {"hmm__model_type == 'hmn'", 1, 20, 5, "did you mean 'hmm'"},
        {"strategy_name == 'buy_and_hole'", 1, 18, 14, "did you mean 'buy_and_hold'"},
        {"symbol != 'IBM'", 1, 11, 5, "known: SPY, EURUSD"},
        {"status == 'fine'", 1, 11, 6, "known: not_computed, ok, no_trades, bankrupt, invalid"},
        {"status == ok", 1, 11, 2, "a word stands in quotes"},
        {"symbol == ''", 1, 11, 2, "unknown value ''"},
        {"sharpe > 'a'", 1, 10, 3, "takes a number; this is text"},
        {"'", 1, 1, 1, "never closed"},
        {"weather == 1", 1, 1, 7, "neither a metric nor a parameter"},
        {"((sharpe > 1) or", 1, 17, 1, "ends too early"},
        {"(sharpe > 1", 1, 1, 1, "the parenthesis is never closed"},
        {"sharpe > 1)", 1, 11, 1, "expected an operator or the end"},
        {"(sharpe > 1 2)", 1, 13, 1, "expected an operator or ')'"},
        {"sharpe > 1 sharpe", 1, 12, 6, "expected an operator or the end"},
        {"strategy_type > 1", 1, 1, 13, "takes a number; this is text"},
        {"risk__stop_loss == off", 1, 20, 3, "risk_name == "},
        {"sharpe > 1\nand 'ä' == 'b' or sharp > 1", 2, 19, 5, "did you mean 'sharpe'"},
        {"1e5x == 1", 1, 1, 4, "not a decimal number"},
    };
    admf_error error = {0};
    admf_cube *cube;
    (void)state;
    succeed(admf_cube_open(path, &cube, &error), &error);
    for (size_t k = 0; k < sizeof mistakes / sizeof *mistakes; k++) {
        const struct mistake *m = &mistakes[k];
        admf_ranking *r = NULL;
        memset(&error, 0, sizeof error);
        assert_int_equal(
            admf_cube_rank(cube, &(admf_rank_options){.by = "sharpe", .n = 5, .where = m->where},
                           &r, &error),
            ADMF_USAGE);
        assert_null(r);
        if (error.line != m->line || error.column != m->column || error.length != m->length ||
            !strstr(error.message, m->says))
            print_error("%s: %d:%d+%d: %s\n", m->where, error.line, error.column, error.length,
                        error.message);
        assert_int_equal(error.line, m->line);
        assert_int_equal(error.column, m->column);
        assert_int_equal(error.length, m->length);
        assert_non_null(strstr(error.message, m->says));
        assert_int_equal(error.code, ADMF_USAGE);
        assert_string_equal(error.file, "");
    }
    admf_cube_close(&cube);
}

/* More cells than are looked at at once: each is asked of its own values. */
static void condition_in_pieces(void **state)
{
    (void)state;
    struct fixture large;
    admf_error error = {0};
    struct cube_writer *writer;
    admf_cube *cube;
    admf_ranking *r = NULL;
    fixture_init(&large, 3, 70001, 1, 1);
    large.layout.symbol_count = large.layout.window_count = 1;
    large.layout.by_regime = false;
    large.layout.block_cells = 0;
    succeed(cube_create(damaged, &large.layout, true, &writer, &error), &error);
    succeed(fixture_write_rest(writer, &large.layout, &error), &error);
    succeed(cube_finish(&writer, NULL, NULL, &error), &error);
    succeed(admf_cube_open(damaged, &cube, &error), &error);
    r = rank(cube, (admf_rank_options){.by = "sharpe", .n = 300000, .where = "total_return > 0.4"});
    uint64_t count = 0;
    for (uint64_t i = 0; i < admf_cube_combinations(cube); i++)
        count += fixture_value(1, 0, i) > 0.4;
    assert_int_equal(r->count, count);
    for (uint64_t i = 0; i < r->count; i++)
        assert_true(fixture_value(1, 0, r->entries[i].combo) > 0.4);
    admf_ranking_free(&r);
    admf_cube_close(&cube);
    fixture_deinit(&large);
}

/* Does everything a reader can do; only the status counts. */
static admf_status read_everything(const char *file, admf_error *error)
{
    admf_cube *cube;
    char digest[17];
    admf_ranking *r = NULL;
    double number;
    const char *word;
    admf_status digested = admf_cube_digest(file, digest, error);
    admf_status status = admf_cube_open(file, &cube, error);
    if (status)
        return status;
    uint64_t cells = admf_cube_combinations(cube);
    if (cells < 100000) {
        double *values = calloc(cells + 100, sizeof *values);
        for (size_t m = 0; !status && m < admf_cube_metric_count(cube); m++)
            status = admf_cube_read_metric(cube, (int)m, 0, 0, values, error);
        free(values);
        if (!status)
            status =
                admf_cube_rank(cube,
                               &(admf_rank_options){.by = "sharpe",
                                                    .n = 5,
                                                    .min_trades = 1,
                                                    .where = "momentum__lookback_period == 10"},
                               &r, error);
    }
    for (int a = 0; a < ADMF_AXES; a++) {
        admf_cube_label(cube, a, 0);
        for (size_t p = 0; p < admf_cube_parameter_count(cube, a); p++)
            admf_cube_parameter(cube, a, p, 0, &number, &word);
    }
    admf_cube_provenance(cube, "identity");
    admf_ranking_free(&r);
    admf_cube_close(&cube);
    return status ? status : digested;
}

static size_t load_file(const char *name, unsigned char **bytes)
{
    FILE *file = fopen(name, "rb");
    fseek(file, 0, SEEK_END);
    size_t size = (size_t)ftell(file);
    rewind(file);
    *bytes = malloc(size);
    assert_int_equal(fread(*bytes, 1, size, file), size);
    fclose(file);
    return size;
}

static void store_file(const char *name, const unsigned char *bytes, size_t size)
{
    FILE *file = fopen(name, "wb");
    assert_int_equal(fwrite(bytes, 1, size, file), size);
    fclose(file);
}

/*
 * In a child, so that a crash inside HDF5 itself (H5HG_read of 1.10 trusts its heap), or a
 * loop in it without end, is counted and does not end the test. 0: read as if whole;
 * 1: refused; 2: crashed. A whole file takes some milliseconds of the processor.
 */
static int try_in_child(void)
{
    pid_t child = fork();
    if (child == 0) {
        admf_error error = {0};
        static const int deadly[] = {SIGSEGV, SIGABRT, SIGBUS, SIGFPE, SIGILL};
        for (int k = 0; k < 5; k++) /* not to cmocka, which would go on with the tests */
            signal(deadly[k], SIG_DFL);
        setrlimit(RLIMIT_CPU, &(struct rlimit){.rlim_cur = 2, .rlim_max = 2});
        admf_status status = read_everything(damaged, &error);
        bool told = error.code == status && error.message[0];
        _exit(status == ADMF_OK ? 0 : told ? 1 : 3);
    }
    int how;
    assert_int_equal(waitpid(child, &how, 0), child);
    if (!WIFEXITED(how))
        return 2;
    assert_int_not_equal(WEXITSTATUS(how), 3); /* refused without a word */
    return WEXITSTATUS(how) > 1 ? 2 : WEXITSTATUS(how);
}

static void foreign_files(void **state)
{
    (void)state;
    admf_error error = {0};
    admf_cube *cube;
    store_file(damaged, (const unsigned char *)"timestamp,close\n", 16);
    assert_int_equal(admf_cube_open(damaged, &cube, &error), ADMF_BAD_DATA);
    assert_null(cube);
    store_file(damaged, (const unsigned char *)"", 0);
    assert_int_equal(admf_cube_open(damaged, &cube, &error), ADMF_BAD_DATA);
    assert_int_equal(admf_cube_open(folder, &cube, &error), ADMF_NO_INPUT);
}

/* Puts `count` integers where a cube has the attribute format_version of one. */
static void replace_version(hid_t file, const int *numbers, hsize_t count)
{
    hid_t space = H5Screate_simple(1, &count, NULL);
    assert_true(H5Adelete(file, "format_version") >= 0);
    hid_t attribute =
        H5Acreate2(file, "format_version", H5T_STD_I32LE, space, H5P_DEFAULT, H5P_DEFAULT);
    assert_true(H5Awrite(attribute, H5T_NATIVE_INT, numbers) >= 0);
    H5Aclose(attribute);
    H5Sclose(space);
}

/* More numbers than are asked for have no room in a variable of one. */
static void version_of_many_numbers(void **state)
{
    (void)state;
    enum { MANY = 4096 };
    static int numbers[MANY] = {1, 1, 1};
    unsigned char *bytes;
    size_t size = load_file(path, &bytes);
    store_file(damaged, bytes, size);
    free(bytes);
    hid_t file = H5Fopen(damaged, H5F_ACC_RDWR, H5P_DEFAULT);
    replace_version(file, numbers, MANY);
    H5Fclose(file);
    assert_int_equal(try_in_child(), 1);
}

/* A metric that cannot be opened is an error, not a cube without it. */
static void damaged_metric(void **state)
{
    (void)state;
    admf_error error = {0};
    admf_cube *cube;
    hobj_ref_t header; /* HDF5's references are addresses */
    unsigned char *bytes;
    size_t size = load_file(path, &bytes);
    hid_t file = H5Fopen(path, H5F_ACC_RDONLY, H5P_DEFAULT);
    assert_true(H5Rcreate(&header, file, "total_return", H5R_OBJECT, -1) >= 0);
    H5Fclose(file);
    bytes[header + 12] ^= 0xFF;           /* under a checksum */
    store_file(damaged, bytes, size - 1); /* and without a seal */
    free(bytes);
    assert_int_equal(admf_cube_open(damaged, &cube, &error), ADMF_BAD_DATA);
    assert_null(cube);
    assert_non_null(strstr(error.message, "total_return"));
}

/* Whoever computes the digest of a damaged file is told which part of it is. */
static void damage_has_a_name(void **state)
{
    static const char *const names[] = {"total_return", "strategy_name", "by_regime"};
    (void)state;
    for (size_t k = 0; k < sizeof names / sizeof *names; k++) {
        char digest[17];
        admf_error error = {0};
        hobj_ref_t header;
        unsigned char *bytes;
        size_t size = load_file(path, &bytes);
        hid_t file = H5Fopen(path, H5F_ACC_RDONLY, H5P_DEFAULT);
        assert_true(H5Rcreate(&header, file, names[k], H5R_OBJECT, -1) >= 0);
        H5Fclose(file);
        bytes[header + 12] ^= 0xFF;           /* under a checksum */
        store_file(damaged, bytes, size - 1); /* and without a seal */
        free(bytes);
        assert_int_equal(admf_cube_digest(damaged, digest, &error), ADMF_BAD_DATA);
        assert_non_null(strstr(error.message, names[k]));
    }
}

static void cut_files(void **state)
{
    (void)state;
    unsigned char *bytes;
    size_t size = load_file(path, &bytes);
    for (size_t k = 0; k < 60; k++) {
        store_file(damaged, bytes, size * k / 60);
        assert_int_equal(try_in_child(), 1);
    }
    free(bytes);
}

/* Some bytes become others, most of them where metadata stand; what try_in_child says how often. */
static void flip_bytes(bool sealed, int outcome[3])
{
    enum { SEAL = 24 }; /* bytes behind what HDF5 reads */
    unsigned char *bytes;
    size_t sealed_size = load_file(path, &bytes), size = sealed_size - SEAL;
    uint64_t x = 88172645463325252u;
    for (int k = 0; k < 120; k++) {
        unsigned char kept[4];
        size_t place[4];
        for (int j = 0; j < 4; j++) {
            x ^= x << 13;
            x ^= x >> 7;
            x ^= x << 17;
            place[j] = j % 2 ? x % size : x % 20000;
            kept[j] = bytes[place[j]];
            bytes[place[j]] = (unsigned char)(x >> 32);
        }
        store_file(damaged, bytes, sealed ? sealed_size : size);
        outcome[try_in_child()]++;
        for (int j = 3; j >= 0; j--)
            bytes[place[j]] = kept[j];
    }
    print_message("flipped bytes: %d unnoticed, %d refused, %d crashed in HDF5\n", outcome[0],
                  outcome[1], outcome[2]);
    free(bytes);
}

static void flipped_bytes(void **state)
{
    (void)state;
    int sealed[3] = {0}, bare[3] = {0};
    flip_bytes(true, sealed);
    /* Unnoticed where they are in the seal itself, or cancel out. */
    assert_true(sealed[2] == 0 && sealed[0] <= 2);
    /* HDF5 1.10 believes the lengths and indices of its heap of strings, which has no
     * checksum; nothing that the reader itself does may crash, and most is refused. */
    flip_bytes(false, bare);
    assert_true(bare[2] <= 24 && bare[1] > 60);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(ranking),
        cmocka_unit_test(conditions),
        cmocka_unit_test(rows),
        cmocka_unit_test(foreign_files),
        cmocka_unit_test(cut_files),
        cmocka_unit_test(flipped_bytes),
        cmocka_unit_test(absent_places),
        cmocka_unit_test(version_of_many_numbers),
        cmocka_unit_test(damaged_metric),
        cmocka_unit_test(damage_has_a_name),
        cmocka_unit_test(wrong_conditions),
        cmocka_unit_test(condition_in_pieces),
    };
    return cmocka_run_group_tests(tests, make_cube, tear_down);
}
