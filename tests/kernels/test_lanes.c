/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Every way of portfolios through a tile, on every instruction set, has the bits of every
 * other: from order to order and in step, taken in turn at random and in tiles of any size; in
 * step with halts and bar by bar. And portfolios jump exactly where they can.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "kernels/portfolio/plain_shapes.h"
#include "tests/kernels/lane_tiles.h"
#include "tests/kernels/tables.h"

enum { SCENES = 1000 };

/* How a run of a scene goes through its tiles. */
enum way { IN_STEP, FROM_ORDER_TO_ORDER, WHERE_IT_PAYS, AT_RANDOM, WAYS };

struct scene_run {
    enum way way;
    struct scene_group group[SCENE_GROUPS];
    struct event_scratch scratch;
};

#define PLAIN(name, ...) +1
enum { PLAIN_COUNT = PLAIN_SHAPES(PLAIN) };
#undef PLAIN

/* What the jumps of the scenes went through. */
static struct {
    uint64_t tiles, jumped, refused_price, refused_disorder, refused_dense;
    uint64_t stops, targets, trailed, timed, bankrupt, left, inside_word, shorts, reversals,
        rejected, clipped, cut;
    uint64_t closed_at_end, drawdowns, fills[3], sizes[SIZE_ATR_RISK + 1];
    uint64_t plain[PLAIN_COUNT + 1]; /* the last: of other shapes */
} seen;

static void start_run(struct scene_run *run, const struct scene *s, enum way way)
{
    size_t rows = TILE_WORDS * WORD_BARS + 1;
    *run = (struct scene_run){.way = way};
    for (int g = 0; g < SCENE_GROUPS; g++)
        start_group(&s->group[g], &run->group[g]);
    run->scratch.always = way != WHERE_IT_PAYS;
    run->scratch.event = allocate(rows * sizeof *run->scratch.event);
    run->scratch.exit = allocate(rows * sizeof *run->scratch.exit);
    run->scratch.step = allocate(2 * rows * sizeof *run->scratch.step);
}

static void end_run(struct scene_run *run)
{
    free(run->scratch.event);
    free(run->scratch.exit);
    free(run->scratch.step);
}

/* ---- where lanes can jump ----------------------------------------------------------------*/

/* What lane l that wants `before` would order at a bar. */
static int allowed_signal(const struct scene *s, const struct scene_terms *terms, int l, size_t bar,
                          int before)
{
    const struct shape *shape = &terms->shape;
    int direction = s->signal[terms->strategy[l]][bar], allow = s->allow[terms->policy[l]][bar];
    if ((shape->flat_at && s->day_end[bar]) || (direction < 0 && !shape->allow_short))
        return 0;
    bool keeps = shape->block_entries && direction == before;
    return keeps || allow & (direction > 0 ? 1 : 2) ? direction : 0;
}

/* Orders of a living lane that fill in the tile; *priced: all have prices. */
static size_t count_orders(const struct scene *s, const struct scene_tile *x,
                           const struct scene_group *g, int l, bool *priced)
{
    const struct lane_tile *tile = &x->tile;
    const struct shape *shape = &g->terms->shape;
    bool at_open = shape->fill == FILL_NEXT_OPEN;
    int before = (int)g->state.wanted[l];
    size_t orders = 0;
    *priced = !(g->state.pending[l] != 0 && at_open && isnan(tile->open[tile->begin]));
    for (size_t t = tile->begin; t < tile->end; t++) {
        int direction = allowed_signal(s, g->terms, l, x->first + t, before);
        bool flat = shape->flat_at && s->day_end[x->first + t];
        size_t fill = t + (shape->fill == FILL_CLOSE || flat ? 0 : 1);
        if (direction != before && fill < tile->end) {
            orders++;
            *priced = *priced && !(at_open && !flat && isnan(tile->open[fill]));
        }
        before = direction;
    }
    return orders;
}

/* Exits that return at once count as orders: as many a bar as there were before the tile. */
static double likely_exits(const struct scene_tile *x, const struct portfolio_lanes *state, int l)
{
    double bars = (double)(x->tile.end - x->tile.begin), before = (double)x->tile.window_bar;
    double exits = state->stop_exits[l] + state->trailing_exits[l] + state->target_exits[l] +
                   state->time_exits[l];
    return before > 0 ? exits / before * bars : 0;
}

