/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Portfolios: eight lanes through one tile in every way that there is, and their metrics. Checked
 * on scenes of the tests against lanes of another instruction set that take every step at every
 * bar: so many rules have no second writing here. `admf trace` is one, and the tests compare both.
 */
#include "bench/kernel_case.h"
#include "tests/kernels/lane_tiles.h"

enum { STEADY, WATCHING, EVENTFUL, EVENTS, EVENTS_SHARED, EVENTS_EXITS, FINISH, WAYS };
static const char *const way_names[WAYS] = {"lockstep", "lockstep.halts", "lockstep.every_bar",
                                            "events",   "events.shared",  "events.brackets",
                                            "finish"};
static const enum scene_kind way_scenes[WAYS] = {JUMPING, WATCHFUL, ANYTHING, JUMPING,
                                                 JUMPING, JUMPING,  JUMPING};
enum { RUN_LENGTH = 250, DAY = 390, FRESH_AFTER = 64, SCENES = 40 };

static bool jumps(int way) { return way >= EVENTS && way < FINISH; }

struct lane_pass {
    int way;
    const struct kernel_table *table;
    struct scene scene;
    struct scene_tile tile;
    struct scene_group group;
    struct portfolio_lanes fresh;
    struct event_scratch scratch;
    struct finish_inputs inputs;
    double metric[METRIC_COUNT][LANES];
    uint8_t status[LANES];
    unsigned runs;
};

static struct event_scratch new_scratch(void)
{
    size_t rows = TILE_WORDS * WORD_BARS + 1;
    return (struct event_scratch){.always = true,
                                  .event = allocate(rows * sizeof(struct lane_event)),
                                  .exit = allocate(rows * sizeof(struct lane_exit)),
                                  .step = allocate(2 * rows * sizeof(struct lane_step))};
}

static void free_scratch(struct event_scratch *scratch)
{
    free(scratch->event);
    free(scratch->exit);
    free(scratch->step);
}

static struct finish_inputs inputs_of(const struct scene *s)
{
    const double *close = s->bars.column[CLOSE];
    return (struct finish_inputs){.samples = 700,
                                  .periods = BARS_PER_YEAR,
                                  .bars = (double)(s->end - s->first),
                                  .initial_cash = s->group[0].initial_cash,
                                  .last_close = close[s->end - 1],
                                  .first_close = close[s->first],
                                  .benchmark_sum = 0.1,
                                  .benchmark_sum2 = 0.02};
}

/* ---- checking ----------------------------------------------------------------------------*/

/* The window of a scene made `size` bars long. */
static void fit_scene(struct scene *s, size_t size)
{
    s->first = s->first + size < SCENE_BARS ? s->first : SCENE_BARS - size;
    s->end = s->first + size;
}

/* All groups of a scene through its window, in tiles cut at random; `jump`: NULL to take steps. */
static void run_scene(const struct kernel_table *table, const struct scene *s,
                      struct event_scratch *jump, uint64_t seed, struct scene_group *groups)
{
    static struct scene_tile x;
    if (jump) /* what it holds is of another series */
        memset(jump->source, 0, sizeof jump->source);
    for (int g = 0; g < SCENE_GROUPS; g++)
        start_group(&s->group[g], &groups[g]);
    for (size_t first = 0, count; first < s->end; first += count) {
        count = 64 + (size_t)(400 * random_unit(&seed));
        count = SCENE_BARS - first < count ? SCENE_BARS - first : count;
        if (!make_tile(table, s, first, count, 0, &x))
            continue;
        for (int g = 0; g < SCENE_GROUPS; g++) {
            connect_group(s, &x, &groups[g]);
            if (!jump || !table->events(&x.tile, &groups[g].group, jump))
                table->lockstep(&x.tile, &groups[g].group);
        }
    }
}

/* Stops and targets that prices reach, for both groups. */
static void have_exits(struct scene *s)
{
    for (int g = 0; g < SCENE_GROUPS; g++) {
        s->group[g].shape.has_exits = true;
        DRAW_RISK(s, &s->group[g], stop_loss, OFF, 0.0005, 0.002, 0.01, 0.1);
        DRAW_RISK(s, &s->group[g], take_profit, 0.0005, 0.002, 0.01, 0.1);
    }
}

