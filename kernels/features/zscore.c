/* SPDX-License-Identifier: Apache-2.0 */
/* Distance of the close from its mean in standard deviations; undefined where they are 0. */
#include "kernels/catalog/catalog.h"
#include "kernels/features/window_moments.h"

FEATURE_STATE(zscore) { return window_bytes(PAST_IN_COLUMN, p[0]); }
FEATURE_BEGIN(zscore) { return window_begin(PAST_IN_COLUMN, p[0], first); }

FEATURE_KERNEL(zscore)
{
    const double divisor = p[1] == VARIANT_STANDARD ? p[0] : p[0] - 1;
    double mean[WINDOW_BARS];
    for (size_t done = 0; done < s->count && s->out[0];) {
        const double *restrict c = s->in[0] + done;
        double *restrict out = s->out[0] + done;
        size_t k = s->count - done < WINDOW_BARS ? s->count - done : WINDOW_BARS;
        window_variances(PAST_IN_COLUMN, state, (int)p[0], divisor, c, s->first + done, k, mean,
                         out);
        for (size_t i = 0; i < k; i++) {
            double z = (c[i] - mean[i]) / sqrt(out[i]);
            out[i] = out[i] == 0 ? NAN : z;
        }
        done += k;
    }
}
