/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Every feature once more, as plainly as it can be written: each window is summed anew
 * in long double around its own mean, each recursion follows its definition. Shares no
 * code with the kernels.
 */
#ifndef ADMF_TESTS_FEATURE_REFERENCE_H
#define ADMF_TESTS_FEATURE_REFERENCE_H

#include "tests/kernels/feature_rows.h"

typedef long double real;

static inline real *reals(size_t n) { return allocate(n * sizeof(real)); }

/* The moments of the n values that end at t; false where one is missing. */
static inline bool ref_window(const real *x, size_t t, size_t n, real *mean, real *squares,
                              real *weighted, real *sum)
{
    if (t + 1 < n)
        return false;
    real total = 0, spread = 0, ramp = 0;
    for (size_t i = 0; i < n; i++) {
        total += x[t - i];
        ramp += (real)(n - i) * x[t - i];
    }
    *sum = total;
    *mean = total / n;
    *weighted = ramp / ((real)n * (n + 1) / 2);
    for (size_t i = 0; i < n; i++)
        spread += (x[t - i] - *mean) * (x[t - i] - *mean);
    *squares = spread;
    return !isnan(total);
}

enum ref_window_kind { REF_SUM, REF_MEAN, REF_WEIGHTED, REF_DEVIATION, REF_SAMPLE };

static inline void ref_windows(enum ref_window_kind kind, const real *x, size_t count, size_t n,
                               real *out)
{
    for (size_t t = 0; t < count; t++) {
        real mean, squares, weighted, sum;
        out[t] = NAN;
        if (!ref_window(x, t, n, &mean, &squares, &weighted, &sum))
            continue;
        switch (kind) {
        case REF_SUM:
            out[t] = sum;
            break;
        case REF_MEAN:
            out[t] = mean;
            break;
        case REF_WEIGHTED:
            out[t] = weighted;
            break;
        case REF_DEVIATION:
            out[t] = sqrtl(squares / n);
            break;
        case REF_SAMPLE:
            out[t] = sqrtl(squares / (n - 1));
            break;
        }
    }
}

enum ref_recursion_kind { REF_EXPONENTIAL, REF_FROM_FIRST, REF_WILDER, REF_WILDER_SUM };

/* One run of defined bars from ... to-1. */
static inline void ref_run(enum ref_recursion_kind kind, const real *x, size_t from, size_t to,
                           size_t n, real *out)
{
    real e = 0;
    for (size_t t = from; t < to; t++) {
        size_t k = t - from + 1; /* the k-th defined bar */
        if (kind == REF_WILDER_SUM) {
            e = k < n ? e + x[t] : e - e / n + x[t];
        } else if (kind == REF_FROM_FIRST) {
            e = k == 1 ? x[t] : e + 2 / ((real)n + 1) * (x[t] - e);
        } else if (k <= n) {
            e += x[t] / n;
        } else {
            e += (x[t] - e) * (kind == REF_WILDER ? 1 / (real)n : 2 / ((real)n + 1));
        }
        out[t] = k < n ? NAN : e;
    }
}

static inline void ref_recursion(enum ref_recursion_kind kind, const real *x, size_t count,
                                 size_t n, real *out)
{
    for (size_t t = 0; t < count;) {
        size_t to = t;
        while (to < count && !isnan(x[to]))
            to++;
        ref_run(kind, x, t, to, n, out);
        if (to < count)
            out[to++] = NAN;
        t = to;
    }
}

static inline real larger_of(real a, real b) { return isnan(a) || isnan(b) ? NAN : a > b ? a : b; }

static inline void ref_true_range(const real *h, const real *l, const real *c, size_t count,
                                  real *tr)
{
    for (size_t t = 0; t < count; t++)
        tr[t] = t == 0 ? NAN
                       : larger_of(larger_of(h[t] - l[t], fabsl(h[t] - c[t - 1])),
                                   fabsl(l[t] - c[t - 1]));
}

static inline void ref_extreme(bool highest, const real *x, size_t count, size_t n, size_t lag,
                               real *out)
{
    for (size_t t = 0; t < count; t++) {
        out[t] = NAN;
        if (t + 1 < n + lag)
            continue;
        real found = x[t - lag];
        for (size_t i = 1; i < n; i++) {
            real next = x[t - lag - i];
            found = highest ? larger_of(found, next) : -larger_of(-found, -next);
        }
        out[t] = found;
    }
}

