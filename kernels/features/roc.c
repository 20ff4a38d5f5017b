/* SPDX-License-Identifier: Apache-2.0 */
/* Rate of change (c - c[n])/c[n]. */
#include "kernels/features/change.h"

FEATURE_STATE(roc)
{
    (void)p;
    return 0;
}

FEATURE_BEGIN(roc)
{
    (void)p;
    return first;
}

FEATURE_KERNEL(roc)
{
    (void)state;
    changes(OF_DIFFERENCE, (ptrdiff_t)p[0], s);
}
