/* SPDX-License-Identifier: Apache-2.0 */
/*
 * `where` of a ranking: the conditions of configurations, over what a cube holds. Names are
 * metrics, parameter variables (momentum__lookback_period), `strategy`, `classifier`,
 * `risk`, `execution` (indices), `strategy_type`, `strategy_name`, …, `symbol`, `window`.
 */
#ifndef ADMF_IO_CUBE_CUBE_CONDITION_H
#define ADMF_IO_CUBE_CUBE_CONDITION_H

#include "io/cube/reader.h"

struct cube_condition;

admf_status cube_condition_new(admf_cube *cube, const char *text, struct cube_condition **out,
                               admf_error *error);
void cube_condition_free(struct cube_condition **condition);

/* Reads the metrics it needs of one symbol and window. */
admf_status cube_condition_load(struct cube_condition *condition, admf_cube *cube, uint64_t symbol,
                                uint64_t window, admf_error *error);
/* Whether it holds for a combination of the series loaded last. */
bool cube_condition_holds(struct cube_condition *condition, const admf_cube *cube, uint64_t combo);

#endif
