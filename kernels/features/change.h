/* SPDX-License-Identifier: Apache-2.0 */
/* The change of the close over n bars as a fraction; undefined over a price of 0. */
#ifndef ADMF_FEATURES_CHANGE_H
#define ADMF_FEATURES_CHANGE_H

#include <math.h>

#include "kernels/feature.h"

/* The same number on paper; rounded, they differ. A constant wherever it appears. */
enum change {
    OF_DIFFERENCE, /* (c - c[n])/c[n] */
    OF_RATIO       /* c/c[n] - 1      */
};

static inline void changes(enum change kind, ptrdiff_t n, const struct stretch *s)
{
    const ptrdiff_t count = (ptrdiff_t)s->count;
    const double *restrict c = s->in[0];
    double *restrict out = s->out[0];
    ptrdiff_t i = 0;
    if (!out)
        return;
    for (; i < count && (ptrdiff_t)s->first + i < n; i++)
        out[i] = NAN;
    for (; i < count; i++) {
        double change = kind == OF_DIFFERENCE ? (c[i] - c[i - n]) / c[i - n] : c[i] / c[i - n] - 1;
        out[i] = c[i - n] == 0 ? NAN : change;
    }
}

#endif
