/* SPDX-License-Identifier: Apache-2.0 */
/* Many cells again by several threads: what comes of each, in which order, how it ends, and how
 * many bars are held meanwhile. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <pthread.h>
#include <stdio.h>
#include <string.h>

#include "engine/base/memory.h"
#include "engine/cpu/cpu.h"
#include "engine/workflow/rerun_series.h"
#include "io/config/config.h"

/* Two series, of 6225 bars and of half of them; 12 combinations; windows of 24 bars and more. */
#define FILE_AND_ZONE "path: " ADMF_SOURCE_DIR "/data/eurusd_hourly.csv, timezone: America/New_York"
#define COMBINATIONS                                                                               \
    "strategies: [{type: sma_crossover,"                                                           \
    " parameters: {fast_period: [3, 5, 8], slow_period: [20, 50]}}]\n"                             \
    "risk: [{stop_loss: [off, 0.002]}]\n"
static const char two_series[] =
    "data: [{symbol: YEAR, " FILE_AND_ZONE "},\n"
    "       {symbol: HALF, " FILE_AND_ZONE ", start: 2017-07-03}]\n" COMBINATIONS
    "windows: {whole: {}, day: {start: 2017-09-05, end: 2017-09-05},\n"
    "          month: {start: 2017-08-01, end: 2017-08-31},\n"
    "          autumn: {start: 2017-08-01, end: 2017-12-20}, rest: {start: 2017-10-02}}\n";
/* One of fewer bars than a rerun's columns have at least. */
static const char short_series[] =
    "data: [{symbol: MONTH, " FILE_AND_ZONE ", end: 2017-01-31}]\n" COMBINATIONS
    "windows: {whole: {}, day: {start: 2017-01-10, end: 2017-01-10}}\n";
/* 5031 daily bars, as all bars of two windows together; and with one bar in both of them. */
#define DAILY                                                                                      \
    "data: [{symbol: SP500, path: " ADMF_SOURCE_DIR "/data/sp500_daily.csv}]\n" COMBINATIONS
static const char parted_series[] =
    DAILY "windows: {before: {end: 2008-12-31}, after: {start: 2009-01-01}}\n";
static const char overlapping_series[] =
    DAILY "windows: {before: {end: 2008-12-31}, after: {start: 2008-12-31}}\n";

enum { CELLS = 120, WANTED = RERUN_TRADES | RERUN_SAMPLES };
enum { NEVER = CELLS };

static const int thread_counts[] = {1, 2, 5};
enum { THREAD_COUNTS = sizeof thread_counts / sizeof *thread_counts };

/* A series under watch; `cell` and `use` are called for it alone. */
struct watch {
    struct config *config;
    struct plan *plan;
    pthread_t caller;
    struct cube_cell cells[CELLS];
    uint64_t asked, used;
    size_t most_held; /* cells, when the next was asked for */
    const char *broken;
    uint64_t fails_at, stops_at; /* in `use` of this one, or NEVER */
    volatile int stop;
    uint64_t asked_at_stop;
};

static void start(struct watch *w, const char *yaml, int threads)
{
    admf_diagnostics errors = ADMF_DIAGNOSTICS_INIT, warnings = ADMF_DIAGNOSTICS_INIT;
    const struct kernel_table *tables[CPU_TABLES_MAX];
    cpu_tables(tables);
    struct plan_options options = {.kernels = tables[0], .threads = threads};
    *w = (struct watch){.caller = pthread_self(), .fails_at = NEVER, .stops_at = NEVER};
    admf_status status = config_parse("t.yaml", yaml, strlen(yaml), &w->config, &errors, &warnings);
    if (status == ADMF_OK)
        status = plan_new(w->config, &options, &w->plan, &errors, &warnings);
    if (status != ADMF_OK)
        fail_msg("%s", errors.items[0].message);
    admf_diagnostics_deinit(&errors);
    admf_diagnostics_deinit(&warnings);
    assert_int_equal(w->plan->sizes.threads, threads);
    /* Large and small ones after one another. */
    uint32_t random = 1;
    for (size_t i = 0; i < CELLS; i++) {
        random = random * 1103515245 + 12345;
        w->cells[i] =
            (struct cube_cell){(random >> 16) % w->plan->symbol_count,
                               (random >> 20) % w->plan->window_count, i % w->plan->combinations};
    }
}

