/* SPDX-License-Identifier: Apache-2.0 */
/* Doubles as they are stored and counted in digests: every NaN is the same one. */
#ifndef ADMF_ENGINE_BASE_ONE_NAN_H
#define ADMF_ENGINE_BASE_ONE_NAN_H

#include <math.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

/* The bits of a number, by which equal ones are found; those of every NaN are the same. */
static inline uint64_t bits_with_one_nan(double value)
{
    uint64_t bits;
    if (isnan(value))
        value = NAN;
    memcpy(&bits, &value, sizeof bits);
    return bits;
}

/* Copies `count` numbers, every NaN as NAN; `to` and `from` may be the same. */
static inline void copy_with_one_nan(double *to, const double *from, size_t count)
{
    typedef double pair __attribute__((vector_size(16)));
    typedef int64_t bits __attribute__((vector_size(16)));
    const pair nan = {(double)NAN, (double)NAN};
    size_t i = 0;
    for (; i + 2 <= count; i += 2) {
        pair x;
        memcpy(&x, from + i, sizeof x);
        bits is_nan = x != x;
        x = (pair)(((bits)x & ~is_nan) | ((bits)nan & is_nan));
        memcpy(to + i, &x, sizeof x);
    }
    if (i < count)
        to[i] = isnan(from[i]) ? (double)NAN : from[i];
}

#endif
