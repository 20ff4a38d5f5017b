/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Portfolios: eight lanes through one tile in every way that there is, and their metrics. Checked
 * on scenes of the tests: all that goes into metrics against the scalar simulation, what lanes
 * remember beside it against those of another instruction set that take every step at every bar.
 */
#include "bench/kernel_case.h"
#include "bench/lane_reference.h"
#include "engine/catalog/catalog.h"
#include "tests/kernels/lane_tiles.h"

enum { STEADY, WATCHING, EVENTFUL, EVENTS, EVENTS_SHARED, EVENTS_EXITS, FINISH, WAYS };
static const char *const way_names[WAYS] = {"lockstep", "lockstep.halts", "lockstep.every_bar",
                                            "events",   "events.shared",  "events.brackets",
                                            "finish"};
static const enum scene_kind way_scenes[WAYS] = {JUMPING, WATCHFUL, ANYTHING, JUMPING,
                                                 JUMPING, JUMPING,  JUMPING};
enum { RUN_LENGTH = 250, DAY = 390, FRESH_AFTER = 64, SCENES = 40 };

_Static_assert(SCENE_BARS <= (int)REFERENCE_BARS, "a scene is more than the reference takes");
_Static_assert(SCENE_BLOCKS <= (int)REFERENCE_BLOCKS, "a scene has more blocks than the reference");

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

/*
 * An open for every bar where a stop may look for it. What it makes of a bar without one nothing
 * says: data with such a bar are refused when they are read.
 */
static void mend_opens(struct scene *s)
{
    double *const *x = s->bars.column;
    bool exits = false;
    for (int g = 0; g < SCENE_GROUPS; g++)
        exits |= s->group[g].shape.has_exits;
    for (size_t t = 0; exits && t < SCENE_BARS; t++)
        if (isnan(x[OPEN][t]))
            x[OPEN][t] = x[LOW][t];
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

static struct reference_lane lane_of(const struct scene *s, const struct scene_terms *terms, int l)
{
    double *const *x = s->bars.column;
    int strategy = terms->strategy[l];
    return (struct reference_lane){.bars = SCENE_BARS,
                                   .first = s->first,
                                   .end = s->end,
                                   .open = x[OPEN],
                                   .high = x[HIGH],
                                   .low = x[LOW],
                                   .close = x[CLOSE],
                                   .day_end = s->day_end,
                                   .daily_or_longer = s->daily_or_longer,
                                   .every_bar = s->every_bar,
                                   .signal = s->signal[strategy],
                                   .allow = s->allow[terms->policy[l]],
                                   .strength = s->strength[strategy],
                                   .scale = s->scale,
                                   .shape = &terms->shape,
                                   .risk = terms->risk[l],
                                   .execution = terms->execution[l],
                                   .initial_cash = terms->initial_cash,
                                   .risk_free = terms->risk_free,
                                   .blocks = SCENE_BLOCKS};
}

/* What lane `l` is found to have made, against what it should have; how it differs, into `text`. */
static bool same_result(const struct reference_result *found, const struct reference_result *wanted,
                        int l, char text[DIFFERENCE_MAX])
{
    if (found->status != wanted->status) {
        snprintf(text, DIFFERENCE_MAX, "lane %d has status %d, not %d", l, found->status,
                 wanted->status);
        return false;
    }
    for (int k = 0; k < METRIC_COUNT; k++)
        if (!same_bits(found->metric[k], wanted->metric[k])) {
            snprintf(text, DIFFERENCE_MAX, "lane %d: %s is %.17g, not %.17g", l,
                     catalog_metrics[k].name, found->metric[k], wanted->metric[k]);
            return false;
        }
    return true;
}

/* The kernel that makes metrics of sums, whatever made those. */
static bool same_metrics(const struct kernel_table *table, const struct scene *s,
                         const struct scene_group *g, char text[DIFFERENCE_MAX])
{
    static double metric[METRIC_COUNT][LANES];
    uint8_t status[LANES];
    struct reference_lane lane = lane_of(s, g->terms, 0);
    struct finish_inputs inputs = reference_inputs(&lane);
    bool same = true;
    table->finish(&inputs, &g->state, metric, status);
    for (int l = 0; same && l < LANES; l++) {
        struct reference_result found = {.status = status[l]}, wanted;
        for (int k = 0; k < METRIC_COUNT; k++)
            found.metric[k] = metric[k][l];
        reference_finish(&inputs, s->bars.column[CLOSE] + s->first, &g->state, l, &wanted);
        same = same_result(&found, &wanted, l, text);
    }
    return same;
}

/* The lanes that made these groups, against the scalar simulation: all that goes into metrics. */
static bool same_as_scalar(const struct scene *s, const struct scene_group *groups,
                           char text[DIFFERENCE_MAX])
{
    for (int k = 0; k < SCENE_GROUPS * LANES; k++) {
        const struct scene_group *g = &groups[k / LANES];
        int l = k % LANES;
        if (!g->terms->used[l])
            continue;
        struct reference_lane lane = lane_of(s, &s->group[k / LANES], l);
        struct finish_inputs inputs = reference_inputs(&lane);
        struct reference_result found, wanted;
        if (!reference_simulate(&lane, &wanted))
            give_up("out of memory");
        reference_finish(&inputs, lane.close + lane.first, &g->state, l, &found);
        if (!same_result(&found, &wanted, l, text))
            return false;
        for (int j = 0; wanted.status != ADMF_CELL_INVALID && j < SCENE_BLOCKS; j++)
            if (!same_bits(g->blocks[j].sum[l], wanted.block_sum[j]) ||
                !same_bits(g->blocks[j].sum2[l], wanted.block_sum2[j])) {
                snprintf(text, DIFFERENCE_MAX, "lane %d has other sums in block %d", l, j);
                return false;
            }
    }
    return true;
}

/*
 * The lanes with all that they remember, against those of another set that take every step: more
 * than metrics tell. Where those are wrong themselves nothing is said here; it is said of them.
 */
static bool same_as_steps(const struct kernel_table *table, const struct scene *s, uint64_t seed,
                          const struct scene_group *got, char text[DIFFERENCE_MAX])
{
    static struct scene plain;
    static struct scene_group expected[SCENE_GROUPS];
    char theirs[DIFFERENCE_MAX];
    plain = *s;
    take_every_step(&plain);
    run_scene(case_other(table), &plain, NULL, seed, expected);
    for (int g = 0; g < SCENE_GROUPS; g++)
        for (int l = 0; l < LANES; l++) {
            const char *field = lane_differs(&got[g], &expected[g], l);
            if (!field || !same_as_scalar(s, expected, theirs))
                continue;
            snprintf(text, DIFFERENCE_MAX, "lane %d differs in %s", l, field);
            return false;
        }
    return true;
}

static bool check_scene(const struct kernel_case *c, const struct kernel_table *table, size_t size,
                        uint64_t seed, struct event_scratch *scratch, char text[DIFFERENCE_MAX])
{
    static struct scene s;
    static struct scene_group got[SCENE_GROUPS];
    bool same = true;
    draw_scene(&s, way_scenes[c->variant], seed);
    if (c->variant == EVENTS_EXITS)
        have_exits(&s);
    mend_opens(&s);
    fit_scene(&s, size);
    run_scene(table, &s, jumps(c->variant) ? scratch : NULL, seed + 2, got);
    if (c->variant == FINISH)
        for (int g = 0; same && g < SCENE_GROUPS; g++)
            same = same_metrics(table, &s, &got[g], text);
    else
        same = same_as_scalar(&s, got, text) && same_as_steps(table, &s, seed + 1, got, text);
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
