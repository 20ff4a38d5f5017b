/* SPDX-License-Identifier: Apache-2.0 */
/* What columns_map says of a header, and what to write so that it is understood. */
#ifndef ADMF_IO_MARKET_COLUMNS_ADVICE_H
#define ADMF_IO_MARKET_COLUMNS_ADVICE_H

#include "engine/base/text.h"
#include "io/market/columns.h"

/* `line` is that of the header, 0 where a file has none. Each of these reports what it finds and
 * returns ADMF_OK, or the status of what it reported. */

/* One error, at a column or, where that is NULL, at the beginning of the line. */
admf_status columns_complain(const struct reading *reading, int line, const struct column *at,
                             const struct text *message);
/* Required columns that are not there, with a line that names what may be meant. */
admf_status columns_missing(const struct columns *columns, const struct reading *reading, int line);
/* Names that `columns:` gives and the file lacks. */
admf_status columns_in_vain(const struct columns *columns, const struct reading *reading, int line);
/* A header that looks like an optional column but is none yet: a warning. */
void columns_hint(const struct columns *columns, const struct reading *reading, int line);

/* "columns:" or "--columns". */
const char *columns_option(const struct reading *reading);

#endif
