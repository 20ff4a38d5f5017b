/* SPDX-License-Identifier: Apache-2.0 */
#include "io/cube/kept.h"

#include "engine/base/failure.h"
#include "engine/base/memory.h"
#include "io/cube/kept_forms.h"
#include "io/hdf5/failure.h"

admf_status kept_start(struct kept *kept, enum kept_group which, struct cube_file *file,
                       admf_error *error)
{
    if (kept->group)
        return ADMF_OK;
    admf_status status = make_group(file, file->id, kept_group_name[which], &kept->group, error);
    if (status)
        return status;
    if (kept_cells_form[which].count)
        table_start(&kept->cells, &kept_cells_form[which], file, kept->group);
    table_start(&kept->values, &kept_values_form[which], file, kept->group);
    return ADMF_OK;
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

admf_status kept_adaptive(struct kept *choices, struct kept *kept, struct cube_file *file,
                          const struct cube_layout *layout, const struct cube_adaptive *adaptive,
                          admf_error *error)
{
    const struct cube_adaptive *a = adaptive;
    admf_status status = kept_start(choices, KEPT_CHOICE, file, error);
    if (!status)
        status = kept_start(kept, KEPT_ADAPTIVE, file, error);
    for (size_t i = 0; !status && i < a->label_count; i++) {
        const void *row[] = {&layout->symbols[a->symbol],
                             &a->classifier,
                             &a->risk,
                             &a->execution,
                             &a->label[i],
                             &a->chosen[i],
                             &a->profit[i]};
        status = table_append(&choices->values, file, 1, row, error);
    }
    if (status)
        return status;
    int64_t offset = (int64_t)kept->values.rows;
    const void *row[TABLE_COLUMNS_MAX] = {&layout->symbols[a->symbol],
                                          &layout->windows[a->window].label,
                                          &a->classifier,
                                          &a->risk,
                                          &a->execution,
                                          &a->train,
                                          &a->test,
                                          &a->status,
                                          &offset,
                                          &a->count};
    for (int k = 0; k < METRIC_COUNT; k++)
        row[ADAPTIVE_COLUMNS + k] = &a->metric[k];
    status = table_append(&kept->cells, file, 1, row, error);
    return status ? status
                  : table_append(&kept->values, file, (uint64_t)a->count,
                                 (const void *[]){a->time, a->combo, a->equity}, error);
}

admf_status kept_finish(struct kept *kept, struct cube_file *file, admf_error *error)
{
    admf_status status = ADMF_OK;
    for (int k = 0; !status && k < KEPT_GROUPS; k++) {
        if (!kept[k].group)
            continue;
        status = table_finish(&kept[k].cells, file, error);
        if (!status)
            status = table_finish(&kept[k].values, file, error);
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
