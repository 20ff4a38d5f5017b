/* SPDX-License-Identifier: Apache-2.0 */
/* Values of parameters and their ranges as text. */
#ifndef ADMF_IO_CONFIG_VALUES_TEXT_H
#define ADMF_IO_CONFIG_VALUES_TEXT_H

#include "admf/types.h"
#include "engine/base/text.h"
#include "io/config/config.h"

/* "in [0, 1)", "at least 0", "above 0", "any finite number": a parameter's range in words. */
enum { RANGE_TEXT_MAX = 96 };
void range_text(const admf_param *param, char out[RANGE_TEXT_MAX]);

/*
 * Append to a text (which notes when memory runs out): a value of `param` as in YAML and in
 * names (number, word, true, false, off), and values as they were written, as YAML.
 */
void value_to_text(const admf_param *param, double value, struct text *text);
void values_to_text(const admf_param *param, const struct values *values, struct text *text);

#endif
