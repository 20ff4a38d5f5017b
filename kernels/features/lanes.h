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

#endif
