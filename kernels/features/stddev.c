/* SPDX-License-Identifier: Apache-2.0 */
/* Standard deviation of the close, of the population or of a sample. */
#include "kernels/catalog/catalog.h"
#include "kernels/features/window_moments.h"

FEATURE_STATE(stddev) { return window_bytes(PAST_IN_COLUMN, p[0]); }
FEATURE_BEGIN(stddev) { return window_begin(PAST_IN_COLUMN, p[0], first); }

FEATURE_KERNEL(stddev)
{
    const double divisor = p[1] == VARIANT_STANDARD ? p[0] : p[0] - 1;
    for (size_t done = 0; done < s->count && s->out[0];) {
        double *restrict out = s->out[0] + done;
        size_t k = s->count - done < WINDOW_BARS ? s->count - done : WINDOW_BARS;
        window_variances(PAST_IN_COLUMN, state, (int)p[0], divisor, s->in[0] + done,
                         s->first + done, k, NULL, out);
        for (size_t i = 0; i < k; i++)
            out[i] = sqrt(out[i]);
        done += k;
    }
}
