/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Scenes cut into tiles, with the words, samples and ranges that the engine would make. What
 * lies outside the window is garbage, which no kernel may look at.
 */
#ifndef ADMF_TESTS_LANE_TILES_H
#define ADMF_TESTS_LANE_TILES_H

#include "kernels/signal_types.h"
#include "tests/kernels/lane_scenes.h"

enum {
    TILE_WORDS = (SCENE_BARS + WORD_BARS * LANES - 1) / (WORD_BARS * LANES) * LANES,
    SCENE_BLOCKS = 7
};

struct scene_tile {
    struct lane_tile tile;
    size_t first; /* bar of the scene */
    uint64_t up[SCENE_STRATEGIES][TILE_WORDS], down[SCENE_STRATEGIES][TILE_WORDS];
    uint64_t may_long[SCENE_POLICIES][TILE_WORDS], may_short[SCENE_POLICIES][TILE_WORDS];
    uint64_t day_end[TILE_WORDS];
    uint32_t sample_bar[SCENE_BARS];
    double benchmark[SCENE_BARS];
    int32_t block_end[SCENE_BARS];
    uint32_t block_last[SCENE_BARS];
    struct price_ranges ranges;
    struct range_entry rows[2][(BLOCK_LEVEL + 3) * SCENE_BARS];
};

/* A group of the scene on its way through the bars. */
struct scene_group {
    const struct scene_terms *terms;
    struct portfolio_lanes state;
    struct lane_group group;
    struct block_sums blocks[SCENE_BLOCKS];
};

static inline void set_bit(uint64_t *words, size_t t, bool on)
{
    uint64_t bit = (uint64_t)1 << (t % WORD_BARS);
    words[t / WORD_BARS] = on ? words[t / WORD_BARS] | bit : words[t / WORD_BARS] & ~bit;
}

static inline void make_words(const struct scene *s, struct scene_tile *x)
{
    uint64_t seed = s->seed + x->first + 1;
    for (size_t t = 0; t < TILE_WORDS * WORD_BARS; t++) {
        size_t bar = x->first + t;
        bool inside = t >= x->tile.begin && t < x->tile.end;
        for (int k = 0; k < SCENE_STRATEGIES; k++) {
            bool long_garbage = random_unit(&seed) < 0.5;
            set_bit(x->up[k], t, inside ? s->signal[k][bar] > 0 : long_garbage);
            set_bit(x->down[k], t, inside ? s->signal[k][bar] < 0 : !long_garbage);
        }
        for (int k = 0; k < SCENE_POLICIES; k++) {
            set_bit(x->may_long[k], t, inside ? s->allow[k][bar] & 1 : random_unit(&seed) < 0.5);
            set_bit(x->may_short[k], t, inside ? s->allow[k][bar] & 2 : random_unit(&seed) < 0.5);
        }
        bool day_end = t < x->tile.end ? s->day_end[bar] : random_unit(&seed) < 0.5;
        set_bit(x->day_end, t, day_end);
    }
}

static inline bool is_sampled(const struct scene *s, size_t bar)
{
    return s->every_bar || s->day_end[bar] || bar + 1 == s->end;
}

/* The stretch of samples that number k of n ends; -1: none. Those behind it that end there too
 * are empty. */
static inline int32_t block_ended(size_t k, size_t n)
{
    for (size_t j = 0; j < SCENE_BLOCKS; j++)
        if ((j + 1) * n / SCENE_BLOCKS == k + 1)
            return (int32_t)j;
    return -1;
}

static inline void make_samples(const struct scene *s, struct scene_tile *x)
{
    const double *close = s->bars.column[CLOSE];
    double last = close[s->first];
    size_t n = 0, taken = 0;
    for (size_t bar = s->first; bar < s->end; bar++)
        n += is_sampled(s, bar);
    for (size_t bar = s->first; bar < x->first + x->tile.end; bar++) {
        if (!is_sampled(s, bar))
            continue;
        if (bar >= x->first + x->tile.begin) {
            size_t k = x->tile.samples++;
            x->sample_bar[k] = (uint32_t)(bar - x->first);
            x->benchmark[k] = close[bar] / last - 1;
            x->block_end[k] = block_ended(taken, n);
        }
        last = close[bar];
        taken++;
    }
    for (size_t k = 0; k < x->tile.samples; k++) {
        size_t end = k;
        while (x->block_end[end] < 0 && end + 1 < x->tile.samples)
            end++;
        x->block_last[k] = (uint32_t)end;
    }
}

static inline void make_ranges(const struct kernel_table *table, struct scene_tile *x, size_t count)
{
    struct price_ranges *r = &x->ranges;
    r->close = (struct range_table){.low = x->tile.close, .high = x->tile.close};
    r->traded = (struct range_table){.low = x->tile.low, .high = x->tile.high};
    if (count % 2 == 0) { /* both ways */
        table->ranges(&r->close, count, x->rows[0]);
        table->ranges(&r->traded, count, x->rows[1]);
    }
    r->orderly = r->opens = true;
    for (size_t t = 0; t < count; t++)
        r->orderly &= x->tile.low[t] <= x->tile.open[t] && x->tile.open[t] <= x->tile.high[t];
    for (size_t t = 0; t < count; t++)
        r->opens &= !isnan(x->tile.open[t]);
}

