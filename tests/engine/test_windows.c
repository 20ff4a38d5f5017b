/* SPDX-License-Identifier: Apache-2.0 */
/* Windows as stretches of bars, against borders found in another way. */
#define _GNU_SOURCE /* timegm */
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <string.h>
#include <time.h>

#include "engine/cpu/cpu.h"
#include "engine/plan/plan.h"
#include "io/config/config.h"

static const char daily[] = "data: [{symbol: SP500, path: " ADMF_SOURCE_DIR
                            "/data/sp500_daily.csv}]\nstrategies: [{type: momentum}]\n";
static const char hourly[] = "data: [{symbol: EURUSD, path: " ADMF_SOURCE_DIR
                             "/data/eurusd_hourly.csv, timezone: America/New_York}]\n"
                             "strategies: [{type: momentum}]\n";

struct planned {
    struct config *config;
    struct plan *plan;
    admf_status status;
    char message[ADMF_MESSAGE_MAX];
    int line;
    size_t errors;
};

static struct planned plan_windows(const char *data, const char *windows)
{
    static char yaml[4096];
    struct planned p = {.status = ADMF_OK};
    admf_diagnostics errors = ADMF_DIAGNOSTICS_INIT, warnings = ADMF_DIAGNOSTICS_INIT;
    const struct kernel_table *tables[CPU_TABLES_MAX];
    cpu_tables(tables);
    struct plan_options options = {.kernels = tables[0], .threads = 1};
    snprintf(yaml, sizeof yaml, "%swindows: %s\n", data, windows);
    p.status = config_parse("t.yaml", yaml, strlen(yaml), &p.config, &errors, &warnings);
    if (p.status == ADMF_OK)
        p.status = plan_new(p.config, &options, &p.plan, &errors, &warnings);
    if (p.status != ADMF_OK) {
        assert_true(errors.count > 0);
        snprintf(p.message, sizeof p.message, "%s", errors.items[0].message);
        p.line = errors.items[0].line;
        p.errors = errors.count;
    }
    admf_diagnostics_deinit(&errors);
    admf_diagnostics_deinit(&warnings);
    return p;
}

static struct planned plan_sound(const char *data, const char *windows)
{
    struct planned p = plan_windows(data, windows);
    if (p.status != ADMF_OK)
        fail_msg("%s: %s", windows, p.message);
    return p;
}

static void release(struct planned *p)
{
    plan_free(&p->plan);
    config_free(&p->config);
}

static void expect(const struct planned *p, size_t w, const char *label, size_t first, size_t end)
{
    assert_true(w < p->plan->window_count);
    const struct plan_window *window = &p->plan->windows[w];
    assert_string_equal(window->label, label);
    assert_int_equal(window->first, first);
    assert_int_equal(window->end, end);
    if (!window->daily_samples)
        assert_int_equal(window->samples, end - first);
}

static void refused(const char *data, const char *windows, admf_status status, const char *message)
{
    struct planned p = plan_windows(data, windows);
    assert_int_equal(p.status, status);
    if (!strstr(p.message, message))
        fail_msg("%s: '%s' lacks '%s'", windows, p.message, message);
    assert_true(p.line > 0);
    release(&p);
}

static void without_windows_there_is_one(void **state)
{
    (void)state;
    struct planned p = plan_sound(daily, "{all: {}}");
    assert_int_equal(p.plan->window_count, 1);
    expect(&p, 0, "all", 0, 5031);
    assert_int_equal(p.plan->windows[0].fold, 0);
    release(&p);
}

static void a_split_is_the_floor_of_the_exact_share(void **state)
{
    (void)state;
    struct planned p = plan_sound(daily, "{split: 0.7}"); /* 3521.7 */
    assert_int_equal(p.plan->window_count, 2);
    expect(&p, 0, "train", 0, 3521);
    expect(&p, 1, "test", 3521, 5031);
    assert_int_equal(p.plan->windows[0].role, WINDOW_TRAIN);
    assert_int_equal(p.plan->windows[1].role, WINDOW_TEST);
    release(&p);
    /* 0.58*50 is 28.999999999999996 in doubles. */
    p = plan_sound("data: [{symbol: SP500, path: " ADMF_SOURCE_DIR
                   "/data/sp500_daily.csv, end: 1999-03-16}]\nstrategies: [{type: momentum}]\n",
                   "{split: 0.58}");
    assert_int_equal(p.plan->bars[0]->count, 50);
    expect(&p, 0, "train", 0, 29);
    release(&p);
    refused(daily, "{split: 0.0001}", ADMF_BAD_DATA, "no bar for train");
}

