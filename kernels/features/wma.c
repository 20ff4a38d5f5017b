/* SPDX-License-Identifier: Apache-2.0 */
/* Linearly weighted moving average of the close: weight n for the last bar, 1 for the first. */
#include "kernels/features/window_moments.h"

FEATURE_STATE(wma) { return window_bytes(PAST_IN_COLUMN, p[0]); }
FEATURE_BEGIN(wma) { return window_begin(PAST_IN_COLUMN, p[0], first); }

FEATURE_KERNEL(wma)
{
    if (s->out[0])
        window_means(WEIGHTED_MEAN, PAST_IN_COLUMN, state, (int)p[0], s->in[0], s->first, s->count,
                     s->out[0]);
}
