/* SPDX-License-Identifier: Apache-2.0 */
/* Exponential moving average of the close. */
#include "kernels/catalog/catalog.h"
#include "kernels/feature.h"
#include "kernels/features/recursion.h"

FEATURE_STATE(ema)
{
    (void)p;
    return sizeof(struct recursion);
}

FEATURE_KERNEL(ema)
{
    if (!s->out[0])
        return;
    const struct wanted next = {{s->in[0] + s->count, s->out[0] + s->count}};
    if (p[1] == VARIANT_STANDARD)
        recurse_one(EXPONENTIAL, (int)p[0], state, s->in[0], s->count, s->out[0], &next);
    else
        recurse_one(FROM_FIRST, (int)p[0], state, s->in[0], s->count, s->out[0], &next);
}
