/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Independent chains, so that what counts is how many operations end in a cycle and not how
 * long one takes. The empty statements keep the compiler from seeing through a value.
 */
#include "bench/limit_probe.h"

#include "kernels/vec.h"

#if defined(__AVX512F__)
#define IN_REGISTER "v"
#elif defined(__x86_64__)
#define IN_REGISTER "x"
#else
#define IN_REGISTER "w"
#endif

/* Variables of their own: in an array they would live in memory. */
#define EACH_CHAIN(DO) DO(0) DO(1) DO(2) DO(3) DO(4) DO(5) DO(6) DO(7) DO(8) DO(9) DO(10) DO(11)
#define BEGIN(k) vd x##k = splat(1 + k);
#define ADD(k) x##k = x##k + y;
#define DIVIDE(k) x##k = x##k / y;
#define HIDE(k) __asm__ volatile("" : "+" IN_REGISTER(x##k));

#define ARITHMETIC(name, STEP)                                                                     \
    static void name(size_t times)                                                                 \
    {                                                                                              \
        vd y = splat(1.0000001);                                                                   \
        EACH_CHAIN(BEGIN)                                                                          \
        for (size_t i = 0; i < times; i++) {                                                       \
            EACH_CHAIN(STEP)                                                                       \
            EACH_CHAIN(HIDE)                                                                       \
        }                                                                                          \
    }

ARITHMETIC(add, ADD)
ARITHMETIC(divide, DIVIDE)

static void load_all(double *buffer, size_t count, size_t times)
{
    for (size_t i = 0; i < times; i++)
        for (size_t t = 0; t < count; t += PROBE_BLOCK)
#pragma GCC unroll 32
            for (size_t j = 0; j < PROBE_BLOCK; j += WIDTH) {
                vd x = load(buffer + t + j);
                __asm__ volatile("" : : IN_REGISTER(x));
            }
}

static void store_all(double *buffer, size_t count, size_t times)
{
    vd x = splat(1);
    for (size_t i = 0; i < times; i++) {
        for (size_t t = 0; t < count; t += PROBE_BLOCK)
#pragma GCC unroll 32
            for (size_t j = 0; j < PROBE_BLOCK; j += WIDTH)
                store(buffer + t + j, x);
        __asm__ volatile("" : : "r"(buffer) : "memory");
    }
}

#define STRING_(x) #x
#define STRING(x) STRING_(x)

const struct limit_probe KERNEL(limit_probe) = {STRING(ADMF_ISA), WIDTH,    add,
                                                divide,           load_all, store_all};
