/* SPDX-License-Identifier: Apache-2.0 */
/* Simple return c/c[n] - 1. */
#include "kernels/features/change.h"

FEATURE_STATE(return )
{
    (void)p;
    return 0;
}

FEATURE_BEGIN(return )
{
    (void)p;
    return first;
}

FEATURE_KERNEL(return )
{
    (void)state;
    changes(OF_RATIO, (ptrdiff_t)p[0], s);
}
