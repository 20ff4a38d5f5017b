/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The order of evaluation is part of what a feature means (docs/NUMERICS.md). Here it is
 * written out once more, each window from its definition, and must give the same bits.
 * Then the reason for it: ten million bars near 1e5 without drift.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "tests/kernels/feature_rows.h"
#include "tests/kernels/tables.h"

/* The window of n bars that ends at t >= n-1, in one struct of its documented sums. */
struct sums {
    double r, d1, d2, dw, plain;
};

static struct sums sums_of_window(const double *x, int t, int n)
{
    int b = t / n * n, m = t - b + 1, a = n - m;
    double p1 = 0, p2 = 0, pw = 0, s1 = 0, s2 = 0, sw = 0, right = 0, left = 0;
    struct sums w = {.r = x[b]};
    for (int i = 1; i <= m; i++) {
        double d = x[b + i - 1] - w.r;
        p1 = p1 + d;
        p2 = p2 + d * d;
        pw = pw + i * d;
        right = right + x[b + i - 1];
    }
    if (a == 0) {
        w.d1 = p1;
        w.d2 = p2;
        w.dw = pw;
        w.plain = right;
        return w;
    }
    double q = x[b - 1], delta = q - w.r;
    for (int i = 1; i <= a; i++) {
        double d = x[b - i] - q;
        s1 = s1 + d;
        s2 = s2 + d * d;
        sw = sw + s1;
        left = left + x[b - i];
    }
    w.d1 = (s1 + a * delta) + p1;
    w.d2 = ((s2 + (2 * delta) * s1) + (a * delta) * delta) + p2;
    w.dw = (sw + delta * ((double)a * (a + 1) / 2)) + (a * p1 + pw);
    w.plain = left + right;
    return w;
}

static double variance_of(struct sums w, double n, double divisor)
{
    double v = (w.d2 - w.d1 * w.d1 / n) / divisor;
    return v < 0 ? 0 : v;
}

static void windows_are_summed_as_documented(void **state)
{
    static const int periods[] = {1, 2, 3, 7, 20, 100, 301, 1024, 1500, 5000};
    static const size_t tiles[] = {0, 17};
    const struct kernel_table *tables[TABLES_MAX];
    int n_tables = machine_tables(tables);
    struct bars b = random_bars(6007, 100, 0.02, 23);
    const double *c = b.column[CLOSE];
    (void)state;
    for (size_t k = 0; k < sizeof periods / sizeof *periods; k++)
        for (int j = 0; j < 2; j++) {
            const struct kernel_table *table = tables[n_tables - 1];
            int n = periods[k];
            double p[2] = {n, 1}, *mean, *weighted, *sample;
            compute_feature(table, FEATURE_sma, p, &b, tiles[j], &mean);
            compute_feature(table, FEATURE_wma, p, &b, tiles[j], &weighted);
            compute_feature(table, FEATURE_stddev, p, &b, tiles[j], &sample);
            for (int t = n - 1; t < (int)b.count; t++) {
                struct sums w = sums_of_window(c, t, n);
                assert_true(same_bits(mean[t], w.r + w.d1 / n));
                assert_true(same_bits(weighted[t], w.r + w.dw / (n * (n + 1.0) / 2)));
                if (n > 1)
                    assert_true(same_bits(sample[t], sqrt(variance_of(w, n, n - 1))));
            }
            free(mean);
            free(weighted);
            free(sample);
        }
    free_bars(&b);
}

static double positive(double x) { return x > 0 ? x : 0; }

static void rsi_is_summed_as_documented(void **state)
{
    const struct kernel_table *tables[TABLES_MAX];
    int n_tables = machine_tables(tables), n = 14;
    struct bars b = random_bars(2003, 100, 0.02, 29);
    const double *c = b.column[CLOSE];
    double *gain = allocate(b.count * sizeof(double)), *loss = allocate(b.count * sizeof(double));
    double simple[] = {14, 1}, *out;
    (void)state;
    compute_feature(tables[n_tables - 1], FEATURE_rsi, simple, &b, 100, &out);
    for (size_t t = 1; t < b.count; t++) {
        gain[t] = positive(c[t] - c[t - 1]);
        loss[t] = positive(c[t - 1] - c[t]);
    }
    for (int t = n; t < (int)b.count; t++) {
        double g = sums_of_window(gain, t, n).plain, d = sums_of_window(loss, t, n).plain;
        assert_true(same_bits(out[t], 100 * g / (g + d)));
    }
    free(gain);
    free(loss);
    free(out);
    free_bars(&b);
}

/* The seed of an average over x[from] ... x[from+n-1]. */
static double seed_of(const double *x, int from, int n)
{
    double sum = 0;
    for (int i = 0; i < n; i++)
        sum = sum + (x[from + i] - x[from]);
    return x[from] + sum / n;
}

