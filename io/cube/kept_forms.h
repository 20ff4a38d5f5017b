/* SPDX-License-Identifier: Apache-2.0 */
/* The tables in groups of single combinations and portfolios: names of groups, columns, dimensions.
 */
#ifndef ADMF_IO_CUBE_KEPT_FORMS_H
#define ADMF_IO_CUBE_KEPT_FORMS_H

#include "io/cube/kept.h"

/* Columns of the cells of /adaptive before those of the metrics. */
enum { ADAPTIVE_COLUMNS = 10 };

extern const char *const kept_group_name[KEPT_GROUPS];
/* Of groups with ragged series: where each cell's rows are; count 0: the group has none. */
extern const struct table_form kept_cells_form[KEPT_GROUPS];
extern const struct table_form kept_values_form[KEPT_GROUPS];

#endif
