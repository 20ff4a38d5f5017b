/* SPDX-License-Identifier: Apache-2.0 */
#include "io/market/field_number.h"

#include <math.h>

#include "engine/base/text.h"

/* clang-format off */
const uint64_t field_whole_power[20] = {
    1, 10, 100, 1000, 10000, 100000, 1000000, 10000000, 100000000, 1000000000, 10000000000,
    100000000000, 1000000000000, 10000000000000, 100000000000000, 1000000000000000,
    10000000000000000, 100000000000000000, 1000000000000000000, 10000000000000000000u};
/* clang-format on */
const double field_power[20] = {1e0,  1e1,  1e2,  1e3,  1e4,  1e5,  1e6,  1e7,  1e8,  1e9,
                                1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19};

/*
 * digits / 10^fraction for digits > 2^53 and fraction <= 19, correctly rounded: the quotient of
 * digits·2^64 has at least 54 bits. It is brought to 55 … 64 bits, and what was lost below them
 * is told to the one rounding, the conversion, by the lowest bit.
 */
static double divide(uint64_t digits, unsigned fraction)
{
    typedef unsigned __int128 wide;
    wide numerator = (wide)digits << 64, power = field_whole_power[fraction];
    wide quotient = numerator / power;
    bool rest = quotient * power != numerator;
    uint64_t high = (uint64_t)(quotient >> 64);
    int drop = high ? 64 - __builtin_clzll(high) : 0;
    uint64_t kept = (uint64_t)(quotient >> drop);
    rest = rest || ((wide)kept << drop) != quotient;
    if (kept < (uint64_t)1 << 62) {
        kept <<= 2;
        drop -= 2;
    }
    return ldexp((double)(kept | rest), drop - 64);
}

const char *number_at_long(const char *p, double *number)
{
    uint64_t m, piece;
    unsigned n = read_digits(p, &m), whole = n, fraction = 0;
    p += n;
    while (n == 8 && whole <= 16) {
        n = read_digits(p, &piece);
        m = m * field_whole_power[n] + piece;
        whole += n;
        p += n;
    }
    if (*p == '.') {
        p++;
        do {
            n = read_digits(p, &piece);
            m = m * field_whole_power[n] + piece;
            fraction += n;
            p += n;
        } while (n == 8 && fraction <= 16);
    }
    if (whole + fraction - 1 > 18) /* none, or too many: m may have wrapped around */
        return NULL;
    if (__builtin_expect(m > (uint64_t)1 << 53, 0))
        *number = divide(m, fraction);
    else
        *number = (double)(int64_t)m / field_power[fraction];
    return p;
}

static bool is_digit(char c) { return c >= '0' && c <= '9'; }

bool number_from_field(const char *text, size_t length, double *number)
{
    enum { LONGEST = 320 };
    char plain[LONGEST + 2], *out = plain;
    const char *p = text, *end = text + length;
    if (length == 0 || length > LONGEST)
        return false;
    if (*p == '+' || *p == '-') {
        if (*p == '-')
            *out++ = '-';
        p++;
    }
    if (p == end || *p == '+' || *p == '-')
        return false;
    /* number_from_text takes 010 for a mistake and underscores for separators; in market
     * data zeros may lead (fixed-width exports) and an underscore is no part of a number. */
    while (end - p > 1 && *p == '0' && is_digit(p[1]))
        p++;
    for (; p < end; p++) {
        if (*p == '_')
            return false;
        *out++ = *p;
    }
    return number_from_text(plain, (size_t)(out - plain), number);
}

/* `value` with its last `decimals` digits behind a point. */
static size_t write_digits(uint64_t value, unsigned decimals, char *text)
{
    char reversed[FIELD_NUMBER_TEXT];
    size_t n = 0, length = 0;
    for (unsigned k = 0; value || k <= decimals; k++) {
        if (k == decimals && k)
            reversed[n++] = '.';
        reversed[n++] = (char)('0' + value % 10);
        value /= 10;
    }
    while (n)
        text[length++] = reversed[--n];
    text[length] = '\0';
    return length;
}

/*
 * With the fewest decimals k for which a whole number divided by 10^k is the double: the
 * division of two exact doubles rounds as reading the text does, and with the whole part
 * given the fewest decimals are the fewest digits.
 */
size_t number_to_field(double number, char text[FIELD_NUMBER_TEXT])
{
    enum { MOST = 9 };
    if (number >= 1e-4 && number < 1e14)
        for (unsigned k = 0; k <= MOST; k++) {
            double scaled = number * field_power[k] + 0.5;
            if (scaled >= 0x1p53)
                break;
            int64_t whole = (int64_t)scaled;
            if ((double)whole / field_power[k] == number)
                return write_digits((uint64_t)whole, k, text);
        }
    number_to_text(number, text);
    return strlen(text);
}
