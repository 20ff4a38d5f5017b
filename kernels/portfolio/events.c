/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Portfolios from order to order: the vector axis is the ordinal of the order, so lane l
 * makes its k-th order of the tile whatever bars the other lanes are at. For lanes whose
 * orders follow from the signals alone; what an order does to the books is the same code
 * as bar by bar (orders.h). Samples of equity and sums by regime are taken in a second pass.
 */
#include <string.h>

#include "kernels/portfolio/brackets.h"
#include "kernels/portfolio/changes.h"
#include "kernels/portfolio/jump_orders.h"
#include "kernels/portfolio/jump_regimes.h"
#include "kernels/portfolio/jump_samples.h"
#include "kernels/portfolio/plain_shapes.h"
#include "kernels/portfolio/reentry.h"
#include "kernels/portfolio/stretch.h"

event_kernel KERNEL(events);

/* More changes a bar than this and walking is as fast. */
#define SPARSE (1.0 / 8)

/* Exits of a lane that a tile is likely to have, each with an order behind it: as many a bar as
 * the bars of the window before it. */
static double likely_exits(const struct lane_tile *tile, const struct portfolio_lanes *state, int l)
{
    double exits = state->stop_exits[l] + state->trailing_exits[l] + state->target_exits[l] +
                   state->time_exits[l];
    if (tile->window_bar == 0)
        return 0;
    return exits / (double)tile->window_bar * (double)(tile->end - tile->begin);
}

/* The events of lane l: those that it had in the group before, or the lane beside it has, or new
 * ones. */
static inline void provide_events(const struct lane_tile *tile, const struct change_source *source,
                                  struct event_scratch *scratch, size_t most, int l)
{
    int beside = (l + LANES - 1) % LANES; /* for lane 0 in the group before */
    if (same_source(tile, source, &scratch->source[l]))
        return;
    if (same_source(tile, source, &scratch->source[beside]))
        copy_events(scratch, source, beside, l);
    else
        scratch->fits[l] = list_events(tile, source, scratch, most, l);
    scratch->source[l] = *source;
}

/* Lists the events of every living lane; false where one cannot jump through this tile. */
static bool prepare(const struct lane_tile *tile, const struct lane_group *group,
                    struct event_scratch *scratch)
{
    const struct shape *shape = &group->shape;
    if (shape->has_exits && !tile->ranges->orderly)
        return false;
    /* Any bar may be the one that an order comes back at. */
    if (orders_again(shape) && shape->fill == FILL_NEXT_OPEN && !tile->ranges->opens)
        return false;
    double most = scratch->always ? INFINITY : (double)(tile->end - tile->begin) * SPARSE;
    size_t count_most = scratch->always ? SIZE_MAX : (size_t)most;
    for (int l = 0; l < LANES; l++) {
        if (group->state->alive[l] == 0)
            continue;
        if (group->state->pending[l] != 0 && shape->fill == FILL_NEXT_OPEN &&
            isnan(tile->open[tile->begin]))
            return false;
        struct change_source source = {.strategy = group->strategy[l],
                                       .up = group->up[l],
                                       .down = group->down[l],
                                       .may_long = group->may_long[l],
                                       .may_short = group->may_short[l],
                                       .data_bar = tile->data_bar,
                                       .bars = tile->end - tile->begin,
                                       .carry = group->state->wanted[l],
                                       .fill = shape->fill,
                                       .allow_short = shape->allow_short,
                                       .stops_short = shape->close_at_end && tile->last,
                                       .has_exits = shape->has_exits,
                                       .has_holding = shape->has_holding,
                                       .flat_at = shape->flat_at,
                                       .block_entries = shape->block_entries};
        provide_events(tile, &source, scratch, count_most, l);
        if (!scratch->fits[l])
            return false;
        if (orders_again(shape) &&
            (double)scratch->count[l] + likely_exits(tile, group->state, l) > most)
            return false;
    }
    return true;
}

/* The stretch before each lane's k-th order; `ends` is given but for the first bar of its tests. */
VEC void mark_event(const struct desk *desk, struct portfolio *q, struct event_scratch *scratch,
                    const struct course *course, size_t k, const struct stretch_lanes *stretch,
                    struct position_ends *ends, double *bankrupt_bar)
{
    if (!ends_early(desk->shape)) {
        mark_stretch(desk, q, lt(stretch->begin, stretch->end), stretch, bankrupt_bar);
        return;
    }
    struct lane_exit *exit = &scratch->exit[k];
    ends->tests_begin = load(exit->begin + desk->lane);
    if (k == 0 && desk->shape->fill == FILL_NEXT_CLOSE)
        ends->tests_begin = sel(course->filled, course->begin + 1.0, ends->tests_begin);
    struct left_at left = find_exit(desk, q, stretch, exit, ends);
    mark_bracket(desk, q, stretch, exit, ends, &left, bankrupt_bar);
}