static inline void ref_directional(bool minus, const real *h, const real *l, const real *c,
                                   size_t count, size_t n, real *out)
{
    real *dm = reals(count), *tr = reals(count), *range = reals(count);
    dm[0] = NAN;
    for (size_t t = 1; t < count; t++) {
        real up = h[t] - h[t - 1], down = l[t - 1] - l[t];
        real mine = minus ? down : up, other = minus ? up : down;
        dm[t] = isnan(up) || isnan(down) ? NAN : mine > other && mine > 0 ? mine : 0;
    }
    ref_true_range(h, l, c, count, tr);
    ref_recursion(REF_WILDER_SUM, tr, count, n, range);
    ref_recursion(REF_WILDER_SUM, dm, count, n, out);
    for (size_t t = 0; t < count; t++)
        out[t] = range[t] == 0 && !isnan(out[t]) ? 0 : 100 * out[t] / range[t];
    free(dm);
    free(tr);
    free(range);
}

static inline void ref_rsi(const real *c, size_t count, size_t n, bool simple, real *out)
{
    real *gain = reals(count), *loss = reals(count), *g = reals(count), *d = reals(count);
    for (size_t t = 0; t < count; t++) {
        real move = t == 0 ? NAN : c[t] - c[t - 1];
        gain[t] = isnan(move) ? NAN : move > 0 ? move : 0;
        loss[t] = isnan(move) ? NAN : move < 0 ? -move : 0;
    }
    if (simple) {
        ref_windows(REF_SUM, gain, count, n, g);
        ref_windows(REF_SUM, loss, count, n, d);
    } else {
        ref_recursion(REF_WILDER, gain, count, n, g);
        ref_recursion(REF_WILDER, loss, count, n, d);
    }
    for (size_t t = 0; t < count; t++)
        out[t] = 100 * g[t] / (g[t] + d[t]);
    free(gain);
    free(loss);
    free(g);
    free(d);
}

static inline void ref_atr(const real *h, const real *l, const real *c, size_t count, size_t n,
                           int variant, real *out)
{
    real *tr = reals(count);
    ref_true_range(h, l, c, count, tr);
    if (variant == VARIANT_STANDARD)
        ref_recursion(REF_WILDER, tr, count, n, out);
    else if (variant == VARIANT_OTHER)
        ref_windows(REF_MEAN, tr, count, n, out);
    else
        ref_recursion(REF_EXPONENTIAL, tr, count, n, out);
    free(tr);
}

static inline void ref_adx(const real *h, const real *l, const real *c, size_t count, size_t n,
                           real *out)
{
    real *plus = reals(count), *minus = reals(count);
    ref_directional(false, h, l, c, count, n, plus);
    ref_directional(true, h, l, c, count, n, minus);
    for (size_t t = 0; t < count; t++) {
        real sum = plus[t] + minus[t];
        plus[t] = sum == 0 ? 0 : 100 * fabsl(plus[t] - minus[t]) / sum;
    }
    ref_recursion(REF_WILDER, plus, count, n, out);
    free(plus);
    free(minus);
}

static inline void ref_change(const real *c, size_t count, size_t n, real *out)
{
    for (size_t t = 0; t < count; t++)
        out[t] = t < n || c[t - n] == 0 ? NAN : (c[t] - c[t - n]) / c[t - n];
}

static inline void ref_zscore(const real *c, size_t count, size_t n, bool sample, real *out)
{
    real *mean = reals(count);
    ref_windows(REF_MEAN, c, count, n, mean);
    ref_windows(sample ? REF_SAMPLE : REF_DEVIATION, c, count, n, out);
    for (size_t t = 0; t < count; t++)
        out[t] = out[t] == 0 ? NAN : (c[t] - mean[t]) / out[t];
    free(mean);
}

static inline void ref_volatility(const real *c, size_t count, size_t n, real *out)
{
    real *x = reals(count);
    for (size_t t = 0; t < count; t++)
        x[t] = t == 0 || !(c[t] / c[t - 1] > 0) ? NAN : logl(c[t] / c[t - 1]);
    ref_windows(REF_SAMPLE, x, count, n, out);
    for (size_t t = 0; t < count; t++)
        out[t] *= sqrtl(BARS_PER_YEAR);
    free(x);
}

static inline void ref_macd(const real *c, size_t count, const double *p, real **out)
{
    real *slow = reals(count);
    ref_recursion(REF_EXPONENTIAL, c, count, (size_t)p[0], out[0]);
    ref_recursion(REF_EXPONENTIAL, c, count, (size_t)p[1], slow);
    for (size_t t = 0; t < count; t++)
        out[0][t] -= slow[t];
    ref_recursion(REF_EXPONENTIAL, out[0], count, (size_t)p[2], out[1]);
    for (size_t t = 0; t < count; t++)
        out[2][t] = out[0][t] - out[1][t];
    free(slow);
}

