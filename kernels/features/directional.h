/* SPDX-License-Identifier: Apache-2.0 */
/* The directional indicators (Wilder 1978): plus_di and minus_di are mirror images. */
#ifndef ADMF_FEATURES_DIRECTIONAL_H
#define ADMF_FEATURES_DIRECTIONAL_H

#include "kernels/features/recursion.h"
#include "kernels/features/true_range.h"

/*
 * Directional movement of bars t ... t+count-1: the move of this side where it is
 * positive and larger than that of the other. minus: downwards. NaN at bar 0.
 */
static inline void directional_movement(bool minus, const double *restrict h,
                                        const double *restrict l, size_t t, size_t count,
                                        double *restrict dm)
{
    ptrdiff_t i = 0;
    if (t == 0 && count > 0)
        dm[i++] = NAN;
    for (; i < (ptrdiff_t)count; i++) {
        double up = h[i] - h[i - 1], down = l[i - 1] - l[i];
        double mine = minus ? down : up, other = minus ? up : down;
        double sum = up + down;
        double move = mine > other ? mine : 0;
        move = move > 0 ? move : 0;
        dm[i] = sum == sum ? move : sum;
    }
}

/* 100*Q(DM, n)/Q(TR, n), 0 where the range is 0; the state is two recursions. */
static inline void directional_indicator(bool minus, int n, const struct stretch *s, void *state)
{
    const double *h = s->in[0], *l = s->in[1], *c = s->in[2];
    double dm[PADDED], tr[PADDED], movement[PADDED], range[PADDED];
    for (size_t done = 0; done < s->count && s->out[0];) {
        size_t k = s->count - done < PIECE ? s->count - done : PIECE, t = s->first + done;
        double *restrict out = s->out[0] + done;
        const struct wanted next = {{h + done + k, l + done + k, c + done + k}};
        directional_movement(minus, h + done, l + done, t, k, dm);
        true_range(h + done, l + done, c + done, t, k, tr, out);
        recurse(WILDER_SUM, 2, n, state, (const double *[]){dm, tr}, k,
                (double *[]){movement, range}, &next);
        for (size_t i = 0; i < k; i++) {
            double di = 100 * movement[i] / range[i];
            out[i] = range[i] == 0 && movement[i] == movement[i] ? 0 : di;
        }
        done += k;
    }
}

#endif
