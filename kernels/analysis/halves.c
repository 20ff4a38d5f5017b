/* SPDX-License-Identifier: Apache-2.0 */
/* Plain loops, which the compiler makes vectors of. */
#include "kernels/analysis/halves.h"

score_kernel KERNEL(score_halves);
rank_kernel KERNEL(rank_halves);

void KERNEL(score_halves)(const struct halves *halves, size_t count, double *restrict score)
{
    struct halves h = *halves;
    for (size_t k = 0; k < count; k++) {
        double sum2 = h.sum2 + h.other_sum2[k];
        double mean = (h.sum + h.other_sum[k]) * h.weight[k];
        double e = mean - h.risk_free, v = sum2 * h.weight[k] - mean * mean;
        /* 4·n·2⁻⁵³·(Σr²/n) is what rounding may leave of v: docs/NUMERICS.md, metrics. */
        score[k] = v > 0x1p-51 * sum2 ? e * __builtin_fabs(e) / v : -__builtin_inf();
    }
}

void KERNEL(rank_halves)(const double *score, const double *chosen, size_t count,
                         double *restrict twice)
{
    for (size_t k = 0; k < count; k++) {
        double s = score[k] == -__builtin_inf() ? 0 : score[k];
        twice[k] += (s < chosen[k] ? 1.0 : 0.0) + (s <= chosen[k] ? 1.0 : 0.0);
    }
}
