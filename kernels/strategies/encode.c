/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Columns as 16-bit codes, for comparing many pairs of few columns. Every operation rounds
 * monotonically, so the code never falls as the value rises.
 */
#include "kernels/signal_types.h"
#include "kernels/vec.h"

encode_kernel KERNEL(encode);

enum { EIGHT = 8 };

/* Codes of eight bars, which go to memory too: their extremes are found while they are in a
 * register. */
VEC eight_codes encode_eight(const double *column, double low, double scale, int16_t *code)
{
    const vd least = splat(INT16_MIN), most = splat(INT16_MAX);
    vd x[EIGHT / WIDTH];
    for (size_t k = 0; k < EIGHT / WIDTH; k++) {
        /* larger() gives its second operand for a NaN. */
        x[k] = larger((load(column + k * WIDTH) - low) * scale + INT16_MIN, least);
        x[k] = smaller(x[k], most);
    }
    const eight_codes c = whole_parts(x);
    memcpy(code, &c, sizeof c);
    return c;
}

void KERNEL(encode)(const double *column, size_t words, double low, double scale,
                    const struct code_row *row)
{
    for (size_t w = 0; w < words; w++, column += WORD_BARS) {
        int16_t *code = row->code + w * WORD_BARS;
        eight_codes least = encode_eight(column, low, scale, code), greatest = least;
        for (size_t t = EIGHT; t < WORD_BARS; t += EIGHT) {
            const eight_codes c = encode_eight(column + t, low, scale, code + t);
            least = smaller_codes(least, c);
            greatest = larger_codes(greatest, c);
        }
        row->least[w] = least_code(least);
        row->greatest[w] = greatest_code(greatest);
    }
}