static void folds_walk_forward(void **state)
{
    (void)state;
    static const char *const lengths[] = {
        "{walk_forward: {train: 500, test: 100, step: 90, purge: 5, embargo: 7}}",
        "{walk_forward: {train: 500d, test: 100d, step: 90d, purge: 5d, embargo: 7d}}",
        "{walk_forward: {train: 500, test: 100, step: 90, purge: 5, embargo: 7, mode: anchored}}"};
    for (int k = 0; k < 3; k++) {
        struct planned p = plan_sound(daily, lengths[k]);
        size_t folds = (5031 - 500 - 7 - 100) / 90 + 1;
        assert_int_equal(p.plan->window_count, 2 * folds);
        for (size_t i = 0; i < folds; i++) {
            char label[32];
            snprintf(label, sizeof label, "train_%zu", i + 1);
            expect(&p, 2 * i, label, k == 2 ? 0 : 90 * i, 90 * i + 495);
            snprintf(label, sizeof label, "test_%zu", i + 1);
            expect(&p, 2 * i + 1, label, 90 * i + 507, 90 * i + 607);
            assert_int_equal(p.plan->windows[2 * i].fold, i + 1);
            assert_int_equal(p.plan->windows[2 * i + 1].fold, i + 1);
        }
        release(&p);
    }
    /* The step is the length of a test unless said otherwise; the last bar is used. */
    struct planned p = plan_sound(daily, "{walk_forward: {train: 31, test: 100}}");
    assert_int_equal(p.plan->window_count, 100);
    expect(&p, 99, "test_50", 4931, 5031);
    release(&p);
}

/* The first bar of a day on or after a date some months behind 1999-01-04. */
static size_t bar_after_months(const struct bars *bars, int months)
{
    struct tm date = {.tm_year = 99, .tm_mon = months, .tm_mday = 4};
    int64_t ns = (int64_t)timegm(&date) * 1000000000;
    size_t bar = 0;
    while (bar < bars->count && bars->time[bar] < ns)
        bar++;
    return bar;
}

static void months_are_those_of_the_calendar(void **state)
{
    (void)state;
    struct planned p = plan_sound(daily, "{walk_forward: {train: 12m, test: 6m, step: 5m}}");
    const struct bars *bars = p.plan->bars[0];
    assert_int_equal(p.plan->window_count % 2, 0);
    assert_true(p.plan->window_count > 80);
    for (int i = 0; i < (int)p.plan->window_count / 2; i++) {
        const struct plan_window *train = &p.plan->windows[2 * i], *test = train + 1;
        assert_int_equal(train->first, bar_after_months(bars, 5 * i));
        assert_int_equal(test->first, train->end);
        assert_int_equal(train->end, bar_after_months(bars, 5 * i + 12));
        assert_int_equal(test->end, bar_after_months(bars, 5 * i + 18));
    }
    release(&p);
}

static void k_folds_leave_out_what_lies_around(void **state)
{
    (void)state;
    struct planned p = plan_sound(daily, "{k_fold: {k: 3, purge: 10, embargo: 20}}");
    assert_int_equal(p.plan->window_count, 7);
    expect(&p, 0, "test_1", 0, 1677);
    expect(&p, 1, "train_1_after", 1697, 5031);
    expect(&p, 2, "test_2", 1677, 3354);
    expect(&p, 3, "train_2_before", 0, 1667);
    expect(&p, 4, "train_2_after", 3374, 5031);
    expect(&p, 5, "test_3", 3354, 5031);
    expect(&p, 6, "train_3_before", 0, 3344);
    release(&p);
    refused(daily, "{k_fold: {k: 2, purge: 4000, embargo: 4000}}", ADMF_BAD_DATA,
            "nothing to train");
}

