/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Classifiers that are fitted to session days. They see the whole series of days at
 * once; the label of day d depends on days up to d only.
 */
#ifndef ADMF_KERNELS_DAYS_H
#define ADMF_KERNELS_DAYS_H

#include <stddef.h>
#include <stdint.h>

#include "kernels/isa.h"

struct day_series {
    size_t count; /* session days */
    const double *high, *low,
        *close; /* highest, lowest, last of each day; close[-1] does not exist */
};

/* Bytes of scratch a call needs, 64-byte aligned, contents irrelevant. */
typedef size_t day_scratch_bytes(const double *p, size_t days);
/*
 * Labels (codes, 0 unknown) and confidences of days first … first+n-1; any range gives
 * the same values.
 */
typedef void day_kernel(const double *p, const struct day_series *days, size_t first, size_t n,
                        void *scratch, uint8_t *label, double *confidence);

#define DAY_SCRATCH(name)                                                                          \
    day_scratch_bytes KERNEL(day_scratch_##name);                                                  \
    size_t KERNEL(day_scratch_##name)(const double *p, size_t days)
#define DAY_KERNEL(name)                                                                           \
    day_kernel KERNEL(days_##name);                                                                \
    void KERNEL(days_##name)(const double *p, const struct day_series *days, size_t first,         \
                             size_t n, void *scratch, uint8_t *label, double *confidence)

#endif
