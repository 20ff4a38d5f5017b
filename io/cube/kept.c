/* SPDX-License-Identifier: Apache-2.0 */
#include "io/cube/kept.h"

#include "engine/base/failure.h"
#include "engine/base/memory.h"
#include "io/hdf5/failure.h"

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

#define QUANTILE(name, percent, of, units)                                                         \
    {                                                                                              \
        name "_q" percent, COLUMN_FLOAT64, percent " % quantile of " of, units                     \
    }
#define QUANTILES(name, of, units)                                                                 \
    QUANTILE(name, "05", of, units), QUANTILE(name, "25", of, units),                              \
        QUANTILE(name, "50", of, units), QUANTILE(name, "75", of, units),                          \
        QUANTILE(name, "95", of, units)

static const char *const group_name[KEPT_GROUPS] = {"kept_equity",   "trade_list", "signals",
                                                    "regime_series", "selection",  "stitched",
                                                    "monte_carlo"};

static const struct table_form cells_form[KEPT_GROUPS] = {
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
};

static const struct table_form values_form[KEPT_GROUPS] = {
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
};

admf_status kept_start(struct kept *kept, enum kept_group which, struct cube_file *file,
                       admf_error *error)
{
    if (kept->group)
        return ADMF_OK;
    admf_status status = make_group(file, file->id, group_name[which], &kept->group, error);
    if (!status && cells_form[which].count)
        status = table_start(&kept->cells, &cells_form[which], file, kept->group, error);
    if (!status)
        status = table_start(&kept->values, &values_form[which], file, kept->group, error);
    return status;
}

admf_status kept_series(struct kept *kept, enum kept_group which, struct cube_file *file,
                        const struct cube_layout *layout, const struct cube_cell *cell,
                        uint64_t count, const void *const *values, admf_error *error)
{
    admf_status status = kept_start(kept, which, file, error);
    if (status)
        return status;
    int64_t combo = (int64_t)cell->combo, offset = (int64_t)kept->values.rows,
            rows = (int64_t)count;
    const void *row[] = {&layout->symbols[cell->symbol], &layout->windows[cell->window].label,
                         &combo, &offset, &rows};
    status = table_append(&kept->cells, file, 1, row, error);
    return status ? status : table_append(&kept->values, file, count, values, error);
}

/* Trades come as rows; a table wants columns. */
enum { PIECE = 1024 };
struct trade_columns {
    const char *symbol[PIECE], *window[PIECE], *reason[PIECE];
    int64_t combo[PIECE], entry_time[PIECE], exit_time[PIECE], entry_bar[PIECE], exit_bar[PIECE];
    int8_t direction[PIECE];
    double units[PIECE], entry_price[PIECE], exit_price[PIECE], profit[PIECE], net_return[PIECE];
};

static void turn(struct trade_columns *c, const struct cube_layout *layout,
                 const struct cube_cell *cell, const struct cube_trade *trades, uint64_t count)
{
    for (uint64_t i = 0; i < count; i++) {
        c->symbol[i] = layout->symbols[cell->symbol];
        c->window[i] = layout->windows[cell->window].label;
        c->combo[i] = (int64_t)cell->combo;
        c->direction[i] = (int8_t)trades[i].direction;
        c->entry_time[i] = trades[i].entry_time;
        c->exit_time[i] = trades[i].exit_time;
        c->entry_bar[i] = trades[i].entry_bar;
        c->exit_bar[i] = trades[i].exit_bar;
        c->units[i] = trades[i].units;
        c->entry_price[i] = trades[i].entry_price;
        c->exit_price[i] = trades[i].exit_price;
        c->profit[i] = trades[i].profit;
        c->net_return[i] = trades[i].net_return;
        c->reason[i] = trades[i].reason;
    }
}

