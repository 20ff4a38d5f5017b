/* SPDX-License-Identifier: Apache-2.0 */
/* What a cube says of its combinations together, against plain loops over what was written. */
#define _GNU_SOURCE /* mkdtemp */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>
#include <hdf5.h>

#include "admf/analysis.h"
#include "engine/analysis/cross_validation.h"
#include "engine/analysis/draw.h"
#include "engine/base/memory.h"
#include "engine/cpu/cpu.h"
#include "kernels/math/philox.h"
#include "tests/io/cube_fixture.h"
#include "tests/io/cube_folder.h"

enum { SAMPLES_OF_BLOCK = 4, FLAT = 13 }; /* every FLAT-th combination never trades */
static const double periods = 252, risk_free = 0.0001;

static const admf_metric metrics[] = {{"sharpe", "", "1", false},
                                      {"volatility", "", "1", false},
                                      {"skew", "", "1", false},
                                      {"kurtosis", "", "1", false},
                                      {"max_drawdown", "", "1", false}};
enum { SHARPE, VOLATILITY, SKEW, KURTOSIS, DRAWDOWN, METRICS };

static struct fixture f;

static double return_of(uint64_t series, uint64_t cell, int sample)
{
    double pair[2];
    philox_normals(series, (uint32_t)cell, (uint64_t)sample, pair);
    return cell % FLAT == 0 ? 0 : 0.01 * pair[0];
}

struct sums {
    double n, sum, sum2;
};

static struct sums block_of(uint64_t series, uint64_t cell, int block)
{
    struct sums s = {0};
    for (int k = 0; k < SAMPLES_OF_BLOCK; k++) {
        double r = return_of(series, cell, block * SAMPLES_OF_BLOCK + k);
        s.n++;
        s.sum += r;
        s.sum2 += r * r;
    }
    return s;
}

static void metrics_of(uint64_t series, uint64_t cell, double out[METRICS])
{
    struct sums all = {0};
    for (int b = 0; b < f.layout.stat_blocks; b++) {
        struct sums s = block_of(series, cell, b);
        all.n += s.n;
        all.sum += s.sum;
        all.sum2 += s.sum2;
    }
    double mean = all.sum / all.n, variance = (all.sum2 / all.n - mean * mean);
    double deviation = sqrt(variance * all.n / (all.n - 1));
    out[SHARPE] = deviation > 0 ? (mean - risk_free) / deviation * sqrt(periods) : NAN;
    out[VOLATILITY] = deviation * sqrt(periods);
    out[SKEW] = 0.1 * (double)(cell % 7);
    out[KURTOSIS] = 3;
    out[DRAWDOWN] = fixture_value(1, series, cell) + 0.5;
}

/* One block of work; cells from `last` on are not computed. */
static admf_status write_block(struct cube_writer *writer, uint64_t block, uint64_t last,
                               admf_error *error)
{
    struct cube_range range = cube_block_range(writer, block);
    size_t n = range.count, blocks = (size_t)f.layout.stat_blocks;
    uint64_t series = range.symbol * f.layout.window_count + range.window;
    double *values = calloc(METRICS * n, sizeof *values);
    double *sums = calloc(3 * n * blocks + 1, sizeof *sums);
    uint8_t *fate = calloc(n, 1);
    const double *columns[METRICS];
    for (size_t i = 0; i < n; i++) {
        uint64_t cell = range.first + i;
        double cells[METRICS];
        metrics_of(series, cell, cells);
        fate[i] = cell < last ? ADMF_CELL_OK : ADMF_CELL_NOT_COMPUTED;
        for (int m = 0; m < METRICS; m++)
            values[(size_t)m * n + i] = cell < last ? cells[m] : NAN;
        for (size_t b = 0; b < blocks; b++) {
            struct sums s = block_of(series, cell, (int)b);
            sums[i * blocks + b] = s.n;
            sums[(n + i) * blocks + b] = s.sum;
            sums[(2 * n + i) * blocks + b] = s.sum2;
        }
    }
    for (int m = 0; m < METRICS; m++)
        columns[m] = values + (size_t)m * n;
    struct cube_values all = {.metrics = columns,
                              .status = fate,
                              .block_n = sums,
                              .block_sum = sums + n * blocks,
                              .block_sum2 = sums + 2 * n * blocks};
    admf_status status = cube_write_block(writer, block, &all, error);
    free(values);
    free(sums);
    free(fate);
    return status;
}

