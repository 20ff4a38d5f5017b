/* SPDX-License-Identifier: Apache-2.0 */
/* Values that follow a rule: {start, stop, step}, {linspace: […]}, {logspace: […]}. */
#ifndef ADMF_IO_CONFIG_PROGRESSION_H
#define ADMF_IO_CONFIG_PROGRESSION_H

#include "io/config/reader.h"

/*
 * Reads a mapping as the values of `param`, of `owner` ("strategy 'momentum'"; "" none), into
 * `values`, which is zeroed but for its place. Nothing is allocated: the values are made by
 * values_get. All are in range and no two are equal, or it is false, which has been reported.
 */
bool progression_read(struct reader *reader, const struct yaml_node *node, const admf_param *param,
                      const char *owner, struct values *values);

#endif
