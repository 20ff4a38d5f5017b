/* SPDX-License-Identifier: Apache-2.0 */
#include "io/config/decimal.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "engine/base/text.h"

static const int64_t powers_of_ten[] = {1,
                                        10,
                                        100,
                                        1000,
                                        10000,
                                        100000,
                                        1000000,
                                        10000000,
                                        100000000,
                                        1000000000,
                                        10000000000,
                                        100000000000,
                                        1000000000000,
                                        10000000000000,
                                        100000000000000,
                                        1000000000000000,
                                        10000000000000000,
                                        100000000000000000,
                                        1000000000000000000};

bool decimal_from_text(const char *text, size_t length, struct decimal *decimal)
{
    double number;
    if (!number_from_text(text, length, &number))
        return false;
    bool negative = false, fraction = false;
    int64_t digits = 0;
    int count = 0, exponent = 0;
    size_t i = 0;
    for (; i < length && text[i] != 'e' && text[i] != 'E'; i++) {
        char c = text[i];
        negative = negative || c == '-';
        fraction = fraction || c == '.';
        if (c < '0' || c > '9')
            continue;
        exponent -= fraction;
        if (count == DECIMAL_DIGITS_MAX) {
            if (c != '0')
                return false;
            exponent++;
            continue;
        }
        digits = digits * 10 + (c - '0');
        count += digits != 0;
    }
    if (i < length) {
        long written = strtol(text + i + 1, NULL, 10);
        if (written < -100000 || written > 100000)
            return false;
        exponent += (int)written;
    }
    while (digits && digits % 10 == 0) {
        digits /= 10;
        exponent++;
    }
    *decimal = (struct decimal){negative ? -digits : digits, digits ? exponent : 0};
    return true;
}

bool decimals_to_scale(const struct decimal *decimals, int count, int64_t *scaled, int *scale)
{
    *scale = 0;
    for (int i = 0; i < count; i++)
        if (-decimals[i].exponent > *scale)
            *scale = -decimals[i].exponent;
    if (*scale > DECIMAL_DIGITS_MAX)
        return false;
    for (int i = 0; i < count; i++) {
        int up = decimals[i].exponent + *scale;
        if (up > DECIMAL_DIGITS_MAX ||
            __builtin_mul_overflow(decimals[i].digits, powers_of_ten[up], &scaled[i]) ||
            llabs(scaled[i]) > powers_of_ten[DECIMAL_DIGITS_MAX])
            return false;
    }
    return true;
}

/*
 * Long division: the integer part, then one bit after the other until there are more than a
 * double holds; what is left over only decides whether the last bit is a tie. d < 2^127.
 */
static double quotient_to_double(unsigned __int128 n, unsigned __int128 d)
{
    if (n == 0)
        return 0.0;
    int exponent = 0;
    /* Shifted up as far as it goes, the integer part has most of the bits already. */
    for (int step = 64; step > 0; step /= 2)
        if (n >> (127 - step) == 0) {
            n <<= step;
            exponent -= step;
        }
    unsigned __int128 q = n / d, r = n % d;
    while (q >> 56 == 0) {
        r <<= 1;
        q = q << 1 | (r >= d);
        r -= r >= d ? d : 0;
        exponent--;
    }
    bool rest = r != 0;
    while (q >> 62) {
        rest = rest || (q & 1);
        q >>= 1;
        exponent++;
    }
    return ldexp((double)((int64_t)q | rest), exponent);
}

double ratio_to_double(__int128 numerator, int64_t denominator, int scale)
{
    unsigned __int128 d = (unsigned __int128)denominator * (unsigned __int128)powers_of_ten[scale];
    bool negative = numerator < 0;
    double value = quotient_to_double(
        negative ? -(unsigned __int128)numerator : (unsigned __int128)numerator, d);
    return negative ? -value : value;
}

double scaled_to_double(int64_t integer, int scale)
{
    /* One rounding where both are exact, as nearly always. */
    if (llabs(integer) < INT64_C(1) << 53)
        return (double)integer / (double)powers_of_ten[scale];
    return ratio_to_double(integer, 1, scale);
}

void scaled_to_text(int64_t integer, int scale, char out[32])
{
    char digits[32];
    int length = snprintf(digits, sizeof digits, "%0*lld", scale + 1, llabs(integer));
    const char *sign = integer < 0 ? "-" : "";
    if (scale == 0)
        snprintf(out, 32, "%s%.20s", sign, digits);
    else
        snprintf(out, 32, "%s%.*s.%.19s", sign, length - scale, digits, digits + length - scale);
}