static bool expects_jump(const struct scene *s, const struct scene_tile *x,
                         const struct scene_group *g, bool always)
{
    const struct shape *shape = &g->terms->shape;
    double most = (double)(x->tile.end - x->tile.begin) / 8;
    bool all_priced = true, sparse = true;
    if (!can_jump(shape))
        return false;
    for (int l = 0; l < LANES; l++) {
        bool priced;
        if (g->state.alive[l] == 0)
            continue;
        double orders = (double)count_orders(s, x, g, l, &priced);
        if (orders_again(shape))
            orders += likely_exits(x, &g->state, l);
        sparse &= always || orders <= most;
        all_priced &= priced;
    }
    bool orderly = !shape->has_exits || x->ranges.orderly;
    if (orders_again(shape) && shape->fill == FILL_NEXT_OPEN)
        all_priced &= x->ranges.opens;
    seen.refused_disorder += !orderly;
    seen.refused_price += !all_priced;
    seen.refused_dense += !sparse;
    return orderly && all_priced && sparse;
}

/* ---- running -----------------------------------------------------------------------------*/

static double sum_of(const double *lanes)
{
    double sum = 0;
    for (int l = 0; l < LANES; l++)
        sum += lanes[l];
    return sum;
}

/* Number of the plain shape that it is; their count: of none. */
static int plain_shape_of(const struct shape *shape)
{
    struct shape known = without_idle_terms(shape);
    int k = 0;
#define PLAIN(name, ...)                                                                           \
    if (memcmp(&known, &plain_##name, sizeof known) == 0)                                          \
        return k;                                                                                  \
    k++;
    PLAIN_SHAPES(PLAIN)
#undef PLAIN
    return k;
}

static void count_jump(const struct scene_tile *x, const struct scene_group *g,
                       const struct portfolio_lanes *before, const struct event_scratch *scratch)
{
    const struct portfolio_lanes *after = &g->state;
    const struct shape *shape = &g->terms->shape;
    seen.stops += after->stop_exits[0] > before->stop_exits[0];
    seen.targets += sum_of(after->target_exits) > sum_of(before->target_exits);
    seen.trailed += sum_of(after->trailing_exits) > sum_of(before->trailing_exits);
    seen.timed += sum_of(after->time_exits) > sum_of(before->time_exits);
    seen.bankrupt += sum_of(after->bankrupt) > sum_of(before->bankrupt);
    seen.rejected += sum_of(after->orders_rejected) > sum_of(before->orders_rejected);
    seen.clipped += sum_of(after->orders_clipped) > sum_of(before->orders_clipped);
    seen.cut += sum_of(after->orders_cash_cut) > sum_of(before->orders_cash_cut);
    seen.drawdowns += after->max_drawdown[0] > before->max_drawdown[0];
    seen.left += sum_of(after->pending) > 0;
    seen.inside_word += x->tile.begin % WORD_BARS != 0;
    seen.closed_at_end += x->tile.last && shape->close_at_end;
    seen.fills[shape->fill]++;
    seen.plain[plain_shape_of(shape)]++;
    seen.sizes[shape->size_type]++;
    for (int l = 0; l < LANES; l++)
        for (size_t k = 1; before->alive[l] != 0 && k < scratch->count[l]; k++) {
            double last = scratch->event[k - 1].direction[l], now = scratch->event[k].direction[l];
            seen.shorts += now < 0;
            seen.reversals += last * now < 0;
        }
}

/* Tries to jump; a refusal must be one that was expected, and must leave everything as it was. */
static bool jump(const struct kernel_table *table, const struct scene *s,
                 const struct scene_tile *x, struct scene_run *run, struct scene_group *g)
{
    struct scene_group before = *g;
    bool expected = expects_jump(s, x, g, run->scratch.always);
    bool jumped = table->events(&x->tile, &g->group, &run->scratch);
    seen.tiles++;
    seen.jumped += jumped;
    if (jumped != expected)
        fail_msg("%s: lanes of bars %zu to %zu %s", table->name, x->first + x->tile.begin,
                 x->first + x->tile.end, jumped ? "jumped" : "did not jump");
    if (!jumped && (memcmp(&before.state, &g->state, sizeof before.state) != 0 ||
                    memcmp(before.blocks, g->blocks, sizeof before.blocks) != 0))
        fail_msg("%s: lanes that did not jump have changed", table->name);
    if (jumped)
        count_jump(x, g, &before.state, &run->scratch);
    return jumped;
}

static void advance(const struct kernel_table *table, const struct scene *s,
                    const struct scene_tile *x, struct scene_run *run, uint64_t *seed)
{
    for (int k = 0; k < SCENE_GROUPS; k++) {
        struct scene_group *g = &run->group[k];
        bool tries = run->way != IN_STEP && (run->way != AT_RANDOM || random_unit(seed) < 0.5);
        connect_group(s, x, g);
        if (!tries || !jump(table, s, x, run, g))
            table->lockstep(&x->tile, &g->group);
    }
}

static void expect_same(const struct kernel_table *table, uint64_t number, const struct scene *s,
                        const struct scene_run *a, const struct scene_run *b, size_t bar)
{
    for (int k = 0; k < SCENE_GROUPS; k++)
        for (int l = 0; l < LANES; l++) {
            const char *field = lane_differs(&a->group[k], &b->group[k], l);
            if (field)
                fail_msg("scene %d, %s, way %d, before bar %zu of %zu to %zu: group %d, lane %d "
                         "differs in %s",
                         (int)number, table->name, b->way, bar, s->first, s->end, k, l, field);
        }
}

/* Tile sizes: equal ones as the engine's, or any. */
static size_t next_tile(bool equal, uint64_t *seed)
{
    static const size_t sizes[] = {64, 128, 320, SCENE_BARS};
    if (equal)
        return sizes[(int)(4 * random_unit(seed))];
    return 1 + (size_t)(300 * random_unit(seed));
}

/* All ways side by side: they agree after every tile. `out` are the runs at the end. */
static void run_ways(const struct kernel_table *table, const struct scene *s, uint64_t number,
                     uint64_t cut, struct scene_run out[WAYS])
{
    static struct scene_tile x;
    uint64_t cuts = cut, turns = number + 1;
    bool equal = random_unit(&cuts) < 0.5;
    size_t size = next_tile(equal, &cuts);
    for (int w = 0; w < WAYS; w++)
        start_run(&out[w], s, (enum way)w);
    for (size_t first = 0; first < s->end; first += size) {
        size = equal ? size : next_tile(false, &cuts);
        size_t count = SCENE_BARS - first < size ? SCENE_BARS - first : size;
        /* Now and then a tile of which some bars were run before. */
        size_t skip = random_unit(&cuts) < 0.3 ? (size_t)(150 * random_unit(&cuts)) : 0;
        skip = skip < first ? skip : first;
        if (!make_tile(table, s, first - skip, skip + count, skip, &x))
            continue;
        for (int w = 0; w < WAYS; w++)
            advance(table, s, &x, &out[w], &turns);
        for (int w = 1; w < WAYS; w++)
            expect_same(table, number, s, &out[0], &out[w], first + count);
    }
    for (int w = 0; w < WAYS; w++)
        end_run(&out[w]);
}

static void check_scene(const struct kernel_table *const *tables, int n, const struct scene *s,
                        uint64_t number)
{
    static struct scene_run first[WAYS], other[WAYS];
    run_ways(tables[0], s, number, 2 * number + 1, first);
    for (int i = 0; i < n; i++) {
        run_ways(tables[i], s, number, 3 * number + 5 + (uint64_t)i, other);
        expect_same(tables[i], number, s, &first[0], &other[0], s->end);
    }
}

static void lanes_jump_as_they_walk(void **state)
{
    static struct scene s;
    const struct kernel_table *tables[TABLES_MAX];
    int n = machine_tables(tables);
    (void)state;
    for (uint64_t number = 1; number <= SCENES; number++) {
        draw_scene(&s, number % 8 ? JUMPING : ANYTHING, number);
        check_scene(tables, n, &s, number);
        free_bars(&s.bars);
    }
    /* Scenes would be worth little if they left something out. Each ran n + 1 times. */
    const uint64_t many = 250 * ((uint64_t)n + 1), some = many / 2, few = many / 5;
    assert_true(seen.jumped * 2 > seen.tiles);
    assert_true(seen.refused_price > many && seen.refused_disorder > many);
    assert_true(seen.refused_dense > many);
    assert_true(seen.stops > some && seen.targets > some && seen.timed > some);
    assert_true(seen.trailed > some);
    assert_true(seen.bankrupt > few);
    assert_true(seen.left > many && seen.inside_word > many && seen.closed_at_end > many);
    assert_true(seen.shorts > many && seen.reversals > many && seen.drawdowns > many);
    assert_true(seen.rejected > few && seen.clipped > few && seen.cut > few);
    for (int k = 0; k < 3; k++)
        assert_true(seen.fills[k] > many);
    for (int k = 0; k <= SIZE_ATR_RISK; k++)
        assert_true(seen.sizes[k] > many);
    for (int k = 0; k < PLAIN_COUNT; k++)
        assert_true(seen.plain[k] > few);
}

/* ---- orders for more than there are numbers ----------------------------------------------*/

/* Prices at which an equity is about as many units as the largest number, or more. */
static void make_tiny(struct scene *s)
{
    for (int k = OPEN; k <= CLOSE; k++)
        for (size_t t = 0; t < SCENE_BARS; t++)
            s->bars.column[k][t] *= 0x1p-1014;
    for (int g = 0; g < SCENE_GROUPS; g++) {
        s->group[g].initial_cash = 100000;
        for (int l = 0; l < LANES; l++)
            s->group[g].execution[l][EXECUTION_fee_per_unit] = 0;
    }
}

/* A position that such an order should have turned is none that could go on. */
static void orders_without_a_number_are_the_same_either_way(void **state)
{
    enum { TINY_SCENES = 200 };
    static struct scene s;
    const struct kernel_table *tables[TABLES_MAX];
    int n = machine_tables(tables);
    (void)state;
    for (uint64_t number = 1; number <= TINY_SCENES; number++) {
        draw_scene(&s, JUMPING, number);
        make_tiny(&s);
        check_scene(tables, n, &s, number);
        free_bars(&s.bars);
    }
}

/* ---- bankruptcy --------------------------------------------------------------------------*/

/* Bought at 100 on credit; worth a thousand times as much; then next to nothing; then nothing. */
static void draw_ruin(struct scene *s)
{
    enum { TOP = 20, NEXT_TO_NOTHING = 63 };
    *s = (struct scene){.seed = 1, .bars = new_bars(SCENE_BARS), .end = SCENE_BARS};
    for (size_t t = 0; t < SCENE_BARS; t++) {
        double price = t < TOP                ? 100
                       : t == TOP             ? 50000
                       : t < NEXT_TO_NOTHING  ? 60
                       : t == NEXT_TO_NOTHING ? 50 + 0x1p-47
                                              : 50;
        for (int k = OPEN; k <= CLOSE; k++)
            s->bars.column[k][t] = price;
        s->signal[0][t] = 1;
        s->allow[0][t] = 3;
    }
    for (int g = 0; g < SCENE_GROUPS; g++) {
        struct scene_terms *terms = &s->group[g];
        terms->initial_cash = 1000;
        terms->used[0] = true;
        terms->shape.fill = FILL_CLOSE;
        terms->shape.size_type = SIZE_FIXED_UNITS;
        for (int l = 0; l < LANES; l++) {
            for (int k = 0; k < RISK_COUNT; k++)
                terms->risk[l][k] = OFF;
            terms->risk[l][RISK_size] = 20;
            terms->risk[l][RISK_leverage] = 2;
        }
    }
}

/*
 * Before the last fall peak - equity rounds to the peak itself, which is no reason to look no
 * more: the threshold of drawdowns always stays below the peak.
 */
static void nothing_left_is_seen_after_next_to_nothing(void **state)
{
    static struct scene s;
    static struct scene_tile x;
    const struct kernel_table *tables[TABLES_MAX];
    int n = machine_tables(tables);
    (void)state;
    draw_ruin(&s);
    for (int i = 0; i < n; i++)
        for (int jumps = 0; jumps < 2; jumps++) {
            struct scene_run run;
            start_run(&run, &s, jumps ? FROM_ORDER_TO_ORDER : IN_STEP);
            struct scene_group *g = &run.group[0];
            for (size_t first = 0; first < 128; first += 64) {
                assert_true(make_tile(tables[i], &s, first, 64, 0, &x));
                connect_group(&s, &x, g);
                if (jumps)
                    assert_true(tables[i]->events(&x.tile, &g->group, &run.scratch));
                else
                    tables[i]->lockstep(&x.tile, &g->group);
                if (first == 0) {
                    assert_true(g->state.bankrupt[0] == 0);
                    assert_true(g->state.max_drawdown[0] == 1);
                }
            }
            assert_true(g->state.bankrupt[0] == 1 && g->state.cash[0] == 0);
            end_run(&run);
        }
    free_bars(&s.bars);
}

/* ---- halts -------------------------------------------------------------------------------*/

/* A limit on the bars of a holding that nothing reaches: every bar takes every step. */
static void watch_every_bar(struct scene_terms *terms)
{
    terms->shape.has_holding = true;
    for (int l = 0; l < LANES; l++)
        terms->risk[l][RISK_max_holding_bars] = OFF;
}

static void halts_skip_no_bar_that_counts(void **state)
{
    static struct scene s, every_bar;
    static struct scene_run a[WAYS], b[WAYS];
    const struct kernel_table *tables[TABLES_MAX];
    int n = machine_tables(tables);
    uint64_t halted = 0;
    (void)state;
    for (uint64_t number = 1; number <= SCENES; number++) {
        const struct kernel_table *table = tables[number % (uint64_t)n];
        draw_scene(&s, WATCHFUL, number);
        every_bar = s;
        for (int k = 0; k < SCENE_GROUPS; k++)
            watch_every_bar(&every_bar.group[k]);
        run_ways(table, &s, number, number, a);
        run_ways(table, &every_bar, number, number, b);
        expect_same(table, number, &s, &b[0], &a[0], s.end);
        halted += sum_of(a[0].group[0].state.halted_bars) > 0;
        free_bars(&s.bars);
    }
    assert_true(halted > SCENES / 4);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(lanes_jump_as_they_walk),
        cmocka_unit_test(orders_without_a_number_are_the_same_either_way),
        cmocka_unit_test(nothing_left_is_seen_after_next_to_nothing),
        cmocka_unit_test(halts_skip_no_bar_that_counts),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
