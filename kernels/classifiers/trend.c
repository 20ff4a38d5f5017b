/* SPDX-License-Identifier: Apache-2.0 */
/* Distance of a fast from a slow average, d = (fast - slow)/slow, against a threshold. */
#include <math.h>

#include "kernels/signal.h"

enum { DOWN, RANGING, UP };

CLASSIFIER_KERNEL(trend)
{
    vd slow = x[1], threshold = p[2], d = (x[0] - slow) / slow;
    vm defined = both(eq(d, d), ne(slow, splat(0)));
    is[UP] = both(gt(d, threshold), defined);
    is[DOWN] = both(lt(d, -threshold), defined);
    is[RANGING] = without(defined, either(is[UP], is[DOWN]));
}

/*
 * With share = |d|/(2*threshold), 1/2 where d reaches the threshold: min(1, share) of a trend,
 * 1 - share of none; 1 if the threshold is 0.
 */
CONFIDENCE_KERNEL(trend)
{
    double d = fabs((x[0] - x[1]) / x[1]), threshold = p[2];
    if (threshold == 0)
        return 1;
    double share = d / (2 * threshold);
    if (code == RANGING + 1)
        return 1 - share;
    return share < 1 ? share : 1;
}
