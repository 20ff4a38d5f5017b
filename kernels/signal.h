/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the kernels of strategies and classifiers are.
 *
 * Signals are bits: 64 bars to a word, one array of words for long and one for
 * short; a classifier has one array per label. A kernel sees one vector of bars at a
 * time: x[k] is the row's k-th column, p[k] its k-th parameter in every lane. It
 * says where its conditions hold. Columns are padded with NaN to whole words, and
 * the engine clears every bar at which a column of the row is NaN, so a kernel need
 * not think of either.
 *
 *     SIGNAL_KERNEL(donchian_breakout)
 *     {
 *         vd close = x[0], upper = x[1], lower = x[2];
 *         return (struct vote){.up = gt(close, upper), .down = lt(close, lower)};
 *     }
 */
#ifndef ADMF_KERNELS_SIGNAL_H
#define ADMF_KERNELS_SIGNAL_H

#include "admf/types.h"
#include "kernels/catalog/catalog.h"
#include "kernels/signal_types.h"
#include "kernels/vec.h"

/* Long where up, short where down; never both. */
struct vote {
    vm up, down;
};

#define SIGNAL_KERNEL(name)                                                                        \
    VEC struct vote vote_##name(const vd *x, const vd *p);                                         \
    strategy_kernel KERNEL(strategy_##name);                                                       \
    void KERNEL(strategy_##name)(const double *const *column, const double *p, size_t words,       \
                                 uint64_t *up, uint64_t *down)                                     \
    {                                                                                              \
        vd lanes[ADMF_PARAMS_MAX];                                                                 \
        for (int k = 0; k < PARAMS_STRATEGY_##name; k++)                                           \
            lanes[k] = splat(p[k]);                                                                \
        for (size_t w = 0; w < words; w++) {                                                       \
            uint64_t u = 0, d = 0;                                                                 \
            for (int t = 0; t < WORD_BARS; t += WIDTH) {                                           \
                vd x[COLUMNS_STRATEGY_##name];                                                     \
                for (int k = 0; k < COLUMNS_STRATEGY_##name; k++)                                  \
                    x[k] = load(column[k] + w * WORD_BARS + (size_t)t);                            \
                struct vote v = vote_##name(x, lanes);                                             \
                u |= (uint64_t)bits(v.up) << t;                                                    \
                d |= (uint64_t)bits(v.down) << t;                                                  \
            }                                                                                      \
            up[w] = u;                                                                             \
            down[w] = d;                                                                           \
        }                                                                                          \
    }                                                                                              \
    VEC struct vote vote_##name(const vd *x, const vd *p)

/* Bars of a word whose codes are equal: most often one, where two columns cross. */
VEC void compare_exactly(const double *a, const double *b, uint64_t equal, uint64_t *up,
                         uint64_t *down)
{
    for (; equal; equal &= equal - 1) {
        int t = __builtin_ctzll(equal);
        *up |= (uint64_t)(a[t] > b[t]) << t;
        *down |= (uint64_t)(a[t] < b[t]) << t;
    }
}

/* Bits of `words` words at which one column lies wholly above the other: their codes need no look.
 */
VEC uint64_t decide_words(const struct code_row *row, size_t words, uint64_t *up, uint64_t *down)
{
    uint64_t above, below;
    size_t w = 0;
    compare_codes(row[0].least, row[1].greatest, &above);
    compare_codes(row[1].least, row[0].greatest, &below);
    for (; w + WIDTH <= words; w += WIDTH) {
        vu longs = words_of(mask_of((unsigned)(above >> w) & ((1u << WIDTH) - 1)));
        store_words(up + w, longs);
        store_words(down + w, ~longs);
    }
    for (; w < words; w++)
        down[w] = ~(up[w] = -(above >> w & 1));
    return above | below;
}

/*
 * At most 64 words. Columns of double precision seldom lie in a near cache: what they are asked
 * for is asked for at once, and read when all codes have been looked at.
 */
VEC void compare_words(const double *a, const double *b, const struct code_row *row, size_t words,
                       uint64_t *up, uint64_t *down)
{
    uint64_t mixed = ~decide_words(row, words, up, down) & UINT64_MAX >> (64 - words);
    uint64_t equal[64], open = 0;
    for (; mixed; mixed &= mixed - 1) {
        size_t w = (size_t)__builtin_ctzll(mixed), t = w * WORD_BARS;
        uint64_t same = 0;
        if (__builtin_expect(!compare_codes(row[0].code + t, row[1].code + t, up + w), 0)) {
            equal[w] = same = equal_codes(row[0].code + t, row[1].code + t);
            open |= (uint64_t)1 << w;
            __builtin_prefetch(a + t + __builtin_ctzll(same));
            __builtin_prefetch(b + t + __builtin_ctzll(same));
        }
        down[w] = ~(up[w] | same);
    }
    for (; open; open &= open - 1) {
        size_t w = (size_t)__builtin_ctzll(open), t = w * WORD_BARS;
        compare_exactly(a + t, b + t, equal[w], up + w, down + w);
    }
}

/*
 * A strategy that is long where x[0] > x[1], short where x[0] < x[1], and no more. A sweep
 * makes few columns and many pairs of them, and 16 bits are compared four times as fast as 64.
 */
#define COMPARISON_KERNEL(name)                                                                    \
    SIGNAL_KERNEL(name)                                                                            \
    {                                                                                              \
        (void)p;                                                                                   \
        return (struct vote){.up = gt(x[0], x[1]), .down = lt(x[0], x[1])};                        \
    }                                                                                              \
    coded_strategy_kernel KERNEL(coded_##name);                                                    \
    void KERNEL(coded_##name)(const double *const *column, const struct code_row *row,             \
                              size_t words, uint64_t *up, uint64_t *down)                          \
    {                                                                                              \
        for (size_t w = 0; w < words; w += 64) {                                                   \
            struct code_row from[] = {code_row_from(&row[0], w), code_row_from(&row[1], w)};       \
            compare_words(column[0] + w * WORD_BARS, column[1] + w * WORD_BARS, from,              \
                          words - w < 64 ? words - w : 64, up + w, down + w);                      \
        }                                                                                          \
    }                                                                                              \
    struct vote /* so that a semicolon may follow */

#define STRENGTH_KERNEL(name)                                                                      \
    VEC vd strength_of_##name(const vd *x, const vd *p);                                           \
    strength_kernel KERNEL(strength_##name);                                                       \
    void KERNEL(strength_##name)(const double *const *column, const double *p, size_t words,       \
                                 double *strength)                                                 \
    {                                                                                              \
        vd lanes[ADMF_PARAMS_MAX];                                                                 \
        for (int k = 0; k < PARAMS_STRATEGY_##name; k++)                                           \
            lanes[k] = splat(p[k]);                                                                \
        for (size_t t = 0; t < words * WORD_BARS; t += WIDTH) {                                    \
            vd x[COLUMNS_STRATEGY_##name];                                                         \
            for (int k = 0; k < COLUMNS_STRATEGY_##name; k++)                                      \
                x[k] = load(column[k] + t);                                                        \
            store(strength + t, strength_of_##name(x, lanes));                                     \
        }                                                                                          \
    }                                                                                              \
    VEC vd strength_of_##name(const vd *x, const vd *p)

/* The body sets is[k] to where label k+1 holds; all are none() before. */
#define CLASSIFIER_KERNEL(name)                                                                    \
    VEC void classify_##name(const vd *x, const vd *p, vm *is);                                    \
    classifier_kernel KERNEL(classifier_##name);                                                   \
    void KERNEL(classifier_##name)(const double *const *column, const double *p, size_t words,     \
                                   uint64_t *const *label)                                         \
    {                                                                                              \
        vd lanes[ADMF_PARAMS_MAX];                                                                 \
        for (int k = 0; k < PARAMS_CLASSIFIER_##name; k++)                                         \
            lanes[k] = splat(p[k]);                                                                \
        for (size_t w = 0; w < words; w++) {                                                       \
            uint64_t word[LABELS_CLASSIFIER_##name] = {0};                                         \
            for (int t = 0; t < WORD_BARS; t += WIDTH) {                                           \
                vd x[COLUMNS_CLASSIFIER_##name];                                                   \
                vm is[LABELS_CLASSIFIER_##name];                                                   \
                for (int k = 0; k < COLUMNS_CLASSIFIER_##name; k++)                                \
                    x[k] = load(column[k] + w * WORD_BARS + (size_t)t);                            \
                for (int k = 0; k < LABELS_CLASSIFIER_##name; k++)                                 \
                    is[k] = none();                                                                \
                classify_##name(x, lanes, is);                                                     \
                for (int k = 0; k < LABELS_CLASSIFIER_##name; k++)                                 \
                    word[k] |= (uint64_t)bits(is[k]) << t;                                         \
            }                                                                                      \
            for (int k = 0; k < LABELS_CLASSIFIER_##name; k++)                                     \
                label[k][w] = word[k];                                                             \
        }                                                                                          \
    }                                                                                              \
    VEC void classify_##name(const vd *x, const vd *p, vm *is)

#define CONFIDENCE_KERNEL(name)                                                                    \
    confidence_kernel KERNEL(confidence_##name);                                                   \
    double KERNEL(confidence_##name)(const double *x, const double *p, int code)

#endif
