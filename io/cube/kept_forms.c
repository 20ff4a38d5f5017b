/* SPDX-License-Identifier: Apache-2.0 */
#include "io/cube/kept_forms.h"

#include "kernels/catalog/catalog.h"

#define CELL_COLUMNS                                                                               \
    {"symbol", COLUMN_TEXT, NULL, NULL}, {"window", COLUMN_TEXT, NULL, NULL},                      \
    {                                                                                              \
        "combo", COLUMN_INT64, "combination", NULL                                                 \
    }

#define SERIES_CELLS(dimension)                                                                    \
    {                                                                                              \
        dimension, 5,                                                                              \
        {                                                                                          \
            CELL_COLUMNS, {"offset", COLUMN_INT64, "first row of the combination", NULL},          \
            {                                                                                      \
                "count", COLUMN_INT64, "rows of the combination", NULL                             \
            }                                                                                      \
        }                                                                                          \
    }

#define TRIPLE_COLUMNS                                                                             \
    {"classifier", COLUMN_INT64, "index of the classifier", NULL},                                 \
        {"risk", COLUMN_INT64, "index of the risk profile", NULL},                                 \
    {                                                                                              \
        "execution", COLUMN_INT64, "index of the execution model", NULL                            \
    }

#define QUANTILE(name, percent, of, units)                                                         \
    {                                                                                              \
        name "_q" percent, COLUMN_FLOAT64, percent " % quantile of " of, units                     \
    }
#define QUANTILES(name, of, units)                                                                 \
    QUANTILE(name, "05", of, units), QUANTILE(name, "25", of, units),                              \
        QUANTILE(name, "50", of, units), QUANTILE(name, "75", of, units),                          \
        QUANTILE(name, "95", of, units)

const char *const kept_group_name[KEPT_GROUPS] = {"kept_equity",   "trade_list",    "signals",
                                                  "regime_series", "selection",     "stitched",
                                                  "monte_carlo",   "regime_choice", "adaptive"};

const struct table_form kept_cells_form[KEPT_GROUPS] = {
    [KEPT_EQUITY] = SERIES_CELLS("equity_cell"),
    [KEPT_SIGNALS] = SERIES_CELLS("signal_cell"),
    [KEPT_REGIMES] = SERIES_CELLS("regime_cell"),
    [KEPT_STITCHED] = {"stitched_fold",
                       6,
                       {CELL_COLUMNS,
                        {"fold", COLUMN_INT64, "fold, from 1", NULL},
                        {"offset", COLUMN_INT64, "first row of the fold", NULL},
                        {"count", COLUMN_INT64, "rows of the fold", NULL}}},
    [KEPT_MONTE_CARLO] = {"monte_carlo_cell",
                          24,
                          {CELL_COLUMNS,
                           {"objective", COLUMN_FLOAT64, "objective of the combination", NULL},
                           {"samples", COLUMN_INT64, "samples that a path has", "samples"},
                           {"block", COLUMN_INT64, "mean length of a block", "samples"},
                           {"losing", COLUMN_FLOAT64, "share of losing paths", "1"},
                           QUANTILES("total_return", "the total return", "1"),
                           QUANTILES("max_drawdown", "the largest drawdown", "1"),
                           QUANTILES("sharpe", "the Sharpe ratio", "1"),
                           {"offset", COLUMN_INT64, "first row of the combination", NULL},
                           {"count", COLUMN_INT64, "rows of the combination", NULL}}},
    [KEPT_ADAPTIVE] = {"adaptive_portfolio",
                       ADAPTIVE_COLUMNS + METRIC_COUNT,
                       {
                           {"symbol", COLUMN_TEXT, NULL, NULL},
                           {"window", COLUMN_TEXT, NULL, NULL},
                           TRIPLE_COLUMNS,
                           {"train", COLUMN_FLOAT64, "objective in training", NULL},
                           {"test", COLUMN_FLOAT64, "objective in this window", NULL},
                           {"status", COLUMN_INT64, "as the status of a combination", NULL},
                           {"offset", COLUMN_INT64, "first row of the portfolio", NULL},
                           {"count", COLUMN_INT64, "rows of the portfolio", NULL},
#define METRIC(name, long_name, units, count) {#name, COLUMN_FLOAT64, long_name, units},
#include "kernels/catalog/metrics.def"
#undef METRIC
                       }},
};

