/* SPDX-License-Identifier: Apache-2.0 */
/* Bollinger bands: a simple average and k standard deviations around it. */
#include "kernels/catalog/catalog.h"
#include "kernels/features/window_moments.h"

FEATURE_STATE(bollinger) { return window_bytes(PAST_IN_COLUMN, p[0]); }

FEATURE_KERNEL(bollinger)
{
    const double divisor = p[2] == VARIANT_STANDARD ? p[0] : p[0] - 1;
    double *mid = s->out[0], *upper = s->out[1], *lower = s->out[2];
    double mean[WINDOW_BARS], width[WINDOW_BARS];
    for (size_t done = 0; done < s->count;) {
        size_t k = s->count - done < WINDOW_BARS ? s->count - done : WINDOW_BARS;
        window_variances(PAST_IN_COLUMN, state, (int)p[0], divisor, s->in[0] + done,
                         s->first + done, k, mean, width);
        for (size_t i = 0; i < k; i++)
            width[i] = p[1] * sqrt(width[i]);
        for (size_t i = 0; i < k && mid; i++)
            mid[done + i] = mean[i];
        for (size_t i = 0; i < k && upper; i++)
            upper[done + i] = mean[i] + width[i];
        for (size_t i = 0; i < k && lower; i++)
            lower[done + i] = mean[i] - width[i];
        done += k;
    }
}
