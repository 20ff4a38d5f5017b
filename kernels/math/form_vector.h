/* SPDX-License-Identifier: Apache-2.0 */
/* The words of form_scalar.h for one vector of doubles. */
#include "kernels/vec.h"

#define FORM_FUNCTION VEC
#define FORM(name) v##name
#define REAL vd
#define WORD64 vu
#define K(c) splat(c)
#define BITS(x) ((vu)(x))
#define REAL_OF(w) ((vd)(w))
#define LT(a, b) lt(a, b)
#define NE(a, b) ne(a, b)
#define SEL(m, a, b) sel(m, a, b)
#define ALL(m) every(m)
