/* SPDX-License-Identifier: Apache-2.0 */
#include "kernels/portfolio/ranges.h"

#include "kernels/isa.h"
#include "kernels/vec.h"

range_kernel KERNEL(ranges);

/* Row of what begins at a place and at one that is `apart` on, `count` times. */
static void join_row(const struct range_entry *below, size_t apart, size_t count,
                     struct range_entry *row)
{
    const double *x = (const double *)below, *y = (const double *)(below + apart);
    double *to = (double *)row;
    size_t i = 0;
    for (; i + WIDTH <= 2 * count; i += WIDTH)
        store(to + i, smaller(load(x + i), load(y + i)));
    for (; i < 2 * count; i++)
        to[i] = x[i] < y[i] ? x[i] : y[i];
}

/* Places past the last stretch of a row are padding that nobody reads. */
void KERNEL(ranges)(struct range_table *table, size_t bars, struct range_entry *scratch)
{
    size_t blocks = bars / BLOCK_BARS;
    for (size_t t = 0; t < bars; t++)
        scratch[t] = (struct range_entry){table->low[t], -table->high[t]};
    table->bar[0] = scratch;
    scratch += bars;
    for (int k = 1; k <= BLOCK_LEVEL; k++, scratch += bars) {
        size_t apart = (size_t)1 << (k - 1), lost = 2 * apart - 1;
        join_row(table->bar[k - 1], apart, bars > lost ? bars - lost : 0, scratch);
        table->bar[k] = scratch;
    }
    for (size_t j = 0; j < blocks; j++)
        scratch[j] = table->bar[BLOCK_LEVEL][j * BLOCK_BARS];
    for (int k = 0; (size_t)1 << k <= blocks; k++, scratch += blocks) {
        size_t apart = ((size_t)1 << k) / 2;
        if (k > 0)
            join_row(table->block[k - 1], apart, blocks - 2 * apart + 1, scratch);
        table->block[k] = scratch;
    }
    table->has_rows = true;
}
