/* SPDX-License-Identifier: Apache-2.0 */
/* Where market data is written to: the form follows from the name. */
#ifndef ADMF_ENGINE_API_MARKET_OUTPUT_H
#define ADMF_ENGINE_API_MARKET_OUTPUT_H

#include <stdbool.h>

#include "io/market/bars.h"

/* bars_write_csv or bars_write_hdf5 */
typedef admf_status market_writer(const struct bars *bars, const char *path, bool force,
                                  const volatile int *stop, admf_error *error);

/*
 * What writes `path`: .csv or .h5. NULL and *error for any other name (ADMF_USAGE), where
 * something is there already unless `force`, and where its folder is none that can be written to
 * (ADMF_IO). Ask before the work, not after it.
 */
market_writer *market_output(const char *path, bool force, admf_error *error);

#endif
