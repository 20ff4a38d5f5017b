/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Dimension scales (HDF5 Dimension Scale Specification, 2005) without the high-level
 * library: what makes a dataset a coordinate for everything that reads netCDF-4.
 */
#ifndef ADMF_IO_MARKET_HDF5_SCALE_H
#define ADMF_IO_MARKET_HDF5_SCALE_H

#include <hdf5.h>

#include "admf/error.h"

/* Makes `scale`, a dataset's path in the same file, the only dimension of `dataset`. */
admf_status scale_attach(hid_t dataset, const char *path, const char *scale, admf_error *error);
/* Notes at `scale` that it is the dimension of the datasets named; after all are attached. */
admf_status scale_note_uses(hid_t file, hid_t scale, const char *path, const char *const *names,
                            size_t count, admf_error *error);

#endif
