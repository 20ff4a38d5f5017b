/* SPDX-License-Identifier: Apache-2.0 */
/* Average directional index (Wilder 1978) from the two directional indicators. */
#include "kernels/feature.h"
#include "kernels/features/recursion.h"

FEATURE_STATE(adx)
{
    (void)p;
    return sizeof(struct recursion);
}

FEATURE_KERNEL(adx)
{
    const struct wanted nothing = {{NULL}}; /* the indicators are near */
    const double *restrict plus = s->in[0], *restrict minus = s->in[1];
    double dx[PIECE];
    for (size_t done = 0; done < s->count && s->out[0];) {
        size_t k = s->count - done < PIECE ? s->count - done : PIECE;
        for (size_t i = 0; i < k; i++) {
            double sum = plus[done + i] + minus[done + i];
            double share = 100 * fabs(plus[done + i] - minus[done + i]) / sum;
            dx[i] = sum == 0 ? 0 : share;
        }
        recurse_one(WILDER, (int)p[0], state, dx, k, s->out[0] + done, &nothing);
        done += k;
    }
}