/*
 * The tile of bars first … first+count-1, to be run from bar `skip` of it on. False: none of
 * those is in the window.
 */
static inline bool make_tile(const struct kernel_table *table, const struct scene *s, size_t first,
                             size_t count, size_t skip, struct scene_tile *x)
{
    size_t begin = s->first > first + skip ? s->first - first : skip;
    size_t end = s->end < first + count ? s->end - first : count;
    if (begin >= end)
        return false;
    x->first = first;
    x->tile = (struct lane_tile){
        .begin = begin,
        .end = end,
        .data_bar = first + begin,
        .window_bar = first + begin - s->first,
        .last = first + end == s->end,
        .begins_day = first == 0 || s->day_end[first - 1],
        .daily_or_longer = s->daily_or_longer,
        .open = s->bars.column[OPEN] + first,
        .high = s->bars.column[HIGH] + first,
        .low = s->bars.column[LOW] + first,
        .close = s->bars.column[CLOSE] + first,
        .day_end = x->day_end,
        .sample_bar = x->sample_bar,
        .benchmark = x->benchmark,
        .block_end = x->block_end,
        .block_last = x->block_last,
        .ranges = &x->ranges,
    };
    make_words(s, x);
    make_samples(s, x);
    make_ranges(table, x, count);
    return true;
}

static inline void start_group(const struct scene_terms *terms, struct scene_group *g)
{
    *g = (struct scene_group){.terms = terms};
    struct portfolio_lanes *state = &g->state;
    g->group.state = state;
    g->group.shape = terms->shape;
    g->group.risk_free_per_sample = terms->risk_free;
    g->group.blocks = g->blocks;
    for (int l = 0; l < LANES; l++) {
        g->group.strategy[l] = (uint32_t)terms->strategy[l];
        g->group.risk[l] = terms->risk[l];
        g->group.execution[l] = terms->execution[l];
        state->cash[l] = state->peak[l] = state->day_equity[l] = terms->initial_cash;
        state->sampled_equity[l] = terms->initial_cash;
        state->alive[l] = terms->used[l];
        state->cooling_until[l] = -1;
        state->best_trade[l] = -INFINITY;
        state->worst_trade[l] = INFINITY;
    }
}

/* Where the group finds the signals of a tile. */
static inline void connect_group(const struct scene *s, const struct scene_tile *x,
                                 struct scene_group *g)
{
    for (int l = 0; l < LANES; l++) {
        int strategy = g->terms->strategy[l], policy = g->terms->policy[l];
        g->group.up[l] = x->up[strategy];
        /* Nobody may look where none goes short: these would make every order another. */
        g->group.down[l] = g->group.shape.allow_short ? x->down[strategy] : x->up[strategy];
        g->group.may_long[l] = x->may_long[policy];
        g->group.may_short[l] = x->may_short[policy];
        g->group.strength[l] = s->strength[strategy] + x->first;
        g->group.scale[l] = s->scale + x->first;
    }
}

/* ---- comparing ---------------------------------------------------------------------------*/

/* What is left where an infinity or a NaN came in says nothing: the lane is invalid. */
static inline bool is_valid(const struct portfolio_lanes *s, int l)
{
    return isfinite(s->cash[l]) && isfinite(s->units[l]) && isfinite(s->peak[l]) &&
           isfinite(s->moment4[l]) && isfinite(s->equity_sum[l]) && isfinite(s->traded[l]) &&
           isfinite(s->fees[l]);
}

/* Without a position an order to have none is no order. */
static inline bool awaits(const struct portfolio_lanes *s, int l)
{
    return s->pending[l] != 0 && (s->pending_direction[l] != 0 || s->units[l] != 0);
}

/* Fields that may differ because nothing depends on them. */
static inline bool is_idle(const char *field, const struct portfolio_lanes *s, int l,
                           const struct shape *shape)
{
    if (strncmp(field, "pending", 7) == 0)
        return !awaits(s, l);
    if (strcmp(field, "best_price") == 0)
        return !shape->has_trail || s->units[l] == 0;
    if (strcmp(field, "halted_days") == 0)
        return s->halted_for_good[l] != 0;
    return strcmp(field, "threshold") == 0; /* any safe one will do; see max_drawdown */
}

/* The field in which lane l of two groups differs; NULL: none. */
static inline const char *lane_differs(const struct scene_group *a, const struct scene_group *b,
                                       int l)
{
    const struct portfolio_lanes *x = &a->state, *y = &b->state;
    if (is_valid(x, l) && awaits(x, l) != awaits(y, l))
        return "whether an order waits";
    if (!is_valid(x, l) && !is_valid(y, l))
        return NULL;
#define FIELD(name)                                                                                \
    if (!same_bits(x->name[l], y->name[l]) && !is_idle(#name, x, l, &a->terms->shape))             \
        return #name;
    PORTFOLIO_STATE(FIELD)
    PORTFOLIO_SUMS(FIELD)
#undef FIELD
    for (int j = 0; j < SCENE_BLOCKS; j++)
        if (!same_bits(a->blocks[j].sum[l], b->blocks[j].sum[l]) ||
            !same_bits(a->blocks[j].sum2[l], b->blocks[j].sum2[l]))
            return "a block's sums";
    return NULL;
}

#endif
