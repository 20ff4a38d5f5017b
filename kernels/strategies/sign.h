/* SPDX-License-Identifier: Apache-2.0 */
/* The two shapes most strategies have: the sign of a value, and a value outside a band. */
#ifndef ADMF_STRATEGIES_SIGN_H
#define ADMF_STRATEGIES_SIGN_H

#include "kernels/signal.h"

/* Up where value > threshold, down where value < -threshold. */
VEC struct vote sign_beyond(vd value, vd threshold)
{
    return (struct vote){.up = gt(value, threshold), .down = lt(value, -threshold)};
}

/* Up where value > 0, down where value < 0. */
VEC struct vote sign_of(vd value) { return sign_beyond(value, splat(0)); }

/* Up where value < lower, down where value > upper. */
VEC struct vote outside(vd value, vd lower, vd upper)
{
    return (struct vote){.up = lt(value, lower), .down = gt(value, upper)};
}

/* The opposite signal. */
VEC struct vote against(struct vote v) { return (struct vote){.up = v.down, .down = v.up}; }

#endif
