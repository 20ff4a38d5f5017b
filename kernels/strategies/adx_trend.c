/* SPDX-License-Identifier: Apache-2.0 */
/* With the stronger directional indicator while the ADX is above adx_threshold. */
#include "kernels/strategies/sign.h"

SIGNAL_KERNEL(adx_trend)
{
    vd plus = x[0], minus = x[1], adx = x[2];
    vm trends = gt(adx, p[1]);
    struct vote v = sign_of(plus - minus);
    return (struct vote){.up = both(v.up, trends), .down = both(v.down, trends)};
}
