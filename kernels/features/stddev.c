/* SPDX-License-Identifier: Apache-2.0 */
/* Standard deviation of the close, of the population or of a sample. */
#include "kernels/catalog/catalog.h"
#include "kernels/features/window_moments.h"

FEATURE_STATE(stddev) { return window_bytes(PAST_IN_COLUMN, p[0]); }
FEATURE_BEGIN(stddev) { return window_begin(PAST_IN_COLUMN, p[0], first); }

FEATURE_KERNEL(stddev)
{
    const double divisor = p[1] == VARIANT_STANDARD ? p[0] : p[0] - 1;
    double *restrict out = s->out[0];
    if (!out)
        return;
    window_variances(PAST_IN_COLUMN, state, (int)p[0], divisor, s->in[0], s->first, s->count, NULL,
                     out);
    for (size_t i = 0; i < s->count; i++)
        out[i] = sqrt(out[i]);
}
