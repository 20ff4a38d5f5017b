/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Bars in HDF5, shaped as netCDF-4: a dimension scale `time` (int64, nanoseconds since
 * 1970-01-01 UTC, starts of bars) and one float64 dataset per column.
 */
#ifndef ADMF_IO_MARKET_HDF5_BARS_H
#define ADMF_IO_MARKET_HDF5_BARS_H

#include "io/market/columns.h"

enum { HDF5_BARS_VERSION = 1 };

/* Reads symbol, count, time and columns of reading->source->path, checked as a CSV's rows. */
admf_status hdf5_bars_read(const struct reading *reading, struct bars *bars);

/* hdf5_sound.c: checks time and columns; reports what is wrong with a bar, or drops it. */
admf_status hdf5_bars_check(struct columns *columns, const struct reading *reading,
                            struct bars *bars);

#endif
