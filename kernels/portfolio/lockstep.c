/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Portfolios bar by bar, all lanes of a vector at the same bar.
 *
 * A bar is: a pending order meets the open; protective exits; halts; a decision; fills
 * at the close; the mark. Two ways through it share every step. Where decisions follow
 * from the signals alone (`steady`), the words tell which bars can bring an order and
 * everything between is marked in a tight loop. Where they depend on the portfolio
 * (`eventful`: exits, halts, rebalancing, …), every bar takes every step.
 */
#include "kernels/portfolio/decide.h"
#include "kernels/portfolio/exits.h"
#include "kernels/portfolio/mark.h"

lane_kernel KERNEL(lockstep);

/* The size inputs of the bar that decides an order. */
VEC void size_inputs(const struct desk *desk, size_t t, vd *scale, vd *strength)
{
    const struct lane_group *g = desk->group;
    bool scaled =
        desk->shape->size_type == SIZE_VOLATILITY_TARGET || desk->shape->size_type == SIZE_ATR_RISK;
    *scale = scaled ? gather(g->scale + desk->lane, t) : splat(0);
    *strength = desk->shape->scale_by_strength ? gather(g->strength + desk->lane, t) : splat(1);
}

/* Lanes m order `direction`: remembered until the fill. */
VEC void place(const struct desk *desk, struct portfolio *q, vm m, vd direction, size_t t)
{
    vd scale, strength;
    size_inputs(desk, t, &scale, &strength);
    q->pending = sel(m, splat(1), q->pending);
    q->pending_direction = sel(m, direction, q->pending_direction);
    q->pending_scale = sel(m, scale, q->pending_scale);
    q->pending_strength = sel(m, strength, q->pending_strength);
    if (desk->shape->by_regime) {
        FOR_LANES(desk, m, l)
        {
            struct regime_sums *sums = desk->group->regime[l];
            sums->pending_regime = desk->group->label[l][t];
        }
    }
}

VEC void fill_pending(const struct desk *desk, struct portfolio *q, vm m, vd price, vd bar)
{
    struct order o = {.price = price,
                      .direction = q->pending_direction,
                      .scale = q->pending_scale,
                      .strength = q->pending_strength};
    fill_orders(desk, q, m, &o, bar);
    q->pending = sel(m, splat(0), q->pending);
}

/* Pending orders meet the open of bar t; returns lanes whose trade began there. */
VEC vm fill_at_open(const struct desk *desk, struct portfolio *q, size_t t, vd bar)
{
    vd price = splat(desk->tile->open[t]);
    vm m = both(set(q->pending), eq(price, price));
    if (!any(m))
        return none();
    vd before = q->units;
    fill_pending(desk, q, m, price, bar);
    return begun(q, m, before);
}

/* ---- steady -----------------------------------------------------------------------------*/

/* One bar that may bring an order, all steps that a steady group has. */
static __attribute__((noinline)) void steady_bar(const struct desk *desk, struct portfolio *q,
                                                 const struct signal_words *words, size_t t, vd bar)
{
    const struct shape *shape = desk->shape;
    vd close = splat(desk->tile->close[t]);
    if (shape->fill == FILL_NEXT_OPEN)
        fill_at_open(desk, q, t, bar);
    vd direction = raw_direction(desk, q, words, (unsigned)(t % WORD_BARS));
    vm orders = both(set(q->alive), ne(direction, q->wanted));
    q->wanted = sel(orders, direction, q->wanted);
    if (shape->fill == FILL_NEXT_CLOSE) {
        vm m = set(q->pending);
        if (any(m))
            fill_pending(desk, q, m, close, bar);
    }
    place(desk, q, orders, direction, t);
    if (shape->fill == FILL_CLOSE && any(orders))
        fill_pending(desk, q, orders, close, bar);
}

/* Bits of the bars of word w at which some lane's allowed signal differs from the bar before. */
VEC uint64_t changes(const struct signal_words *words, vu *last_up, vu *last_down)
{
    vu moved =
        (words->up ^ (words->up << 1 | *last_up)) | (words->down ^ (words->down << 1 | *last_down));
    *last_up = words->up >> 63;
    *last_down = words->down >> 63;
    uint64_t bits_of[WIDTH], all_lanes = 0;
    memcpy(bits_of, &moved, sizeof bits_of);
    for (int l = 0; l < WIDTH; l++)
        all_lanes |= bits_of[l];
    return all_lanes;
}

/* Marks bars begin … end-1 of the tile, taking the samples that fall among them. */
VEC void mark_and_sample(const struct desk *desk, struct portfolio *q, size_t begin, size_t end,
                         size_t *sample)
{
    const struct lane_tile *tile = desk->tile;
    while (begin < end) {
        size_t stop = end;
        bool samples = *sample < tile->samples && tile->sample_bar[*sample] < end;
        if (samples)
            stop = tile->sample_bar[*sample] + 1;
        mark_quiet(desk, q, begin, stop, splat((double)(tile->window_bar + (begin - tile->begin))));
        if (samples) {
            take_sample(desk, q, q->cash + q->units * tile->close[stop - 1], *sample);
            ++*sample;
        }
        begin = stop;
    }
}

