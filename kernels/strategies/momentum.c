/* SPDX-License-Identifier: Apache-2.0 */
/* With the return over lookback_period bars where it is beyond signal_threshold. */
#include "kernels/strategies/sign.h"

SIGNAL_KERNEL(momentum) { return sign_beyond(x[0], p[1]); }

/* min(1, |return|/(2*threshold)): full strength at twice the threshold; 1 if that is 0. */
STRENGTH_KERNEL(momentum)
{
    vd threshold = p[1], share = vabs(x[0]) / (2 * threshold);
    return sel(eq(threshold, splat(0)), splat(1), smaller(share, splat(1)));
}
