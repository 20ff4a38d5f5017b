/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Bailey and López de Prado, The Deflated Sharpe Ratio: Correcting for Selection Bias, Backtest
 * Overfitting, and Non-Normality, Journal of Portfolio Management 40 (5), 2014.
 */
#include <math.h>

#include "admf/analysis.h"
#include "engine/analysis/quantile.h"
#include "kernels/math/normal.h"

/* Euler and Mascheroni's constant; 1/e. */
#define EULER 0x1.2788cfc6fb619p-1
#define INVERSE_E 0x1.78b56362cef38p-2

double admf_expected_maximum_sharpe(double variance, uint64_t trials)
{
    double tail = 1 / (double)trials;
    if (trials < 2 || !(variance >= 0))
        return NAN;
    return sqrt(variance) * ((1 - EULER) * normal_upper_quantile(tail) +
                             EULER * normal_upper_quantile(tail * INVERSE_E));
}

double admf_deflated_sharpe(double sharpe, double expected_maximum, double samples, double skew,
                            double kurtosis)
{
    double spread = (1 - skew * sharpe) + ((kurtosis - 1) / 4) * (sharpe * sharpe);
    if (!(spread > 0) || !(samples > 1))
        return NAN;
    return math_normal_cdf((sharpe - expected_maximum) * sqrt(samples - 1) / sqrt(spread));
}
