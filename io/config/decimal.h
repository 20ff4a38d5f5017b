/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Numbers as they were written: decimals, and doubles that are the nearest to an exact result.
 * A grid is made from decimals, so that 0.1 to 0.5 by 0.1 hits 0.3 and not 0.30000000000000004.
 */
#ifndef ADMF_IO_CONFIG_DECIMAL_H
#define ADMF_IO_CONFIG_DECIMAL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* digits*10^exponent, without trailing zeros in `digits`; 0 is 0*10^0. */
struct decimal {
    int64_t digits;
    int exponent;
};

enum { DECIMAL_DIGITS_MAX = 18 };

/* False for what is no number (see number_from_text) or has more than 18 significant digits. */
bool decimal_from_text(const char *text, size_t length, struct decimal *decimal);

/*
 * Integers a[i]*10^-*scale that equal the decimals, *scale the smallest >= 0 that will do.
 * False when one does not fit 18 digits.
 */
bool decimals_to_scale(const struct decimal *decimals, int count, int64_t *scaled, int *scale);

/* The double nearest to integer/10^scale. */
double scaled_to_double(int64_t integer, int scale);

/* The double nearest to numerator/(denominator*10^scale); denominator > 0, scale 0 … 18. */
double ratio_to_double(__int128 numerator, int64_t denominator, int scale);

/* The double nearest to 10^((lg a*(n - k) + lg b*k)/n) for a, b > 0 and 0 <= k <= n, n > 0. */
double power_between(struct decimal a, struct decimal b, int64_t k, int64_t n);

/* Text of integer/10^scale, all digits; `out` has 32 bytes. */
void scaled_to_text(int64_t integer, int scale, char out[32]);

#endif
