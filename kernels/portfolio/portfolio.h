/* SPDX-License-Identifier: Apache-2.0 */
/* One vector of portfolios in registers: loaded from, and stored to, a group's state. */
#ifndef ADMF_KERNELS_PORTFOLIO_PORTFOLIO_H
#define ADMF_KERNELS_PORTFOLIO_PORTFOLIO_H

#include <math.h>

#include "kernels/portfolio/lanes.h"
#include "kernels/vec.h"

struct portfolio {
#define FIELD(name) vd name;
    PORTFOLIO_STATE(FIELD)
    PORTFOLIO_SUMS(FIELD)
#undef FIELD
};

/* The numbers of the terms, a lane each; `off` is NaN. */
struct terms_lanes {
    vd risk[RISK_COUNT];
    vd execution[EXECUTION_COUNT];
};

/* What a vector of lanes works with besides its state. */
struct desk {
    const struct lane_tile *tile;
    const struct lane_group *group;
    const struct shape *shape;
    int lane; /* of the group: this vector is lanes lane … lane+WIDTH-1 */
    struct terms_lanes terms;
};

VEC void portfolio_load(struct portfolio *q, const struct portfolio_lanes *state, int lane)
{
#define FIELD(name) q->name = load(state->name + lane);
    PORTFOLIO_STATE(FIELD)
    PORTFOLIO_SUMS(FIELD)
#undef FIELD
}

VEC void portfolio_store(const struct portfolio *q, struct portfolio_lanes *state, int lane)
{
#define FIELD(name) store(state->name + lane, q->name);
    PORTFOLIO_STATE(FIELD)
    PORTFOLIO_SUMS(FIELD)
#undef FIELD
}

/* element i of each lane's array */
VEC vd gather(const double *const *arrays, size_t i)
{
    double lanes[WIDTH];
    for (int l = 0; l < WIDTH; l++)
        lanes[l] = arrays[l][i];
    return load(lanes);
}

VEC vu gather_words(const uint64_t *const *arrays, size_t w)
{
    uint64_t lanes[WIDTH];
    for (int l = 0; l < WIDTH; l++)
        lanes[l] = arrays[l][w];
    return load_words(lanes);
}

/* Neighbours often have the same terms. */
VEC void terms_load(vd *terms, const double *const *lanes, int count)
{
    bool same = true;
    for (int l = 1; l < WIDTH; l++)
        same = same && lanes[l] == lanes[0];
    for (int k = 0; k < count; k++)
        terms[k] = same ? splat(lanes[0][k]) : gather(lanes, (size_t)k);
}

/* `shape` is the group's, or one that the compiler knows and in which it is the same. */
VEC void desk_open(struct desk *desk, const struct lane_tile *tile, const struct lane_group *group,
                   const struct shape *shape, int lane)
{
    /* Not as a whole, which clears the terms first. */
    desk->tile = tile;
    desk->group = group;
    desk->shape = shape;
    desk->lane = lane;
    terms_load(desk->terms.risk, group->risk + lane, RISK_COUNT);
    terms_load(desk->terms.execution, group->execution + lane, EXECUTION_COUNT);
}

#define RISK(desk, name) ((desk)->terms.risk[RISK_##name])
#define EXECUTION(desk, name) ((desk)->terms.execution[EXECUTION_##name])

VEC vm set(vd flag) { return ne(flag, splat(0)); }
VEC vd flag(vm m) { return sel(m, splat(1), splat(0)); }
VEC vd plus_one(vd counter, vm m) { return sel(m, counter + 1.0, counter); }
VEC vm is_nan(vd x) { return ne(x, x); }
/* Of opposite signs. Not by their product: that of two tiny numbers is 0. */
VEC vm opposite(vd a, vd b)
{
    vd zero = splat(0);
    return either(both(gt(a, zero), lt(b, zero)), both(lt(a, zero), gt(b, zero)));
}

/* Calls body(lane of the group) for each lane of m, lowest first. */
#define FOR_LANES(desk, m, l)                                                                      \
    for (unsigned left_ = bits(m), l = 0; left_; left_ &= left_ - 1)                               \
        if ((l = (unsigned)(desk)->lane + (unsigned)__builtin_ctz(left_)), true)

#endif
