/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Lanes for features: pieces of one series that do not depend on each other, worked on
 * side by side. Lane k reads its own place in the series.
 */
#ifndef ADMF_FEATURES_LANES_H
#define ADMF_FEATURES_LANES_H

#include <stddef.h>
#include <stdint.h>

#include "kernels/vec.h"

/*
 * Four lanes, two on the baseline: wider vectors divide no faster per lane and take
 * longer to fill from as many places.
 */
#ifdef __AVX__
enum { LANES = 4 };
#else
enum { LANES = 2 };
#endif
typedef double lanes __attribute__((vector_size(LANES * sizeof(double))));
typedef int64_t lane_bits __attribute__((vector_size(LANES * sizeof(int64_t))));

VEC lanes every_lane(double x) { return (lanes){0} + x; }

/* Value i of each lane's place. */
VEC lanes gather(const double *const *place, ptrdiff_t i)
{
    lanes v;
    for (int k = 0; k < LANES; k++)
        v[k] = place[k][i];
    return v;
}

VEC lanes load_lanes(const double *p)
{
    lanes v;
    memcpy(&v, p, sizeof v);
    return v;
}
VEC void store_lanes(double *p, lanes v) { memcpy(p, &v, sizeof v); }

/* Value j of vector k becomes value k of vector j. */
VEC void transpose(lanes v[LANES])
{
#ifdef __AVX__
    lanes a = __builtin_shufflevector(v[0], v[1], 0, 4, 2, 6);
    lanes b = __builtin_shufflevector(v[0], v[1], 1, 5, 3, 7);
    lanes c = __builtin_shufflevector(v[2], v[3], 0, 4, 2, 6);
    lanes d = __builtin_shufflevector(v[2], v[3], 1, 5, 3, 7);
    v[0] = __builtin_shufflevector(a, c, 0, 1, 4, 5);
    v[1] = __builtin_shufflevector(b, d, 0, 1, 4, 5);
    v[2] = __builtin_shufflevector(a, c, 2, 3, 6, 7);
    v[3] = __builtin_shufflevector(b, d, 2, 3, 6, 7);
#else
    lanes a = v[0];
    v[0] = __builtin_shufflevector(a, v[1], 0, 2);
    v[1] = __builtin_shufflevector(a, v[1], 1, 3);
#endif
}

#endif
