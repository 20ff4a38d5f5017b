/* SPDX-License-Identifier: Apache-2.0 */
/* Room for the codes of a column. */
#ifndef ADMF_BENCH_CODE_ROWS_H
#define ADMF_BENCH_CODE_ROWS_H

#include "kernels/signal_types.h"
#include "tests/kernels/feature_rows.h"

/* Of so many words; extremes may be read 63 words on. */
static inline struct code_row new_codes(size_t words)
{
    return (struct code_row){.code = allocate(words * WORD_BARS * sizeof(int16_t)),
                             .least = allocate((words + 63) * sizeof(int16_t)),
                             .greatest = allocate((words + 63) * sizeof(int16_t))};
}

static inline void free_codes(struct code_row *row)
{
    free(row->code);
    free(row->least);
    free(row->greatest);
}

#endif
