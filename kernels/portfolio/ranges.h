/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The range of prices over any stretch of a tile, in six loads.
 *
 * A sparse table: row k holds the range of 2^k neighbours from each place on, and two rows that
 * overlap cover any stretch, as an extreme does not mind what it sees twice (Bender and
 * Farach-Colton 2000, The LCA problem revisited, section 3). Short rows are of bars, long ones of
 * whole blocks of bars, so that a table stays in a near cache however long the tile is; what a
 * long stretch has before its first block and behind its last one, the longest row of bars
 * covers. Made once a tile for all lanes. A few lanes do not pay for it: they look at every bar
 * of a stretch.
 */
#ifndef ADMF_KERNELS_PORTFOLIO_RANGES_H
#define ADMF_KERNELS_PORTFOLIO_RANGES_H

#include <math.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
    RANGE_TILE_MOST = 1 << 14, /* bars */
    BLOCK_LEVEL = 3,
    BLOCK_BARS = 1 << BLOCK_LEVEL,
    BLOCK_LEVELS = 14 - BLOCK_LEVEL + 1,
};

/* The lowest and the highest price of a stretch. */
struct price_range {
    double low, high;
};

/* As a table holds it: both are the smaller of two, whatever they are of. */
struct range_entry {
    double low, minus_high;
};

/* Of bars at which the columns are finite. */
struct range_table {
    const double *low, *high; /* columns of the tile; of its closes, the same */
    bool has_rows;
    const struct range_entry *bar[BLOCK_LEVEL + 1]; /* of the 2^k bars from each on */
    const struct range_entry *block[BLOCK_LEVELS];  /* of the 2^k whole blocks from each on */
};

/* What a tile's lanes ask for; rows are scratch of the tile. */
struct price_ranges {
    struct range_table close;
    struct range_table traded; /* from low to high; undefined where nobody asks */
    bool orderly;              /* low <= open <= high at every bar; false where nobody asks */
    bool opens;                /* every bar has an open; false where nobody asks */
};

/* The longest row of which two cover `length` > 0 places. */
static inline int range_level(size_t length) { return 63 - __builtin_clzll(length); }

/* Entries of the rows of so many bars. */
static inline size_t range_entries(size_t bars)
{
    size_t blocks = bars / BLOCK_BARS;
    size_t levels = blocks ? (size_t)range_level(blocks) + 1 : 0;
    return (BLOCK_LEVEL + 1) * bars + levels * blocks;
}

/*
 * Makes the rows of `table` from its columns, `bars` long, in `scratch` ([range_entries(bars)]),
 * which must live as long.
 */
typedef void range_kernel(struct range_table *table, size_t bars, struct range_entry *scratch);

#define OF_BARS(name, before)                                                                      \
    static __attribute__((noinline, unused)) double name(const double *x, size_t begin,            \
                                                         size_t end)                               \
    {                                                                                              \
        double found[8]; /* side by side */                                                        \
        for (int k = 0; k < 8; k++)                                                                \
            found[k] = x[begin];                                                                   \
        for (; begin + 8 <= end; begin += 8)                                                       \
            for (size_t k = 0; k < 8; k++)                                                         \
                found[k] = x[begin + k] before found[k] ? x[begin + k] : found[k];                 \
        for (; begin < end; begin++)                                                               \
            found[0] = x[begin] before found[0] ? x[begin] : found[0];                             \
        for (int k = 1; k < 8; k++)                                                                \
            found[0] = found[k] before found[0] ? found[k] : found[0];                             \
        return found[0];                                                                           \
    }

OF_BARS(lowest_of_bars, <)
OF_BARS(highest_of_bars, >)
#undef OF_BARS

static inline struct range_entry join_ranges(struct range_entry a, struct range_entry b)
{
    return (struct range_entry){a.low < b.low ? a.low : b.low,
                                a.minus_high < b.minus_high ? a.minus_high : b.minus_high};
}

/* Of the bars begin … end-1, from the rows; begin < end, in all below. */
static inline struct range_entry range_from_rows(const struct range_table *table, size_t begin,
                                                 size_t end)
{
    if (end - begin < 2 * BLOCK_BARS) {
        int level = range_level(end - begin);
        const struct range_entry *row = table->bar[level];
        return join_ranges(row[begin], row[end - ((size_t)1 << level)]);
    }
    size_t first = (begin + BLOCK_BARS - 1) / BLOCK_BARS, last = end / BLOCK_BARS;
    int level = range_level(last - first);
    const struct range_entry *ends = table->bar[BLOCK_LEVEL], *row = table->block[level];
    return join_ranges(join_ranges(ends[begin], ends[end - BLOCK_BARS]),
                       join_ranges(row[first], row[last - ((size_t)1 << level)]));
}

static inline double lowest(const struct range_table *table, size_t begin, size_t end)
{
    if (__builtin_expect(!table->has_rows, 0))
        return lowest_of_bars(table->low, begin, end);
    return range_from_rows(table, begin, end).low;
}

static inline double highest(const struct range_table *table, size_t begin, size_t end)
{
    if (__builtin_expect(!table->has_rows, 0))
        return highest_of_bars(table->high, begin, end);
    return -range_from_rows(table, begin, end).minus_high;
}

static inline struct price_range range_of(const struct range_table *table, size_t begin, size_t end)
{
    if (__builtin_expect(!table->has_rows, 0))
        return (struct price_range){lowest_of_bars(table->low, begin, end),
                                    highest_of_bars(table->high, begin, end)};
    struct range_entry range = range_from_rows(table, begin, end);
    return (struct price_range){range.low, -range.minus_high};
}

/* The same where there may be no bar: then no price reaches any level. */
static inline struct price_range range_or_none(const struct range_table *table, size_t begin,
                                               size_t end)
{
    return begin < end ? range_of(table, begin, end) : (struct price_range){INFINITY, -INFINITY};
}

#endif
