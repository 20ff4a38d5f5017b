/* SPDX-License-Identifier: Apache-2.0 */
#include "cell_values.h"

#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>

enum { CELLWISE = 1000 }; /* so many entries are read one by one */

struct wanted {
    admf_cube *cube;
    const admf_ranking *ranking;
    const int *metrics;
    uint64_t columns;
};

static admf_status read_cells(const struct wanted *w, double *values, admf_error *error)
{
    admf_status status = ADMF_OK;
    for (uint64_t i = 0; i < w->ranking->count; i++) {
        const admf_ranked *entry = &w->ranking->entries[i];
        for (uint64_t c = 0; status == ADMF_OK && c < w->columns; c++) {
            if (w->metrics[c] >= 0)
                status = admf_cube_read_value(w->cube, w->metrics[c], entry->symbol, entry->window,
                                              entry->combo, &values[i * w->columns + c], error);
        }
    }
    return status;
}

static bool has_entry(const admf_ranking *ranking, uint64_t symbol, uint64_t window)
{
    for (uint64_t i = 0; i < ranking->count; i++) {
        if (ranking->entries[i].symbol == symbol && ranking->entries[i].window == window)
            return true;
    }
    return false;
}

static admf_status no_memory(admf_error *error)
{
    snprintf(error->message, sizeof error->message, "out of memory");
    return error->code = ADMF_INTERNAL;
}

/* One whole metric of one symbol and window after the other. */
static admf_status read_columns(const struct wanted *w, double *values, admf_error *error)
{
    uint64_t windows = admf_cube_axis_size(w->cube, ADMF_AXIS_WINDOW);
    uint64_t places = windows * admf_cube_axis_size(w->cube, ADMF_AXIS_SYMBOL);
    double *column = malloc((admf_cube_combinations(w->cube) + 1) * sizeof *column);
    admf_status status = column ? ADMF_OK : no_memory(error);
    for (uint64_t p = 0; status == ADMF_OK && p < places * w->columns; p++) {
        uint64_t c = p % w->columns, place = p / w->columns;
        uint64_t symbol = place / windows, window = place % windows;
        if (w->metrics[c] < 0 || !has_entry(w->ranking, symbol, window))
            continue;
        status = admf_cube_read_metric(w->cube, w->metrics[c], symbol, window, column, error);
        for (uint64_t i = 0; status == ADMF_OK && i < w->ranking->count; i++) {
            const admf_ranked *entry = &w->ranking->entries[i];
            if (entry->symbol == symbol && entry->window == window)
                values[i * w->columns + c] = column[entry->combo];
        }
    }
    free(column);
    return status;
}

admf_status cli_cell_values(admf_cube *cube, const admf_ranking *ranking, const int *metrics,
                            uint64_t columns, double **out, admf_error *error)
{
    struct wanted w = {cube, ranking, metrics, columns};
    *out = NULL;
    if (ranking->count > SIZE_MAX / (columns * sizeof **out) - 1)
        return no_memory(error);
    uint64_t size = ranking->count * columns;
    double *values = malloc((size + 1) * sizeof *values);
    if (!values)
        return no_memory(error);
    for (uint64_t k = 0; k < size; k++)
        values[k] = NAN;
    admf_status status = ranking->count <= CELLWISE ? read_cells(&w, values, error)
                                                    : read_columns(&w, values, error);
    if (status == ADMF_OK)
        *out = values;
    else
        free(values);
    return status;
}
