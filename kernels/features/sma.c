/* SPDX-License-Identifier: Apache-2.0 */
/* Simple moving average of the close. */
#include "kernels/features/window_moments.h"

FEATURE_STATE(sma) { return window_bytes(PAST_IN_COLUMN, p[0]); }
FEATURE_BEGIN(sma) { return window_begin(PAST_IN_COLUMN, p[0], first); }

FEATURE_KERNEL(sma)
{
    if (s->out[0])
        window_means(MEAN, PAST_IN_COLUMN, state, (int)p[0], s->in[0], s->first, s->count,
                     s->out[0]);
}
