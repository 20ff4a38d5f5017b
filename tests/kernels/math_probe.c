/* SPDX-License-Identifier: Apache-2.0 */
/* kernels/math as code of one instruction set. */
#include "tests/kernels/math_probe.h"

#include "kernels/math/log.h"
#include "kernels/math/normal.h"
#include "kernels/math/philox.h"
#include "kernels/math/pow.h"
#include "kernels/math/vexp.h"
#include "kernels/math/vlog.h"
#include "kernels/math/vnormal.h"

#define STRING_(x) #x
#define STRING(x) STRING_(x)

/* Both forms of a function; the last vector is filled up with ones. */
#define BOTH_FORMS(name)                                                                           \
    static void both_##name(const double *x, size_t n, double *vector, double *scalar)             \
    {                                                                                              \
        for (size_t i = 0; i < n; i += WIDTH) {                                                    \
            vd v = splat(1.0);                                                                     \
            for (size_t k = 0; k < WIDTH && i + k < n; k++)                                        \
                v[k] = x[i + k];                                                                   \
            v = v##name(v);                                                                        \
            for (size_t k = 0; k < WIDTH && i + k < n; k++)                                        \
                vector[i + k] = v[k];                                                              \
        }                                                                                          \
        for (size_t i = 0; i < n; i++)                                                             \
            scalar[i] = math_##name(x[i]);                                                         \
    }
BOTH_FORMS(log)
BOTH_FORMS(exp)
BOTH_FORMS(normal_cdf)

static void all_pow(const double *x, const double *y, size_t n, double *result)
{
    for (size_t i = 0; i < n; i++)
        result[i] = math_pow(x[i], y[i]);
}

static void all_normal(size_t n, double *result)
{
    for (size_t i = 0; i + 1 < n; i += 2)
        philox_normals(20070601, 5, i, result + i);
}

const struct math_probe KERNEL(math_probe) = {
    .isa = STRING(ADMF_ISA),
    .log = both_log,
    .exp = both_exp,
    .pow = all_pow,
    .normal_cdf = both_normal_cdf,
    .normal = all_normal,
};
