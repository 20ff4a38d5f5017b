/* SPDX-License-Identifier: Apache-2.0 */
/* Annualised sample deviation of the log returns. */
#include "kernels/features/window_moments.h"
#include "kernels/math/log.h"

enum { BARS = 1024 };

FEATURE_STATE(volatility) { return window_bytes(PAST_IN_WINDOW, p[0]); }
FEATURE_BEGIN(volatility) { return window_begin(PAST_IN_WINDOW, p[0], first); }

/* ln(c/c[1]) of bars t ... t+count-1; NaN at bar 0 and where a price is not positive. */
static inline void log_returns(const double *restrict c, size_t t, size_t count,
                               double *restrict out)
{
    ptrdiff_t i = 0;
    if (t == 0 && count > 0)
        out[i++] = NAN;
    for (; i < (ptrdiff_t)count; i++) {
        double ratio = c[i] / c[i - 1];
        bool defined = ratio > 0 && ratio < INFINITY;
        double log = math_log(defined ? ratio : 1);
        out[i] = defined ? log : NAN;
    }
}

FEATURE_KERNEL(volatility)
{
    const double root = sqrt(s->bars_per_year);
    double x[BARS];
    for (size_t done = 0; done < s->count && s->out[0];) {
        double *restrict out = s->out[0] + done;
        size_t k = s->count - done < BARS ? s->count - done : BARS, t = s->first + done;
        log_returns(s->in[0] + done, t, k, x);
        window_variances(PAST_IN_WINDOW, state, (int)p[0], p[0] - 1, x, t, k, NULL, out);
        for (size_t i = 0; i < k; i++)
            out[i] = sqrt(out[i]) * root;
        done += k;
    }
}
