/* SPDX-License-Identifier: Apache-2.0 */
/* Simple return c/c[n] - 1; undefined over a price of 0. */
#include <math.h>

#include "kernels/feature.h"

FEATURE_STATE(return )
{
    (void)p;
    return 0;
}

FEATURE_KERNEL(return )
{
    (void)state;
    const ptrdiff_t n = (ptrdiff_t)p[0], count = (ptrdiff_t)s->count;
    const double *restrict c = s->in[0];
    double *restrict out = s->out[0];
    ptrdiff_t i = 0;
    if (!out)
        return;
    for (; i < count && (ptrdiff_t)s->first + i < n; i++)
        out[i] = NAN;
    for (; i < count; i++) {
        double change = c[i] / c[i - n] - 1;
        out[i] = c[i - n] == 0 ? NAN : change;
    }
}
