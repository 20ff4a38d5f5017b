/* SPDX-License-Identifier: Apache-2.0 */
/* Bollinger bands: a simple average and k standard deviations around it. */
#include "kernels/catalog/catalog.h"
#include "kernels/features/window_moments.h"

FEATURE_STATE(bollinger) { return window_bytes(PAST_IN_COLUMN, p[0]); }
FEATURE_BEGIN(bollinger) { return window_begin(PAST_IN_COLUMN, p[0], first); }

/* Variances become k standard deviations; asks for the memory of both bands meanwhile. */
static inline void band_widths(double k, size_t count, double *restrict width, const double *upper,
                               const double *lower)
{
    enum { TOGETHER = 8 * LINE };
    for (size_t i = 0, end; i < count; i = end) {
        end = i + TOGETHER < count ? i + TOGETHER : count;
        for (size_t line = i; line < end; line += LINE) {
            fetch(upper, (ptrdiff_t)line);
            fetch(lower, (ptrdiff_t)line);
        }
        for (size_t j = i; j < end; j++)
            width[j] = k * sqrt(width[j]);
    }
}

FEATURE_KERNEL(bollinger)
{
    const double divisor = p[2] == VARIANT_STANDARD ? p[0] : p[0] - 1;
    double spare[WINDOW_BARS], width[WINDOW_BARS];
    for (size_t done = 0; done < s->count;) {
        size_t k = s->count - done < WINDOW_BARS ? s->count - done : WINDOW_BARS;
        double *restrict mid = s->out[0] ? s->out[0] + done : spare;
        double *restrict upper = s->out[1] ? s->out[1] + done : NULL;
        double *restrict lower = s->out[2] ? s->out[2] + done : NULL;
        window_variances(PAST_IN_COLUMN, state, (int)p[0], divisor, s->in[0] + done,
                         s->first + done, k, mid, width);
        band_widths(p[1], k, width, upper, lower);
        for (size_t i = 0; i < k && upper; i++)
            upper[i] = mid[i] + width[i];
        for (size_t i = 0; i < k && lower; i++)
            lower[i] = mid[i] - width[i];
        done += k;
    }
}
