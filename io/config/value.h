/* SPDX-License-Identifier: Apache-2.0 */
/* One value of a parameter: a number, a word, a boolean or `off`, and whether it fits. */
#ifndef ADMF_IO_CONFIG_VALUE_H
#define ADMF_IO_CONFIG_VALUE_H

#include "io/config/reader.h"

/*
 * Reads one value of `param`, of `owner` ("strategy 'momentum'"; "" none): a word as its index,
 * a boolean as 0 or 1, `off` as NaN. False after an error, which has been reported.
 */
bool value_read(struct reader *reader, const struct yaml_node *node, const admf_param *param,
                const char *owner, double *value);

/* Whether a number is in the parameter's range, and whole if it must be; if not, says so. */
bool value_accept(struct reader *reader, struct place place, const admf_param *param,
                  const char *owner, double value);

/* What messages call a parameter: "'stop_loss'" or "'period' of strategy 'rsi_bands'". */
enum { SUBJECT_MAX = 200 };
void value_subject(const admf_param *param, const char *owner, char out[SUBJECT_MAX]);

#endif
