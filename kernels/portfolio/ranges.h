/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The lowest and highest value of a column over any stretch of a tile, in two or four loads.
 *
 * Rows hold, for every bar, the extreme of the 1, 2, 4 and 8 bars from there on; two of a row
 * that overlap cover a short stretch, and an extreme does not mind what it sees twice. What
 * lies between the ends of a longer one is covered by two of a sparse table over whole
 * blocks of 8 bars. Made once a tile for all lanes. Bender and Farach-Colton 2000, The LCA
 * problem revisited, section 3. A few lanes do not pay for it: without it every bar of a
 * stretch is looked at.
 */
#ifndef ADMF_KERNELS_PORTFOLIO_RANGES_H
#define ADMF_KERNELS_PORTFOLIO_RANGES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
    RANGE_TILE_MOST = 1 << 14, /* bars */
    RANGE_ROWS = 3,            /* above the column itself */
    RANGE_BLOCK = 1 << RANGE_ROWS,
    RANGE_LEVELS = 12, /* 2^(RANGE_LEVELS - 1) blocks are the largest tile */
};

/* Row 0 is the column itself. Defined for bars that it is finite at. */
struct extremes {
    bool has_table;                    /* rows above 0, and blocks */
    const double *row[RANGE_ROWS + 1]; /* row[k][t]: of the 2^k bars from t on */
    const double *block[RANGE_LEVELS]; /* block[k][b]: of the 2^k blocks from b on */
};

/* What a tile's lanes ask for; rows above 0 are scratch of the tile. */
struct price_ranges {
    struct extremes lowest_close, highest_close;
    struct extremes lowest_low, highest_high; /* undefined where nobody asks */
    bool orderly; /* low <= open <= high at every bar; false where nobody asks */
};

/* The largest k with 2^k <= n; n > 0. */
static inline int range_level(size_t n) { return 63 - __builtin_clzll(n); }

/* Doubles that rows and blocks of a tile of so many bars take. */
static inline size_t range_doubles(size_t bars)
{
    size_t blocks = bars / RANGE_BLOCK;
    return RANGE_ROWS * bars + (blocks ? ((size_t)range_level(blocks) + 1) * blocks : 0);
}

/*
 * Makes rows and blocks of `extremes` from row 0, `bars` long, into `scratch`
 * ([range_doubles(bars)]), which must live as long.
 */
typedef void extremes_kernel(struct extremes *extremes, size_t bars, double *scratch);

#define OF_BARS(name, before)                                                                      \
    static inline double name(const double *x, size_t begin, size_t end)                           \
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

#define OF_STRETCH(name, before, of_bars)                                                          \
    static inline double name(const struct extremes *e, size_t begin, size_t end)                  \
    {                                                                                              \
        if (!e->has_table)                                                                         \
            return of_bars(e->row[0], begin, end);                                                 \
        bool is_short = end - begin < 2 * RANGE_BLOCK;                                             \
        int k = is_short ? range_level(end - begin) : RANGE_ROWS;                                  \
        double a = e->row[k][begin], b = e->row[k][end - ((size_t)1 << k)];                        \
        double ends = a before b ? a : b;                                                          \
        if (is_short)                                                                              \
            return ends;                                                                           \
        size_t first = (begin + RANGE_BLOCK - 1) / RANGE_BLOCK, after = end / RANGE_BLOCK;         \
        int level = range_level(after - first);                                                    \
        double c = e->block[level][first], d = e->block[level][after - ((size_t)1 << level)];      \
        double between = c before d ? c : d;                                                       \
        return ends before between ? ends : between;                                               \
    }

/* Of the bars begin … end-1; begin < end. */
OF_STRETCH(lowest, <, lowest_of_bars)
OF_STRETCH(highest, >, highest_of_bars)
#undef OF_STRETCH

#endif
