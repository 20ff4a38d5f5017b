/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Relative strength index (Wilder 1978): the share of gains in gains and losses, as
 * Wilder's averages or, variant `simple`, as plain sums (Cutler).
 */
#include "kernels/catalog/catalog.h"
#include "kernels/features/recursion.h"
#include "kernels/features/window_moments.h"

FEATURE_STATE(rsi)
{
    return p[1] == VARIANT_STANDARD ? 2 * sizeof(struct recursion)
                                    : 2 * window_bytes(PAST_IN_WINDOW, p[0]);
}

/* Rise and fall of the close at bars t ... t+count-1, each 0 or positive; NaN at bar 0. */
static inline void moves(const double *restrict c, size_t t, size_t count, double *restrict gain,
                         double *restrict loss)
{
    ptrdiff_t i = 0;
    if (t == 0 && count > 0) {
        gain[i] = loss[i] = NAN;
        i++;
    }
    for (; i < (ptrdiff_t)count; i++) {
        double move = c[i] - c[i - 1];
        double up = move > 0 ? move : 0, down = move < 0 ? -move : 0;
        gain[i] = move == move ? up : move;
        loss[i] = move == move ? down : move;
    }
}

FEATURE_KERNEL(rsi)
{
    const int n = (int)p[0];
    double gain[PADDED], loss[PADDED], gains[PADDED], losses[PADDED];
    for (size_t done = 0; done < s->count && s->out[0];) {
        size_t k = s->count - done < PIECE ? s->count - done : PIECE, t = s->first + done;
        const double *close = s->in[0] + done;
        double *restrict out = s->out[0] + done;
        const struct wanted next = {{close + k, out}};
        moves(close, t, k, gain, loss);
        if (p[1] == VARIANT_STANDARD) {
            recurse(WILDER, 2, n, state, (const double *[]){gain, loss}, k,
                    (double *[]){gains, losses}, &next);
        } else {
            void *second = (char *)state + window_bytes(PAST_IN_WINDOW, p[0]);
            window_means(SUM, PAST_IN_WINDOW, state, n, gain, t, k, gains);
            window_means(SUM, PAST_IN_WINDOW, second, n, loss, t, k, losses);
        }
        for (size_t i = 0; i < k; i++)
            out[i] = 100 * gains[i] / (gains[i] + losses[i]);
        done += k;
    }
}