static void end(struct watch *w)
{
    plan_free(&w->plan);
    config_free(&w->config);
}

static size_t longest_series(const struct plan *plan)
{
    size_t bars = 0;
    for (size_t s = 0; s < plan->symbol_count; s++)
        bars = plan->bars[s]->count > bars ? plan->bars[s]->count : bars;
    return bars;
}

static size_t bars_held(const struct plan *plan, const struct cube_cell *cell)
{
    const struct plan_window *w = &plan->windows[cell->symbol * plan->window_count + cell->window];
    return w->end - w->first > INPUTS_TILE ? w->end - w->first : INPUTS_TILE;
}

/* The next is asked for when the one before was given to the threads: that, and all before it
 * that were not used, are held. */
static struct cube_cell watch_cell(void *context, uint64_t i)
{
    struct watch *w = context;
    size_t bars = 0, cells = (size_t)(i - w->used);
    for (uint64_t k = w->used; k < i; k++)
        bars += bars_held(w->plan, &w->cells[k]);
    if (cells > 1 && bars > longest_series(w->plan))
        w->broken = "more bars are held than there may be";
    if (i != w->asked++ || i >= CELLS || !pthread_equal(pthread_self(), w->caller))
        w->broken = "cells are not asked for in order by the caller's thread";
    w->most_held = cells > w->most_held ? cells : w->most_held;
    return w->cells[i % CELLS];
}

static bool same_trades(const struct scalar_result *a, const struct scalar_result *b)
{
    bool same = a->trade_count == b->trade_count;
    for (size_t k = 0; same && k < a->trade_count; k++) {
        const struct trade *x = &a->trades[k], *y = &b->trades[k];
        same = x->entry_bar == y->entry_bar && x->exit_bar == y->exit_bar &&
               x->direction == y->direction && x->units == y->units &&
               x->entry_price == y->entry_price && x->exit_price == y->exit_price &&
               x->profit == y->profit && x->net_return == y->net_return && x->reason == y->reason;
    }
    return same;
}

static bool same_rerun(const struct rerun *a, const struct rerun *b)
{
    const struct scalar_result *x = &a->result, *y = &b->result;
    return a->count == b->count && a->time == b->time &&
           memcmp(a->inputs.signal, b->inputs.signal, a->count) == 0 &&
           memcmp(x->equity, y->equity, a->count * sizeof *x->equity) == 0 &&
           memcmp(x->metric, y->metric, sizeof x->metric) == 0 && x->status == y->status &&
           x->sample_count == y->sample_count &&
           memcmp(x->sample_return, y->sample_return, x->sample_count * sizeof(double)) == 0 &&
           memcmp(x->sample_bar, y->sample_bar, x->sample_count * sizeof(size_t)) == 0 &&
           same_trades(x, y);
}

/* Against the cell alone. Takes away some of what the rerun holds, as users may. */
static admf_status watch_use(void *context, uint64_t i, struct rerun *rerun, admf_error *error)
{
    struct watch *w = context;
    struct rerun alone;
    if (i != w->used || !pthread_equal(pthread_self(), w->caller)) {
        w->broken = "results are not used in order by the caller's thread";
        return ADMF_FAILED;
    }
    admf_status status = rerun_cell(&alone, w->plan, &w->cells[i], WANTED, NULL, error);
    if (status == ADMF_OK && !same_rerun(rerun, &alone))
        w->broken = "a rerun differs from its cell alone";
    rerun_deinit(&alone);
    memory_free(rerun->result.equity);
    rerun->result.equity = NULL;
    w->used++;
    if (i == w->stops_at) {
        __atomic_store_n(&w->stop, ADMF_STOPPED, __ATOMIC_RELAXED);
        w->asked_at_stop = w->asked;
    }
    if (i == w->fails_at) {
        error->code = status = ADMF_IO;
        snprintf(error->message, sizeof error->message, "no more of %d", (int)i);
    }
    return status;
}

static admf_status run(struct watch *w, uint64_t count, admf_error *error)
{
    *error = (admf_error){.message = "untouched"};
    w->asked = w->used = 0;
    admf_status status = rerun_series(&(struct rerun_series){.plan = w->plan,
                                                             .wanted = WANTED,
                                                             .stop = &w->stop,
                                                             .count = count,
                                                             .context = w,
                                                             .cell = watch_cell,
                                                             .use = watch_use},
                                      error);
    if (w->broken)
        fail_msg("%s", w->broken);
    return status;
}

