/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Nothing looks ahead: of a file that ends earlier, every column, signal, strength, label,
 * confidence and the equity of every bar are those of the whole file, bit for bit.
 */
#define _GNU_SOURCE /* gmtime_r */
#include <inttypes.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include <cmocka.h>

#include "engine/cpu/cpu.h"
#include "engine/plan/plan.h"
#include "engine/trace/inputs.h"
#include "io/config/config.h"
#define DRAWN_FOLDER ADMF_BINARY_DIR "/drawn_lookahead"
#include "tests/e2e/minute_bars.h"
#include "tests/e2e/random_configuration.h"

enum { CONFIGURATIONS = 500, CELLS_MOST = 10 };
#define CUT_FILE DRAWN_FOLDER "/cut.csv"

static uint64_t signals_changed, labels_changed, equities_moved;

/* A configuration over a file, whole or cut. */
struct work {
    struct config *config;
    struct plan *plan;
};

static void make_plan(struct work *w, const char *yaml, uint64_t seed)
{
    admf_diagnostics errors = ADMF_DIAGNOSTICS_INIT, warnings = ADMF_DIAGNOSTICS_INIT;
    admf_error error = {0};
    struct plan_options options = {.kernels = cpu_choose(NULL, &error), .threads = 1};
    admf_status status =
        config_parse("drawn.yaml", yaml, strlen(yaml), &w->config, &errors, &warnings);
    if (status == ADMF_OK)
        status = plan_new(w->config, &options, &w->plan, &errors, &warnings);
    if (status != ADMF_OK)
        fail_msg("seed %" PRIu64 ": %s\n%s", seed, errors.count ? errors.items[0].message : "?",
                 yaml);
    admf_diagnostics_deinit(&errors);
    admf_diagnostics_deinit(&warnings);
}

static void release(struct work *w)
{
    plan_free(&w->plan);
    config_free(&w->config);
}

/* Copies the lines of the series up to the time `last` (ns UTC). */
static void cut_file(const char *source, int64_t last)
{
    char line[512], limit[32];
    struct tm tm;
    time_t seconds = (time_t)(last / 1000000000);
    FILE *in = fopen(source, "r"), *out = fopen(CUT_FILE, "w");
    assert_non_null(in);
    assert_non_null(out);
    gmtime_r(&seconds, &tm);
    strftime(limit, sizeof limit, "%Y-%m-%dT%H:%M:%S", &tm);
    bool header = true;
    while (fgets(line, sizeof line, in)) {
        size_t length = strcspn(line, ",Z"); /* a date alone is shorter: its day counts */
        if (!header && strncmp(line, limit, length < 19 ? length : 19) > 0)
            break;
        header = false;
        fputs(line, out);
    }
    fclose(in);
    assert_int_equal(fclose(out), 0);
}

/* The same configuration over the cut file. */
static void redirect(const char *yaml, struct text *out)
{
    const char *path = strstr(yaml, "path: ") + strlen("path: ");
    text_append(out, yaml, (size_t)(path - yaml));
    text_add(out, CUT_FILE);
    text_add(out, path + strcspn(path, ",}"));
}

static void same_numbers(const char *what, uint64_t seed, uint64_t combo, const double *whole,
                         const double *cut, size_t count)
{
    for (size_t t = 0; t < count; t++)
        if (memcmp(&whole[t], &cut[t], sizeof *cut) != 0 && !(isnan(whole[t]) && isnan(cut[t])))
            fail_msg("seed %" PRIu64 " combo_%" PRIu64 ": %s of bar %zu is %.17g, of the file cut "
                     "to %zu bars %.17g",
                     seed, combo, what, t, whole[t], count, cut[t]);
}

static void same_bytes(const char *what, uint64_t seed, uint64_t combo, const void *whole_,
                       const void *cut_, size_t count)
{
    const signed char *whole = whole_, *cut = cut_;
    for (size_t t = 0; t < count; t++)
        if (whole[t] != cut[t])
            fail_msg("seed %" PRIu64 " combo_%" PRIu64 ": %s of bar %zu is %d, of the file cut to "
                     "%zu bars %d",
                     seed, combo, what, t, whole[t], count, cut[t]);
}

static double *simulate(const struct inputs *inputs)
{
    admf_error error = {0};
    struct scalar_result result = {.equity = calloc(inputs->scalar.count, sizeof(double))};
    assert_non_null(result.equity);
    assert_int_equal(scalar_simulate(&inputs->scalar, NULL, &result, &error), ADMF_OK);
    return result.equity;
}

