/* SPDX-License-Identifier: Apache-2.0 */
/* The inverse of the normal distribution. */
#ifndef ADMF_ENGINE_ANALYSIS_QUANTILE_H
#define ADMF_ENGINE_ANALYSIS_QUANTILE_H

/* The x that a standard normal number exceeds with probability `tail`: Φ⁻¹(1 − tail), without
 * the rounding of 1 − tail. Relative error below 1e-13 or so; NaN unless 0 < tail < 1. */
double normal_upper_quantile(double tail);

#endif
