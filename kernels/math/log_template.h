/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Natural logarithm, error below 1 ulp.
 *
 * x = 2^k·m with m in [√½, √2). With f = m − 1 and s = f/(2 + f),
 *     ln m = ln((1 + s)/(1 − s)) = 2s + s·R(s²),  R(z) = ⅔z + ⅖z² + …
 * and, as 2s = f − s·f and s·f = f²/2 − s·f²/2 (the form of Cody and Waite, Software
 * Manual for the Elementary Functions, 1980, later of Ng's fdlibm),
 *     ln m = f − (h − s·(h + R)),  h = f²/2,
 * where f is exact and everything else small beside it. R is the minimax polynomial of
 * degree 7 without constant term on [0, ((√2−1)/(√2+1))²], error 9e-18. ln 2 is split
 * so that k times its upper part is exact.
 *
 * ln 0 = −∞, ln ∞ = ∞; of negative numbers and NaN the positive quiet NaN.
 */
FORM_FUNCTION REAL FORM(log)(REAL x)
{
    const uint64_t sqrt_half = 0x3fe6a09e667f3bcd, one = 0x3ff0000000000000;
    const double ln2_hi = 0x1.62e42fefa3800p-1, ln2_lo = 0x1.ef35793c76730p-45;

    /* Subnormal numbers are made normal first: 2^54·x. */
    REAL normal = SEL(LT(x, K(0x1p-1022)), x * 0x1p54, x);
    REAL bias = SEL(LT(x, K(0x1p-1022)), K(0x1p52 + 1023 + 54), K(0x1p52 + 1023));
    WORD64 w = BITS(normal) + (one - sqrt_half);
    REAL k = REAL_OF((w >> 52) | 0x4330000000000000) - bias;
    REAL m = REAL_OF((w & 0x000fffffffffffff) + sqrt_half);

    REAL f = m - 1.0;
    REAL s = f / (f + 2.0);
    REAL z = s * s, z2 = z * z;
    REAL odd =
        0x1.5555555555558p-1 +
        z2 * (0x1.2492492e02a9cp-2 + z2 * (0x1.7462b9b6f6c64p-3 + z2 * 0x1.2b5f0a346457dp-3));
    REAL even = 0x1.999999999522fp-2 + z2 * (0x1.c71c62d1ccb69p-3 + z2 * 0x1.39fdc7ebbd547p-3);
    REAL r = z * odd + z2 * even;
    REAL h = 0.5 * f * f;
    REAL y = k * ln2_hi - ((h - (s * (h + r) + k * ln2_lo)) - f);

    y = SEL(LT(x, K(__builtin_inf())), y, x);
    y = SEL(LT(K(0.0), x), y, K(__builtin_nan("")));
    return SEL(NE(x, K(0.0)), y, K(-__builtin_inf()));
}
