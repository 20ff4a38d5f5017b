/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a *_template.h of this folder is written in, for one double.
 *
 * A function is written once and included twice, with this file for the scalar form and
 * with form_vector.h for the form over one vector; form_end.h clears the words away. As
 * both forms make the same operations in the same order, they give the same bits.
 *
 *     FORM(name)       name of the form's function
 *     REAL, WORD64     the number and its bit pattern
 *     K(c)             a constant
 *     BITS(x) REAL_OF(w)   bit pattern of a number and back
 *     LT(a, b) NE(a, b)    comparisons: LT false, NE true where one is NaN
 *     SEL(m, a, b)     a where m holds, else b
 *     ALL(m)           whether m holds in every number
 */
#ifndef ADMF_MATH_SCALAR_BITS
#define ADMF_MATH_SCALAR_BITS

#include <stdint.h>
#include <string.h>

static inline uint64_t math_bits(double x)
{
    uint64_t w;
    memcpy(&w, &x, sizeof w);
    return w;
}

static inline double math_real(uint64_t w)
{
    double x;
    memcpy(&x, &w, sizeof x);
    return x;
}

#endif

#define FORM_FUNCTION static inline
#define FORM(name) math_##name
#define REAL double
#define WORD64 uint64_t
#define K(c) (c)
#define BITS(x) math_bits(x)
#define REAL_OF(w) math_real(w)
#define LT(a, b) ((a) < (b))
#define NE(a, b) ((a) != (b))
#define SEL(m, a, b) ((m) ? (a) : (b))
#define ALL(m) (m)
