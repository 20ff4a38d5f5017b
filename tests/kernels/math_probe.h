/* SPDX-License-Identifier: Apache-2.0 */
/* The functions of kernels/math, compiled for each instruction set (math_probe.c). */
#ifndef ADMF_TESTS_MATH_PROBE_H
#define ADMF_TESTS_MATH_PROBE_H

#include <stddef.h>
#include <string.h>

/* All of n inputs; vector and scalar forms must give the same bits. */
struct math_probe {
    const char *isa;
    void (*log)(const double *x, size_t n, double *vector, double *scalar);
    void (*exp)(const double *x, size_t n, double *vector, double *scalar);
    void (*normal_cdf)(const double *x, size_t n, double *vector, double *scalar);
    void (*pow)(const double *x, const double *y, size_t n, double *result);
    void (*normal)(size_t n, double *result); /* pairs 0, 2 … n−2 */
};

#if defined(__x86_64__)
extern const struct math_probe math_probe_v2, math_probe_v3, math_probe_v4;
static const struct math_probe *const math_probes[] = {&math_probe_v2, &math_probe_v3,
                                                       &math_probe_v4};
#else
extern const struct math_probe math_probe_neon;
static const struct math_probe *const math_probes[] = {&math_probe_neon};
#endif

/* The probe of an instruction set; NULL if it has none. */
static inline const struct math_probe *probe_of(const char *isa)
{
    for (size_t k = 0; k < sizeof math_probes / sizeof *math_probes; k++)
        if (!strcmp(math_probes[k]->isa, isa))
            return math_probes[k];
    return NULL;
}

#endif
