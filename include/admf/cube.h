/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Reading result cubes. docs/CUBE.md describes the file; any HDF5 or netCDF reader
 * opens it without this library.
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

/* Opens a finished cube, or a .partial. Free with admf_cube_close. */
admf_status admf_cube_open(const char *path, admf_cube **out, admf_error *error);
void admf_cube_close(admf_cube **cube);

uint64_t admf_cube_axis_size(const admf_cube *cube, int axis);
uint64_t admf_cube_combinations(const admf_cube *cube); /* of one symbol and window */
/* Label of one index of an axis, e.g. "momentum[lookback_period=10,…]"; owned by the cube. */
const char *admf_cube_label(const admf_cube *cube, int axis, uint64_t index);

/* Parameters: variables like momentum__lookback_period along one axis. */
size_t admf_cube_parameter_count(const admf_cube *cube, int axis);
const char *admf_cube_parameter_name(const admf_cube *cube, int axis, size_t parameter);
/* Exactly one of *number (NaN: does not apply) and *word (NULL) is meant; words are owned by the
 * cube. */
void admf_cube_parameter(const admf_cube *cube, int axis, size_t parameter, uint64_t index,
                         double *number, const char **word);

/* Metrics stored, by name; -1 where the cube has none of that name. */
size_t admf_cube_metric_count(const admf_cube *cube);
const char *admf_cube_metric_name(const admf_cube *cube, size_t metric);
int admf_cube_metric_index(const admf_cube *cube, const char *name);
/*
 * One metric of all combinations of one symbol and window, as stored (float32 values come
 * widened): out has admf_cube_combinations elements, in order of combo id.
 */
admf_status admf_cube_read_metric(admf_cube *cube, int metric, uint64_t symbol, uint64_t window,
                                  double *out, admf_error *error);
admf_status admf_cube_read_status(admf_cube *cube, uint64_t symbol, uint64_t window, uint8_t *out,
                                  admf_error *error);
/* One metric of one combination. */
admf_status admf_cube_read_value(admf_cube *cube, int metric, uint64_t symbol, uint64_t window,
                                 uint64_t combo, double *out, admf_error *error);
/* Every stored metric of one combination: out has admf_cube_metric_count elements. */
admf_status admf_cube_read_cell(admf_cube *cube, uint64_t symbol, uint64_t window, uint64_t combo,
                                double *out, uint8_t *status, admf_error *error);

/* The resolved configuration and other texts of /provenance; NULL where missing. Owned by the cube.
 */
const char *admf_cube_provenance(const admf_cube *cube, const char *name);

/* Digest of every dataset and attribute outside /provenance, decoded: 16 hexadecimal digits. */
admf_status admf_cube_digest(const char *path, char out[17], admf_error *error);

/* One combination of a ranking. */
typedef struct admf_ranked {
    uint64_t symbol, window, combo;
    double by;
} admf_ranked;

/*
 * The n best combinations of a cube by one metric (larger is better, but for drawdowns,
 * volatility and costs): ties go to the lower id, NaN comes last, cells with fewer than
 * min_trades trades are left out, and so are those for which `where` (the grammar of
 * configurations' `where`, over metrics, parameters and axis names) does not hold.
 */
typedef struct admf_ranking {
    uint64_t count; /* entries */
    uint64_t tried; /* combinations in the cube that were computed */
    admf_ranked *entries;
} admf_ranking;
admf_status admf_cube_rank(admf_cube *cube, const char *by, uint64_t n, uint64_t min_trades,
                           const char *where, admf_ranking **out, admf_error *error);
void admf_ranking_free(admf_ranking **ranking);

#ifdef __cplusplus
}
#endif
#endif