/* Starts a cube of 2 symbols and 1 window; `f` is what it is made from. */
static struct cube_writer *start_cube(const size_t sizes[4], int blocks)
{
    admf_error error = {0};
    struct cube_writer *writer;
    fixture_init(&f, sizes[0], sizes[1], sizes[2], sizes[3]);
    f.layout.metrics = metrics;
    f.layout.metric_count = METRICS;
    f.layout.stat_blocks = blocks;
    f.layout.window_count = 1;
    f.layout.by_regime = false;
    f.layout.block_cells = 0;
    succeed(cube_create(path, &f.layout, true, &writer, &error), &error);
    return writer;
}

static admf_cube *make_cube(const size_t sizes[4], int blocks, uint64_t last)
{
    admf_error error = {0};
    struct cube_writer *writer = start_cube(sizes, blocks);
    admf_cube *cube;
    for (uint64_t b = 0; b < cube_blocks(writer); b++)
        succeed(write_block(writer, b, last, &error), &error);
    succeed(cube_finish(&writer, NULL, NULL, &error), &error);
    succeed(admf_cube_open(path, &cube, &error), &error);
    return cube;
}

static void drop_cube(admf_cube *cube)
{
    admf_cube_close(&cube);
    fixture_deinit(&f);
}

static void expect_near(double value, double expected, double tolerance)
{
    if (!(fabs(value - expected) <= tolerance * fabs(expected)))
        fail_msg("%.17g is not %.17g", value, expected);
}

static const size_t usual[4] = {21, 3, 3, 2}, small[4] = {1, 1, 1, 1};

static void trials(void **state)
{
    (void)state;
    admf_cube *cube = make_cube(usual, 16, UINT64_MAX);
    admf_error error = {0};
    for (uint64_t symbol = 0; symbol < 2; symbol++) {
        admf_trials about;
        succeed(admf_cube_trials(cube, symbol, 0, &about, &error), &error);
        double mean = 0, squares = 0, count = 0;
        for (int pass = 0; pass < 2; pass++)
            for (uint64_t i = 0; i < admf_cube_combinations(cube); i++) {
                double m[METRICS];
                metrics_of(symbol, i, m);
                if (isnan(m[SHARPE]))
                    continue;
                double g = m[SHARPE];
                count += !pass;
                mean += pass ? 0 : g;
                squares += pass ? (g - mean / count) * (g - mean / count) : 0;
            }
        assert_null(about.missing);
        assert_int_equal(about.count, count);
        assert_int_equal(about.samples, 16 * SAMPLES_OF_BLOCK);
        expect_near(about.periods, periods, 1e-10);
        expect_near(about.risk_free, risk_free, 1e-8);
        expect_near(about.mean, mean / count, 1e-10);
        expect_near(about.deviations, squares, 1e-10);
    }
    admf_trials none;
    assert_int_equal(admf_cube_trials(cube, 2, 0, &none, &error), ADMF_USAGE);
    assert_int_equal(admf_cube_trials(cube, 0, 1, &none, &error), ADMF_USAGE);
    drop_cube(cube);
}

/* Trials of several symbols together are as if they were one's. */
static void joined_trials(void **state)
{
    (void)state;
    static const double sharpe[] = {1.5, -0.25, 3, 0.125, 2, -1};
    admf_trials all = {0}, none = {.mean = NAN};
    double mean = 0, squares = 0;
    for (int from = 0, n = 1; from < 6; from += n++) {
        admf_trials part = {0};
        for (int k = from; k < from + n; k++)
            admf_trials_join(&part, &(admf_trials){.count = 1, .mean = sharpe[k]});
        admf_trials_join(&all, &part);
        admf_trials_join(&all, &none);
    }
    for (int k = 0; k < 6; k++)
        mean += sharpe[k] / 6;
    for (int k = 0; k < 6; k++)
        squares += (sharpe[k] - mean) * (sharpe[k] - mean);
    assert_int_equal(all.count, 6);
    expect_near(all.mean, mean, 1e-14);
    expect_near(all.deviations, squares, 1e-14);
}

