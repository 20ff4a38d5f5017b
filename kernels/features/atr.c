/* SPDX-License-Identifier: Apache-2.0 */
/* Average true range: Wilder's average, a simple or an exponential one. */
#include "kernels/catalog/catalog.h"
#include "kernels/features/recursion.h"
#include "kernels/features/true_range.h"
#include "kernels/features/window_moments.h"

FEATURE_STATE(atr)
{
    return p[1] == VARIANT_OTHER ? window_bytes(PAST_IN_WINDOW, p[0]) : sizeof(struct recursion);
}

FEATURE_KERNEL(atr)
{
    const int n = (int)p[0];
    double tr[PIECE];
    for (size_t done = 0; done < s->count && s->out[0];) {
        size_t k = s->count - done < PIECE ? s->count - done : PIECE, t = s->first + done;
        const double *high = s->in[0] + done, *low = s->in[1] + done, *close = s->in[2] + done;
        double *out = s->out[0] + done;
        const struct wanted next = {{high + k, low + k, close + k}};
        true_range(high, low, close, t, k, tr, out);
        if (p[1] == VARIANT_STANDARD)
            recurse_one(WILDER, n, state, tr, k, out, &next);
        else if (p[1] == VARIANT_OTHER)
            window_means(MEAN, PAST_IN_WINDOW, state, n, tr, t, k, out);
        else
            recurse_one(EXPONENTIAL, n, state, tr, k, out, &next);
        done += k;
    }
}
