/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Scenes for the kernels of portfolios, drawn from a seed: bars, signals, and groups of lanes
 * with random terms. lane_tiles.h cuts them into tiles.
 */
#ifndef ADMF_TESTS_LANE_SCENES_H
#define ADMF_TESTS_LANE_SCENES_H

#include "tests/kernels/feature_rows.h"

enum { SCENE_BARS = 900, SCENE_STRATEGIES = 3, SCENE_POLICIES = 2, SCENE_GROUPS = 2 };

/* What a group's shape is drawn from. */
enum scene_kind {
    JUMPING,  /* can jump */
    WATCHFUL, /* halts and nothing else of the portfolio */
    ANYTHING
};

struct scene_terms {
    struct shape shape;
    double initial_cash, risk_free;
    int strategy[LANES], policy[LANES];
    bool used[LANES];
    double risk[LANES][RISK_COUNT], execution[LANES][EXECUTION_COUNT];
};

struct scene {
    uint64_t seed; /* the generator's state */
    enum scene_kind kind;
    struct bars bars;
    size_t first, end; /* the window */
    bool daily_or_longer, every_bar;
    bool day_end[SCENE_BARS];
    signed char signal[SCENE_STRATEGIES][SCENE_BARS];
    unsigned char allow[SCENE_POLICIES][SCENE_BARS]; /* bit 0 long, bit 1 short */
    double strength[SCENE_STRATEGIES][SCENE_BARS], scale[SCENE_BARS];
    struct scene_terms group[SCENE_GROUPS];
};

static inline int draw_int(struct scene *s, int n) { return (int)(n * random_unit(&s->seed)); }
static inline bool draw_chance(struct scene *s, double share)
{
    return random_unit(&s->seed) < share;
}

/* A few numbers and how many. */
#define POOL(...)                                                                                  \
    (const double[]){__VA_ARGS__}, (int)(sizeof((const double[]){__VA_ARGS__}) / sizeof(double))
#define OFF ((double)NAN)

static inline double draw_from(struct scene *s, const double *pool, int n)
{
    return pool[draw_int(s, n)];
}

/* Runs of one direction, of a mean length from hectic to rare. */
static inline void draw_signals(struct scene *s)
{
    for (int k = 0; k < SCENE_STRATEGIES; k++) {
        double length = draw_from(s, POOL(1.5, 4, 12, 40, 150));
        int direction = 0;
        for (size_t t = 0; t < SCENE_BARS; t++) {
            if (draw_chance(s, 1 / length))
                direction = draw_int(s, 3) - 1;
            s->signal[k][t] = (signed char)direction;
            s->strength[k][t] = draw_chance(s, 0.03) ? OFF : random_unit(&s->seed);
        }
    }
    for (int k = 0; k < SCENE_POLICIES; k++) {
        int allow = 3;
        for (size_t t = 0; t < SCENE_BARS; t++) {
            if (k > 0 && draw_chance(s, 0.01))
                allow = draw_int(s, 4);
            s->allow[k][t] = (unsigned char)allow;
        }
    }
    for (size_t t = 0; t < SCENE_BARS; t++)
        s->scale[t] = draw_chance(s, 0.06) ? draw_from(s, POOL(OFF, 0)) : random_unit(&s->seed);
}

static inline void draw_bars(struct scene *s)
{
    double step = draw_from(s, POOL(0.002, 0.01, 0.06, 0.4));
    s->bars = random_bars(SCENE_BARS, 100, step, s->seed + 1);
    double *const *x = s->bars.column;
    bool gaps = draw_chance(s, 0.7); /* from close to open */
    for (size_t t = 0; gaps && t < SCENE_BARS; t++)
        x[OPEN][t] = x[LOW][t] + (x[HIGH][t] - x[LOW][t]) * random_unit(&s->seed);
    if (draw_chance(s, 0.25))
        punch_holes(&s->bars, OPEN, false, s->seed);
    if (draw_chance(s, 0.15)) /* an open outside its bar */
        x[OPEN][500] = x[HIGH][500] * 1.01;
    s->first = draw_chance(s, 0.5) ? 0 : (size_t)draw_int(s, 200);
    s->end = SCENE_BARS - (draw_chance(s, 0.5) ? 0 : (size_t)draw_int(s, 200));
    s->daily_or_longer = draw_chance(s, s->kind == WATCHFUL ? 0 : 0.2);
    s->every_bar = draw_chance(s, 0.5);
    double days = draw_from(s, POOL(0.01, 0.05, 0.3));
    for (size_t t = 0; t < SCENE_BARS; t++)
        s->day_end[t] = s->daily_or_longer || t + 1 == SCENE_BARS || draw_chance(s, days);
}

