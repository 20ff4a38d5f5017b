/* SPDX-License-Identifier: Apache-2.0 */
/*
 * `where` of a ranking: the conditions of configurations, over what a cube holds. Names are
 * metrics, `status`, parameter variables (momentum__lookback_period), `strategy`, `classifier`,
 * `risk`, `execution` (indices), `strategy_type`, `strategy_name`, …, `symbol`, `window`.
 */
#ifndef ADMF_IO_CUBE_CUBE_CONDITION_H
#define ADMF_IO_CUBE_CUBE_CONDITION_H

#include "io/cube/reader.h"

struct cube_condition;

/*
 * A condition that is asked of at most `cells` combinations of `cube` at once. *out is freed with
 * cube_condition_free, and NULL on failure: ADMF_USAGE for a text that is no condition or has
 * names that the cube does not have.
 */
admf_status cube_condition_new(admf_cube *cube, const char *text, uint64_t cells,
                               struct cube_condition **out, admf_error *error);
void cube_condition_free(struct cube_condition **condition);

/* Reads what it needs of some combinations: their metrics, their status. */
admf_status cube_condition_load(struct cube_condition *condition, const struct cube_rows *rows,
                                admf_error *error);
/* Whether it holds for one of those loaded last. */
bool cube_condition_holds(struct cube_condition *condition, uint64_t combo);

#endif
