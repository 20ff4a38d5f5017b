/* SPDX-License-Identifier: Apache-2.0 */
/* The bars at which a column is defined: what makes every rule strict about NaN. */
#include "kernels/signal_types.h"
#include "kernels/vec.h"

column_words_kernel KERNEL(defined);

void KERNEL(defined)(const double *column, size_t words, uint64_t *defined)
{
    for (size_t w = 0; w < words; w++) {
        uint64_t word = 0;
        for (int t = 0; t < WORD_BARS; t += WIDTH) {
            vd x = load(column + w * WORD_BARS + (size_t)t);
            word |= (uint64_t)bits(eq(x, x)) << t;
        }
        defined[w] = word;
    }
}
