/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Dimension scales as HDF5's high-level library writes them (HDF5 Dimension Scale
 * Specification 1.0), by hand, to depend on one library less, and because that library reads
 * and writes a scale's whole list for every dataset attached to it.
 *
 * Failures are ADMF_IO for what the disk refuses, ADMF_INTERNAL otherwise.
 */
#ifndef ADMF_IO_CUBE_DIMENSIONS_H
#define ADMF_IO_CUBE_DIMENSIONS_H

#include "io/cube/datasets.h"

/* Makes the dataset dimension->scale the scale of a new dimension. */
admf_status make_scale(struct cube_file *file, struct dimension *dimension, const char *name,
                       admf_error *error);
/* A dimension without a variable. out->scale is closed by the caller, after a failure too. */
admf_status make_bare_dimension(struct cube_file *file, hid_t parent, const char *name,
                                uint64_t size, struct dimension *out, admf_error *error);
/* The dimensions of a dataset, slowest first; `rank` of them. */
admf_status attach_dimensions(struct cube_file *file, hid_t dataset,
                              const struct dimension *dimensions, int rank, admf_error *error);

/* Writes at each scale which datasets were attached to it; cube_file_close does. */
admf_status dimensions_write_uses(struct cube_file *file, admf_error *error);
void dimensions_drop_uses(struct cube_file *file);

#endif