static void named_windows_are_in_the_time_zone_of_the_data(void **state)
{
    (void)state;
    struct planned p = plan_sound(hourly, "{summer: {start: 2017-07-03, end: 2017-07-31}, "
                                          "rest: {start: 2017-10-02T00:00:00Z}, whole: {}}");
    const struct bars *bars = p.plan->bars[0];
    assert_int_equal(p.plan->window_count, 3);
    const struct plan_window *summer = &p.plan->windows[0], *rest = &p.plan->windows[1];
    const int64_t hour = INT64_C(3600000000000);
    struct tm start = {.tm_year = 117, .tm_mon = 6, .tm_mday = 3, .tm_hour = 4}; /* EDT */
    struct tm end = {.tm_year = 117, .tm_mon = 7, .tm_mday = 1, .tm_hour = 4};
    int64_t from = (int64_t)timegm(&start) * 1000000000, to = (int64_t)timegm(&end) * 1000000000;
    assert_true(bars->time[summer->first] >= from && bars->time[summer->first - 1] < from);
    assert_true(bars->time[summer->end - 1] < to && bars->time[summer->end] >= to);
    assert_true(bars->time[summer->first] - from < 24 * hour);
    /* One sample for each session day that has a bar in it. */
    size_t days = 1;
    for (size_t t = summer->first + 1; t < summer->end; t++)
        days += bars->session_day[t] != bars->session_day[t - 1];
    assert_true(summer->daily_samples);
    assert_int_equal(summer->samples, days);
    assert_int_equal(rest->end, bars->count);
    assert_int_equal(p.plan->windows[2].first, 0);
    assert_int_equal(p.plan->windows[2].end, bars->count);
    release(&p);
}

static void days_are_session_days(void **state)
{
    (void)state;
    struct planned p = plan_sound(hourly, "{walk_forward: {train: 10d, test: 3d, purge: 1d}}");
    const struct bars *bars = p.plan->bars[0];
    for (size_t w = 0; w < p.plan->window_count; w++) {
        const struct plan_window *window = &p.plan->windows[w];
        assert_true(window->first == 0 ||
                    bars->session_day[window->first] != bars->session_day[window->first - 1]);
        assert_int_equal(window->samples, w % 2 ? 3 : 9);
        assert_int_equal(bars->session_day[window->first], w / 2 * 3 + (w % 2 ? 10 : 0));
    }
    release(&p);
}

/* However many symbols have them, and said once where one has too many. */
static void there_are_limits_for_each_symbol(void **state)
{
    (void)state;
    static const char two[] =
        "data: [{symbol: A, path: " ADMF_SOURCE_DIR "/data/sp500_daily.csv},\n"
        "       {symbol: B, path: " ADMF_SOURCE_DIR "/data/sp500_daily.csv}]\n"
        "strategies: [{type: momentum}]\n";
    struct planned p = plan_sound(two, "{walk_forward: {train: 100, test: 1, step: 1}}");
    assert_int_equal(p.plan->window_count, 2 * (5031 - 100));
    release(&p);
    p = plan_windows(two, "{walk_forward: {train: 10, test: 1, step: 1}}");
    assert_int_equal(p.status, ADMF_BAD_CONFIG);
    assert_string_equal(p.message, "A has more than 10000 windows; take longer steps");
    assert_int_equal(p.errors, 1);
    release(&p);
}

static void what_the_data_cannot_give_is_refused(void **state)
{
    (void)state;
    refused(daily, "{old: {end: 1950-01-01}}", ADMF_BAD_DATA, "SP500 has no bars in window 'old'");
    refused(daily, "{walk_forward: {train: 5000, test: 100}}", ADMF_BAD_DATA,
            "too few for one fold");
    refused(daily, "{walk_forward: {train: 900m, test: 1m}}", ADMF_BAD_DATA,
            "too few for one fold");
    refused(daily, "{walk_forward: {train: 100, test: 100, purge: 100}}", ADMF_BAD_DATA, "'purge'");
    refused("data: [{symbol: A, path: " ADMF_SOURCE_DIR
            "/data/sp500_daily.csv}, {symbol: B, path: " ADMF_SOURCE_DIR
            "/data/sp500_daily.csv, start: 2010-01-01}]\n"
            "strategies: [{type: momentum}]\n",
            "{walk_forward: {train: 100, test: 100}}", ADMF_BAD_DATA, "windows and B has");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(without_windows_there_is_one),
        cmocka_unit_test(a_split_is_the_floor_of_the_exact_share),
        cmocka_unit_test(folds_walk_forward),
        cmocka_unit_test(months_are_those_of_the_calendar),
        cmocka_unit_test(k_folds_leave_out_what_lies_around),
        cmocka_unit_test(named_windows_are_in_the_time_zone_of_the_data),
        cmocka_unit_test(days_are_session_days),
        cmocka_unit_test(there_are_limits_for_each_symbol),
        cmocka_unit_test(what_the_data_cannot_give_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
