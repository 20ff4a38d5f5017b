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
    double spare[2][PIECE];
    for (size_t done = 0; done < s->count;) {
        size_t k = s->count - done < PIECE ? s->count - done : PIECE;
        const double *restrict fast = s->in[0] + done, *restrict slow = s->in[1] + done;
        double *restrict line = s->out[0] ? s->out[0] + done : spare[0];
        double *restrict signal = s->out[1] ? s->out[1] + done : spare[1];
        double *restrict histogram = s->out[2] ? s->out[2] + done : NULL;
        const struct wanted next = {{line + k, signal + k}};
        for (size_t i = 0; i < k; i++)
            line[i] = fast[i] - slow[i];
        if (s->out[1] || histogram)
            recurse_one(EXPONENTIAL, (int)p[2], state, line, k, signal, &next);
        for (size_t i = 0; i < k && histogram; i++)
            histogram[i] = line[i] - signal[i];
        done += k;
    }
}
