/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The start of a Gaussian fit: the days of the window, sorted by return, are cut into
 * three equal parts, one per state.
 */
#ifndef ADMF_HMM_START_H
#define ADMF_HMM_START_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "kernels/classifiers/hmm_days.h"

enum { STATES = 3, FEATURES = 2 };

/* A model as it is stored; the same order as the lanes of struct gaussian. */
struct gaussian_fit {
    double start[STATES], move[STATES][STATES];
    double mean[STATES][FEATURES], variance[STATES][FEATURES];
};
enum { FIT_VALUES = sizeof(struct gaussian_fit) / sizeof(double) };

/* A value and the day it is of. */
struct ranked {
    double value;
    size_t day;
};

/*
 * A window sorted by value, of equal ones the earlier day first. The window of the next fit shares
 * most of its days and takes over their order.
 */
struct sorted_window {
    struct ranked *ranked; /* room for the days of a window */
    struct ranked *fresh;  /* and for those of two */
    size_t end, count;     /* the day after the window; count 0: nothing is sorted */
};

/* Stable merge sort of n values, bottom up; the result is in a or in b. */
static inline struct ranked *sort_ranked(struct ranked *a, struct ranked *b, size_t n)
{
    for (size_t run = 1; run < n; run *= 2) {
        for (size_t from = 0; from < n; from += 2 * run) {
            size_t middle = from + run < n ? from + run : n;
            size_t end = middle + run < n ? middle + run : n;
            size_t i = from, j = middle;
            for (size_t k = from; k < end; k++) {
                bool right = i == middle || (j < end && a[j].value < a[i].value);
                b[k] = right ? a[j] : a[i];
                j += right;
                i += !right;
            }
        }
        struct ranked *done = b;
        b = a;
        a = done;
    }
    return a;
}

/* Drops the days before `from`; the order of the others stays. */
static inline void drop_before(struct sorted_window *w, size_t from)
{
    size_t kept = 0;
    for (size_t rank = 0; rank < w->count; rank++) {
        w->ranked[kept] = w->ranked[rank];
        kept += w->ranked[kept].day >= from;
    }
    w->count = kept;
}

/* Adds days that are later than those of the window, sorted. */
static inline void merge_later(struct sorted_window *w, const struct ranked *later, size_t count)
{
    size_t i = w->count, j = count;
    w->count += count;
    for (size_t rank = w->count; j > 0;) {
        bool earlier = i > 0 && w->ranked[i - 1].value > later[j - 1].value;
        w->ranked[--rank] = earlier ? w->ranked[--i] : later[--j];
    }
}

/* Moves the window on to the n days from `from`, of which value[0] is the first. */
static inline void sort_window(struct sorted_window *w, const double *value, size_t from, size_t n)
{
    drop_before(w, from);
    size_t first = w->count ? w->end : from, count = from + n - first;
    for (size_t j = 0; j < count; j++)
        w->fresh[j] = (struct ranked){value[first - from + j], first + j};
    merge_later(w, sort_ranked(w->fresh, w->fresh + count, count), count);
    w->end = from + n;
}

/* state[j] of the window's day j: ⌊3·rank/n⌋ */
static inline void cut_into_states(const struct sorted_window *w, size_t from, uint8_t *state)
{
    size_t n = w->count, k = 0;
    for (size_t rank = 0; rank < n; rank++) {
        while (3 * rank >= (k + 1) * n)
            k++;
        state[w->ranked[rank].day - from] = (uint8_t)k;
    }
}

/* Mean and population variance of x over the days of each state, in time order. */
static inline void moments_of_states(const double *x, const uint8_t *state, size_t n,
                                     double mean[STATES], double variance[STATES])
{
    double count[STATES] = {0}, sum[STATES] = {0}, squares[STATES] = {0};
    for (size_t j = 0; j < n; j++) {
        count[state[j]] += 1.0;
        sum[state[j]] += x[j];
    }
    for (int k = 0; k < STATES; k++)
        mean[k] = sum[k] / count[k];
    for (size_t j = 0; j < n; j++) {
        double d = x[j] - mean[state[j]];
        squares[state[j]] += d * d;
    }
    for (int k = 0; k < STATES; k++)
        variance[k] = squares[k] / count[k];
}

/*
 * The start of the fit to the n days from day `from` at x[0] (returns) and x[1] (ranges) and its
 * floors of the variance; false where there is none: all returns equal, or no finite variance.
 * `window` is that of an earlier fit or empty.
 */
static inline bool start_fit(const double *const *x, size_t from, size_t n,
                             struct sorted_window *window, uint8_t *state, struct gaussian_fit *fit,
                             double *floors)
{
    bool differ = false;
    for (size_t j = 1; j < n; j++)
        differ |= x[0][j] != x[0][0];
    if (!differ)
        return false;
    sort_window(window, x[0], from, n);
    cut_into_states(window, from, state);
    for (int f = 0; f < FEATURES; f++) {
        double mean[STATES], variance[STATES], middle, all;
        moments(x[f], n, &middle, &all);
        if (!(all < __builtin_inf()))
            return false;
        floors[f] = 1e-4 * all > 1e-12 ? 1e-4 * all : 1e-12;
        moments_of_states(x[f], state, n, mean, variance);
        for (int k = 0; k < STATES; k++) {
            fit->mean[k][f] = mean[k];
            fit->variance[k][f] = variance[k] > floors[f] ? variance[k] : floors[f];
        }
    }
    for (int i = 0; i < STATES; i++) {
        fit->start[i] = 1.0 / 3.0;
        for (int k = 0; k < STATES; k++)
            fit->move[i][k] = i == k ? 0.8 : 0.1;
    }
    return true;
}

#endif
