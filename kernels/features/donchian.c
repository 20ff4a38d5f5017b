/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Donchian channel: highest high and lowest low of the n bars before this one or,
 * variant `inclusive`, of the last n bars.
 */
#include "kernels/catalog/catalog.h"
#include "kernels/features/window_extrema.h"

FEATURE_STATE(donchian) { return 2 * extremum_bytes(p[0]); }

FEATURE_BEGIN(donchian)
{
    const size_t lag = p[1] == VARIANT_STANDARD ? 1 : 0;
    return first < lag ? 0 : extremum_begin(p[0], first - lag) + lag;
}

/* A side whose window ends `lag` bars before the bar it is shown at. */
static inline void side(void *state, double sign, int n, size_t lag, const double *x, size_t t,
                        size_t count, double *out)
{
    size_t skip = t < lag ? lag - t : 0;
    if (skip > count)
        skip = count;
    for (size_t i = 0; i < skip; i++)
        out[i] = NAN;
    if (skip < count)
        window_extrema(state, sign, n, x + ((ptrdiff_t)skip - (ptrdiff_t)lag), t + skip - lag,
                       count - skip, out + skip);
}

FEATURE_KERNEL(donchian)
{
    const int n = (int)p[0];
    const size_t lag = p[1] == VARIANT_STANDARD ? 1 : 0, most = extrema_bars(n);
    void *highest = state, *lowest = (char *)state + extremum_bytes(p[0]);
    double spare[2][EXTREMA_BARS];
    for (size_t done = 0; done < s->count;) {
        size_t k = s->count - done < most ? s->count - done : most, t = s->first + done;
        double *upper = s->out[0] ? s->out[0] + done : spare[0];
        double *lower = s->out[1] ? s->out[1] + done : spare[1];
        if (s->out[0] || s->out[2])
            side(highest, 1, n, lag, s->in[0] + done, t, k, upper);
        if (s->out[1] || s->out[2])
            side(lowest, -1, n, lag, s->in[1] + done, t, k, lower);
        for (size_t i = 0; i < k && s->out[2]; i++)
            s->out[2][done + i] = (upper[i] + lower[i]) / 2;
        done += k;
    }
}
