/* SPDX-License-Identifier: Apache-2.0 */
/*
 * double math_pow(double x, double y): x to the y, relative error below 1e-14, with the
 * special cases of IEEE 754 (C11, F.10.4.4).
 *
 * x^y = exp(y·ln x). An error of ln x counts y·ln x (up to 745) times, so ln x is made
 * as a sum of two doubles, and so is the product: exact sums and products after Knuth
 * and Dekker (Numerische Mathematik 18, 1971), which need no fused multiply-add.
 */
#ifndef ADMF_MATH_POW_H
#define ADMF_MATH_POW_H

#include <stdbool.h>

#include "kernels/math/exp.h"

/* a number as the unevaluated sum hi + lo */
struct math_pair {
    double hi, lo;
};

/* a + b for |a| ≥ |b| or a = 0 */
static inline struct math_pair math_fast_sum(double a, double b)
{
    double s = a + b;
    return (struct math_pair){s, b - (s - a)};
}

/* a·b, exact while nothing over- or underflows */
static inline struct math_pair math_product(double a, double b)
{
    double ca = a * 134217729.0, cb = b * 134217729.0; /* 2^27 + 1 */
    double ah = ca - (ca - a), al = a - ah;
    double bh = cb - (cb - b), bl = b - bh;
    double p = a * b;
    return (struct math_pair){p, ((ah * bh - p) + (ah * bl + al * bh)) + al * bl};
}

/*
 * ln x of a positive finite x, relative error about 1e-19: as in log_template.h, but with s
 * as a pair; only the terms beyond 2s, at most 0.01 of it, are single.
 */
static inline struct math_pair math_log_pair(double x)
{
    const uint64_t sqrt_half = 0x3fe6a09e667f3bcd, one = 0x3ff0000000000000;
    bool tiny = x < 0x1p-1022;
    uint64_t w = math_bits(tiny ? x * 0x1p54 : x) + (one - sqrt_half);
    double k = (double)(int64_t)(w >> 52) - (tiny ? 1023 + 54 : 1023);
    double m = math_real((w & 0x000fffffffffffff) + sqrt_half);

    double f = m - 1.0;
    struct math_pair d = m < 1.0 ? math_fast_sum(1.0, m) : math_fast_sum(m, 1.0);
    double s = f / d.hi;
    struct math_pair sd = math_product(s, d.hi);
    double s_lo = (((f - sd.hi) - sd.lo) - s * d.lo) / d.hi;

    double z = s * s;
    double r = 0x1.0fbdf27fbfca1p-3 + z * 0x1.0c09ce6dcf431p-3;
    r = 0x1.745cf8e2a0693p-3 + z * (0x1.3b1c3bf61d110p-3 + z * r);
    r = 0x1.249249247694ap-2 + z * (0x1.c71c7201b280bp-3 + z * r);
    r = z * (0x1.5555555555555p-1 + z * (0x1.9999999999a39p-2 + z * r));

    struct math_pair sum = math_fast_sum(k * 0x1.62e42fefa3800p-1, 2.0 * s);
    double rest = (2.0 * s_lo + s * r) + k * 0x1.ef35793c76730p-45;
    return math_fast_sum(sum.hi, sum.lo + rest);
}

/* x^y for 0 < x < ∞, finite y */
static inline double math_pow_positive(double x, double y)
{
    /* |ln x| is 0 or at least 2^-54: beyond 2^70 the result is 0, 1 or ∞ all the same. */
    y = y > 0x1p70 ? 0x1p70 : y < -0x1p70 ? -0x1p70 : y;
    struct math_pair log = math_log_pair(x);
    struct math_pair p = math_product(y, log.hi);
    if (p.hi > 800.0 || p.hi < -800.0)
        return math_exp(p.hi);
    double k, e = math_exp_reduced(p.hi, &k), tail = p.lo + y * log.lo;
    return math_exp_scale(e + e * tail, k);
}

/* x^±∞ by |x| */
static inline double math_pow_infinite(double magnitude, double y)
{
    if (magnitude == 1.0)
        return 1.0;
    return (magnitude > 1.0) == (y > 0.0) ? __builtin_inf() : 0.0;
}

static inline double math_pow(double x, double y)
{
    if (y == 0.0 || x == 1.0)
        return 1.0;
    if (x != x || y != y)
        return __builtin_nan("");
    double magnitude = __builtin_fabs(x);
    if (__builtin_fabs(y) == __builtin_inf())
        return math_pow_infinite(magnitude, y);

    bool negative = math_bits(x) >> 63, whole = y == __builtin_floor(y);
    bool odd = whole && y * 0.5 != __builtin_floor(y * 0.5);
    double r;
    if (magnitude == 0.0 || magnitude == __builtin_inf())
        r = (magnitude == 0.0) == (y > 0.0) ? 0.0 : __builtin_inf();
    else if (negative && !whole)
        return __builtin_nan("");
    else
        r = math_pow_positive(magnitude, y);
    return negative && odd ? -r : r;
}

#endif
