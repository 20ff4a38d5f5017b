/* SPDX-License-Identifier: Apache-2.0 */
/* Layouts and values for tests of cubes, made from sizes alone. */
#ifndef ADMF_TESTS_IO_CUBE_FIXTURE_H
#define ADMF_TESTS_IO_CUBE_FIXTURE_H

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "engine/base/text.h"
#include "io/cube/cube_writer.h"

static const admf_param fixture_momentum_params[] = {
    {"lookback_period", "distance of the return", ADMF_INT, 0, 1, 1e5, 20, "bars", ""},
    {"signal_threshold", "smallest return that counts", ADMF_FLOAT, 0, 0, 1, 0.02, "fraction", ""}};
static const admf_component fixture_momentum = {
    .name = "momentum", .help = "", .n_params = 2, .params = fixture_momentum_params};
static const admf_component fixture_hold = {.name = "buy_and_hold", .help = ""};

static const admf_param fixture_hmm_params[] = {
    {"model_type", "which model", ADMF_WORD, 0, 0, 0, 0, "", "hmm|svm"},
    {"lookback_days", "days a fit sees", ADMF_INT, 0, 20, 1e4, 60, "days", ""}};
static const char *const fixture_labels[] = {"bear", "neutral", "bull"};
static const admf_component fixture_hmm = {.name = "hmm",
                                           .help = "",
                                           .n_params = 2,
                                           .params = fixture_hmm_params,
                                           .n_labels = 3,
                                           .labels = fixture_labels};

static const admf_param fixture_risk_params[] = {
    {"size", "", ADMF_FLOAT, 0, 0, 1, 1, "", ""},
    {"stop_loss", "exit at this loss", ADMF_FLOAT, ADMF_CAN_BE_OFF, 0, 1, NAN, "fraction", ""},
    {"reentry", "after an exit", ADMF_WORD, 0, 0, 0, 0, "", "new_signal|immediate"}};
static const admf_component fixture_risk = {
    .name = "risk", .help = "", .n_params = 3, .params = fixture_risk_params};

static const admf_param fixture_execution_params[] = {
    {"slippage", "buys fill higher", ADMF_FLOAT, 0, 0, 1, 0, "fraction", ""}};
static const admf_component fixture_execution = {
    .name = "execution", .help = "", .n_params = 1, .params = fixture_execution_params};

static const admf_metric fixture_metrics[] = {{"sharpe", "annualised Sharpe ratio", "1", false},
                                              {"total_return", "total return", "1", false},
                                              {"max_drawdown", "largest drawdown", "1", false},
                                              {"trades", "closed trades", "trades", true}};

enum { FIXTURE_EXTRA_METRICS = 36, FIXTURE_LABEL = 128 };

struct fixture {
    struct cube_layout layout;
    struct axis axes[AXIS_COUNT];
    double *params[AXIS_COUNT];
    char *labels[AXIS_COUNT];
    struct component_entry momentum, risk, stops;
    struct given given[2];
    admf_metric metrics[4 + FIXTURE_EXTRA_METRICS];
    char metric_names[FIXTURE_EXTRA_METRICS][24];
};

static const char *const fixture_symbols[] = {"SPY", "EURUSD"};
static const struct cube_window fixture_windows[] = {
    {"all", 1577836800000000000, 1609372800000000000},
    {"test", 1609459200000000000, 1640908800000000000}};
static const struct cube_data fixture_data[] = {{"SPY", 0x1234}, {"EURUSD", 0x5678}};
static const struct cube_text fixture_provenance[] = {
    {"configuration", "strategies:\n  - type: momentum\n"}, {"program_version", "1.0"}};

static inline void fixture_axis(struct fixture *f, enum axis_kind kind, size_t count)
{
    f->axes[kind] = (struct axis){.kind = kind, .count = count};
    f->axes[kind].instances = calloc(count, sizeof(struct instance));
    f->params[kind] = calloc(count * 3, sizeof(double));
    f->labels[kind] = calloc(count, FIXTURE_LABEL);
    for (size_t i = 0; i < count; i++) {
        struct instance *instance = &f->axes[kind].instances[i];
        instance->params = f->params[kind] + 3 * i;
        instance->label = f->labels[kind] + FIXTURE_LABEL * i;
    }
}

static inline void fixture_fill(struct fixture *f, enum axis_kind kind, size_t i, double a,
                                double b, const char *format)
{
    char text[2][NUMBER_MAX];
    number_to_text(a, text[0]);
    number_to_text(b, text[1]);
    f->params[kind][3 * i] = a;
    f->params[kind][3 * i + 1] = b;
    snprintf(f->labels[kind] + FIXTURE_LABEL * i, FIXTURE_LABEL, format, text[0], text[1]);
}

