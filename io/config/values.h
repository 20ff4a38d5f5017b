/* SPDX-License-Identifier: Apache-2.0 */
/* All values of a parameter, read from a node: one, a list, or a progression. */
#ifndef ADMF_IO_CONFIG_VALUES_H
#define ADMF_IO_CONFIG_VALUES_H

#include "io/config/reader.h"

/*
 * Reads the values of `param`, of `owner` ("strategy 'momentum'"; "" none); lists and
 * progressions only in a `grid`. What `values` points to belongs to the reader's arena. False
 * after an error, which has been reported, or when memory ran out, which the reader notes.
 */
bool values_read(struct reader *reader, const struct yaml_node *node, const admf_param *param,
                 const char *owner, bool grid, struct values *values);

#endif
