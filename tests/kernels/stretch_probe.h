/* SPDX-License-Identifier: Apache-2.0 */
/* What kernels/portfolio/below_peak.h finds in a stretch of one lane, compiled for each instruction
 * set (stretch_probe.c). */
#ifndef ADMF_TESTS_STRETCH_PROBE_H
#define ADMF_TESTS_STRETCH_PROBE_H

#include <string.h>

#include "kernels/portfolio/ranges.h"

/* Held over bars begin … end-1 of the column that the ranges are of. */
struct stretch_probed {
    const struct price_ranges *ranges;
    double cash, units;
    size_t begin, end;
};

/* Bars below the peak: since the last one, and at most; the last bar at which it is the highest. */
struct times_below {
    double since, longest;
    size_t last;
};

struct stretch_probe {
    const char *isa;
    unsigned width; /* lanes of a vector */
    size_t (*last_at)(const struct stretch_probed *s, double best);
    size_t (*first_from)(const struct stretch_probed *s, double least);
    /* Lane `lane` has the stretch; the others have another. False: one of them was changed. */
    bool (*settle_below)(const struct stretch_probed *s, double peak, double most, unsigned lane,
                         struct times_below *below);
};

#if defined(__x86_64__)
extern const struct stretch_probe stretch_probe_v2, stretch_probe_v3, stretch_probe_v4;
static const struct stretch_probe *const stretch_probes[] = {&stretch_probe_v2, &stretch_probe_v3,
                                                             &stretch_probe_v4};
#else
extern const struct stretch_probe stretch_probe_neon;
static const struct stretch_probe *const stretch_probes[] = {&stretch_probe_neon};
#endif

/* The probe of an instruction set; NULL if it has none. */
static inline const struct stretch_probe *stretch_probe_of(const char *isa)
{
    for (size_t k = 0; k < sizeof stretch_probes / sizeof *stretch_probes; k++)
        if (!strcmp(stretch_probes[k]->isa, isa))
            return stretch_probes[k];
    return NULL;
}

#endif
