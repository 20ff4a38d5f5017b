/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A start that is good to 4.5e-4 (Abramowitz and Stegun, Handbook of Mathematical Functions,
 * 26.2.23, after Hastings 1955), made better by Halley's method, which triples the digits.
 */
#include "engine/analysis/quantile.h"

#include <math.h>

#include "kernels/math/log.h"
#include "kernels/math/normal.h"

enum { STEPS = 3 };

double normal_upper_quantile(double tail)
{
    if (!(tail > 0 && tail < 1))
        return NAN;
    if (tail > 0.5)
        return -normal_upper_quantile(1 - tail);
    double t = sqrt(-2 * math_log(tail));
    double x = t - (2.515517 + t * (0.802853 + t * 0.010328)) /
                       (1 + t * (1.432788 + t * (0.189269 + t * 0.001308)));
    for (int k = 0; k < STEPS; k++) {
        double z = x > 0 ? x : 0;
        /* (tail of z - tail)/density of z, by which Newton's method would go. */
        double density = math_exp(-0.5 * (z * z)) * 0x1.9884533d43651p-2; /* 1/√(2π) */
        double step = (math_normal_tail(z) - tail) / density;
        x = z + step / (1 - step * z / 2);
    }
    return x;
}
