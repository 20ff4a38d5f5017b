/* SPDX-License-Identifier: Apache-2.0 */
/* Simple moving average of the average true range. */
#include "kernels/features/window_moments.h"

FEATURE_STATE(atr_mean) { return window_bytes(PAST_IN_WINDOW, p[1]); }

FEATURE_KERNEL(atr_mean)
{
    if (s->out[0])
        window_means(MEAN, PAST_IN_WINDOW, state, (int)p[1], s->in[0], s->first, s->count,
                     s->out[0]);
}