/* The same from sums that were put together here: `merged` blocks each, `skipped` left out. */
static double expected_overfitting(uint64_t cells, int count, int merged, int skipped)
{
    double *n = calloc((size_t)count, sizeof *n);
    double *sums = calloc(2 * cells * (size_t)count, sizeof *sums);
    uint64_t kept = 0;
    for (uint64_t cell = 0; cell < cells; cell++) {
        if (cell % FLAT == 0)
            continue;
        for (int k = 0; k < count; k++) {
            n[k] = merged * SAMPLES_OF_BLOCK;
            for (int b = 0; b < merged; b++) {
                struct sums s = block_of(1, cell, skipped + k * merged + b);
                sums[kept * (uint64_t)count + (uint64_t)k] += s.sum;
                sums[(cells + kept) * (uint64_t)count + (uint64_t)k] += s.sum2;
            }
        }
        kept++;
    }
    admf_error error = {0};
    struct cross_result result;
    succeed(cross_validate(cpu_choose(NULL, &error),
                           &(struct cross_sums){.trials = kept,
                                                .blocks = count,
                                                .risk_free = risk_free,
                                                .n = n,
                                                .sum = sums,
                                                .sum2 = sums + cells * (uint64_t)count},
                           &result, &error),
            &error);
    free(n);
    free(sums);
    return (double)result.overfit / (double)result.splits;
}

static void overfitting(void **state)
{
    (void)state;
    /* blocks in the cube; stretches of how many, how many left out */
    static const int cuts[][4] = {{16, 16, 1, 0}, {4, 4, 1, 0},  {5, 4, 1, 1},
                                  {15, 14, 1, 1}, {17, 8, 2, 1}, {38, 12, 3, 2}};
    for (size_t k = 0; k < sizeof cuts / sizeof *cuts; k++) {
        admf_cube *cube = make_cube(usual, cuts[k][0], UINT64_MAX);
        admf_error error = {0};
        admf_trials about;
        admf_overfitting out;
        succeed(admf_cube_trials(cube, 1, 0, &about, &error), &error);
        succeed(admf_cube_overfitting(cube, 1, 0, &about, 10000, &out, &error), &error);
        assert_null(out.missing);
        assert_int_equal(out.compared, about.count);
        assert_int_equal(out.blocks, cuts[k][1]);
        double expected =
            expected_overfitting(admf_cube_combinations(cube), cuts[k][1], cuts[k][2], cuts[k][3]);
        assert_true(fabs(out.probability - expected) * (double)out.splits < 0.5);
        drop_cube(cube);
    }
}

/* A cube that is read in many pieces, and the same few of its trials each time. */
static void drawn_trials(void **state)
{
    (void)state;
    const size_t sizes[4] = {3, 5, 60, 11};
    admf_cube *cube = make_cube(sizes, 64, UINT64_MAX);
    admf_error error = {0};
    admf_trials about;
    admf_overfitting out, again, all;
    succeed(admf_cube_trials(cube, 1, 0, &about, &error), &error);
    succeed(admf_cube_overfitting(cube, 1, 0, &about, 40, &out, &error), &error);
    succeed(admf_cube_overfitting(cube, 1, 0, &about, 40, &again, &error), &error);
    succeed(admf_cube_overfitting(cube, 1, 0, &about, about.count, &all, &error), &error);
    assert_int_equal(out.compared, 40);
    assert_int_equal(out.splits, 12870);
    assert_true(out.probability == again.probability);
    assert_int_equal(all.compared, about.count);
    double expected = expected_overfitting(admf_cube_combinations(cube), 16, 4, 0);
    assert_true(fabs(all.probability - expected) * (double)all.splits < 0.5);
    drop_cube(cube);
}

