/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Strands for features: pieces of one series that do not depend on each other, worked on
 * side by side. Strand k reads its own place in the series.
 */
#ifndef ADMF_FEATURES_STRANDS_H
#define ADMF_FEATURES_STRANDS_H

#include <stddef.h>
#include <stdint.h>

#include "kernels/vec.h"

/*
 * Four strands, two on the baseline: wider vectors divide no faster per strand and take
 * longer to fill from as many places.
 */
#ifdef __AVX__
enum { STRANDS = 4 };
#else
enum { STRANDS = 2 };
#endif
typedef double strands __attribute__((vector_size(STRANDS * sizeof(double))));
typedef int64_t strand_bits __attribute__((vector_size(STRANDS * sizeof(int64_t))));

VEC strands every_strand(double x) { return (strands){0} + x; }

/* Value i of each strand's place. */
VEC strands gather(const double *const *place, ptrdiff_t i)
{
    strands v;
    for (int k = 0; k < STRANDS; k++)
        v[k] = place[k][i];
    return v;
}

VEC strands load_strands(const double *p)
{
    strands v;
    memcpy(&v, p, sizeof v);
    return v;
}
VEC void store_strands(double *p, strands v) { memcpy(p, &v, sizeof v); }

/* Value j of vector k becomes value k of vector j. */
VEC void transpose(strands v[STRANDS])
{
#ifdef __AVX__
    strands a = __builtin_shufflevector(v[0], v[1], 0, 4, 2, 6);
    strands b = __builtin_shufflevector(v[0], v[1], 1, 5, 3, 7);
    strands c = __builtin_shufflevector(v[2], v[3], 0, 4, 2, 6);
    strands d = __builtin_shufflevector(v[2], v[3], 1, 5, 3, 7);
    v[0] = __builtin_shufflevector(a, c, 0, 1, 4, 5);
    v[1] = __builtin_shufflevector(b, d, 0, 1, 4, 5);
    v[2] = __builtin_shufflevector(a, c, 2, 3, 6, 7);
    v[3] = __builtin_shufflevector(b, d, 2, 3, 6, 7);
#else
    strands a = v[0];
    v[0] = __builtin_shufflevector(a, v[1], 0, 2);
    v[1] = __builtin_shufflevector(a, v[1], 1, 3);
#endif
}

#endif
