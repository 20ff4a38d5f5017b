/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What is found in a stretch of bars by leaps, on every instruction set, with a table of ranges
 * and without, against loops from bar to bar: how long a lane was below its peak, the last bar
 * at its best, the first bar from some equity on.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "tests/kernels/feature_rows.h"
#include "tests/kernels/stretch_probe.h"
#include "tests/kernels/tables.h"

enum { WALKS = 1000, STRETCHES = 30, BARS_MOST = 3000, AROUND_MOST = 40 };

/* What was met, so that no draw goes missing unseen. */
static struct {
    unsigned shorts, longs, ties, several_peaks, longer, unchanged, at_end, rounded, large;
} seen;

/* A column of closes, and its ranges with and without tables. */
struct walk {
    size_t bars;
    double *close;
    struct range_entry *rows;
    struct price_ranges tables, bare;
};

static size_t draw(uint64_t *seed, size_t n) { return (size_t)((double)n * random_unit(seed)); }

/* 1 … most; short ones often. */
static size_t draw_length(uint64_t *seed, size_t most)
{
    if (random_unit(seed) < 0.5)
        return 1 + draw(seed, most);
    size_t length = (size_t)exp(log((double)most + 1) * random_unit(seed));
    return length < most ? length : most;
}

/* Steps of whole ticks, few of them: many closes are those of other bars. */
static void draw_closes(double *close, size_t bars, uint64_t *seed)
{
    static const double drifts[] = {-0.2, 0, 0, 0.05, 0.5};
    double drift = drifts[draw(seed, 5)], ticks = 4000, steps = 1 + (double)draw(seed, 6);
    for (size_t t = 0; t < bars; t++) {
        if (random_unit(seed) < 0.7)
            ticks += floor(steps * (2 * random_unit(seed) - 1) + drift + 0.5);
        ticks = ticks < 1 ? 1 : ticks;
        close[t] = ticks / 8;
    }
}

/* Nobody may read beyond a row's last stretch: prices there are better than all, or worse. */
static void make_walk(const struct kernel_table *table, struct walk *w, uint64_t *seed)
{
    *w = (struct walk){.bars = draw_length(seed, BARS_MOST) + draw(seed, AROUND_MOST)};
    w->close = allocate(w->bars * sizeof *w->close);
    draw_closes(w->close, w->bars, seed);
    w->bare.close.low = w->bare.close.high = w->close;
    w->tables = w->bare;
    size_t n = range_entries(w->bars);
    w->rows = allocate(n * sizeof *w->rows);
    for (size_t i = 0; i < n; i++)
        w->rows[i] =
            random_unit(seed) < 0.5 ? (struct range_entry){1e6, 0} : (struct range_entry){0, -1e6};
    table->ranges(&w->tables.close, w->bars, w->rows);
}

static void unmake_walk(struct walk *w)
{
    free(w->rows);
    free(w->close);
}

/* Long or short; of some, equity has so few places that different closes make the same. */
static struct stretch_probed draw_stretch(const struct walk *w, uint64_t *seed)
{
    static const double units[] = {1, 3.7, 1e-3}, cash[] = {1e4, 12345.678, 0x1p43};
    size_t kind = draw(seed, 3), length = draw_length(seed, w->bars);
    struct stretch_probed s = {.cash = cash[kind], .units = units[kind]};
    s.begin = draw(seed, w->bars - length + 1);
    s.end = s.begin + length;
    if (random_unit(seed) < 0.5)
        s.units = -s.units;
    seen.shorts += s.units < 0;
    seen.longs += s.units > 0;
    seen.rounded += kind == 2;
    seen.large += length > 1500;
    return s;
}

static double equity_of(const struct walk *w, const struct stretch_probed *s, size_t t)
{
    return s->cash + s->units * w->close[t];
}

/* ---- bar by bar --------------------------------------------------------------------------*/

static double best_of(const struct walk *w, const struct stretch_probed *s)
{
    double best = equity_of(w, s, s->begin);
    for (size_t t = s->begin; t < s->end; t++)
        best = equity_of(w, s, t) > best ? equity_of(w, s, t) : best;
    return best;
}

static size_t last_by_bars(const struct walk *w, const struct stretch_probed *s, double best)
{
    size_t last = s->begin, times = 0;
    for (size_t t = s->begin; t < s->end; t++)
        if (equity_of(w, s, t) == best) {
            last = t;
            times++;
        }
    seen.ties += times > 1;
    return last;
}

static size_t first_by_bars(const struct walk *w, const struct stretch_probed *s, double least)
{
    size_t t = s->begin;
    while (equity_of(w, s, t) < least)
        t++;
    return t;
}