/* All members of a feature; out[k] have room for every bar. */
static inline void ref_feature(int feature, const double *p, const struct bars *b, real **out)
{
    size_t count = b->count, n = (size_t)p[0];
    real *x[COLUMNS];
    for (int k = 0; k < COLUMNS; k++) {
        x[k] = reals(count);
        for (size_t t = 0; t < count; t++)
            x[k][t] = b->column[k][t];
    }
    const real *h = x[HIGH], *l = x[LOW], *c = x[CLOSE];
    real *other = reals(count);
    switch (feature) {
    case FEATURE_sma:
        ref_windows(REF_MEAN, c, count, n, out[0]);
        break;
    case FEATURE_ema:
        ref_recursion(p[1] == 0 ? REF_EXPONENTIAL : REF_FROM_FIRST, c, count, n, out[0]);
        break;
    case FEATURE_wma:
        ref_windows(REF_WEIGHTED, c, count, n, out[0]);
        break;
    case FEATURE_rsi:
        ref_rsi(c, count, n, p[1] != 0, out[0]);
        break;
    case FEATURE_macd:
        ref_macd(c, count, p, out);
        break;
    case FEATURE_bollinger:
        ref_windows(REF_MEAN, c, count, n, out[0]);
        ref_windows(p[2] == 0 ? REF_DEVIATION : REF_SAMPLE, c, count, n, other);
        for (size_t t = 0; t < count; t++) {
            out[1][t] = out[0][t] + p[1] * other[t];
            out[2][t] = out[0][t] - p[1] * other[t];
        }
        break;
    case FEATURE_atr:
        ref_atr(h, l, c, count, n, (int)p[1], out[0]);
        break;
    case FEATURE_atr_mean:
        ref_atr(h, l, c, count, n, VARIANT_STANDARD, other);
        ref_windows(REF_MEAN, other, count, (size_t)p[1], out[0]);
        break;
    case FEATURE_plus_di:
        ref_directional(false, h, l, c, count, n, out[0]);
        break;
    case FEATURE_minus_di:
        ref_directional(true, h, l, c, count, n, out[0]);
        break;
    case FEATURE_adx:
        ref_adx(h, l, c, count, n, out[0]);
        break;
    case FEATURE_roc:
    case FEATURE_return:
        ref_change(c, count, n, out[0]);
        break;
    case FEATURE_donchian:
        ref_extreme(true, h, count, n, p[1] == 0, out[0]);
        ref_extreme(false, l, count, n, p[1] == 0, out[1]);
        for (size_t t = 0; t < count; t++)
            out[2][t] = (out[0][t] + out[1][t]) / 2;
        break;
    case FEATURE_stddev:
        ref_windows(p[1] == 0 ? REF_DEVIATION : REF_SAMPLE, c, count, n, out[0]);
        break;
    case FEATURE_zscore:
        ref_zscore(c, count, n, p[1] != 0, out[0]);
        break;
    case FEATURE_volatility:
        ref_volatility(c, count, n, out[0]);
        break;
    default:
        give_up("a feature has no reference");
    }
    for (int k = 0; k < COLUMNS; k++)
        free(x[k]);
    free(other);
}

/* Whether a table's kernel agrees with the above; what does not, if anything, into `text`. */
static inline bool near_reference(const struct kernel_table *table, int feature, const double *p,
                                  const struct bars *b, char text[DIFFERENCE_MAX])
{
    const admf_component *row = &feature_rows[feature];
    double *ours[ADMF_MEMBERS_MAX];
    real *ref[ADMF_MEMBERS_MAX];
    bool near = true;
    for (int k = 0; k < row->n_members; k++)
        ref[k] = reals(b->count);
    ref_feature(feature, p, b, ref);
    compute_feature(table, feature, p, b, 0, ours);
    for (int k = 0; k < row->n_members; k++)
        for (size_t t = 0; near && t < b->count; t++) {
            double scale = in_currency(feature) ? b->column[CLOSE][t] : 1;
            if (scale != scale)
                scale = 1;
            near = agrees(ours[k][t], (double)ref[k][t], scale);
            if (!near)
                snprintf(text, DIFFERENCE_MAX,
                         "%s(%g, %g, %g).%s on %s: bar %zu of %zu is %.17g, not %.17g", row->name,
                         p[0], row->n_params > 1 ? p[1] : 0, row->n_params > 2 ? p[2] : 0,
                         row->members[k], table->name, t, b->count, ours[k][t], (double)ref[k][t]);
        }
    for (int k = 0; k < row->n_members; k++) {
        free(ref[k]);
        free(ours[k]);
    }
    return near;
}

#endif