/* Every lane's k-th order, and the stretch before it, at a time. */
VEC void follow_events(const struct desk *desk, struct portfolio *q, struct event_scratch *scratch,
                       const struct course *course, double *bankrupt_bar)
{
    int lane = desk->lane;
    vd count = course->count;
    vm entered = course->entered;
    struct stretch_lanes stretch = {.begin = course->begin};
    vd ordinal = splat(0); /* k */
    for (size_t k = 0; k <= course->events; k++, ordinal = ordinal + 1.0) {
        struct lane_event *event = &scratch->event[k];
        vm orders = gt(count, ordinal);
        stretch.end = sel(orders, load(event->bar + lane), course->end);
        stretch.lowest = load(event->lowest + lane);
        stretch.highest = load(event->highest + lane);
        store(event->cash + lane, q->cash);
        store(event->units + lane, q->units);
        struct position_ends ends = {.listed = le(ordinal, count),
                                     .entered = entered,
                                     .orders = orders,
                                     .to_window = course->to_window};
        mark_event(desk, q, scratch, course, k, &stretch, &ends, bankrupt_bar);
        struct order_at order = {.bar = stretch.end,
                                 .price = load(event->price + lane),
                                 .direction = load(event->direction + lane)};
        entered = make_orders(desk, q, &order, orders, course->to_window);
        stretch.begin = stretch.end;
    }
}

/* close_at_end: what is held leaves at the close of the last bar, which is marked then. */
VEC void end_window(const struct desk *desk, struct portfolio *q, const struct course *course,
                    double *bankrupt_bar)
{
    const struct lane_tile *tile = desk->tile;
    close_held(desk, q, tile->end - 1, course->end + course->to_window);
    struct stretch_lanes stretch = {.begin = course->end, .end = course->end + 1.0};
    stretch.lowest = stretch.highest = splat(tile->close[tile->end - 1]);
    mark_stretch(desk, q, all(), &stretch, bankrupt_bar);
}

/* With or without positions that come back at once. */
VEC void run(const struct desk *desk, struct portfolio *q, struct event_scratch *scratch,
             bool again)
{
    const struct lane_tile *tile = desk->tile;
    int lane = desk->lane;
    struct course course = {.events = 0};
    struct past past;
    double counts[WIDTH];
    past.scratch = scratch;
    past.again = again;
    past.closed = tile->last && desk->shape->close_at_end;
    for (int l = 0; l < WIDTH; l++) {
        size_t n = q->alive[l] != 0 ? scratch->count[lane + l] : 0;
        counts[l] = (double)n;
        past.bankrupt_bar[l] = INFINITY;
        course.events = n > course.events ? n : course.events;
    }
    past.count = course.count = load(counts);
    course.begin = splat((double)tile->begin);
    course.end = splat((double)(tile->end - (past.closed ? 1 : 0)));
    course.to_window = splat((double)tile->window_bar - (double)tile->begin);
    vd before = q->units, left = splat(NAN);
    course.filled = fill_left(desk, q, course.begin + course.to_window);
    course.entered = begun(q, course.filled, before);
    if (again)
        left = follow_again(desk, q, scratch, &course, past.bankrupt_bar);
    else
        follow_events(desk, q, scratch, &course, past.bankrupt_bar);
    if (past.closed)
        end_window(desk, q, &course, past.bankrupt_bar);
    if (desk->shape->fill != FILL_CLOSE)
        leave_orders(desk, q, again ? left : load(scratch->left + lane));
    take_samples(desk, q, &past);
    if (desk->shape->by_regime)
        for (int l = 0; l < WIDTH; l++)
            sum_regimes(desk, q, &past, l);
}

VEC void jump(const struct lane_tile *tile, struct lane_group *group, const struct shape *shape,
              struct event_scratch *scratch, bool again)
{
    for (int lane = 0; lane < LANES; lane += WIDTH) {
        struct desk desk;
        struct portfolio q;
        desk_open(&desk, tile, group, shape, lane);
        portfolio_load(&q, group->state, lane);
        run(&desk, &q, scratch, again);
        portfolio_store(&q, group->state, lane);
    }
}

static __attribute__((noinline)) void
jump_again(const struct lane_tile *tile, struct lane_group *group, struct event_scratch *scratch)
{
    jump(tile, group, &group->shape, scratch, true);
}

#define PLAIN(name, ...)                                                                           \
    static __attribute__((noinline)) void jump_##name(                                             \
        const struct lane_tile *tile, struct lane_group *group, struct event_scratch *scratch)     \
    {                                                                                              \
        jump(tile, group, &plain_##name, scratch, false);                                          \
    }
PLAIN_SHAPES(PLAIN)
#undef PLAIN

static __attribute__((noinline)) void
jump_any(const struct lane_tile *tile, struct lane_group *group, struct event_scratch *scratch)
{
    jump(tile, group, &group->shape, scratch, false);
}

typedef void jumper(const struct lane_tile *tile, struct lane_group *group,
                    struct event_scratch *scratch);

static jumper *jumper_of(const struct shape *shape)
{
    if (orders_again(shape))
        return jump_again;
    struct shape known = without_idle_terms(shape);
#define PLAIN(name, ...)                                                                           \
    if (memcmp(&known, &plain_##name, sizeof known) == 0)                                          \
        return jump_##name;
    PLAIN_SHAPES(PLAIN)
#undef PLAIN
    return jump_any;
}

bool KERNEL(events)(const struct lane_tile *tile, struct lane_group *group,
                    struct event_scratch *scratch)
{
    if (!can_jump(&group->shape) || !prepare(tile, group, scratch))
        return false;
    jumper_of (&group->shape)(tile, group, scratch);
    return true;
}