/* A number of every lane: at times the same for all. */
static inline void draw_lanes(struct scene *s, double *lane, size_t stride, const double *pool,
                              int n)
{
    bool varies = draw_chance(s, 0.5);
    for (size_t l = 0; l < LANES; l++)
        lane[l * stride] = l == 0 || varies ? draw_from(s, pool, n) : lane[0];
}

#define DRAW_RISK(s, g, name, ...)                                                                 \
    draw_lanes(s, &(g)->risk[0][RISK_##name], RISK_COUNT, POOL(__VA_ARGS__))
#define DRAW_EXECUTION(s, g, name, ...)                                                            \
    draw_lanes(s, &(g)->execution[0][EXECUTION_##name], EXECUTION_COUNT, POOL(__VA_ARGS__))

static inline void draw_sizing(struct scene *s, struct scene_terms *g)
{
    g->shape.size_type = (uint8_t)draw_int(s, SIZE_ATR_RISK + 1);
    DRAW_RISK(s, g, leverage, 1, 0.5, 2, 20);
    DRAW_RISK(s, g, atr_multiple, 2, 0.5);
    switch (g->shape.size_type) {
    case SIZE_FIXED_VALUE:
        DRAW_RISK(s, g, size, 30000, 99000, 1e7);
        break;
    case SIZE_FIXED_UNITS:
        DRAW_RISK(s, g, size, 1, 20, 0, 1e5, 1e300);
        break;
    case SIZE_ATR_RISK:
        DRAW_RISK(s, g, size, 0.005, 0.02, 3);
        break;
    default:
        DRAW_RISK(s, g, size, 1, 0.3, 0.9, 5, 0);
    }
    g->shape.scale_by_strength = draw_chance(s, 0.2);
    if (draw_chance(s, 0.25)) {
        g->shape.has_lot = true;
        DRAW_RISK(s, g, lot, 0, 0.1, 1, 70);
    }
}

static inline void draw_limits(struct scene *s, struct scene_terms *g)
{
    struct shape *shape = &g->shape;
    shape->on_breach = (uint8_t)draw_int(s, 2);
    if (draw_chance(s, 0.3)) {
        shape->has_limits = true;
        DRAW_RISK(s, g, max_position_value, OFF, 20000, 60000);
        DRAW_RISK(s, g, max_position_percent, OFF, 0.2, 0.8);
        DRAW_RISK(s, g, max_leverage, OFF, 0.5, 1.5);
    }
    if (draw_chance(s, 0.25)) {
        shape->has_limits = shape->has_cooldown = true;
        DRAW_RISK(s, g, cooldown_bars, OFF, 0, 1, 40);
    }
    shape->halt = (uint8_t)draw_int(s, 2);
    if (s->kind == WATCHFUL || (s->kind == ANYTHING && draw_chance(s, 0.3))) {
        shape->has_halts = true;
        DRAW_RISK(s, g, max_drawdown, OFF, 0.005, 0.05, 0.3);
        DRAW_RISK(s, g, max_daily_loss, OFF, 0.001, 0.01, 0.1);
    }
}

static inline void draw_exits(struct scene *s, struct scene_terms *g)
{
    struct shape *shape = &g->shape;
    if (s->kind != WATCHFUL && draw_chance(s, 0.5)) {
        shape->has_exits = true;
        DRAW_RISK(s, g, stop_loss, OFF, 0.0005, 0.01, 0.1, 0.99);
        DRAW_RISK(s, g, take_profit, OFF, 0.0005, 0.01, 0.1, 3);
        shape->has_trail = draw_chance(s, 0.4);
        if (shape->has_trail)
            DRAW_RISK(s, g, trailing_stop, OFF, 0.001, 0.01, 0.1, 0.99);
    }
    shape->has_holding = s->kind != WATCHFUL && draw_chance(s, 0.25);
    if (shape->has_holding)
        DRAW_RISK(s, g, max_holding_bars, OFF, 1, 2, 8, 30, 150);
    shape->flat_at = s->kind != WATCHFUL && draw_chance(s, 0.25);
    shape->reentry = s->kind == WATCHFUL || (s->kind == JUMPING && shape->has_cooldown)
                         ? REENTRY_NEW_SIGNAL
                         : (uint8_t)draw_int(s, 2);
    shape->block_entries =
        s->kind != WATCHFUL && shape->reentry == REENTRY_NEW_SIGNAL && draw_chance(s, 0.3);
    if (s->kind != ANYTHING)
        return;
    shape->block_entries |= draw_chance(s, 0.1);
    shape->rebalance = draw_chance(s, 0.1) ? REBALANCE_EVERY_BAR : REBALANCE_ON_CHANGE;
}

static inline void draw_execution(struct scene *s, struct scene_terms *g)
{
    g->shape.fill = (uint8_t)draw_int(s, 3);
    g->shape.fee_in_cash = draw_chance(s, 0.5);
    g->shape.has_costs = draw_chance(s, 0.75);
    if (!g->shape.has_costs)
        return;
    DRAW_EXECUTION(s, g, fee_rate, 0, 0.0005, 0.003, 0.05);
    DRAW_EXECUTION(s, g, fee_fixed, 0, 0, 20);
    DRAW_EXECUTION(s, g, fee_per_unit, 0, 0, 0.005);
    DRAW_EXECUTION(s, g, fee_min, 0, 0, 15);
    DRAW_EXECUTION(s, g, slippage, 0, 0.0001, 0.002);
}

/* All or a share of equity, at the close or the next open, and nothing else: kernels have ways of
 * their own. */
static inline void draw_plain(struct scene *s, struct scene_terms *g)
{
    draw_execution(s, g);
    g->shape.fill = draw_chance(s, 0.5) ? FILL_CLOSE : FILL_NEXT_OPEN;
    g->shape.fee_in_cash = true;
    g->shape.size_type = SIZE_PERCENT_EQUITY;
    DRAW_RISK(s, g, size, 1, 0.3, 0.9, 5, 0);
    DRAW_RISK(s, g, leverage, 1, 0.5, 2, 20);
}

static inline void draw_group(struct scene *s, struct scene_terms *g)
{
    *g = (struct scene_terms){.initial_cash = draw_from(s, POOL(100000, 1000, 30)),
                              .risk_free = draw_from(s, POOL(0, 1e-4, -1e-4))};
    for (int l = 0; l < LANES; l++) {
        g->used[l] = l == 0 || draw_chance(s, 0.9);
        g->strategy[l] = draw_int(s, SCENE_STRATEGIES);
        g->policy[l] = draw_int(s, SCENE_POLICIES);
        for (int k = 0; k < RISK_COUNT; k++)
            g->risk[l][k] = OFF;
    }
    bool together = draw_chance(s, 0.6); /* at the same signals, which may be sparse then */
    for (int l = 1; together && l < LANES; l++)
        g->strategy[l] = g->strategy[0];
    g->shape.allow_short = draw_chance(s, 0.7);
    if (s->kind == JUMPING && draw_chance(s, 0.2)) {
        draw_plain(s, g);
        return;
    }
    g->shape.close_at_end = draw_chance(s, 0.4);
    draw_sizing(s, g);
    draw_limits(s, g);
    draw_exits(s, g);
    draw_execution(s, g);
}

/* Free with free_bars(&s->bars). */
static inline void draw_scene(struct scene *s, enum scene_kind kind, uint64_t seed)
{
    *s = (struct scene){.seed = seed * UINT64_C(0x9e3779b97f4a7c15) + 1, .kind = kind};
    for (int k = 0; k < 3; k++) /* the first numbers of near seeds are alike */
        random_unit(&s->seed);
    draw_bars(s);
    draw_signals(s);
    for (int k = 0; k < SCENE_GROUPS; k++)
        draw_group(s, &s->group[k]);
    /* Groups at the same signals share what was found out about them. */
    if (draw_chance(s, 0.5)) {
        memcpy(s->group[1].strategy, s->group[0].strategy, sizeof s->group[0].strategy);
        memcpy(s->group[1].policy, s->group[0].policy, sizeof s->group[0].policy);
    }
}

#endif