static void recursions_step_as_documented(void **state)
{
    const struct kernel_table *tables[TABLES_MAX];
    int n_tables = machine_tables(tables), n = 14;
    const struct kernel_table *table = tables[n_tables - 1];
    struct bars b = random_bars(2003, 100, 0.02, 31);
    const double *h = b.column[HIGH], *l = b.column[LOW], *c = b.column[CLOSE];
    double *tr = allocate(b.count * sizeof(double)), *dm = allocate(b.count * sizeof(double));
    double p[] = {n, 0}, *ema, *atr, *di;
    (void)state;
    compute_feature(table, FEATURE_ema, p, &b, 100, &ema);
    compute_feature(table, FEATURE_atr, p, &b, 100, &atr);
    compute_feature(table, FEATURE_plus_di, p, &b, 100, &di);
    double range = 0, movement = 0;
    for (int t = 1; t < (int)b.count; t++) {
        double up = h[t] - h[t - 1], down = l[t - 1] - l[t];
        tr[t] = fmax(h[t] - l[t], fmax(fabs(h[t] - c[t - 1]), fabs(l[t] - c[t - 1])));
        dm[t] = up > down && up > 0 ? up : 0;
        range = t < n ? range + tr[t] : (range - range / n) + tr[t];
        movement = t < n ? movement + dm[t] : (movement - movement / n) + dm[t];
        if (t >= n)
            assert_true(same_bits(di[t], 100 * movement / range));
    }
    double alpha = 2 / (n + 1.0), e = seed_of(c, 0, n), a = seed_of(tr, 1, n);
    for (int t = n; t < (int)b.count; t++) {
        e = e + alpha * (c[t] - e);
        assert_true(same_bits(ema[t], e));
        if (t > n)
            a = a + (tr[t] - a) / n;
        assert_true(same_bits(atr[t], a));
    }
    free(tr);
    free(dm);
    free(ema);
    free(atr);
    free(di);
    free_bars(&b);
}

static void assert_close(double ours, long double ref, size_t t)
{
    if (!(fabsl(ours - ref) <= 1e-10L * fabsl(ref)))
        fail_msg("bar %zu: %.17g, not %.17Lg", t, ours, ref);
}

/* Prices near 1e5 that wander by a few hundred. */
static double *long_series(size_t count)
{
    double *x = allocate(count * sizeof *x), wander = 0;
    uint64_t seed = 41;
    for (size_t t = 0; t < count; t++) {
        wander = 0.9999 * wander + 10 * (random_unit(&seed) - 0.5);
        x[t] = 1e5 + wander;
    }
    return x;
}

static void long_double_window(const double *x, size_t t, int n, long double *mean,
                               long double *weighted, long double *deviation)
{
    long double sum = 0, ramp = 0, squares = 0;
    for (int i = 0; i < n; i++) {
        sum += x[t - (size_t)i];
        ramp += (long double)(n - i) * x[t - (size_t)i];
    }
    *mean = sum / n;
    *weighted = ramp / (n * (n + 1.0L) / 2);
    for (int i = 0; i < n; i++)
        squares += (x[t - (size_t)i] - *mean) * (x[t - (size_t)i] - *mean);
    *deviation = sqrtl(squares / n);
}

static void nothing_drifts(void **state)
{
    enum { COUNT = 10000000, TILE = 4096, N = 50, COLUMNS_MADE = 4 };
    static const int features[COLUMNS_MADE] = {FEATURE_sma, FEATURE_wma, FEATURE_stddev,
                                               FEATURE_ema};
    static double out[COLUMNS_MADE][TILE];
    const struct kernel_table *tables[TABLES_MAX];
    int n_tables = machine_tables(tables);
    const double p[] = {N, 0}, *x = long_series(COUNT);
    void *memory[COLUMNS_MADE];
    long double e = 0;
    (void)state;
    for (int k = 0; k < COLUMNS_MADE; k++)
        memory[k] = allocate(tables[n_tables - 1]->feature[features[k]].bytes(p));
    for (size_t t = 0; t < COUNT; t += TILE) {
        struct stretch s = {.first = t, .count = COUNT - t < TILE ? COUNT - t : TILE};
        for (int k = 0; k < COLUMNS_MADE; k++) {
            s.in[0] = x + t;
            s.out[0] = out[k];
            tables[n_tables - 1]->feature[features[k]].advance(p, &s, memory[k]);
        }
        for (size_t i = 0; i < s.count; i++) {
            e += t + i < N ? x[t + i] / (long double)N : 2 / (N + 1.0L) * (x[t + i] - e);
            if ((t + i) % 97 != 96)
                continue;
            long double mean, weighted, deviation;
            long_double_window(x, t + i, N, &mean, &weighted, &deviation);
            assert_close(out[0][i], mean, t + i);
            assert_close(out[1][i], weighted, t + i);
            assert_close(out[2][i], deviation, t + i);
            assert_close(out[3][i], e, t + i);
        }
    }
    for (int k = 0; k < COLUMNS_MADE; k++)
        free(memory[k]);
    free((void *)x);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(windows_are_summed_as_documented),
        cmocka_unit_test(rsi_is_summed_as_documented),
        cmocka_unit_test(recursions_step_as_documented),
        cmocka_unit_test(nothing_drifts),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
