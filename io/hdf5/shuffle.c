/* SPDX-License-Identifier: Apache-2.0 */
#include "io/hdf5/shuffle.h"

#include <stdint.h>
#include <string.h>

enum { BYTES = 8 };

/* Exchanges the bits of `mask` in b with those `shift` above them in a. */
static void swap_bits(uint64_t *a, uint64_t *b, int shift, uint64_t mask)
{
    uint64_t other = (*a >> shift ^ *b) & mask;
    *b ^= other;
    *a ^= other << shift;
}

/* Eight words as a square of bytes, turned over its diagonal: halves, then quarters, then bytes. */
static void transpose(uint64_t w[BYTES])
{
    for (int i = 0; i < 4; i++)
        swap_bits(&w[i], &w[i + 4], 32, 0x00000000FFFFFFFFu);
    for (int i = 0; i < 8; i += 4)
        for (int k = i; k < i + 2; k++)
            swap_bits(&w[k], &w[k + 2], 16, 0x0000FFFF0000FFFFu);
    for (int i = 0; i < 8; i += 2)
        swap_bits(&w[i], &w[i + 1], 8, 0x00FF00FF00FF00FFu);
}

/* Eight elements of eight bytes at a time; returns how many it did. */
static size_t turn_squares(const unsigned char *from, size_t from_step, size_t from_row,
                           unsigned char *to, size_t to_step, size_t to_row, size_t count)
{
    size_t i = 0;
    for (; i + BYTES <= count; i += BYTES) {
        uint64_t w[BYTES];
        for (size_t k = 0; k < BYTES; k++)
            memcpy(&w[k], from + i * from_step + k * from_row, sizeof w[k]);
        transpose(w);
        for (size_t k = 0; k < BYTES; k++)
            memcpy(to + i * to_step + k * to_row, &w[k], sizeof w[k]);
    }
    return i;
}

void shuffle_bytes(const unsigned char *from, unsigned char *to, size_t count, size_t element)
{
    size_t done = element == BYTES ? turn_squares(from, BYTES, BYTES, to, 1, count, count) : 0;
    for (size_t b = 0; b < element; b++)
        for (size_t i = done; i < count; i++)
            to[b * count + i] = from[element * i + b];
}

void unshuffle_bytes(const unsigned char *from, unsigned char *to, size_t count, size_t element)
{
    size_t done = element == BYTES ? turn_squares(from, 1, count, to, BYTES, BYTES, count) : 0;
    for (size_t i = done; i < count; i++)
        for (size_t b = 0; b < element; b++)
            to[element * i + b] = from[b * count + i];
}