/* The last bar of a cut run is its day's last, or closes at the end: it may differ then. */
static size_t comparable_bars(const struct inputs *cut)
{
    bool differs =
        !isnan(cut->terms.risk[RISK_flat_at]) || cut->terms.portfolio[PORTFOLIO_close_at_end] != 0;
    return cut->scalar.count - differs;
}

static void count_changes(const struct inputs *cut, const double *equity)
{
    for (size_t t = 1; t < cut->scalar.count; t++) {
        signals_changed += cut->scalar.signal[t] != cut->scalar.signal[t - 1];
        labels_changed += cut->scalar.label && cut->scalar.label[t] != cut->scalar.label[t - 1];
        equities_moved += equity[t] != equity[t - 1];
    }
}

/* All bars, whatever windows the configuration has. */
static struct plan_window all_bars(const struct plan *plan)
{
    struct plan_window window = plan->windows[0];
    window.first = 0;
    window.end = plan->bars[0]->count;
    return window;
}

static void compare(const struct work *whole_work, const struct work *cut_work, uint64_t combo,
                    uint64_t seed)
{
    const struct plan_window whole_bars = all_bars(whole_work->plan),
                             cut_bars = all_bars(cut_work->plan);
    struct inputs whole, cut;
    admf_error error = {0};
    assert_int_equal(inputs_init(&whole, whole_work->plan, &whole_bars, combo, &error), ADMF_OK);
    assert_int_equal(inputs_init(&cut, cut_work->plan, &cut_bars, combo, &error), ADMF_OK);
    assert_int_equal(inputs_describe(&cut, &error), ADMF_OK);
    size_t count = cut.bars->count;
    for (size_t k = 0; k < cut.plan->column_count; k++)
        if (columns_have(cut.columns, (int)k))
            same_numbers(cut.name[k], seed, combo, columns_row(whole.columns, (int)k),
                         columns_row(cut.columns, (int)k), count);
    same_bytes("the signal", seed, combo, whole.signal, cut.signal, count);
    same_numbers("the strength", seed, combo, whole.strength, cut.strength, count);
    if (cut.label)
        same_bytes("the label", seed, combo, whole.label, cut.label, count);
    if (cut.confidence)
        same_numbers("the confidence", seed, combo, whole.confidence, cut.confidence, count);
    double *whole_equity = simulate(&whole), *cut_equity = simulate(&cut);
    same_numbers("equity", seed, combo, whole_equity, cut_equity, comparable_bars(&cut));
    count_changes(&cut, cut_equity);
    free(whole_equity);
    free(cut_equity);
    inputs_deinit(&whole);
    inputs_deinit(&cut);
}

static void compare_files(uint64_t seed)
{
    struct draw draw;
    struct text redirected = {0};
    struct work whole = {0}, cut = {0};
    draw_configuration(&draw, seed, DRAWN_FOLDER);
    make_plan(&whole, draw.yaml.chars, seed);
    const struct bars *bars = whole.plan->bars[0];
    size_t last = bars->count / 3 + (size_t)draw_below(&draw, (int)(bars->count / 2));
    cut_file(whole.config->series[0].path, bars->time[last]);
    redirect(draw.yaml.chars, &redirected);
    make_plan(&cut, redirected.chars, seed);
    assert_int_equal(cut.plan->bars[0]->count, last + 1);
    uint64_t every = whole.plan->combinations / CELLS_MOST + 1;
    for (uint64_t combo = seed % every; combo < whole.plan->combinations; combo += every)
        compare(&whole, &cut, combo, seed);
    release(&whole);
    release(&cut);
    text_deinit(&redirected);
    text_deinit(&draw.yaml);
}

static void the_past_does_not_depend_on_the_future(void **state)
{
    (void)state;
    for (uint64_t seed = 1; seed <= CONFIGURATIONS; seed++)
        compare_files(seed * 1009);
    print_message("%" PRIu64 " changes of signals, %" PRIu64 " of labels, %" PRIu64 " of equity\n",
                  signals_changed, labels_changed, equities_moved);
    assert_true(signals_changed > 10000 && labels_changed > 10000 && equities_moved > 10000);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(the_past_does_not_depend_on_the_future)};
    return cmocka_run_group_tests(tests, make_minute_bars, NULL);
}
