/* SPDX-License-Identifier: Apache-2.0 */
#include "kernels/portfolio/ranges.h"

#include "kernels/isa.h"
#include "kernels/vec.h"

extremes_kernel KERNEL(lowest), KERNEL(highest);

/* Row t of `to` is the extreme of the values at t and t+apart of `from`. */
#define JOIN(extreme, to, from, apart, count)                                                      \
    do {                                                                                           \
        size_t t = 0;                                                                              \
        for (; t + WIDTH <= (count); t += WIDTH)                                                   \
            store((to) + t, extreme(load((from) + t), load((from) + t + (apart))));                \
        for (; t < (count); t++)                                                                   \
            (to)[t] = extreme(splat((from)[t]), splat((from)[t + (apart)]))[0];                    \
    } while (0)

#define MAKE_EXTREMES(name, extreme)                                                               \
    void KERNEL(name)(struct extremes * extremes, size_t bars, double *scratch)                    \
    {                                                                                              \
        for (int k = 1; k <= RANGE_ROWS; k++) {                                                    \
            size_t half = (size_t)1 << (k - 1);                                                    \
            size_t count = bars < 2 * half ? 0 : bars - 2 * half + 1;                              \
            double *row = scratch + (size_t)(k - 1) * bars;                                        \
            JOIN(extreme, row, extremes->row[k - 1], half, count);                                 \
            extremes->row[k] = row;                                                                \
        }                                                                                          \
        extremes->has_table = true;                                                                \
        size_t blocks = bars / RANGE_BLOCK;                                                        \
        double *block = scratch + (size_t)RANGE_ROWS * bars;                                       \
        for (size_t b = 0; b < blocks; b++)                                                        \
            block[b] = extremes->row[RANGE_ROWS][b * RANGE_BLOCK];                                 \
        extremes->block[0] = block;                                                                \
        for (int k = 1; (size_t)1 << k <= blocks; k++) {                                           \
            size_t half = (size_t)1 << (k - 1);                                                    \
            block += blocks;                                                                       \
            JOIN(extreme, block, extremes->block[k - 1], half, blocks - 2 * half + 1);             \
            extremes->block[k] = block;                                                            \
        }                                                                                          \
    }

MAKE_EXTREMES(lowest, smaller)
MAKE_EXTREMES(highest, larger)
