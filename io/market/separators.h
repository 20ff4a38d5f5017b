/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Where rows and their fields end: one bit for each of 64 bytes that is a separator. With the
 * ends known beforehand no field waits for the one before it (G. Langdale and D. Lemire,
 * Parsing gigabytes of JSON per second, VLDB Journal 28, 2019, section 3.1).
 */
#ifndef ADMF_IO_MARKET_SEPARATORS_H
#define ADMF_IO_MARKET_SEPARATORS_H

#include <stddef.h>
#include <stdint.h>
#include <string.h>

#if defined(__SSE2__)
#include <emmintrin.h>

static inline uint64_t separators_of_16(const char *p, __m128i delimiter, __m128i line_feed)
{
    __m128i bytes = _mm_loadu_si128((const __m128i *)(const void *)p);
    __m128i found =
        _mm_or_si128(_mm_cmpeq_epi8(bytes, delimiter), _mm_cmpeq_epi8(bytes, line_feed));
    return (uint64_t)(uint32_t)_mm_movemask_epi8(found);
}

/* Bit k: p[k] is the delimiter or a line feed. 64 bytes at p must be readable. */
static inline uint64_t separators_at(const char *p, char delimiter)
{
    __m128i d = _mm_set1_epi8(delimiter), n = _mm_set1_epi8('\n');
    return separators_of_16(p, d, n) | separators_of_16(p + 16, d, n) << 16 |
           separators_of_16(p + 32, d, n) << 32 | separators_of_16(p + 48, d, n) << 48;
}

#else

/* The high bit of every byte that is 0, and of no other. */
static inline uint64_t zero_bytes(uint64_t x)
{
    const uint64_t low = 0x7f7f7f7f7f7f7f7fu;
    return ~(((x & low) + low) | x | low);
}

static inline uint64_t separators_at(const char *p, char delimiter)
{
    const uint64_t each = 0x0101010101010101u;
    uint64_t d = each * (unsigned char)delimiter, n = each * '\n', bits = 0;
    for (int k = 0; k < 8; k++) {
        uint64_t word;
        memcpy(&word, p + 8 * k, sizeof word);
        uint64_t found = zero_bytes(word ^ d) | zero_bytes(word ^ n);
        bits |= (found >> 7) * 0x0102040810204080u >> 56 << 8 * k; /* gathers the eight bits */
    }
    return bits;
}

#endif

/* Line feeds from p to before `end`, 63 readable bytes behind which are not counted. */
static inline size_t line_feeds(const char *p, const char *end)
{
    size_t count = 0;
    for (; end - p >= 64; p += 64)
        count += (size_t)__builtin_popcountll(separators_at(p, '\n'));
    uint64_t wanted = ((uint64_t)1 << (end - p)) - 1;
    return count + (size_t)__builtin_popcountll(separators_at(p, '\n') & wanted);
}

/* Behind the last line feed from p to before `end`; p where there is none. */
static inline const char *behind_last_line(const char *p, const char *end)
{
    while (end > p && end[-1] != '\n')
        end--;
    return end;
}

#endif