VEC vd bar_number(const struct lane_tile *tile, size_t t)
{
    return splat((double)(tile->window_bar + (t - tile->begin)));
}

VEC void run_steady(const struct desk *desk, struct portfolio *q)
{
    const struct lane_tile *tile = desk->tile;
    /* What was wanted last is what the signals said last: a steady lane follows them. */
    vu last_up = (vu)(q->wanted > 0) & 1, last_down = (vu)(q->wanted < 0) & 1;
    size_t sample = 0, marked = tile->begin;
    bool waits = any(set(q->pending)), at_close = desk->shape->fill == FILL_CLOSE;
    for (size_t t = tile->begin; t < tile->end;) {
        size_t w = t / WORD_BARS, word_end = (w + 1) * WORD_BARS;
        size_t end = word_end < tile->end ? word_end : tile->end;
        struct signal_words words;
        words_load(desk, w, &words);
        /* Bits before t, where a window begins inside a word, are not ours to see. */
        unsigned skip = (unsigned)(t % WORD_BARS);
        uint64_t seen = UINT64_MAX << skip, moved;
        if (skip) {
            vu first_up = last_up << (skip - 1), first_down = last_down << (skip - 1);
            words.up = (words.up & seen) | first_up;
            words.down = (words.down & seen) | first_down;
            last_up = last_up ^ last_up;
            last_down = last_down ^ last_down;
        }
        moved = changes(&words, &last_up, &last_down) & seen;
        if (end < word_end)
            moved &= UINT64_MAX >> (word_end - end);
        while (waits || moved) {
            size_t bit = waits ? t : w * WORD_BARS + (size_t)__builtin_ctzll(moved);
            if (bit >= end)
                break;
            mark_and_sample(desk, q, marked, bit, &sample);
            steady_bar(desk, q, &words, bit, bar_number(tile, bit));
            if (tile->last && bit + 1 == tile->end && desk->shape->close_at_end)
                close_held(desk, q, bit, bar_number(tile, bit));
            mark_and_sample(desk, q, bit, bit + 1, &sample);
            marked = t = bit + 1;
            moved &= bit % WORD_BARS == 63 ? 0 : UINT64_MAX << (bit % WORD_BARS + 1);
            waits = !at_close && any(set(q->pending));
        }
        t = end;
    }
    if (tile->last && desk->shape->close_at_end && marked < tile->end) {
        mark_and_sample(desk, q, marked, tile->end - 1, &sample);
        close_held(desk, q, tile->end - 1, bar_number(tile, tile->end - 1));
        marked = tile->end - 1;
    }
    mark_and_sample(desk, q, marked, tile->end, &sample);
}

/* ---- eventful ---------------------------------------------------------------------------*/

static bool bit_of(const uint64_t *words, size_t t)
{
    return words[t / WORD_BARS] >> (t % WORD_BARS) & 1;
}

/* Lanes whose position is to be closed at this close, whatever the signal. */
VEC vm time_exits_due(const struct desk *desk, struct portfolio *q, bool day_end, vd side, vd bar)
{
    const struct shape *shape = desk->shape;
    vm held = ne(q->units, splat(0)), due = none();
    if (shape->has_holding)
        due = both(held, ge(bar - q->entry_bar, RISK(desk, max_holding_bars)));
    if (shape->flat_at && day_end) {
        due = held;
        /* An order that would fill at this close only closes. */
        q->pending_direction = sel(set(q->pending), splat(0), q->pending_direction);
    }
    if (any(due))
        after_exit(desk, q, due, side);
    return due;
}

struct decision {
    vm orders;
    vd direction;
};

VEC struct decision decide(const struct desk *desk, struct portfolio *q,
                           const struct signal_words *words, size_t t, vm halted, vm due, vd side,
                           bool day_end, vd bar)
{
    const struct shape *shape = desk->shape;
    vd zero = splat(0);
    vm alive = set(q->alive), flat = eq(q->units, zero), idle = none();
    vd d = raw_direction(desk, q, words, (unsigned)(t % WORD_BARS));
    if (shape->flat_at && day_end)
        d = zero;
    if (shape->has_halts) {
        if (shape->halt == HALT_ENTRIES) {
            d = sel(both(halted, ne(d, q->wanted)), zero, d);
        } else {
            d = sel(halted, zero, d);
            idle = both(halted, flat);
        }
    }
    vm orders = without(ne(d, q->wanted), idle);
    if (shape->reentry == REENTRY_IMMEDIATE)
        orders =
            without(orders, held_back(desk, q, d, side, due, splat(desk->tile->close[t]), bar));
    orders = both(orders, alive);
    q->wanted = sel(orders, d, q->wanted);
    if (shape->rebalance == REBALANCE_EVERY_BAR) {
        vm again = both(both(eq(d, q->wanted), ne(d, zero)), both(alive, negate(flat)));
        orders = either(orders, without(without(again, halted), due));
    }
    return (struct decision){orders, d};
}

