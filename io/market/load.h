/* SPDX-License-Identifier: Apache-2.0 */
#ifndef ADMF_IO_MARKET_LOAD_H
#define ADMF_IO_MARKET_LOAD_H

#include "io/market/bars.h"

/* bars_load with pieces of `piece` bytes (2 … BYTES_PIECE), so that a test needs no long file to
 * have many. */
admf_status bars_load_pieces(const struct series_source *source, int threads, size_t piece,
                             struct bars **out, admf_diagnostics *errors,
                             admf_diagnostics *warnings);

#endif