const struct table_form kept_values_form[KEPT_GROUPS] = {
    [KEPT_EQUITY] = {"equity_bar",
                     2,
                     {{"time", COLUMN_TIME, "start of the bar", NULL},
                      {"equity", COLUMN_FLOAT64, "equity at the close", "currency"}}},
    [KEPT_TRADES] = {"trade",
                     14,
                     {CELL_COLUMNS,
                      {"direction", COLUMN_INT8, "1 long, -1 short", NULL},
                      {"entry_time", COLUMN_TIME, "bar of the entry", NULL},
                      {"exit_time", COLUMN_TIME, "bar of the exit", NULL},
                      {"entry_bar", COLUMN_INT64, "bar of the entry, from 0", "bars"},
                      {"exit_bar", COLUMN_INT64, "bar of the exit, from 0", "bars"},
                      {"units", COLUMN_FLOAT64, "largest position", "1"},
                      {"entry_price", COLUMN_FLOAT64, "price of the entry", "currency"},
                      {"exit_price", COLUMN_FLOAT64, "price of the exit", "currency"},
                      {"profit", COLUMN_FLOAT64, "profit after fees", "currency"},
                      {"net_return", COLUMN_FLOAT64, "profit over the entry value", "1"},
                      {"reason", COLUMN_TEXT, "why it was closed", NULL}}},
    [KEPT_SIGNALS] = {"signal_change",
                      3,
                      {{"time", COLUMN_TIME, "start of the bar", NULL},
                       {"bar", COLUMN_INT64, "bar of the change, from 0", "bars"},
                       {"signal", COLUMN_INT8, "from this bar on: 1 long, 0 flat, -1 short",
                        NULL}}},
    [KEPT_REGIMES] = {"regime_change",
                      3,
                      {{"time", COLUMN_TIME, "start of the bar", NULL},
                       {"bar", COLUMN_INT64, "bar of the change, from 0", "bars"},
                       {"label", COLUMN_TEXT, "regime from this bar on", NULL}}},
    [KEPT_SELECTION] = {"selection_fold",
                        6,
                        {CELL_COLUMNS,
                         {"fold", COLUMN_INT64, "fold, from 1", NULL},
                         {"train", COLUMN_FLOAT64, "objective in training", NULL},
                         {"test", COLUMN_FLOAT64, "objective in the test window", NULL}}},
    [KEPT_STITCHED] = {"stitched_bar",
                       2,
                       {{"time", COLUMN_TIME, "start of the bar", NULL},
                        {"equity", COLUMN_FLOAT64, "equity out of sample", "currency"}}},
    [KEPT_MONTE_CARLO] = {"monte_carlo_step",
                          7,
                          {{"time", COLUMN_TIME, "start of the bar of the sample", NULL},
                           {"sample", COLUMN_INT64, "sample, from 0", "samples"},
                           QUANTILES("equity", "the equity of the paths", "currency")}},
    [KEPT_CHOICE] = {"regime_choice_row",
                     7,
                     {{"symbol", COLUMN_TEXT, NULL, NULL},
                      TRIPLE_COLUMNS,
                      {"label", COLUMN_TEXT, "regime", NULL},
                      {"combo", COLUMN_INT64, "combination that trades in it; -1: flat", NULL},
                      {"profit", COLUMN_FLOAT64, "its profit in this regime in training",
                       "currency"}}},
    [KEPT_ADAPTIVE] = {"adaptive_bar",
                       3,
                       {{"time", COLUMN_TIME, "start of the bar", NULL},
                        {"combo", COLUMN_INT64, "combination that has the say; -1: flat", NULL},
                        {"equity", COLUMN_FLOAT64, "equity at the close", "currency"}}},
};
