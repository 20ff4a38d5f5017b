/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Exponential function, error below 1 ulp.
 *
 * x = k·ln 2 + r with |r| ≤ ½ ln 2 and k the nearest whole number (found by adding
 * 1.5·2^52, which leaves it in the low bits). k·ln2_hi is exact, so is x − k·ln2_hi;
 * r is kept with its rounding error e, and
 *     exp r = 1 + (r + (r²·Q(r) + e)),
 * Q the minimax polynomial of degree 10 for (exp r − 1 − r)/r², error 1.4e-18.
 * The result is scaled in two steps, so that subnormal results are rounded once and
 * overflow gives ∞. NaN gives the positive quiet NaN.
 */
#define EXP_ROUND 0x1.8p52

/* exp r in [√½, √2], with k = *whole; |x| ≤ 800 */
FORM_FUNCTION REAL FORM(exp_reduced)(REAL x, REAL *whole)
{
    const double ln2_hi = 0x1.62e42fefa3800p-1, ln2_lo = 0x1.ef35793c76730p-45;
    REAL k = (x * 0x1.71547652b82fep+0 + EXP_ROUND) - EXP_ROUND;
    REAL hi = x - k * ln2_hi, lo = k * ln2_lo;
    REAL r = hi - lo;
    REAL e = (hi - r) - lo;

    REAL r2 = r * r, r4 = r2 * r2;
    REAL q01 = 0x1.0000000000000p-1 + r * 0x1.5555555555557p-3;
    REAL q23 = 0x1.5555555555558p-5 + r * 0x1.11111111100cep-7;
    REAL q45 = 0x1.6c16c16c151e7p-10 + r * 0x1.a01a01abef8f3p-13;
    REAL q67 = 0x1.a01a01ad02b86p-16 + r * 0x1.71de0219b8a88p-19;
    REAL q89 = 0x1.27e4ccbac887bp-22 + r * 0x1.af4e1aef1ae18p-26;
    REAL q8 = q89 + r2 * 0x1.1f8b6cc28c151p-29;
    REAL q = (q01 + r2 * q23) + r4 * ((q45 + r2 * q67) + r4 * q8);
    *whole = k;
    return 1.0 + (r + (r2 * q + e));
}

/* p·2^k for a whole |k| ≤ 2000: n + 1023 stands in the low bits of the sums. */
FORM_FUNCTION REAL FORM(exp_scale)(REAL p, REAL k)
{
    REAL half = (k * 0.5 + EXP_ROUND) - EXP_ROUND;
    REAL scale_1 = REAL_OF(BITS(half + (EXP_ROUND + 1023)) << 52);
    REAL scale_2 = REAL_OF(BITS((k - half) + (EXP_ROUND + 1023)) << 52);
    return (p * scale_1) * scale_2;
}

FORM_FUNCTION REAL FORM(exp)(REAL x)
{
    /* Where the result is normal, 2^k is one factor; the products are exact either way. */
    if (ALL(LT(K(-700.0), x)) && ALL(LT(x, K(700.0)))) {
        REAL whole, near = FORM(exp_reduced)(x, &whole);
        return near * REAL_OF(BITS(whole + (EXP_ROUND + 1023)) << 52);
    }
    /*
     * Beyond ±800 the result is 0 or ∞ all the same. The zeros are made by a factor 0:
     * a product that underflows costs some hundred cycles on x86.
     */
    REAL a = SEL(LT(x, K(-800.0)), K(-800.0), x);
    a = SEL(LT(K(800.0), a), K(800.0), a);
    REAL k, p = FORM(exp_reduced)(a, &k);
    p = SEL(LT(a, K(-746.0)), K(0.0), p);
    return SEL(NE(x, x), K(__builtin_nan("")), FORM(exp_scale)(p, k));
}

#undef EXP_ROUND
