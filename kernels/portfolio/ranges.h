/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The lowest and highest value of a column over any stretch of a tile, in four loads.
 *
 * A sparse table: row k holds, for every bar, the extreme of the 2^k bars from there on.
 * Two rows that overlap cover any stretch, and an extreme does not mind what it sees
 * twice. Made once a tile for all lanes. Bender and Farach-Colton 2000, The LCA problem
 * revisited, section 3. A few lanes do not pay for it: they look at every bar of a stretch.
 */
#ifndef ADMF_KERNELS_PORTFOLIO_RANGES_H
#define ADMF_KERNELS_PORTFOLIO_RANGES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
    RANGE_LEVELS = 14,
    RANGE_TILE_MOST = 1 << RANGE_LEVELS, /* bars */
};

/* Row 0 is the column itself. Defined for bars that it is finite at. */
struct extremes {
    bool has_table; /* rows above 0 are there */
    const double *row[RANGE_LEVELS + 1];
};

/* What a tile's lanes ask for; rows above 0 are scratch of the tile. */
struct price_ranges {
    struct extremes lowest_close, highest_close;
    struct extremes lowest_low, highest_high; /* undefined where nobody asks */
    bool orderly; /* low <= open <= high at every bar; false where nobody asks */
    bool opens;   /* every bar has an open; false where nobody asks */
};

/* Rows above 0 that a tile of so many bars has. */
static inline int range_levels(size_t bars)
{
    int levels = 0;
    while (((size_t)2 << levels) <= bars)
        levels++;
    return levels;
}

/*
 * Makes rows 1 … range_levels(bars) of `extremes` from row 0, `bars` long, into `scratch`
 * ([range_levels(bars)][stride], stride >= bars), which must live as long.
 */
typedef void extremes_kernel(struct extremes *extremes, size_t bars, double *scratch,
                             size_t stride);

/* The row that covers a stretch of `length` > 0 bars in two. */
static inline int range_level(size_t length) { return 63 - __builtin_clzll(length); }

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
static inline double lowest(const struct extremes *e, size_t begin, size_t end)
{
    if (__builtin_expect(!e->has_table, 0))
        return lowest_of_bars(e->row[0], begin, end);
    int level = range_level(end - begin);
    double a = e->row[level][begin], b = e->row[level][end - ((size_t)1 << level)];
    return a < b ? a : b;
}

static inline double highest(const struct extremes *e, size_t begin, size_t end)
{
    if (__builtin_expect(!e->has_table, 0))
        return highest_of_bars(e->row[0], begin, end);
    int level = range_level(end - begin);
    double a = e->row[level][begin], b = e->row[level][end - ((size_t)1 << level)];
    return a > b ? a : b;
}

#endif