/* Strategies: momentum on a grid ten wide, and the last one buy_and_hold; classifiers: hmm,
 * the first one `none`; risk: default, then stops; execution: slippages. */
static inline void fixture_init(struct fixture *f, size_t strategies, size_t classifiers,
                                size_t risks, size_t executions)
{
    memset(f, 0, sizeof *f);
    f->given[0].param = 1;
    f->given[1].param = 2;
    f->stops.given_count = 2;
    f->stops.given = f->given;
    fixture_axis(f, AXIS_STRATEGY, strategies);
    for (size_t i = 0; i < strategies; i++) {
        struct instance *instance = &f->axes[AXIS_STRATEGY].instances[i];
        bool hold = i > 0 && i + 1 == strategies;
        instance->row = hold ? &fixture_hold : &fixture_momentum;
        instance->entry = hold ? NULL : &f->momentum;
        fixture_fill(f, AXIS_STRATEGY, i, 10 + 10 * (double)(i / 10), (double)(i % 10 + 1) / 100,
                     hold ? "buy_and_hold" : "momentum[lookback_period=%s,signal_threshold=%s]");
    }
    fixture_axis(f, AXIS_CLASSIFIER, classifiers);
    for (size_t i = 0; i < classifiers; i++) {
        struct instance *instance = &f->axes[AXIS_CLASSIFIER].instances[i];
        instance->row = i ? &fixture_hmm : NULL;
        instance->entry = NULL;
        fixture_fill(f, AXIS_CLASSIFIER, i, (double)(i % 2), 30 * (double)(i + 1), "none");
        if (i)
            snprintf(f->labels[AXIS_CLASSIFIER] + FIXTURE_LABEL * i, FIXTURE_LABEL,
                     "hmm[model_type=%s,lookback_days=%d]", i % 2 ? "svm" : "hmm",
                     (int)(30 * (i + 1)));
    }
    fixture_axis(f, AXIS_RISK, risks);
    for (size_t i = 0; i < risks; i++) {
        struct instance *instance = &f->axes[AXIS_RISK].instances[i];
        instance->row = &fixture_risk;
        instance->entry = i ? &f->stops : NULL;
        fixture_fill(f, AXIS_RISK, i, 1, i ? 0.01 * (double)i : NAN,
                     i ? "risk[size=%s,stop_loss=%s]" : "default");
    }
    fixture_axis(f, AXIS_EXECUTION, executions);
    f->risk.given_count = 1;
    f->risk.given = calloc(1, sizeof *f->risk.given);
    for (size_t i = 0; i < executions; i++) {
        struct instance *instance = &f->axes[AXIS_EXECUTION].instances[i];
        instance->row = &fixture_execution;
        instance->entry = &f->risk;
        fixture_fill(f, AXIS_EXECUTION, i, 0.0001 * (double)i, 0, "execution[slippage=%s]");
    }
    memcpy(f->metrics, fixture_metrics, sizeof fixture_metrics);
    for (int m = 0; m < FIXTURE_EXTRA_METRICS; m++) {
        snprintf(f->metric_names[m], sizeof f->metric_names[m], "metric_%d", m);
        f->metrics[4 + m] = (admf_metric){f->metric_names[m], "another", "1", false};
    }
    f->layout = (struct cube_layout){.symbol_count = 2,
                                     .symbols = fixture_symbols,
                                     .window_count = 2,
                                     .windows = fixture_windows,
                                     .axes = f->axes,
                                     .metric_count = 4,
                                     .metrics = f->metrics,
                                     .deflate = 1,
                                     .stat_blocks = 3,
                                     .by_regime = true,
                                     .block_cells = 7,
                                     .threads = 2,
                                     .identity = "strategies:\n  - type: momentum\nseed: 1\n",
                                     .data_count = 2,
                                     .data = fixture_data,
                                     .provenance_count = 2,
                                     .provenance = fixture_provenance};
}

static inline void fixture_deinit(struct fixture *f)
{
    for (int a = 0; a < AXIS_COUNT; a++) {
        free(f->axes[a].instances);
        free(f->params[a]);
        free(f->labels[a]);
    }
    free(f->risk.given);
}

/* The value of anything: some counts, some noise, some NaN. */
static inline double fixture_value(uint64_t metric, uint64_t series, uint64_t cell)
{
    uint64_t x = (metric * 1000003 + series) * 0x9E3779B97F4A7C15u + cell * 0xBF58476D1CE4E5B9u;
    x ^= x >> 29;
    x *= 0x94D049BB133111EBu;
    x ^= x >> 32;
    if (x % 97 == 0)
        return -NAN;
    if (metric % 3 == 0 && metric)
        return (double)(x % 300);
    return (double)(x >> 12) * 0x1p-52 - 0.5;
}

