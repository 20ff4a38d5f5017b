/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Decimal text to the nearest double.
 *
 * The common number is at most 19 digits around a point. Its digits are read eight at a
 * time inside one 64-bit word (D. Lemire, Number parsing at a gigabyte per second, 2021,
 * section 7); up to 2^53 the number is one division of two exact doubles (W. Clinger, How
 * to read floating point numbers accurately, 1990), else one division of whole numbers.
 * Everything else goes to number_from_text. All ways round to nearest, ties to even.
 */
#ifndef ADMF_IO_MARKET_FIELD_NUMBER_H
#define ADMF_IO_MARKET_FIELD_NUMBER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

/* Reads a whole number text without spaces around; false where it is anything else. */
bool number_from_field(const char *text, size_t length, double *number);

enum { FIELD_NUMBER_TEXT = 32 };
/* The shortest text that reads back as `number`, as number_to_text, but fast for few decimals.
 * Returns its length. */
size_t number_to_field(double number, char text[FIELD_NUMBER_TEXT]);

extern const uint64_t field_whole_power[20]; /* 10^k */
extern const double field_power[20];

static inline uint64_t load_word(const char *p)
{
    uint64_t word;
    memcpy(&word, p, sizeof word);
    return word;
}

/* A bit in every byte that is not 0 … 9, exact up to the first such byte. */
static inline uint64_t beyond_nine(uint64_t bytes)
{
    return ((bytes + 0x7676767676767676u) | bytes) & 0x8080808080808080u;
}

/* The value of eight digits, first in the lowest byte, each byte 0 … 9. */
static inline uint64_t eight_digits(uint64_t v)
{
    v = (v * 10 + (v >> 8)) & 0x00ff00ff00ff00ffu;
    v = (v * 100 + (v >> 16)) & 0x0000ffff0000ffffu;
    return (v * 10000 + (v >> 32)) & 0xffffffffu;
}

/* Up to eight digits at p (seven readable bytes must follow them); returns how many. */
static inline unsigned read_digits(const char *p, uint64_t *value)
{
    uint64_t bytes = load_word(p) ^ 0x3030303030303030u, other = beyond_nine(bytes);
    unsigned count = other ? (unsigned)__builtin_ctzll(other) / 8 : 8;
    *value = eight_digits(count ? bytes << (64 - 8 * count) : 0); /* zeros instead of the rest */
    return count;
}

/* number_at for any plain number of up to 19 digits; returns its end. */
const char *number_at_long(const char *p, double *number);

/*
 * The plain number (digits, point, digits) from p to before `end`, a byte that is no digit.
 * False where it is in another form: then nothing is said about it. Seven bytes after p must
 * be readable.
 */
static inline bool number_at(const char *p, const char *end, double *number)
{
    size_t length = (size_t)(end - p);
    if (__builtin_expect(length - 1 > 7, 0)) /* none, or more than eight characters */
        return number_at_long(p, number) == end;
    /* Its last character comes into the highest byte; zeros lead. */
    uint64_t bytes = (load_word(p) ^ 0x3030303030303030u) << (64 - 8 * length);
    uint64_t other = beyond_nine(bytes);
    unsigned fraction = 0;
    if (other) {
        unsigned bit = (unsigned)__builtin_ctzll(other) & 56;
        uint64_t before = ((uint64_t)1 << bit) - 1, point = (uint64_t)('.' ^ 0x30) << bit;
        if ((other & (other - 1)) || (bytes & (uint64_t)0xff << bit) != point || length == 1)
            return false;
        fraction = 7 - bit / 8;
        bytes = (bytes & before) << 8 | ((bytes & ~before) ^ point); /* the point goes */
    }
    *number = (double)(int64_t)eight_digits(bytes) / field_power[fraction];
    return true;
}

#endif
