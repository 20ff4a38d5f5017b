/* SPDX-License-Identifier: Apache-2.0 */
/* Long while the fast average is above the slow one, short while below. */
#include "kernels/strategies/sign.h"

SIGNAL_KERNEL(ema_crossover)
{
    (void)p;
    return sign_of(x[0] - x[1]);
}
