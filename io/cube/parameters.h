/* SPDX-License-Identifier: Apache-2.0 */
/* Parameter variables of the axes: momentum__lookback_period, risk__stop_loss, … */
#ifndef ADMF_IO_CUBE_PARAMETERS_H
#define ADMF_IO_CUBE_PARAMETERS_H

#include "io/cube/cube_writer.h"

struct parameter {
    enum axis_kind axis;
    char *name;           /* owned */
    size_t prefix_length; /* of what stands before `__` in it */
    const admf_param *param;
};

/* Start from {0}. */
struct parameters {
    size_t count, capacity;
    struct parameter *list;
};

/* All parameter variables of all axes, in order of axes, instances and rows. */
admf_status parameters_find(struct parameters *parameters, const struct axis *axes,
                            admf_error *error);
void parameters_deinit(struct parameters *parameters);

/* Length of an instance's type: its label up to the bracket. */
size_t type_length(const struct instance *instance);

/* The parameter's value at one instance; NaN where it does not apply. */
double parameter_number(const struct parameter *parameter, const struct instance *instance);

#endif