/* Of cells that are read two by two, a few; the shapes are made up, nothing is read. */
static void draws(void **state)
{
    (void)state;
    admf_cube *cube = make_cube(usual, 16, UINT64_MAX);
    const struct cube_blocks blocks = {.count = 1 << 16, .element = 8};
    static const uint64_t most[] = {1000, 50, 30, 2};
    for (int k = 0; k < 4; k++) {
        admf_error error = {0};
        struct drawn_trials drawn;
        uint64_t pieces = 0, last = UINT64_MAX;
        succeed(draw_trials(&drawn, cube, &blocks, 0, 0, most[k], &error), &error);
        for (uint64_t i = 0; i < drawn.count; i++) {
            struct cube_piece piece = cube_block_piece(cube, &blocks, drawn.combos[i]);
            assert_int_equal(piece.count, 2);
            assert_true(i == 0 || drawn.combos[i] > drawn.combos[i - 1]);
            assert_true(drawn.combos[i] % FLAT != 0);
            pieces += piece.first != last;
            last = piece.first;
        }
        if (k == 0)
            assert_int_equal(drawn.count, 378 - (378 + FLAT - 1) / FLAT);
        else
            assert_int_equal(drawn.count, most[k]);
        assert_true(k == 0 || pieces <= DRAW_PIECES);
        draw_deinit(&drawn);
    }
    drop_cube(cube);
}

static void expect_missing(admf_cube *cube, const char *trials_say, const char *splits_say)
{
    admf_error error = {0};
    admf_trials about;
    admf_overfitting out;
    succeed(admf_cube_trials(cube, 0, 0, &about, &error), &error);
    succeed(admf_cube_overfitting(cube, 0, 0, &about, 100, &out, &error), &error);
    assert_true(isnan(out.probability));
    assert_non_null(out.missing);
    assert_non_null(strstr(out.missing, splits_say));
    if (!trials_say) {
        assert_null(about.missing);
        return;
    }
    assert_non_null(about.missing);
    assert_non_null(strstr(about.missing, trials_say));
    assert_true(isnan(about.periods));
}

static void what_is_missing(void **state)
{
    (void)state;
    const size_t two[4] = {3, 1, 1, 1};
    admf_cube *cube = make_cube(usual, 0, UINT64_MAX);
    expect_missing(cube, "no sums by block", "no sums by block");
    drop_cube(cube);
    cube = make_cube(usual, 3, UINT64_MAX);
    expect_missing(cube, NULL, "four blocks");
    drop_cube(cube);
    cube = make_cube(small, 16, UINT64_MAX);
    expect_missing(cube, "no combination has", "no combination has"); /* it never trades */
    drop_cube(cube);
    cube = make_cube(two, 16, 2); /* one that never trades, one that does, one not computed */
    expect_missing(cube, NULL, "two combinations");
    drop_cube(cube);
}

/* --- neighbours ----------------------------------------------------------------------------- */

/* In how many parameters two instances of an axis differ; the last such and both values. */
static int differences(const admf_cube *cube, int axis, uint64_t a, uint64_t b, size_t *which,
                       double value[2])
{
    const char *x = admf_cube_label(cube, axis, a), *y = admf_cube_label(cube, axis, b);
    int count = strcspn(x, "[") == strcspn(y, "[") && !strncmp(x, y, strcspn(x, "[")) ? 0 : 99;
    for (size_t p = 0; p < admf_cube_parameter_count(cube, axis); p++) {
        double u, v;
        const char *s, *t;
        admf_cube_parameter(cube, axis, p, a, &u, &s);
        admf_cube_parameter(cube, axis, p, b, &v, &t);
        if (s ? !strcmp(s, t) : u == v || (isnan(u) && isnan(v)))
            continue;
        count++;
        *which = p;
        value[0] = u;
        value[1] = v;
    }
    return count;
}

static bool one_step(const admf_cube *cube, int axis, uint64_t a, uint64_t b)
{
    size_t p, q;
    double ab[2], ac[2];
    if (differences(cube, axis, a, b, &p, ab) != 1 || isnan(ab[0]) || isnan(ab[1]))
        return false;
    for (uint64_t c = 0; c < admf_cube_axis_size(cube, axis); c++)
        if (differences(cube, axis, a, c, &q, ac) == 1 && p == q &&
            (ac[1] - ab[0]) * (ac[1] - ab[1]) < 0)
            return false;
    return true;
}

