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

/* Prices of the session days 0 … count-1, in currency: highest, lowest and last of each. */
struct day_series {
    size_t count;
    const double *high, *low, *close;
};

/* Bytes of scratch that a call needs on a series of `days` days with the row's parameters p. */
typedef size_t day_scratch_bytes(const double *p, size_t days);
/*
 * The days first … first+n-1 of a series, which it has: label[n], codes, 0 unknown, and
 * confidence[n], 0 … 1, 0 where unknown. Any range gives the same values. `scratch` is the
 * caller's, of day_scratch_bytes(p, days->count), on a 64-byte border; what it holds before
 * and after means nothing. Nothing can fail.
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