admf_status kept_trades(struct kept *kept, struct cube_file *file, const struct cube_layout *layout,
                        const struct cube_cell *cell, uint64_t count,
                        const struct cube_trade *trades, admf_error *error)
{
    admf_status status = kept_start(kept, KEPT_TRADES, file, error);
    struct trade_columns *c = status ? NULL : memory_new(1, sizeof *c);
    if (!status && !c)
        status = fail_memory(error);
    for (uint64_t first = 0; !status && first < count; first += PIECE) {
        uint64_t n = count - first < PIECE ? count - first : PIECE;
        turn(c, layout, cell, trades + first, n);
        const void *columns[] = {c->symbol,     c->window,      c->combo,      c->direction,
                                 c->entry_time, c->exit_time,   c->entry_bar,  c->exit_bar,
                                 c->units,      c->entry_price, c->exit_price, c->profit,
                                 c->net_return, c->reason};
        status = table_append(&kept->values, file, n, columns, error);
    }
    memory_free(c);
    return status;
}

admf_status kept_choice(struct kept *kept, struct cube_file *file, const struct cube_layout *layout,
                        const struct cube_choice *choice, admf_error *error)
{
    int64_t fold = choice->fold;
    const void *row[] = {&layout->symbols[choice->symbol],
                         &layout->windows[choice->window].label,
                         &choice->combo,
                         &fold,
                         &choice->train,
                         &choice->test};
    admf_status status = kept_start(kept, KEPT_SELECTION, file, error);
    return status ? status : table_append(&kept->values, file, 1, row, error);
}

admf_status kept_stitched(struct kept *kept, struct cube_file *file,
                          const struct cube_layout *layout, const struct cube_choice *choice,
                          uint64_t count, const int64_t *time, const double *equity,
                          admf_error *error)
{
    admf_status status = kept_start(kept, KEPT_STITCHED, file, error);
    if (status)
        return status;
    int64_t fold = choice->fold, offset = (int64_t)kept->values.rows, rows = (int64_t)count;
    const void *row[] = {&layout->symbols[choice->symbol],
                         &layout->windows[choice->window].label,
                         &choice->combo,
                         &fold,
                         &offset,
                         &rows};
    status = table_append(&kept->cells, file, 1, row, error);
    return status ? status
                  : table_append(&kept->values, file, count, (const void *[]){time, equity}, error);
}

admf_status kept_resampled(struct kept *kept, struct cube_file *file,
                           const struct cube_layout *layout, const struct cube_resampled *resampled,
                           admf_error *error)
{
    enum { CELL = 7, STEP = 2 }; /* columns before the quantiles */
    const struct cube_resampled *r = resampled;
    admf_status status = kept_start(kept, KEPT_MONTE_CARLO, file, error);
    if (status)
        return status;
    int64_t combo = (int64_t)r->cell.combo, offset = (int64_t)kept->values.rows;
    const void *row[TABLE_COLUMNS_MAX] = {&layout->symbols[r->cell.symbol],
                                          &layout->windows[r->cell.window].label,
                                          &combo,
                                          &r->objective,
                                          &r->samples,
                                          &r->block,
                                          &r->losing};
    const void *step[TABLE_COLUMNS_MAX] = {r->time, r->sample};
    for (int q = 0; q < ADMF_QUANTILES; q++) {
        row[CELL + q] = &r->total_return[q];
        row[CELL + ADMF_QUANTILES + q] = &r->max_drawdown[q];
        row[CELL + 2 * ADMF_QUANTILES + q] = &r->sharpe[q];
        step[STEP + q] = r->equity[q];
    }
    row[CELL + 3 * ADMF_QUANTILES] = &offset;
    row[CELL + 3 * ADMF_QUANTILES + 1] = &r->steps;
    status = table_append(&kept->cells, file, 1, row, error);
    return status ? status : table_append(&kept->values, file, (uint64_t)r->steps, step, error);
}

admf_status kept_finish(struct kept *kept, struct cube_file *file, admf_error *error)
{
    admf_status status = ADMF_OK;
    for (int k = 0; !status && k < KEPT_GROUPS; k++) {
        if (!kept[k].group)
            continue;
        status = table_finish(&kept[k].cells, file, kept[k].group, error);
        if (!status)
            status = table_finish(&kept[k].values, file, kept[k].group, error);
    }
    kept_drop(kept);
    return status;
}

void kept_drop(struct kept *kept)
{
    for (int k = 0; k < KEPT_GROUPS; k++) {
        table_drop(&kept[k].cells);
        table_drop(&kept[k].values);
        if (kept[k].group > 0)
            hdf5_close(kept[k].group);
        kept[k].group = 0;
    }
}