/* A limit on the bars of a holding that nothing reaches: every bar takes every step. */
static void take_every_step(struct scene *s)
{
    for (int g = 0; g < SCENE_GROUPS; g++) {
        s->group[g].shape.has_holding = true;
        for (int l = 0; l < LANES; l++)
            if (!(s->group[g].risk[l][RISK_max_holding_bars] > 0))
                s->group[g].risk[l][RISK_max_holding_bars] = OFF;
    }
}

static bool same_metrics(const struct kernel_table *table, const struct scene *s,
                         const struct scene_group *g, char text[DIFFERENCE_MAX])
{
    static double expected[METRIC_COUNT][LANES], got[METRIC_COUNT][LANES];
    uint8_t status[2][LANES];
    struct finish_inputs inputs = inputs_of(s);
    case_other(table)->finish(&inputs, &g->state, expected, status[0]);
    table->finish(&inputs, &g->state, got, status[1]);
    for (int k = 0; k < METRIC_COUNT; k++)
        for (int l = 0; l < LANES; l++)
            if (!same_bits(expected[k][l], got[k][l]) || status[0][l] != status[1][l]) {
                snprintf(text, DIFFERENCE_MAX, "metric %d on %s: lane %d is %.17g, not %.17g", k,
                         table->name, l, got[k][l], expected[k][l]);
                return false;
            }
    return true;
}

static bool check_scene(const struct kernel_case *c, const struct kernel_table *table, size_t size,
                        uint64_t seed, struct event_scratch *scratch, char text[DIFFERENCE_MAX])
{
    static struct scene s, plain;
    static struct scene_group expected[SCENE_GROUPS], got[SCENE_GROUPS];
    bool same = true;
    draw_scene(&s, way_scenes[c->variant], seed);
    if (c->variant == EVENTS_EXITS)
        have_exits(&s);
    fit_scene(&s, size);
    plain = s;
    take_every_step(&plain);
    run_scene(case_other(table), &plain, NULL, seed + 1, expected);
    run_scene(table, &s, jumps(c->variant) ? scratch : NULL, seed + 2, got);
    for (int g = 0; g < SCENE_GROUPS; g++)
        for (int l = 0; same && l < LANES; l++) {
            const char *field = lane_differs(&got[g], &expected[g], l);
            same = field == NULL;
            if (!same)
                snprintf(text, DIFFERENCE_MAX, "%zu bars on %s: lane %d differs in %s", size,
                         table->name, l, field);
        }
    for (int g = 0; same && g < SCENE_GROUPS && c->variant == FINISH; g++)
        same = same_metrics(table, &s, &got[g], text);
    free_bars(&s.bars);
    return same;
}

/* A scene has few of the terms that there are, and portfolios that may not trade at all. */
static bool check(const struct kernel_case *c, const struct kernel_table *table, size_t size,
                  uint64_t seed, char text[DIFFERENCE_MAX])
{
    struct event_scratch scratch = new_scratch();
    bool same = true;
    for (uint64_t k = 0; same && k < SCENES; k++)
        same = check_scene(c, table, size, seed + k, &scratch, text);
    free_scratch(&scratch);
    return same;
}

/* ---- timing ------------------------------------------------------------------------------*/