/* Whether two combinations are one step of one parameter apart. */
static bool are_neighbours(const admf_cube *cube, uint64_t a, uint64_t b)
{
    int axis = -1;
    uint64_t at[2] = {0};
    for (int d = ADMF_AXES - 1; d >= ADMF_AXIS_STRATEGY; d--) {
        uint64_t size = admf_cube_axis_size(cube, d);
        if (a % size != b % size) {
            if (axis >= 0)
                return false;
            axis = d;
            at[0] = a % size;
            at[1] = b % size;
        }
        a /= size;
        b /= size;
    }
    return axis >= 0 && one_step(cube, axis, at[0], at[1]);
}

static int ascending(const void *a, const void *b)
{
    const double *x = a, *y = b;
    return *x < *y ? -1 : *x > *y;
}

static void check_neighbourhood(const admf_cube *cube, int metric, uint64_t cell, uint64_t last,
                                const admf_neighbourhood *found)
{
    double own[METRICS], quality[16], half = 0;
    uint64_t count = 0;
    metrics_of(1, cell, own);
    for (uint64_t i = 0; i < admf_cube_combinations(cube); i++) {
        double m[METRICS];
        if (i >= last || !are_neighbours(cube, cell, i))
            continue;
        metrics_of(1, i, m);
        double q = metric == DRAWDOWN ? own[metric] / m[metric] : m[metric] / own[metric];
        quality[count] = isnan(m[metric]) ? 0 : q;
        half += quality[count++] >= 0.5;
    }
    assert_int_equal(found->count, count);
    if (!(own[metric] > 0) || count == 0 || cell >= last) {
        assert_true(isnan(found->median) && isnan(found->half_as_good));
        return;
    }
    qsort(quality, count, sizeof *quality, ascending);
    expect_near(found->median, (quality[(count - 1) / 2] + quality[count / 2]) / 2, 1e-12);
    expect_near(found->half_as_good, half / (double)count, 1e-12);
}

static void neighbourhoods(void **state)
{
    (void)state;
    const size_t sizes[4] = {31, 2, 4, 3};
    const uint64_t last = 700; /* the others are not computed */
    admf_cube *cube = make_cube(sizes, 0, last);
    admf_error error = {0};
    uint64_t cells = admf_cube_combinations(cube), most = 0;
    admf_ranked *asked = calloc(cells, sizeof *asked);
    admf_neighbourhood *found = calloc(cells, sizeof *found);
    for (uint64_t i = 0; i < cells; i++) /* in any order */
        asked[i] = (admf_ranked){.symbol = 1, .combo = (i * 37 + 5) % cells};
    static const int by[] = {SHARPE, DRAWDOWN};
    for (int k = 0; k < 2; k++) {
        for (uint64_t i = 0; i < cells; i++) {
            double m[METRICS];
            metrics_of(1, asked[i].combo, m);
            asked[i].by = asked[i].combo < last ? m[by[k]] : NAN;
        }
        succeed(admf_cube_neighbourhoods(cube, by[k], asked, cells, found, &error), &error);
        for (uint64_t i = 0; i < cells; i++) {
            check_neighbourhood(cube, by[k], asked[i].combo, last, &found[i]);
            most = found[i].count > most ? found[i].count : most;
        }
    }
    assert_int_equal(most, 8); /* two each of lookback, threshold, stop loss and slippage */
    assert_int_equal(admf_cube_neighbourhoods(cube, -1, asked, 1, found, &error), ADMF_USAGE);
    assert_int_equal(admf_cube_neighbourhoods(cube, METRICS, asked, 1, found, &error), ADMF_USAGE);
    asked[0].combo = cells;
    assert_int_equal(admf_cube_neighbourhoods(cube, 0, asked, 1, found, &error), ADMF_USAGE);
    asked[0] = (admf_ranked){.symbol = 2};
    assert_int_equal(admf_cube_neighbourhoods(cube, 0, asked, 1, found, &error), ADMF_USAGE);
    free(asked);
    free(found);
    drop_cube(cube);
}

static void no_neighbours(void **state)
{
    (void)state;
    admf_cube *cube = make_cube(small, 0, UINT64_MAX);
    admf_error error = {0};
    admf_ranked cell = {0};
    admf_neighbourhood found;
    succeed(admf_cube_neighbourhoods(cube, DRAWDOWN, &cell, 1, &found, &error), &error);
    assert_int_equal(found.count, 0);
    assert_true(isnan(found.median) && isnan(found.half_as_good));
    drop_cube(cube);
}

