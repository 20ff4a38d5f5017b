/* SPDX-License-Identifier: Apache-2.0 */
/* Negative directional indicator (Wilder 1978). */
#include "kernels/features/directional.h"

FEATURE_STATE(minus_di)
{
    (void)p;
    return 2 * sizeof(struct recursion);
}

FEATURE_KERNEL(minus_di) { directional_indicator(true, (int)p[0], s, state); }
