/* SPDX-License-Identifier: Apache-2.0 */
/* Long while the close is above the range of the bars before, short while below it. */
#include "kernels/strategies/sign.h"

SIGNAL_KERNEL(donchian_breakout)
{
    (void)p;
    vd close = x[0], upper = x[1], lower = x[2];
    return against(outside(close, lower, upper));
}
