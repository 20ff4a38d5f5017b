/* SPDX-License-Identifier: Apache-2.0 */
/* MACD (Appel): the fast minus the slow exponential average, its own average, the rest. */
#include "kernels/feature.h"
#include "kernels/features/recursion.h"

FEATURE_STATE(macd)
{
    (void)p;
    return sizeof(struct recursion);
}

/* a - b. Asks for the memory of as many values from `wanted` on. */
static inline void difference(const double *restrict a, const double *restrict b, size_t count,
                              double *restrict out, const double *wanted)
{
    enum { TOGETHER = 8 * LINE };
    for (size_t i = 0, end; i < count; i = end) {
        end = i + TOGETHER < count ? i + TOGETHER : count;
        for (size_t line = i; line < end; line += LINE)
            fetch(wanted, (ptrdiff_t)line);
        for (size_t k = i; k < end; k++)
            out[k] = a[k] - b[k];
    }
}

FEATURE_KERNEL(macd)
{
    double spare[2][PIECE];
    for (size_t done = 0; done < s->count;) {
        size_t k = s->count - done < PIECE ? s->count - done : PIECE;
        const double *restrict fast = s->in[0] + done, *restrict slow = s->in[1] + done;
        double *restrict line = s->out[0] ? s->out[0] + done : spare[0];
        double *restrict signal = s->out[1] ? s->out[1] + done : spare[1];
        double *restrict histogram = s->out[2] ? s->out[2] + done : NULL;
        const struct wanted next = {{histogram}};
        difference(fast, slow, k, line, signal);
        if (s->out[1] || histogram)
            recurse_one(EXPONENTIAL, (int)p[2], state, line, k, signal, &next);
        if (histogram)
            difference(line, signal, k, histogram, line + k);
        done += k;
    }
}
