/* SPDX-License-Identifier: Apache-2.0 */
#ifndef ADMF_IO_MARKET_BARS_DIGEST_H
#define ADMF_IO_MARKET_BARS_DIGEST_H

#include "engine/base/digest.h"
#include "io/market/bars.h"

/* What goes into bars->digest: times, then every column with its name, in a fixed order. */
uint64_t bars_make_digest(const struct bars *bars);

#endif
