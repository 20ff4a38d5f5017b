/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Random numbers by counter: Philox4x32-10 (Salmon, Moraes, Dror, Shaw, Parallel random
 * numbers: as easy as 1, 2, 3, SC 2011, section 3.3).
 *
 * A number depends on a seed, on what it is for and on its index, not on which numbers
 * were drawn before or by which thread:
 *
 *     uint64_t bits = philox_u64(seed, purpose, index);
 *
 * The key is the seed; the counter holds the index (words 0 and 1), the attempt within
 * one draw (word 2) and the purpose (word 3).
 */
#ifndef ADMF_MATH_PHILOX_H
#define ADMF_MATH_PHILOX_H

#include "kernels/math/log.h"

struct philox {
    uint32_t word[4];
};

static inline struct philox philox_round(struct philox c, uint32_t key_0, uint32_t key_1)
{
    uint64_t a = (uint64_t)c.word[0] * 0xd2511f53, b = (uint64_t)c.word[2] * 0xcd9e8d57;
    return (struct philox){{(uint32_t)(b >> 32) ^ c.word[1] ^ key_0, (uint32_t)b,
                            (uint32_t)(a >> 32) ^ c.word[3] ^ key_1, (uint32_t)a}};
}

/* The block of a counter; the key grows by the golden ratio and by √3 − 1 (a Weyl sequence). */
static inline struct philox philox_block(struct philox counter, uint32_t key_0, uint32_t key_1)
{
    for (int round = 0; round < 10; round++) {
        counter = philox_round(counter, key_0, key_1);
        key_0 += 0x9e3779b9;
        key_1 += 0xbb67ae85;
    }
    return counter;
}

static inline struct philox philox_draw(uint64_t seed, uint32_t purpose, uint64_t index,
                                        uint32_t attempt)
{
    struct philox counter = {{(uint32_t)index, (uint32_t)(index >> 32), attempt, purpose}};
    return philox_block(counter, (uint32_t)seed, (uint32_t)(seed >> 32));
}

/* Two of a block's words as one number: which = 0 or 1. */
static inline uint64_t philox_half(struct philox block, int which)
{
    return (uint64_t)block.word[2 * which + 1] << 32 | block.word[2 * which];
}

/* Uniform in [0, 1): the upper 53 bits as a multiple of 2^-53. */
static inline double philox_unit(uint64_t bits) { return (double)(int64_t)(bits >> 11) * 0x1p-53; }

static inline uint64_t philox_u64(uint64_t seed, uint32_t purpose, uint64_t index)
{
    return philox_half(philox_draw(seed, purpose, index, 0), 0);
}

/*
 * Two independent standard normal numbers: the polar method (Marsaglia and Bray, SIAM Review
 * 6, 1964). A pair outside the unit disc, one in five, is thrown away for that of the next
 * attempt.
 */
static inline void philox_normals(uint64_t seed, uint32_t purpose, uint64_t index, double pair[2])
{
    for (uint32_t attempt = 0;; attempt++) {
        struct philox block = philox_draw(seed, purpose, index, attempt);
        double u = 2.0 * philox_unit(philox_half(block, 0)) - 1.0;
        double v = 2.0 * philox_unit(philox_half(block, 1)) - 1.0;
        double s = u * u + v * v;
        if (s > 0.0 && s < 1.0) {
            double factor = __builtin_sqrt(-2.0 * math_log(s) / s);
            pair[0] = u * factor;
            pair[1] = v * factor;
            return;
        }
    }
}

#endif
