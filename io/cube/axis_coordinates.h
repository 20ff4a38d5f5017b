/* SPDX-License-Identifier: Apache-2.0 */
/* What is written along an axis, in cubes and in stores of signals: index, names, types,
 * parameters. */
#ifndef ADMF_IO_CUBE_AXIS_COORDINATES_H
#define ADMF_IO_CUBE_AXIS_COORDINATES_H

#include "io/cube/datasets.h"
#include "io/cube/parameters.h"

/*
 * Makes a dimension of `size` at the root with a coordinate of its name: int32 0 … n-1, or texts,
 * which should be few, as readers load an index when they open a file. dim->scale is the caller's
 * to close, after a failure too (H5I_INVALID_HID before).
 */
admf_status index_write(struct cube_file *file, const char *name, struct dimension *dim,
                        uint64_t size, admf_error *error);
admf_status text_index_write(struct cube_file *file, const char *name, struct dimension *dim,
                             uint64_t size, const char *const *texts, admf_error *error);

/* AXIS_name, AXIS_type and those of `parameters` that belong to the axis, along its dimension. */
admf_status axis_write(const struct parameters *parameters, struct cube_file *file,
                       const struct axis *axis, struct dimension *dim, admf_error *error);

#endif
