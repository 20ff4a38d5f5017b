/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Columns as 16-bit codes, for comparing many pairs of few columns. Every operation rounds
 * monotonically, so the code never falls as the value rises.
 */
#include "kernels/signal_types.h"
#include "kernels/vec.h"

encode_kernel KERNEL(encode);

void KERNEL(encode)(const double *column, size_t words, double low, double scale,
                    const struct code_row *row)
{
    vd least = splat(INT16_MIN), most = splat(INT16_MAX);
    for (size_t w = 0; w < words; w++) {
        int16_t *code = row->code + w * WORD_BARS;
        for (size_t t = 0; t < WORD_BARS; t += WIDTH) {
            /* larger() gives its second operand for a NaN. */
            vd x = larger((load(column + w * WORD_BARS + t) - low) * scale + INT16_MIN, least);
            x = smaller(x, most);
            store_codes(code + t, x);
        }
        extremes_of_codes(code, row->least + w, row->greatest + w);
    }
}
