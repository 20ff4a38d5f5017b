/* SPDX-License-Identifier: Apache-2.0 */
/* Long at every bar. Its column is there only to say which bars exist. */
#include "kernels/signal.h"

SIGNAL_KERNEL(buy_and_hold)
{
    (void)x;
    (void)p;
    return (struct vote){.up = all(), .down = none()};
}
