/* SPDX-License-Identifier: Apache-2.0 */
/* Positive directional indicator (Wilder 1978). */
#include "kernels/features/directional.h"

FEATURE_STATE(plus_di)
{
    (void)p;
    return 2 * sizeof(struct recursion);
}

FEATURE_KERNEL(plus_di) { directional_indicator(false, (int)p[0], s, state); }
