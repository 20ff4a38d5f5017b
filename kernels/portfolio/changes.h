/* SPDX-License-Identifier: Apache-2.0 */
/*
 * From the signal words of a lane to its events of a tile: where the allowed signal
 * changes, the price the order fills at and the range of the close until then. Depends
 * on words and prices alone, so it is made once for all lanes that have them in common.
 */
#ifndef ADMF_KERNELS_PORTFOLIO_CHANGES_H
#define ADMF_KERNELS_PORTFOLIO_CHANGES_H

#include <math.h>

#include "kernels/portfolio/moves.h"

/* Whether both allow the same of a signal, for which other words may do. */
VEC bool same_allowed(const struct lane_tile *tile, const uint64_t *signal, const uint64_t *a,
                      const uint64_t *b)
{
    if (a == b)
        return true;
    for (size_t w = tile->begin / WORD_BARS / WIDTH * WIDTH; w * WORD_BARS < tile->end; w += WIDTH)
        if (any(some((load_words(a + w) ^ load_words(b + w)) & load_words(signal + w))))
            return false;
    return true;
}

/* Whether both have the same events. Classifiers often differ where the strategy has no signal, or
 * in no bar of a tile. */
VEC bool same_source(const struct lane_tile *tile, const struct change_source *a,
                     const struct change_source *b)
{
#define FIELD(type, name)                                                                          \
    if (a->name != b->name)                                                                        \
        return false;
    CHANGE_SOURCE(FIELD)
#undef FIELD
    return same_allowed(tile, a->up, a->may_long, b->may_long) &&
           (!a->allow_short || same_allowed(tile, a->down, a->may_short, b->may_short));
}

/* What a listing is compiled for. */
struct listing_kind {
    struct move_kind moves;
    bool early; /* positions may end early */
};

/* One lane's events while they are listed. */
struct listing {
    const struct lane_tile *tile;
    struct lane_event *event; /* the next one */
    struct lane_exit *exit;   /* NULL: nothing ends early */
    const double *price;      /* orders fill at */
    bool at_open;             /* orders fill at opens */
    bool has_exits;           /* at levels of the price */
    int lane;
    size_t delay; /* bars from the decision to the fill */
    size_t begin; /* of the stretch in hand */
    size_t count;
    double direction; /* ordered last */
    double left;      /* see event_scratch */
};

/*
 * The bars at which what is held over the stretch in hand is tested: what an open bought in
 * its bar already, what a close bought up to the bar of the next close that trades.
 */
static inline void set_tests(struct listing *list, size_t end)
{
    const struct price_ranges *ranges = list->tile->ranges;
    struct lane_exit *exit = &list->exit[list->count];
    size_t begin = list->begin + (list->count > 0 && !list->at_open);
    exit->begin[list->lane] = (double)begin;
    exit->end[list->lane] = (double)end;
    if (!list->has_exits)
        return;
    struct price_range tested = range_or_none(&ranges->traded, begin, list->direction ? end : 0);
    exit->lowest[list->lane] = tested.low;
    exit->highest[list->lane] = tested.high;
}

/* Ends the stretch in hand before `bar`, in the event that comes next. */
static inline void end_stretch(struct listing *list, size_t bar)
{
    const struct lane_tile *tile = list->tile;
    struct lane_event *event = list->event;
    /* Once an order to 0 has filled there is no position: any price will do. */
    struct price_range range = {tile->close[tile->begin], tile->close[tile->begin]};
    if (list->direction != 0 && bar > list->begin)
        range = range_of(&tile->ranges->close, list->begin, bar);
    event->bar[list->lane] = (double)(int)bar; /* signed: one instruction */
    event->lowest[list->lane] = range.low;
    event->highest[list->lane] = range.high;
    list->begin = bar;
}

/* The order that fills at bar `bar`: after its tests, or before them where it is at_open. */
VEC void add_order(struct listing *list, size_t bar, bool at_open, double price, double direction,
                   bool early)
{
    struct lane_event *event = list->event;
    event->price[list->lane] = price;
    event->direction[list->lane] = direction;
    if (early)
        set_tests(list, bar + !at_open);
    end_stretch(list, bar);
    list->direction = direction;
    list->count++;
    list->event++;
}

/*
 * Under flat_at: an order that would fill at the close of a day's last bar, or is decided there,
 * is one to leave everything at that close. False: it is like any other.
 */
static inline bool add_flat(struct listing *list, size_t decided)
{
    const struct lane_tile *tile = list->tile;
    size_t bar = decided + (list->at_open || ends_day(tile, decided) ? 0 : list->delay);
    if (bar == tile->end || !ends_day(tile, bar))
        return false;
    /* The order of the last bar waits on, though nothing is left for it. */
    if (!list->at_open && decided + list->delay == tile->end)
        list->left = 0;
    add_order(list, bar, false, tile->close[bar], 0, true);
    list->exit[list->count - 1].flat[list->lane] = 1;
    return true;
}

/* The order decided at bar `decided`. False: its price is undefined. */
VEC bool add_event(struct listing *list, size_t decided, double direction, struct listing_kind kind)
{
    if (kind.moves.flat_at) {
        list->exit[list->count].flat[list->lane] = 0;
        if (add_flat(list, decided))
            return true;
    }
    size_t bar = decided + list->delay;
    if (bar == list->tile->end) {
        list->left = direction;
        return true;
    }
    double price = list->price[bar];
    add_order(list, bar, list->at_open, price, direction, kind.early);
    return price == price;
}