/* Rows of /by_regime that the first `cells` cells of a window have. */
static inline uint64_t fixture_regime_rows(const struct cube_layout *layout, uint64_t cells)
{
    const struct axis *axes = layout->axes, *classifiers = &axes[AXIS_CLASSIFIER];
    uint64_t inner = axes[AXIS_RISK].count * axes[AXIS_EXECUTION].count, each = 0, rows = 0;
    for (size_t i = 0; i < classifiers->count; i++)
        each += inner * regime_labels(&classifiers->instances[i]);
    uint64_t strategy = inner * classifiers->count;
    for (uint64_t cell = cells / strategy * strategy; cell < cells; cell++)
        rows += regime_labels(&classifiers->instances[cell / inner % classifiers->count]);
    return cells / strategy * each + rows;
}

/* Computes and writes one block, as the engine would. */
static inline admf_status fixture_write_block(struct cube_writer *cube,
                                              const struct cube_layout *layout, uint64_t block,
                                              admf_error *error)
{
    struct cube_range range = cube_block_range(cube, block);
    uint64_t series = range.symbol * layout->window_count + range.window, n = range.count;
    size_t stats = (size_t)layout->stat_blocks, metrics = layout->metric_count;
    uint64_t before = fixture_regime_rows(layout, range.first),
             rows = fixture_regime_rows(layout, range.first + n) - before;
    double *values = calloc((metrics + 3 * stats) * n + 4 * rows + 1, sizeof *values);
    const double **columns = calloc(metrics + 1, sizeof *columns);
    uint8_t *fate = calloc(n, 1);
    double *p = values;
    for (size_t m = 0; m < metrics; m++, p += n) {
        columns[m] = p;
        for (uint64_t i = 0; i < n; i++)
            p[i] = fixture_value(m, series, range.first + i);
    }
    double *sums = p;
    for (uint64_t i = 0; i < 3 * stats * n; i++, p++)
        *p = (double)(i / n / (stats ? stats : 1)) +
             fixture_value(50, series, range.first * stats + i % (stats * n));
    double *regimes = p;
    for (uint64_t k = 0; k < 4; k++)
        for (uint64_t i = 0; i < rows; i++)
            *p++ = fixture_value(60 + 3 * k, series, before + i);
    for (uint64_t i = 0; i < n; i++)
        fate[i] = (uint8_t)(1 + (range.first + i) % 3);
    struct cube_values all = {.metrics = columns,
                              .status = fate,
                              .block_sum = sums,
                              .block_sum2 = sums + stats * n,
                              .block_n = sums + 2 * stats * n,
                              .regime_profit = regimes,
                              .regime_bars = regimes + rows,
                              .regime_trades = regimes + 2 * rows,
                              .regime_wins = regimes + 3 * rows};
    admf_status status = cube_write_block(cube, block, &all, error);
    free(values);
    free(columns);
    free(fate);
    return status;
}

static inline admf_status fixture_write_rest(struct cube_writer *cube,
                                             const struct cube_layout *layout, admf_error *error)
{
    admf_status status = ADMF_OK;
    for (uint64_t b = 0; !status && b < cube_blocks(cube); b++)
        if (!cube_block_done(cube, b))
            status = fixture_write_block(cube, layout, b, error);
    return status;
}

/* Something of everything that can be kept, of two combinations. */
static inline admf_status fixture_keep(struct cube_writer *cube, admf_error *error)
{
    const int64_t time[] = {1577836800000000000, 1577923200000000000, 1578009600000000000};
    const int64_t bar[] = {0, 1, 2};
    const double equity[] = {100000, 100100.5, 99000};
    const int8_t signal[] = {0, 1, -1};
    const char *const label[] = {"unknown", "bull", "bear"};
    const struct cube_trade trades[] = {
        {time[0], time[1], 0, 1, 1, 10, 100, 101, 10, 0.01, "signal"},
        {time[1], time[2], 1, 2, -1, 10, 101, 102, -10, -0.01, "open"}};
    admf_status status = cube_collect(cube, error);
    for (uint64_t k = 0; !status && k < 2; k++) {
        struct cube_cell cell = {k, 0, k};
        status = cube_keep_equity(cube, &cell, 3 - k, time, equity, error);
        if (!status)
            status = cube_keep_trades(cube, &cell, 2, trades, error);
        if (!status)
            status = cube_keep_signals(cube, &cell, 3, time, bar, signal, error);
        if (!status)
            status = cube_keep_regimes(cube, &cell, 2, time, bar, label, error);
    }
    return status;
}

#endif
