/* SPDX-License-Identifier: Apache-2.0 */
/* Average true range against its own mean: low, normal or high. */
#include "kernels/signal.h"

enum { LOW, NORMAL, HIGH };

CLASSIFIER_KERNEL(volatility)
{
    vd mean = x[1], ratio = x[0] / mean;
    vm defined = both(eq(ratio, ratio), ne(mean, splat(0)));
    is[LOW] = both(lt(ratio, p[2]), defined);
    is[HIGH] = both(gt(ratio, p[3]), defined);
    is[NORMAL] = without(defined, either(is[LOW], is[HIGH]));
}
