/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Elements of eight bytes go sixteen at a time, as eight vectors of 16 bytes. Where a byte is among
 * the 128 takes seven bits: its element and its place in it, or its plane and the element. Zipping
 * vector i with vector i+4 turns these seven bits left by one, so three turns make elements of
 * planes and four more, seven in all being none, make planes of elements. Loops are unrolled by
 * order, as the vectors then stay in registers: -O2 alone takes them through the stack, which is
 * three times as long.
 */
#include "io/hdf5/shuffle.h"

#include <stdint.h>
#include <string.h>

enum { VECTORS = 8, WIDTH = 16 };
typedef uint8_t bytes __attribute__((vector_size(WIDTH)));

/* Bytes of a and b in turn, of their lower halves and of their upper ones. */
#ifdef __clang__
#define ZIP(a, b, ...) __builtin_shufflevector(a, b, __VA_ARGS__)
#else
#define ZIP(a, b, ...) __builtin_shuffle(a, b, (bytes){__VA_ARGS__})
#endif
#define ZIP_LOW(a, b) ZIP(a, b, 0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23)
#define ZIP_HIGH(a, b) ZIP(a, b, 8, 24, 9, 25, 10, 26, 11, 27, 12, 28, 13, 29, 14, 30, 15, 31)

static void turn(bytes v[VECTORS])
{
    bytes zipped[VECTORS];
#pragma GCC unroll 4
    for (int i = 0; i < VECTORS / 2; i++) {
        zipped[2 * i] = ZIP_LOW(v[i], v[i + VECTORS / 2]);
        zipped[2 * i + 1] = ZIP_HIGH(v[i], v[i + VECTORS / 2]);
    }
    memcpy(v, zipped, sizeof zipped);
}

/* Vector k of the elements from i on is at from + i*from_step + k*from_row; so is it in `to`.
 * Returns how many elements were done. */
static inline size_t turn_all(const unsigned char *from, size_t from_step, size_t from_row,
                              unsigned char *to, size_t to_step, size_t to_row, size_t count,
                              int turns)
{
    size_t i = 0;
    for (; i + WIDTH <= count; i += WIDTH) {
        bytes v[VECTORS];
#pragma GCC unroll 8
        for (size_t k = 0; k < VECTORS; k++)
            memcpy(&v[k], from + i * from_step + k * from_row, sizeof v[k]);
#pragma GCC unroll 4
        for (int k = 0; k < turns; k++)
            turn(v);
#pragma GCC unroll 8
        for (size_t k = 0; k < VECTORS; k++)
            memcpy(to + i * to_step + k * to_row, &v[k], sizeof v[k]);
    }
    return i;
}

void shuffle_bytes(const unsigned char *from, unsigned char *to, size_t count, size_t element)
{
    size_t done = element == 8 ? turn_all(from, 8, WIDTH, to, 1, count, count, 4) : 0;
    for (size_t b = 0; b < element; b++)
        for (size_t i = done; i < count; i++)
            to[b * count + i] = from[element * i + b];
}

void unshuffle_bytes(const unsigned char *from, unsigned char *to, size_t count, size_t element)
{
    size_t done = element == 8 ? turn_all(from, 1, count, to, 8, WIDTH, count, 3) : 0;
    for (size_t i = done; i < count; i++)
        for (size_t b = 0; b < element; b++)
            to[element * i + b] = from[b * count + i];
}
