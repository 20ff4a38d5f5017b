/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Reading result cubes. docs/CUBE.md describes the file; any HDF5 or netCDF reader
 * opens it without this library.
 *
 *     admf_cube *cube = NULL;
 *     admf_error error = {0};
 *     if (admf_cube_open("sweep.h5", &cube, &error) == ADMF_OK)
 *         printf("%s\n", admf_cube_label(cube, ADMF_AXIS_STRATEGY, 0));
 *     admf_cube_close(&cube);
 *
 * Symbols, windows, metrics and combinations are numbered from 0. A reading function returns
 * ADMF_USAGE for a number that the cube does not have and ADMF_BAD_DATA where the file cannot be
 * read; what it should have filled means nothing then. A cube is for one thread at a time.
 */
#ifndef ADMF_CUBE_H
#define ADMF_CUBE_H

#include <stdbool.h>
#include <stdint.h>

#include "admf/error.h"
#include "admf/types.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct admf_cube admf_cube;

/* Axes in the order of the dimensions. */
enum {
    ADMF_AXIS_SYMBOL,
    ADMF_AXIS_WINDOW,
    ADMF_AXIS_STRATEGY,
    ADMF_AXIS_CLASSIFIER,
    ADMF_AXIS_RISK,
    ADMF_AXIS_EXECUTION,
    ADMF_AXES
};
/* "symbol", "window", …; NULL for a number that is no axis. Lives as long as the program. */
const char *admf_axis_name(int axis);

/*
 * Opens a finished cube, or a .partial, whose cells that are not computed read as NaN. *out is
 * freed with admf_cube_close, and NULL on failure: ADMF_NO_INPUT for a file that is missing or
 * cannot be opened, ADMF_BAD_DATA for one that is no cube, damaged or of a later format.
 */
admf_status admf_cube_open(const char *path, admf_cube **out, admf_error *error);
/* Sets *cube to NULL; it may be NULL before. What the cube owned is gone. */
void admf_cube_close(admf_cube **cube);

/* 0 for a number that is no axis. */
uint64_t admf_cube_axis_size(const admf_cube *cube, int axis);
uint64_t admf_cube_combinations(const admf_cube *cube); /* of one symbol and window */
/*
 * Label of one index of an axis, e.g. "momentum[lookback_period=10,…]"; owned by the cube. ""
 * beyond the axis, and where labels cannot be read.
 */
const char *admf_cube_label(const admf_cube *cube, int axis, uint64_t index);

/* Parameters: variables like momentum__lookback_period along one axis. */
size_t admf_cube_parameter_count(const admf_cube *cube, int axis);
/* Owned by the cube; NULL beyond the last. */
const char *admf_cube_parameter_name(const admf_cube *cube, int axis, size_t parameter);
/*
 * The value at one index of the axis: a word (owned by the cube; "" where the parameter does not
 * apply) in *word, with NaN in *number, or a number (NaN: does not apply) in *number, with NULL
 * in *word. NaN and NULL too where there is no such parameter or it cannot be read.
 */
void admf_cube_parameter(const admf_cube *cube, int axis, size_t parameter, uint64_t index,
                         double *number, const char **word);

/* Metrics stored. A name is owned by the cube, NULL beyond the last; an index is -1 where the
 * cube has no metric of that name. */
size_t admf_cube_metric_count(const admf_cube *cube);
const char *admf_cube_metric_name(const admf_cube *cube, size_t metric);
int admf_cube_metric_index(const admf_cube *cube, const char *name);
/*
 * One metric of all combinations of one symbol and window, as stored (float32 values come
 * widened): out has admf_cube_combinations elements, in order of combo id.
 */
admf_status admf_cube_read_metric(admf_cube *cube, int metric, uint64_t symbol, uint64_t window,
                                  double *out, admf_error *error);
/* The fate of each of them, an admf_cell_status. */
admf_status admf_cube_read_status(admf_cube *cube, uint64_t symbol, uint64_t window, uint8_t *out,
                                  admf_error *error);
/* One metric of one combination. */
admf_status admf_cube_read_value(admf_cube *cube, int metric, uint64_t symbol, uint64_t window,
                                 uint64_t combo, double *out, admf_error *error);
/* Every stored metric of one combination: out has admf_cube_metric_count elements; *status is
 * its admf_cell_status. */
admf_status admf_cube_read_cell(admf_cube *cube, uint64_t symbol, uint64_t window, uint64_t combo,
                                double *out, uint8_t *status, admf_error *error);

/*
 * A text of /provenance by its name ("resolved_configuration", "instruction_set", …), owned by
 * the cube; NULL where it is missing or cannot be read.
 */
const char *admf_cube_provenance(const admf_cube *cube, const char *name);

/* Digest of every dataset and attribute outside /provenance, decoded: 16 hexadecimal digits; ""
 * on failure, as that of admf_cube_open. */
admf_status admf_cube_digest(const char *path, char out[17], admf_error *error);

/* One combination of a ranking. */
typedef struct admf_ranked {
    uint64_t symbol, window, combo;
    double by;
} admf_ranked;

/*
 * What is ranked, and by what; strings are borrowed for the call. Cells with fewer than min_trades
 * closed trades are left out, and so are those for which `where` does not hold: the grammar of
 * configurations' `where`, over metrics, parameters, `status`, `symbol`, `window`, and of the other
 * axes the index (`strategy`), name (`strategy_name`) and type (`strategy_type`).
 */
typedef struct admf_rank_options {
    const char *by; /* metric; larger is better, but for drawdowns, volatility and costs */
    uint64_t n;     /* how many of the best, at most */
    uint64_t min_trades;
    const char *where;           /* NULL: all */
    const char *symbol, *window; /* labels of the only ones looked at; NULL: all */
} admf_rank_options;

/* The best, in order: ties go to the lower combination, NaN comes last. */
typedef struct admf_ranking {
    uint64_t count; /* entries, n or fewer */
    uint64_t tried; /* combinations computed of those looked at, before min_trades and where */
    admf_ranked *entries;
} admf_ranking;
/*
 * *out is freed with admf_ranking_free, and NULL on failure: ADMF_USAGE for a metric, symbol or
 * window that the cube does not have or a condition that is wrong; of the latter the error has
 * line, column and length in `where`, and no file.
 */
admf_status admf_cube_rank(admf_cube *cube, const admf_rank_options *options, admf_ranking **out,
                           admf_error *error);
void admf_ranking_free(admf_ranking **ranking);

#ifdef __cplusplus
}
#endif
#endif