/* Long only, the whole equity, filled at the close; a change every RUN_LENGTH bars. */
static void make_scene(struct scene *s, int way, size_t size)
{
    *s = (struct scene){.seed = 1,
                        .kind = way_scenes[way],
                        .bars = random_bars(SCENE_BARS, 100, 0.002, 1),
                        .end = size < SCENE_BARS ? size : SCENE_BARS};
    for (size_t t = 0; t < SCENE_BARS; t++) {
        s->day_end[t] = t % DAY == DAY - 1;
        for (int k = 0; k < SCENE_STRATEGIES; k++)
            s->signal[k][t] = (t + 80 * (size_t)k) / RUN_LENGTH % 2 != 0;
        for (int k = 0; k < SCENE_POLICIES; k++)
            s->allow[k][t] = 3;
    }
    for (int g = 0; g < SCENE_GROUPS; g++) {
        struct scene_terms *terms = &s->group[g];
        *terms = (struct scene_terms){.initial_cash = 1e5};
        terms->shape.fill = FILL_CLOSE;
        terms->shape.size_type = SIZE_PERCENT_EQUITY;
        terms->shape.has_halts = way == WATCHING;
        terms->shape.has_exits = way == EVENTFUL || way == EVENTS_EXITS;
        terms->shape.has_trail = way == EVENTFUL;
        for (int l = 0; l < LANES; l++) {
            double *risk = terms->risk[l];
            terms->used[l] = true;
            terms->strategy[l] = l % SCENE_STRATEGIES;
            for (int k = 0; k < RISK_COUNT; k++)
                risk[k] = OFF;
            risk[RISK_size] = risk[RISK_leverage] = risk[RISK_atr_multiple] = 1;
            risk[RISK_max_drawdown] = risk[RISK_max_daily_loss] = 0.9;
            risk[RISK_stop_loss] = 0.01;
            risk[RISK_take_profit] = 0.02;
            risk[RISK_trailing_stop] = way == EVENTFUL ? 0.05 : OFF;
        }
    }
}

/* The same tile again and again, each time as the next one of a longer series. */
static void run(void *own)
{
    struct lane_pass *pass = own;
    struct lane_tile *tile = &pass->tile.tile;
    struct lane_group *group = &pass->group.group;
    if (pass->way == FINISH) {
        pass->table->finish(&pass->inputs, &pass->group.state, pass->metric, pass->status);
        return;
    }
    if (pass->runs++ % FRESH_AFTER == 0)
        pass->group.state = pass->fresh;
    /* Events of a tile that was met already are not made again: how portfolios share them. */
    if (pass->way != EVENTS_SHARED) {
        tile->window_bar += SCENE_BARS;
        tile->data_bar += SCENE_BARS;
    }
    if (!jumps(pass->way))
        pass->table->lockstep(tile, group);
    else if (!pass->table->events(tile, group, &pass->scratch))
        give_up("lanes.%s did not jump", way_names[pass->way]);
}

static void release(void *own)
{
    struct lane_pass *pass = own;
    free_bars(&pass->scene.bars);
    free_scratch(&pass->scratch);
    free(pass);
}

static struct pass prepare(const struct kernel_case *c, const struct kernel_table *table,
                           size_t size)
{
    struct lane_pass *pass = aligned_alloc(64, (sizeof *pass + 63) / 64 * 64);
    if (!pass)
        give_up("out of memory");
    memset(pass, 0, sizeof *pass);
    pass->way = c->variant;
    pass->table = table;
    pass->scratch = new_scratch();
    make_scene(&pass->scene, c->variant, size);
    make_tile(table, &pass->scene, 0, pass->scene.end, 0, &pass->tile);
    pass->tile.tile.last = false;
    start_group(&pass->scene.group[0], &pass->group);
    connect_group(&pass->scene, &pass->tile, &pass->group);
    for (uint32_t l = 0; l < LANES; l++)
        pass->group.group.strategy[l] = c->variant == EVENTS_SHARED ? 0 : l;
    pass->fresh = pass->group.state;
    pass->inputs = inputs_of(&pass->scene);
    table->lockstep(&pass->tile.tile, &pass->group.group);
    double bars = (double)pass->scene.end, columns = pass->scene.group[0].shape.has_exits ? 4 : 1;
    double words = LANES * 4 * bars / 8, state = sizeof pass->group.state;
    struct pass out = {.run = run, .release = release, .own = pass};
    if (c->variant == FINISH) {
        out.elements = LANES;
        out.read = state;
        out.written = sizeof pass->metric;
    } else {
        out.elements = LANES * bars;
        out.read = bars * sizeof(double) * columns + words + state;
        out.written = state;
    }
    return out;
}

void cases_of_lanes(struct case_list *list)
{
    for (int way = 0; way < WAYS; way++) {
        struct kernel_case *c = case_add(list, "lanes.%s", way_names[way]);
        c->element = way == FINISH ? "combination" : "combination-bar";
        c->size = c->most = SCENE_BARS;
        c->counted = way == EVENTFUL ? SCENE_BARS / 4 : SCENE_BARS;
        c->variant = way;
        c->check = check;
        c->prepare = prepare;
    }
}
