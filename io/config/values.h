/* SPDX-License-Identifier: Apache-2.0 */
/* Values of parameters, read from a node: scalars, lists, ranges, linspaces, logspaces. */
#ifndef ADMF_IO_CONFIG_VALUES_H
#define ADMF_IO_CONFIG_VALUES_H

#include "engine/base/text.h"
#include "io/config/reader.h"

/*
 * Reads the value of `param`, of `owner` ("strategy 'momentum'"; "" none). `grid`: lists and
 * ranges are allowed. False after an error, which has been reported.
 */
bool values_read(struct reader *reader, const struct yaml_node *node, const admf_param *param,
                 const char *owner, bool grid, struct values *values);

/* One number, word or boolean of `param`; false after an error. */
bool value_read(struct reader *reader, const struct yaml_node *node, const admf_param *param,
                const char *owner, double *value);

/* "in [0, 1)", "at least 0", "above 0", "any number": a parameter's range in words. */
enum { RANGE_TEXT_MAX = 96 };
void range_text(const admf_param *param, char out[RANGE_TEXT_MAX]);

/* A value of `param` as in YAML and in names: number, word, true, false, off. */
void value_to_text(const admf_param *param, double value, struct text *text);
/* Values as written, as YAML. */
void values_to_text(const admf_param *param, const struct values *values, struct text *text);

#endif
