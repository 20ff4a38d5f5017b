/* SPDX-License-Identifier: Apache-2.0 */
/* MACD (Appel): the fast minus the slow exponential average, its own average, the rest. */
#include "kernels/feature.h"
#include "kernels/features/recursion.h"

FEATURE_STATE(macd)
{
    (void)p;
    return sizeof(struct recursion);
}

FEATURE_KERNEL(macd)
{
    const double *fast = s->in[0], *slow = s->in[1];
    double *line = s->out[0], *signal = s->out[1], *histogram = s->out[2];
    double x[PIECE], average[PIECE];
    for (size_t done = 0; done < s->count;) {
        size_t k = s->count - done < PIECE ? s->count - done : PIECE;
        for (size_t i = 0; i < k; i++)
            x[i] = fast[done + i] - slow[done + i];
        if (signal || histogram)
            recurse_one(EXPONENTIAL, (int)p[2], state, x, k, average);
        for (size_t i = 0; i < k && line; i++)
            line[done + i] = x[i];
        for (size_t i = 0; i < k && signal; i++)
            signal[done + i] = average[i];
        for (size_t i = 0; i < k && histogram; i++)
            histogram[done + i] = x[i] - average[i];
        done += k;
    }
}