/* --- what goes wrong ------------------------------------------------------------------------ */

static admf_status ask_everything(admf_cube *cube, admf_error *error)
{
    admf_trials about;
    admf_overfitting out;
    admf_neighbourhood found[2];
    const admf_ranked cells[2] = {{.combo = 40}, {.symbol = 1, .combo = 100}};
    admf_status status = admf_cube_trials(cube, 0, 0, &about, error);
    if (!status)
        status = admf_cube_overfitting(cube, 0, 0, &about, 30, &out, error);
    return status ? status : admf_cube_neighbourhoods(cube, SHARPE, cells, 2, found, error);
}

static void memory_runs_out(void **state)
{
    (void)state;
    uint64_t failed = 0, n = 1;
    drop_cube(make_cube(usual, 16, UINT64_MAX));
    for (bool reached = true; reached; n++) {
        admf_cube *cube;
        admf_error error = {0};
        succeed(admf_cube_open(path, &cube, &error), &error);
        memory_fail_at(n);
        admf_status status = ask_everything(cube, &error);
        reached = memory_allocations() >= n;
        memory_fail_at(0);
        failed += status != ADMF_OK;
        assert_true(status == ADMF_OK || error.message[0]);
        assert_true(reached || status == ADMF_OK);
        admf_cube_close(&cube);
    }
    assert_true(n > 30 && failed > n / 2);
}

/* A variable of the name and so many values along the last dimension is damage. */
static void blocks_of_another_shape(void **state)
{
    (void)state;
    static const char *const names[] = {"block_n", "block_sum", "block_sum2"};
    for (int k = 0; k < 3; k++) {
        drop_cube(make_cube(usual, 16, UINT64_MAX));
        const hsize_t dims[7] = {2, 1, 21, 3, 3, 2, k ? 15 : 0};
        hid_t file = H5Fopen(path, H5F_ACC_RDWR, H5P_DEFAULT);
        hid_t space = H5Screate_simple(7, dims, NULL);
        assert_true(H5Ldelete(file, names[k], H5P_DEFAULT) >= 0);
        hid_t dataset = H5Dcreate2(file, names[k], H5T_IEEE_F64LE, space, H5P_DEFAULT, H5P_DEFAULT,
                                   H5P_DEFAULT);
        assert_true(dataset >= 0);
        H5Dclose(dataset);
        H5Sclose(space);
        H5Fclose(file);
        admf_cube *cube;
        admf_error error = {0};
        succeed(admf_cube_open(path, &cube, &error), &error);
        assert_int_equal(ask_everything(cube, &error), ADMF_BAD_DATA);
        assert_non_null(strstr(error.message, names[k]));
        admf_cube_close(&cube);
    }
}

/* Of a run that goes on, what is computed counts. */
static void half_a_cube(void **state)
{
    (void)state;
    struct cube_writer *writer = start_cube(usual, 16);
    char partial[160];
    admf_cube *cube;
    admf_error error = {0};
    admf_trials about;
    admf_overfitting out;
    succeed(write_block(writer, 0, 100, &error), &error);
    cube_abandon(&writer);
    snprintf(partial, sizeof partial, "%s.partial", path);
    succeed(admf_cube_open(partial, &cube, &error), &error);
    succeed(admf_cube_trials(cube, 0, 0, &about, &error), &error);
    succeed(admf_cube_overfitting(cube, 0, 0, &about, 1000, &out, &error), &error);
    assert_null(about.missing);
    assert_int_equal(about.count, 100 - (100 + FLAT - 1) / FLAT);
    assert_int_equal(out.compared, about.count);
    expect_near(about.periods, periods, 1e-10);
    drop_cube(cube);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(trials),          cmocka_unit_test(joined_trials),
        cmocka_unit_test(overfitting),     cmocka_unit_test(drawn_trials),
        cmocka_unit_test(draws),           cmocka_unit_test(what_is_missing),
        cmocka_unit_test(neighbourhoods),  cmocka_unit_test(no_neighbours),
        cmocka_unit_test(memory_runs_out), cmocka_unit_test(blocks_of_another_shape),
        cmocka_unit_test(half_a_cube),
    };
    return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
