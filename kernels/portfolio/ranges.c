/* SPDX-License-Identifier: Apache-2.0 */
#include "kernels/portfolio/ranges.h"

#include "kernels/isa.h"
#include "kernels/vec.h"

extremes_kernel KERNEL(lowest), KERNEL(highest);

/* Values past the last stretch of a row are padding that nobody reads. */
#define MAKE_ROWS(name, extreme)                                                                   \
    void KERNEL(name)(struct extremes * extremes, size_t bars, double *scratch, size_t stride)     \
    {                                                                                              \
        extremes->has_table = true;                                                                \
        for (int k = 1; k <= range_levels(bars); k++) {                                            \
            const double *below = extremes->row[k - 1];                                            \
            double *row = scratch + (size_t)(k - 1) * stride;                                      \
            size_t half = (size_t)1 << (k - 1), count = bars - 2 * half + 1, t = 0;                \
            for (; t + WIDTH <= count; t += WIDTH)                                                 \
                store(row + t, extreme(load(below + t), load(below + t + half)));                  \
            for (; t < count; t++) {                                                               \
                double a = below[t], b = below[t + half];                                          \
                row[t] = extreme(splat(a), splat(b))[0];                                           \
            }                                                                                      \
            extremes->row[k] = row;                                                                \
        }                                                                                          \
    }

MAKE_ROWS(lowest, smaller)
MAKE_ROWS(highest, larger)
