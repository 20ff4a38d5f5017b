/* SPDX-License-Identifier: Apache-2.0 */
/* Which cells of a cube a person means, and what a cell is called. */
#ifndef ADMF_CLI_CELL_H
#define ADMF_CLI_CELL_H

#include "admf/cube.h"
#include "json.h"

/* Word for an admf_cell_status, as in the cube; "unknown" for what is none. */
const char *cli_cell_status(int status);

/* The four indices that combination `combo` stands for, in the order of the axes. */
void cli_cell_indices(const admf_cube *cube, uint64_t symbol, uint64_t window, uint64_t combo,
                      uint64_t index[ADMF_AXES]);

/*
 * Index of the label given with --symbol or --window; NULL means the first, which is noted
 * where there are others. 0, or an exit code after a message.
 */
int cli_cell_find(const admf_cube *cube, int axis, const char *label, uint64_t *index);

/* 0, or 2 after a message that names the range. */
int cli_cell_in_range(const admf_cube *cube, const char *path, uint64_t combo);

/* Symbol, window and labels of one cell as members of an object. */
void cli_cell_json(cli_json *json, const admf_cube *cube, const uint64_t index[ADMF_AXES]);

/* The parameters that apply to one cell, as an object. */
void cli_parameters_json(cli_json *json, const admf_cube *cube, const uint64_t index[ADMF_AXES]);

#endif
