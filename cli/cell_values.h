/* SPDX-License-Identifier: Apache-2.0 */
/* Metrics of the entries of a ranking. */
#ifndef ADMF_CLI_CELL_VALUES_H
#define ADMF_CLI_CELL_VALUES_H

#include "admf/cube.h"

/*
 * *out, to be freed, is [ranking->count][columns]: metric metrics[column] (an index; -1: none, NaN)
 * of each entry. NULL on failure.
 */
admf_status cli_cell_values(admf_cube *cube, const admf_ranking *ranking, const int *metrics,
                            uint64_t columns, double **out, admf_error *error);

#endif