static struct times_below below_by_bars(const struct walk *w, const struct stretch_probed *s,
                                        double peak, struct times_below below)
{
    unsigned peaks = 0;
    double before = below.longest;
    for (size_t t = s->begin; t < s->end; t++) {
        double equity = equity_of(w, s, t);
        peaks += equity >= peak;
        peak = equity > peak ? equity : peak;
        below.since = equity < peak ? below.since + 1 : 0;
        below.longest = below.since > below.longest ? below.since : below.longest;
    }
    seen.several_peaks += peaks > 1;
    seen.longer += below.longest > before;
    seen.unchanged += below.longest == before;
    seen.at_end += below.since == 0;
    return below;
}

/* ---- against it --------------------------------------------------------------------------*/

#define STRETCH_TEXT "%s, %g units, bars %zu to %zu of %zu, %s table"
#define STRETCH(isa, w, s, with)                                                                   \
    (isa), (s)->units, (s)->begin, (s)->end, (w)->bars, (with) ? "with a" : "without"

static void check_bars_found(const struct stretch_probe *probe, const struct walk *w,
                             struct stretch_probed *s, bool with, uint64_t *seed)
{
    double best = best_of(w, s);
    double some = equity_of(w, s, s->begin + draw(seed, s->end - s->begin));
    size_t last = last_by_bars(w, s, best), found = probe->last_at(s, best);
    if (found != last)
        fail_msg(STRETCH_TEXT ": the last best bar is %zu, not %zu",
                 STRETCH(probe->isa, w, s, with), last, found);
    const double least[] = {best, some, s->cash - 1e9};
    for (int k = 0; k < 3; k++) {
        size_t first = first_by_bars(w, s, least[k]);
        found = probe->first_from(s, least[k]);
        if (found != first)
            fail_msg(STRETCH_TEXT ": the first bar from %a on is %zu, not %zu",
                     STRETCH(probe->isa, w, s, with), least[k], first, found);
    }
}

/* A peak that the stretch comes up to, often exactly; of times below, few bars or many. */
static void check_below(const struct stretch_probe *probe, const struct walk *w,
                        const struct stretch_probed *s, bool with, uint64_t *seed)
{
    double best = best_of(w, s);
    double peaks[] = {best, equity_of(w, s, s->begin + draw(seed, s->end - s->begin)), s->cash};
    double peak = peaks[draw(seed, 3)];
    peak = peak < best ? peak : best;
    size_t longest = draw_length(seed, 4000) - 1, since = draw(seed, longest + 1);
    if (random_unit(seed) < 0.3)
        since = random_unit(seed) < 0.5 ? 0 : longest;
    struct times_below start = {(double)since, (double)longest, 0}, found = start;
    struct times_below below = below_by_bars(w, s, peak, start);
    if (!probe->settle_below(s, peak, best, (unsigned)draw(seed, probe->width), &found))
        fail_msg(STRETCH_TEXT ": another lane was changed", STRETCH(probe->isa, w, s, with));
    if (found.last != last_by_bars(w, s, best))
        fail_msg(STRETCH_TEXT ": the last bar at the peak is %zu, not %zu",
                 STRETCH(probe->isa, w, s, with), last_by_bars(w, s, best), found.last);
    if (found.since != below.since || found.longest != below.longest)
        fail_msg(STRETCH_TEXT ": from peak %a, %g of %g below: %g of %g, not %g of %g",
                 STRETCH(probe->isa, w, s, with), peak, start.since, start.longest, below.since,
                 below.longest, found.since, found.longest);
}

static void leaps_find_what_bars_show(void **state)
{
    const struct kernel_table *tables[TABLES_MAX];
    int n = machine_tables(tables);
    (void)state;
    memset(&seen, 0, sizeof seen);
    for (int i = 0; i < n * WALKS; i++) {
        const struct kernel_table *table = tables[i / WALKS];
        const struct stretch_probe *probe = stretch_probe_of(table->name);
        uint64_t seed = UINT64_C(0x9e3779b97f4a7c15) * (uint64_t)(i % WALKS + 1);
        struct walk w;
        assert_non_null(probe);
        make_walk(table, &w, &seed);
        for (int k = 0; k < STRETCHES; k++) {
            struct stretch_probed s = draw_stretch(&w, &seed);
            for (int with = 0; with < 2; with++) {
                s.ranges = with ? &w.tables : &w.bare;
                check_bars_found(probe, &w, &s, with, &seed);
                check_below(probe, &w, &s, with, &seed);
            }
        }
        unmake_walk(&w);
    }
    unsigned often = WALKS * STRETCHES / 20;
    assert_true(seen.shorts > often && seen.longs > often && seen.rounded > often);
    assert_true(seen.large > often);
    assert_true(seen.ties > often && seen.several_peaks > often && seen.at_end > often);
    assert_true(seen.longer > often && seen.unchanged > often);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(leaps_find_what_bars_show)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
