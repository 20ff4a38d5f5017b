/* SPDX-License-Identifier: Apache-2.0 */
/* MACD (Appel): the fast minus the slow exponential average, its own average, the rest. */
#include "kernels/feature.h"
#include "kernels/features/recursion.h"

/* Up to this period of the signal a short piece is still worth cutting (recursion.h), and so short
 * that all of its columns stay in the first cache from one pass to the next. */
enum { NEAR_PERIOD = 16 };

FEATURE_STATE(macd)
{
    (void)p;
    return sizeof(struct recursion);
}

/* a - b. Asks for the memory of as many values from `wanted` on. */
static inline void difference(const double *a, const double *b, ptrdiff_t count, double *out,
                              const double *wanted)
{
    ptrdiff_t i = 0;
    for (; i + LINE <= count; i += LINE) {
        vd v[LINE / WIDTH];
        fetch(wanted, i);
        for (int k = 0; k < LINE / WIDTH; k++)
            v[k] = load(a + i + k * WIDTH) - load(b + i + k * WIDTH);
        for (int k = 0; k < LINE / WIDTH; k++)
            store(out + i + k * WIDTH, v[k]);
    }
    for (; i < count; i++)
        out[i] = a[i] - b[i];
}

FEATURE_KERNEL(macd)
{
    double spare[2][PIECE];
    const size_t piece = p[2] <= NEAR_PERIOD ? PIECE / 4 : PIECE;
    for (size_t done = 0; done < s->count;) {
        size_t k = s->count - done < piece ? s->count - done : piece;
        const double *restrict fast = s->in[0] + done, *restrict slow = s->in[1] + done;
        double *restrict line = s->out[0] ? s->out[0] + done : spare[0];
        double *restrict signal = s->out[1] ? s->out[1] + done : spare[1];
        double *restrict histogram = s->out[2] ? s->out[2] + done : NULL;
        const struct wanted next = {{histogram}};
        difference(fast, slow, (ptrdiff_t)k, line, signal);
        if (s->out[1] || histogram)
            recurse_one(EXPONENTIAL, (int)p[2], state, line, k, signal, &next);
        if (histogram)
            difference(line, signal, (ptrdiff_t)k, histogram, line + k);
        done += k;
    }
}
