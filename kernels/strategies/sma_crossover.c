/* SPDX-License-Identifier: Apache-2.0 */
/* Long while the fast average is above the slow one, short while below. */
#include "kernels/signal.h"

SIGNAL_KERNEL(sma_crossover)
{
    (void)p;
    vd fast = x[0], slow = x[1];
    return (struct vote){.up = gt(fast, slow), .down = lt(fast, slow)};
}
