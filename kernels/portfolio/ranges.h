/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The lowest and highest value of a column over any stretch of a tile, in six loads.
 *
 * A sparse table: row k holds the extreme of 2^k neighbours from each place on, and two rows
 * that overlap cover any stretch, as an extreme does not mind what it sees twice (Bender and
 * Farach-Colton 2000, The LCA problem revisited, section 3). Short rows are of bars, long ones of
 * whole blocks of bars, so that a table is five times its column and stays in a near cache; what
 * a long stretch has before its first block and behind its last one, the longest row of bars
 * covers. Made once a tile for all lanes. A few lanes do not pay for it: they look at every bar
 * of a stretch.
 */
#ifndef ADMF_KERNELS_PORTFOLIO_RANGES_H
#define ADMF_KERNELS_PORTFOLIO_RANGES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
    RANGE_TILE_MOST = 1 << 14, /* bars */
    BLOCK_LEVEL = 3,
    BLOCK_BARS = 1 << BLOCK_LEVEL,
    BLOCK_LEVELS = 14 - BLOCK_LEVEL + 1,
};

/* Defined for bars that the column is finite at. */
struct extremes {
    bool has_table;                     /* there is more than bar[0] */
    const double *bar[BLOCK_LEVEL + 1]; /* of the 2^k bars from each on; bar[0] is the column */
    const double *block[BLOCK_LEVELS];  /* of the 2^k whole blocks from each on */
};

/* What a tile's lanes ask for; all but bar[0] is scratch of the tile. */
struct price_ranges {
    struct extremes lowest_close, highest_close;
    struct extremes lowest_low, highest_high; /* undefined where nobody asks */
    bool orderly; /* low <= open <= high at every bar; false where nobody asks */
    bool opens;   /* every bar has an open; false where nobody asks */
};

/* The longest row of which two cover `length` > 0 places. */
static inline int range_level(size_t length) { return 63 - __builtin_clzll(length); }

/* Doubles that the table of so many bars takes beside the column. */
static inline size_t range_doubles(size_t bars)
{
    size_t blocks = bars / BLOCK_BARS;
    size_t levels = blocks ? (size_t)range_level(blocks) + 1 : 0;
    return BLOCK_LEVEL * bars + levels * blocks;
}

/*
 * Makes the table of `extremes` from its column, bar[0], `bars` long, in `scratch`
 * ([range_doubles(bars)]), which must live as long.
 */
typedef void extremes_kernel(struct extremes *extremes, size_t bars, double *scratch);

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

/* Of the bars begin … end-1; begin < end. */
#define OF_RANGE(name, before)                                                                     \
    static inline double name(const struct extremes *e, size_t begin, size_t end)                  \
    {                                                                                              \
        if (__builtin_expect(!e->has_table, 0))                                                    \
            return name##_of_bars(e->bar[0], begin, end);                                          \
        if (end - begin < 2 * BLOCK_BARS) {                                                        \
            int level = range_level(end - begin);                                                  \
            double a = e->bar[level][begin], b = e->bar[level][end - ((size_t)1 << level)];        \
            return a before b ? a : b;                                                             \
        }                                                                                          \
        size_t first = (begin + BLOCK_BARS - 1) / BLOCK_BARS, last = end / BLOCK_BARS;             \
        int level = range_level(last - first);                                                     \
        double a = e->bar[BLOCK_LEVEL][begin], b = e->bar[BLOCK_LEVEL][end - BLOCK_BARS];          \
        double c = e->block[level][first], d = e->block[level][last - ((size_t)1 << level)];       \
        a = a before b ? a : b;                                                                    \
        c = c before d ? c : d;                                                                    \
        return a before c ? a : c;                                                                 \
    }

OF_RANGE(lowest, <)
OF_RANGE(highest, >)
#undef OF_RANGE

#endif