/* Step 5: what fills at this close, time exits merged with it. */
VEC void fills_at_close(const struct desk *desk, struct portfolio *q, struct decision made, vm due,
                        bool day_end, size_t t, vd bar)
{
    const struct shape *shape = desk->shape;
    vd close = splat(desk->tile->close[t]);
    vm filling = none();
    if (shape->fill == FILL_CLOSE) {
        place(desk, q, made.orders, made.direction, t);
        filling = made.orders;
    } else if (shape->fill == FILL_NEXT_CLOSE) {
        filling = set(q->pending);
    }
    vm alone = without(due, filling);
    if (any(alone))
        close_position(desk, q, alone, close, none(), bar);
    if (any(filling))
        fill_pending(desk, q, filling, close, bar);
    q->time_exits = plus_one(q->time_exits, due);
    if (shape->fill != FILL_CLOSE)
        place(desk, q, made.orders, made.direction, t);
    if (shape->fill == FILL_NEXT_OPEN && shape->flat_at && day_end)
        q->pending = splat(0);
}

/* A bar belongs to the regime at the close before; stretches are summed when they end. */
VEC void follow_regimes(const struct desk *desk, const struct portfolio *q, size_t t)
{
    vd equity = q->cash + q->units * desk->tile->close[t];
    bool end = desk->tile->last && t + 1 == desk->tile->end;
    FOR_LANES(desk, all(), l)
    {
        struct regime_sums *sums = desk->group->regime[l];
        double now = equity[l - (unsigned)desk->lane];
        sums->bars[sums->regime] += 1;
        uint8_t next = desk->group->label[l][t];
        if (next != sums->regime || end) {
            sums->profit[sums->regime] += now - sums->stretch_equity;
            sums->stretch_equity = now;
            sums->regime = next;
        }
    }
}

VEC void test_exits(const struct desk *desk, struct portfolio *q, size_t t, vm at_open, vd bar)
{
    struct tested_bar prices = same_bar(desk->tile, t);
    protective_exits(desk, q, all(), &prices, at_open, bar);
}

static __attribute__((noinline)) void eventful_bar(const struct desk *desk, struct portfolio *q,
                                                   const struct signal_words *words, size_t t,
                                                   bool new_day, vd bar)
{
    const struct lane_tile *tile = desk->tile;
    const struct shape *shape = desk->shape;
    bool day_end = bit_of(tile->day_end, t);
    vm at_open = none(), halted = none();
    if (shape->fill == FILL_NEXT_OPEN)
        at_open = fill_at_open(desk, q, t, bar);
    if (shape->has_exits)
        test_exits(desk, q, t, at_open, bar);
    if (shape->has_halts) {
        if (tile->daily_or_longer)
            q->halted_days = larger(q->halted_days - 1.0, splat(0));
        else if (new_day)
            q->halted_days = splat(0);
        halted = halts(desk, q, t);
    }
    vd side = sel(gt(q->units, splat(0)), splat(1), splat(-1));
    vm due = time_exits_due(desk, q, day_end, side, bar);
    struct decision made = decide(desk, q, words, t, halted, due, side, day_end, bar);
    fills_at_close(desk, q, made, due, day_end, t, bar);
    if (tile->last && t + 1 == tile->end && shape->close_at_end)
        close_held(desk, q, t, bar);
}

VEC void run_eventful(const struct desk *desk, struct portfolio *q)
{
    const struct lane_tile *tile = desk->tile;
    size_t sample = 0;
    struct signal_words words = {0};
    for (size_t t = tile->begin; t < tile->end; t++) {
        if (t == tile->begin || t % WORD_BARS == 0)
            words_load(desk, t / WORD_BARS, &words);
        bool new_day = t > 0 ? bit_of(tile->day_end, t - 1) : tile->begins_day;
        eventful_bar(desk, q, &words, t, new_day, bar_number(tile, t));
        mark_and_sample(desk, q, t, t + 1, &sample);
        if (desk->shape->has_halts && bit_of(tile->day_end, t))
            q->day_equity = q->cash + q->units * tile->close[t];
        if (desk->shape->by_regime)
            follow_regimes(desk, q, t);
    }
}

/* ---- choice -----------------------------------------------------------------------------*/

/* A NaN or infinity in cash or units freezes a lane; the metrics see it at the end. */
void KERNEL(lockstep)(const struct lane_tile *tile, struct lane_group *group)
{
    for (int lane = 0; lane < LANES; lane += WIDTH) {
        struct desk desk;
        struct portfolio q;
        desk_open(&desk, tile, group, lane);
        portfolio_load(&q, group->state, lane);
        if (follows_signals(&group->shape))
            run_steady(&desk, &q);
        else
            run_eventful(&desk, &q);
        portfolio_store(&q, group->state, lane);
    }
}
