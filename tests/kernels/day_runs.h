/* SPDX-License-Identifier: Apache-2.0 */
/* Series of days, and a day classifier run over a range of them between guards. */
#ifndef ADMF_TESTS_DAY_RUNS_H
#define ADMF_TESTS_DAY_RUNS_H

#include "kernels/math/exp.h"
#include "kernels/math/philox.h"
#include "tests/kernels/golden.h"

enum { GAUSSIAN, SVM }; /* words of model_type */

struct day_labels {
    uint8_t *label;
    double *confidence;
};

static inline struct day_labels new_labels(size_t n)
{
    return (struct day_labels){allocate(n + 1), allocate((n + 1) * sizeof(double))};
}

static inline void free_labels(struct day_labels *l)
{
    free(l->label);
    free(l->confidence);
}

static inline struct day_series series_of(const struct bars *b)
{
    return (struct day_series){b->count, b->column[HIGH], b->column[LOW], b->column[CLOSE]};
}

/*
 * A random walk with fat tails in 300-day regimes. `wild`: stretches of equal closes, days
 * without a range, steps of whole ticks (equal returns), jumps by a factor of a thousand.
 */
static inline struct bars walk_of_days(size_t n, uint64_t seed, bool wild)
{
    struct bars b = new_bars(n);
    double c = 100;
    for (size_t d = 0; d < n; d++) {
        double z[2], scale = d / 300 % 2 ? 0.02 : 0.006, last = c;
        double u = philox_unit(philox_u64(seed, 2, d)), v = philox_unit(philox_u64(seed, 3, d));
        philox_normals(seed, 1, d, z);
        c *= math_exp(scale * z[0] * (u < 0.05 ? 4 : 1));
        if (wild) {
            c = d / 100 % 5 == 1 ? last : d / 100 % 5 == 2 ? floor(c) + 1 : c;
            c = u > 0.999 ? last * 1000 : u < 0.001 ? last / 1000 : c;
        }
        bool flat = wild && (d / 150 % 3 == 1 || v < 0.1);
        b.column[CLOSE][d] = c;
        b.column[HIGH][d] = (c > last ? c : last) * (flat ? 1 : 1 + scale * v);
        b.column[LOW][d] = flat ? b.column[HIGH][d] : (c < last ? c : last) / (1 + scale * u);
    }
    return b;
}

/* Days first … first+n-1 by one table; scratch and results have guards behind them. */
static inline void run_days(const struct kernel_table *table, const double *p,
                            const struct day_series *days, size_t first, size_t n, uint8_t *label,
                            double *confidence)
{
    enum { BEHIND = 64 };
    size_t bytes = table->day[CLASSIFIER_hmm].scratch(p, days->count);
    size_t room = (bytes + 63) / 64 * 64 + BEHIND;
    unsigned char *scratch = aligned_alloc(64, room);
    struct day_labels out = new_labels(n);
    if (!scratch)
        give_up("out of memory");
    memset(scratch, 0xff, room); /* as doubles NaN: nothing may be read before it is written */
    out.label[n] = 77;
    out.confidence[n] = 77;
    table->day[CLASSIFIER_hmm].run(p, days, first, n, scratch, out.label, out.confidence);
    for (size_t i = bytes; i < room; i++)
        if (scratch[i] != 0xff)
            give_up("hmm on %s writes behind its scratch", table->name);
    if (out.label[n] != 77 || out.confidence[n] != 77)
        give_up("hmm on %s writes behind its results", table->name);
    memcpy(label, out.label, n);
    memcpy(confidence, out.confidence, n * sizeof(double));
    free_labels(&out);
    free(scratch);
}

/* Both results the same bits on days 0 … n-1 of `got`, which starts at day `first`. */
static inline void expect_days(const char *what, const double *p, const struct day_labels *expected,
                               size_t first, size_t n, const struct day_labels *got)
{
    for (size_t i = 0; i < n; i++) {
        size_t d = first + i;
        if (got->label[i] != expected->label[d] ||
            math_bits(got->confidence[i]) != math_bits(expected->confidence[d]))
            give_up("%s, hmm(%g, %g, %g), day %zu: %d %.17g, not %d %.17g", what, p[0], p[1], p[2],
                    d, got->label[i], got->confidence[i], expected->label[d],
                    expected->confidence[d]);
    }
}

/* A range of days gives what the whole series gives. */
static inline void expect_range(const struct kernel_table *table, const double *p,
                                const struct day_series *days, size_t first, size_t n,
                                const struct day_labels *expected)
{
    struct day_labels got = new_labels(n);
    run_days(table, p, days, first, n, got.label, got.confidence);
    expect_days(table->name, p, expected, first, n, &got);
    free_labels(&got);
}

/* The whole series, odd ranges of it, and series that end earlier (no look-ahead). */
static inline void expect_everywhere(const struct kernel_table *table, const double *p,
                                     const struct day_series *days,
                                     const struct day_labels *expected)
{
    size_t n = days->count;
    expect_range(table, p, days, 0, n, expected);
    for (uint64_t k = 0; k < 6; k++) {
        size_t first = philox_u64(3, 1, k) % n, count = philox_u64(3, 2, k) % (n - first + 1);
        expect_range(table, p, days, first, k == 0 ? 1 : count, expected);
        struct day_series shorter = *days;
        shorter.count = first + 1;
        expect_range(table, p, &shorter, 0, shorter.count, expected);
    }
}

#endif