/*
 * Numbers of twice the precision as unevaluated sums high + low (Dekker 1971; the exponential
 * and its inverse as in Hida, Li, Bailey, Library for double-double and quad-double arithmetic,
 * 2000). They carry some 100 bits, so that rounding the result to a double is rounding the
 * exact value unless that lies within 2^-90 of the middle between two doubles. Nothing here
 * calls libm but for fma and ldexp, so every machine gets the same bits.
 */
struct twofold {
    double high, low;
};

static struct twofold normal(double a, double b)
{
    double sum = a + b;
    return (struct twofold){sum, b - (sum - a)};
}

static struct twofold exact_sum(double a, double b)
{
    double sum = a + b, part = sum - a;
    return (struct twofold){sum, (a - (sum - part)) + (b - part)};
}

static struct twofold add(struct twofold a, struct twofold b)
{
    struct twofold high = exact_sum(a.high, b.high), low = exact_sum(a.low, b.low);
    high = normal(high.high, high.low + low.high);
    return normal(high.high, high.low + low.low);
}

static struct twofold multiply(struct twofold a, struct twofold b)
{
    double product = a.high * b.high;
    double rest = fma(a.high, b.high, -product);
    return normal(product, rest + (a.high * b.low + a.low * b.high));
}

static struct twofold divide(struct twofold a, double b)
{
    double quotient = a.high / b;
    double rest = fma(-quotient, b, a.high) + a.low;
    struct twofold sum = normal(quotient, rest / b);
    rest = fma(-sum.high, b, a.high);
    struct twofold product = exact_sum(rest, a.low);
    double second = fma(-sum.low, b, product.high) + product.low;
    return normal(sum.high, sum.low + second / b);
}

static const struct twofold ln2 = {0x1.62e42fefa39efp-1, 0x1.abc9e3b39803fp-56};
static const struct twofold ln10 = {0x1.26bb1bbb55516p+1, -0x1.f48ad494ea3e9p-53};

/* e^x: x = m*ln 2 + 512*r, a series for e^r - 1, squared nine times. */
static struct twofold exponential(struct twofold x)
{
    double m = floor(x.high / ln2.high + 0.5);
    struct twofold r = add(x, multiply((struct twofold){-m, 0}, ln2));
    r.high /= 512;
    r.low /= 512;
    struct twofold term = r, sum = r;
    for (int i = 2; i <= 11; i++) {
        term = divide(multiply(term, r), i);
        sum = add(sum, term);
    }
    for (int i = 0; i < 9; i++)
        sum = add((struct twofold){2 * sum.high, 2 * sum.low}, multiply(sum, sum));
    sum = add(sum, (struct twofold){1, 0});
    return (struct twofold){ldexp(sum.high, (int)m), ldexp(sum.low, (int)m)};
}

/* ln of an integer, by Newton's method from a rough value: y + (x*e^-y - 1). */
static struct twofold logarithm(int64_t integer)
{
    double high = (double)integer;
    struct twofold x = {high, (double)(integer - (int64_t)high)};
    double rough = 0;
    for (double left = high; left >= 2; left /= 2)
        rough += ln2.high;
    struct twofold y = {rough, 0};
    for (int i = 0; i < 8; i++) {
        struct twofold e = exponential((struct twofold){-y.high, -y.low});
        struct twofold correction = add(multiply(x, e), (struct twofold){-1, 0});
        /* Halley's form converges from anywhere within ln 2. */
        struct twofold bottom = add(correction, (struct twofold){2, 0});
        double step = 2 * correction.high / bottom.high;
        y = add(y, i < 6 ? (struct twofold){step, 0} : correction);
    }
    return y;
}

static struct twofold logarithm_of(struct decimal a)
{
    return add(logarithm(a.digits), multiply((struct twofold){a.exponent, 0}, ln10));
}

double power_between(struct decimal a, struct decimal b, int64_t k, int64_t n)
{
    struct twofold left = multiply(logarithm_of(a), (struct twofold){(double)(n - k), 0});
    struct twofold right = multiply(logarithm_of(b), (struct twofold){(double)k, 0});
    struct twofold power = exponential(divide(add(left, right), (double)n));
    return power.high + power.low;
}
