/* SPDX-License-Identifier: Apache-2.0 */
#include "kernels/portfolio/ranges.h"

#include "kernels/isa.h"
#include "kernels/vec.h"

extremes_kernel KERNEL(lowest), KERNEL(highest);

/* row[t] of what begins at t and at t + apart, count times. */
#define MAKE_ROW(name, extreme)                                                                    \
    static void name##_row(const double *below, size_t apart, size_t count, double *row)           \
    {                                                                                              \
        size_t t = 0;                                                                              \
        for (; t + WIDTH <= count; t += WIDTH)                                                     \
            store(row + t, extreme(load(below + t), load(below + t + apart)));                     \
        for (; t < count; t++)                                                                     \
            row[t] = extreme(splat(below[t]), splat(below[t + apart]))[0];                         \
    }

MAKE_ROW(lowest, smaller)
MAKE_ROW(highest, larger)
#undef MAKE_ROW

/* Values past the last stretch of a row are padding that nobody reads. */
#define MAKE_TABLE(name)                                                                           \
    void KERNEL(name)(struct extremes * extremes, size_t bars, double *scratch)                    \
    {                                                                                              \
        size_t blocks = bars / BLOCK_BARS;                                                         \
        extremes->has_table = true;                                                                \
        for (int k = 1; k <= BLOCK_LEVEL; k++, scratch += bars) {                                  \
            size_t apart = (size_t)1 << (k - 1), lost = 2 * apart - 1;                             \
            name##_row(extremes->bar[k - 1], apart, bars > lost ? bars - lost : 0, scratch);       \
            extremes->bar[k] = scratch;                                                            \
        }                                                                                          \
        for (size_t j = 0; j < blocks; j++)                                                        \
            scratch[j] = extremes->bar[BLOCK_LEVEL][j * BLOCK_BARS];                               \
        for (int k = 0; (size_t)1 << k <= blocks; k++, scratch += blocks) {                        \
            size_t apart = ((size_t)1 << k) / 2;                                                   \
            if (k > 0)                                                                             \
                name##_row(extremes->block[k - 1], apart, blocks - 2 * apart + 1, scratch);        \
            extremes->block[k] = scratch;                                                          \
        }                                                                                          \
    }

MAKE_TABLE(lowest)
MAKE_TABLE(highest)