/* The events of word w. False: the price of an order is undefined. */
VEC bool add_moves(struct listing *list, size_t w, const struct moves *moves,
                   struct listing_kind kind)
{
    for (uint64_t m = moves->moved[w]; m; m &= m - 1) {
        int bit = __builtin_ctzll(m);
        int direction = (int)(moves->up[w] >> bit & 1);
        if (kind.moves.shorts)
            direction -= (int)(moves->down[w] >> bit & 1);
        if (!add_event(list, w * WORD_BARS + (size_t)bit, direction, kind))
            return false;
    }
    return true;
}

/* Events of a lane into the rows of the listing; see list_kind. */
VEC bool list_changes(struct listing *list, const struct change_source *source, size_t most,
                      struct listing_kind kind)
{
    struct moves moves;
    find_moves(list->tile, source, &moves, kind.moves);
    for (size_t k = 0; k < sizeof moves.some / sizeof *moves.some; k++)
        for (uint64_t some = moves.some[k]; some; some &= some - 1) {
            size_t w = k * WORD_BARS + (size_t)__builtin_ctzll(some);
            if (!add_moves(list, w, &moves, kind) || list->count > most)
                return false;
        }
    return true;
}

/*
 * The events of a lane into scratch. False: there are more than `most`, or an order would meet
 * an undefined price.
 */
VEC bool list_kind(const struct lane_tile *tile, const struct change_source *source,
                   struct event_scratch *scratch, size_t most, int lane, struct listing_kind kind)
{
    struct listing list = {.tile = tile,
                           .event = scratch->event,
                           .exit = kind.early ? scratch->exit : NULL,
                           .has_exits = source->has_exits,
                           .at_open = source->fill == FILL_NEXT_OPEN,
                           .price = source->fill == FILL_NEXT_OPEN ? tile->open : tile->close,
                           .lane = lane,
                           .delay = source->fill == FILL_CLOSE ? 0 : 1,
                           .begin = tile->begin,
                           .direction = source->carry,
                           .left = NAN};
    if (!list_changes(&list, source, most, kind))
        return false;
    if (kind.early)
        set_tests(&list, tile->end);
    end_stretch(&list, tile->end - source->stops_short);
    scratch->count[lane] = list.count;
    scratch->left[lane] = list.left;
    return true;
}

static __attribute__((noinline)) bool list_keeping(const struct lane_tile *tile,
                                                   const struct change_source *source,
                                                   struct event_scratch *scratch, size_t most,
                                                   int lane, bool early)
{
    struct listing_kind kind = {
        {.shorts = source->allow_short, .flat_at = source->flat_at, .keeps = true}, early};
    return list_kind(tile, source, scratch, most, lane, kind);
}

static __attribute__((noinline)) bool list_early(const struct lane_tile *tile,
                                                 const struct change_source *source,
                                                 struct event_scratch *scratch, size_t most,
                                                 int lane)
{
    struct listing_kind shorts = {{.shorts = true}, true}, longs = {{.shorts = false}, true};
    struct listing_kind days = {{.shorts = source->allow_short, .flat_at = true}, true};
    if (source->flat_at)
        return list_kind(tile, source, scratch, most, lane, days);
    if (source->allow_short)
        return list_kind(tile, source, scratch, most, lane, shorts);
    return list_kind(tile, source, scratch, most, lane, longs);
}

static inline bool has_early_ends(const struct change_source *source)
{
    return source->has_exits || source->has_holding || source->flat_at;
}

static inline bool list_events(const struct lane_tile *tile, const struct change_source *source,
                               struct event_scratch *scratch, size_t most, int lane)
{
    struct listing_kind shorts = {{.shorts = true}, false}, longs = {{.shorts = false}, false};
    bool early = has_early_ends(source);
    if (source->block_entries)
        return list_keeping(tile, source, scratch, most, lane, early);
    if (early)
        return list_early(tile, source, scratch, most, lane);
    if (source->allow_short)
        return list_kind(tile, source, scratch, most, lane, shorts);
    return list_kind(tile, source, scratch, most, lane, longs);
}

/* Those of another lane, which has them from the same source. */
static __attribute__((noinline)) void
copy_events(struct event_scratch *scratch, const struct change_source *source, int from, int to)
{
    scratch->fits[to] = scratch->fits[from];
    if (!scratch->fits[from])
        return;
    scratch->count[to] = scratch->count[from];
    scratch->left[to] = scratch->left[from];
    for (size_t k = 0; k <= scratch->count[from]; k++) {
        struct lane_event *event = &scratch->event[k];
        event->bar[to] = event->bar[from];
        event->price[to] = event->price[from];
        event->direction[to] = event->direction[from];
        event->lowest[to] = event->lowest[from];
        event->highest[to] = event->highest[from];
    }
    for (size_t k = 0; has_early_ends(source) && k <= scratch->count[from]; k++) {
        struct lane_exit *exit = &scratch->exit[k];
        exit->begin[to] = exit->begin[from];
        exit->end[to] = exit->end[from];
        exit->lowest[to] = exit->lowest[from];
        exit->highest[to] = exit->highest[from];
        exit->flat[to] = exit->flat[from];
    }
}

#endif