static void results_are_those_of_each_cell_in_order(void **state)
{
    (void)state;
    for (int k = 0; k < THREAD_COUNTS; k++) {
        struct watch w;
        admf_error error;
        start(&w, two_series, thread_counts[k]);
        if (run(&w, CELLS, &error) != ADMF_OK)
            fail_msg("%d threads: %s", thread_counts[k], error.message);
        assert_int_equal(w.asked, CELLS);
        assert_int_equal(w.used, CELLS);
        /* Three of the least fill the room that there is. */
        assert_int_equal(w.most_held, thread_counts[k] == 1 ? 0 : 3);
        assert_int_equal(run(&w, 0, &error), ADMF_OK);
        assert_int_equal(w.asked, 0);
        end(&w);
    }
}

static void one_cell_is_held_where_there_is_room_for_none(void **state)
{
    (void)state;
    struct watch w;
    admf_error error;
    start(&w, short_series, 5);
    assert_true(longest_series(w.plan) < INPUTS_TILE);
    if (run(&w, CELLS, &error) != ADMF_OK)
        fail_msg("%s", error.message);
    assert_int_equal(w.used, CELLS);
    assert_int_equal(w.most_held, 1);
    end(&w);
}

static void bars_are_counted_to_the_last(void **state)
{
    (void)state;
    const char *const yaml[] = {parted_series, overlapping_series};
    for (size_t more = 0; more < 2; more++) {
        struct watch w;
        admf_error error;
        start(&w, yaml[more], 2);
        for (size_t i = 0; i < CELLS; i++)
            w.cells[i].window = i % 2;
        assert_int_equal(bars_held(w.plan, &w.cells[0]) + bars_held(w.plan, &w.cells[1]),
                         longest_series(w.plan) + more);
        if (run(&w, CELLS, &error) != ADMF_OK)
            fail_msg("%s", error.message);
        assert_int_equal(w.most_held, more ? 1 : 2);
        end(&w);
    }
}

static void a_failing_use_ends_it(void **state)
{
    (void)state;
    static const uint64_t at[] = {0, 1, 17, CELLS - 1};
    for (int k = 0; k < THREAD_COUNTS; k++) {
        struct watch w;
        start(&w, two_series, thread_counts[k]);
        for (size_t j = 0; j < sizeof at / sizeof *at; j++) {
            admf_error error;
            char message[64];
            w.fails_at = at[j];
            snprintf(message, sizeof message, "no more of %d", (int)at[j]);
            assert_int_equal(run(&w, CELLS, &error), ADMF_IO);
            assert_int_equal(error.code, ADMF_IO);
            assert_string_equal(error.message, message);
            assert_int_equal(w.used, at[j] + 1);
        }
        end(&w);
    }
}

/* What was given before may still be used, nothing given after. */
static void a_stop_ends_it(void **state)
{
    (void)state;
    static const uint64_t at[] = {0, 1, 17};
    for (int k = 0; k < THREAD_COUNTS; k++) {
        struct watch w;
        admf_error error;
        start(&w, two_series, thread_counts[k]);
        for (size_t j = 0; j < sizeof at / sizeof *at; j++) {
            w.stops_at = at[j];
            w.stop = ADMF_OK;
            assert_int_equal(run(&w, CELLS, &error), ADMF_STOPPED);
            assert_string_equal(error.message, "untouched");
            assert_true(w.used > at[j] && w.used <= w.asked_at_stop);
            if (thread_counts[k] == 1)
                assert_int_equal(w.used, at[j] + 1);
        }
        w.stop = ADMF_INTERRUPTED;
        assert_int_equal(run(&w, CELLS, &error), ADMF_INTERRUPTED);
        assert_int_equal(w.used, 0);
        end(&w);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(results_are_those_of_each_cell_in_order),
        cmocka_unit_test(one_cell_is_held_where_there_is_room_for_none),
        cmocka_unit_test(bars_are_counted_to_the_last),
        cmocka_unit_test(a_failing_use_ends_it),
        cmocka_unit_test(a_stop_ends_it),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
