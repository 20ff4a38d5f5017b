/* SPDX-License-Identifier: Apache-2.0 */
/*
 * kernels/math against long double: the error bounds, the special cases, and the same
 * bits from scalar and vector form on every instruction set.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <float.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "kernels/math/log.h"
#include "kernels/math/normal.h"
#include "kernels/math/philox.h"
#include "kernels/math/pow.h"
#include "tests/kernels/math_probe.h"
#include "tests/kernels/tables.h"

enum { SAMPLE = 400000 };
static double x[SAMPLE], y[SAMPLE], vector[SAMPLE], scalar[SAMPLE], expected[SAMPLE];

/* number i of stream `stream`: 64 bits, and a number in (−1, 1) */
static uint64_t random_bits(uint32_t stream, size_t i) { return philox_u64(1, stream, i); }
static double random_unit(uint32_t stream, size_t i)
{
    return 2.0 * philox_unit(random_bits(stream, i)) - 1.0;
}
static int random_below(uint32_t stream, size_t i, uint64_t n)
{
    return (int)(random_bits(stream, i) % n);
}

/* |a − reference| in units of the last place of the reference; 0 for equal specials. */
static double ulps(double a, long double reference)
{
    double r = (double)reference;
    if (isnan(r) || isinf(r) || isnan(a) || isinf(a))
        return (isnan(r) && isnan(a)) || a == r ? 0 : INFINITY;
    int exponent;
    frexp(fabs(r), &exponent);
    exponent = r == 0 || exponent < -1021 ? -1021 : exponent;
    return (double)(fabsl((long double)a - reference) / ldexpl(1, exponent - 53));
}

/*
 * Error relative to the reference; the rounding of subnormal numbers is not counted, and
 * infinity stands for the largest number and whatever is beyond.
 */
static double relative(double a, long double reference)
{
    if (isnan(reference) || isnan(a))
        return isnan(reference) && isnan(a) ? 0 : INFINITY;
    long double limit = (long double)DBL_MAX, value = a, error;
    value = fabsl(value) > limit ? copysignl(limit, value) : value;
    reference = fabsl(reference) > limit ? copysignl(limit, reference) : reference;
    error = fabsl(value - reference);
    if (fabsl(reference) < (long double)DBL_MIN)
        error = error > 0x1p-1074L ? error - 0x1p-1074L : 0;
    return reference == 0 ? (double)error : (double)(error / fabsl(reference));
}

static void same_bits(const char *what, const char *isa, const double *a, const double *b)
{
    for (size_t i = 0; i < SAMPLE; i++)
        if (math_bits(a[i]) != math_bits(b[i]))
            fail_msg("%s on %s: %a and %a at %a", what, isa, a[i], b[i], x[i]);
}

typedef void both_forms(const double *, size_t, double *, double *);

/* Every instruction set's two forms of a function give `expected`. */
static void check_forms(const char *name, size_t offset)
{
    const struct kernel_table *tables[TABLES_MAX];
    int n = machine_tables(tables);
    for (int k = 0; k < n; k++) {
        const struct math_probe *probe = probe_of(tables[k]->name);
        assert_non_null(probe);
        both_forms *run;
        memcpy(&run, (const char *)probe + offset, sizeof run);
        run(x, SAMPLE, vector, scalar);
        same_bits(name, probe->isa, scalar, expected);
        same_bits(name, probe->isa, vector, expected);
    }
}

static void report(const char *name, double worst, double at, const char *unit)
{
    printf("%s: largest error %.3g %s, at %a\n", name, worst, unit, at);
}

/* All bit patterns, numbers near 1, numbers very near 1, subnormal and small ones. */
static void test_log(void **state)
{
    (void)state;
    double worst = 0, at = 0;
    for (size_t i = 0; i < SAMPLE; i++) {
        uint64_t bits = random_bits(2, i);
        switch (i % 4) {
        case 0:
            x[i] = math_real(bits >> 1);
            break;
        case 1:
            x[i] = 1.25 + 0.75 * random_unit(3, i);
            break;
        case 2:
            x[i] = 1.0 + ldexp(random_unit(3, i), -random_below(4, i, 53));
            break;
        default:
            x[i] = math_real((bits & 0x1fffffffffffff) >> random_below(4, i, 53));
        }
        expected[i] = math_log(x[i]);
        double error = ulps(expected[i], logl(x[i]));
        if (error > worst) {
            worst = error;
            at = x[i];
        }
    }
    report("log", worst, at, "ulp");
    assert_true(worst <= 1);
    check_forms("log", offsetof(struct math_probe, log));
}

static void test_exp(void **state)
{
    (void)state;
    double worst = 0, at = 0;
    for (size_t i = 0; i < SAMPLE; i++) {
        double u = random_unit(5, i);
        switch (i % 4) {
        case 0:
            x[i] = 760 * u;
            break;
        case 1:
            x[i] = u;
            break;
        case 2:
            x[i] = ldexp(u, -random_below(6, i, 70));
            break;
        default:
            x[i] = -708 - 40 * fabs(u); /* subnormal results and 0 */
        }
        expected[i] = math_exp(x[i]);
        double error = ulps(expected[i], expl(x[i]));
        if (error > worst) {
            worst = error;
            at = x[i];
        }
    }
    report("exp", worst, at, "ulp");
    assert_true(worst <= 1);
    check_forms("exp", offsetof(struct math_probe, exp));
}

static const double specials[] = {0.0,
                                  -0.0,
                                  1.0,
                                  -1.0,
                                  2.0,
                                  -2.0,
                                  3.0,
                                  -3.0,
                                  0.5,
                                  -0.5,
                                  2.5,
                                  -2.5,
                                  INFINITY,
                                  -INFINITY,
                                  NAN,
                                  5e-324,
                                  -5e-324,
                                  1e-310,
                                  -1e-310,
                                  DBL_MIN,
                                  1e300,
                                  -1e300,
                                  DBL_MAX,
                                  -DBL_MAX,
                                  1e18,
                                  -1e18,
                                  9007199254740991.0,
                                  -9007199254740991.0,
                                  9007199254740993.0,
                                  4503599627370497.5,
                                  0.99999999999999989,
                                  1.0000000000000002,
                                  709.782712893384,
                                  709.7827128933841,
                                  710.0,
                                  -745.13,
                                  -745.14,
                                  -746.0,
                                  -1e4};
enum { SPECIALS = sizeof specials / sizeof *specials };

static bool same_value(double a, double b)
{
    return isnan(a) ? isnan(b) : a == b && signbit(a) == signbit(b);
}

static void test_special_values(void **state)
{
    (void)state;
    assert_true(same_value(math_log(0.0), -INFINITY) && same_value(math_log(-0.0), -INFINITY));
    assert_true(same_value(math_log(INFINITY), INFINITY) && same_value(math_log(1.0), 0.0));
    assert_true(math_bits(math_log(-1.0)) == 0x7ff8000000000000);
    assert_true(math_bits(math_log(-INFINITY)) == 0x7ff8000000000000);
    assert_true(math_bits(math_log(NAN)) == 0x7ff8000000000000);
    assert_true(same_value(math_exp(INFINITY), INFINITY) && same_value(math_exp(-INFINITY), 0.0));
    assert_true(math_exp(0.0) == 1.0 && math_exp(-0.0) == 1.0);
    assert_true(same_value(math_exp(709.7827128933841), INFINITY));
    assert_true(isfinite(math_exp(709.782712893384)));
    assert_true(math_exp(-745.13) == 5e-324 && same_value(math_exp(-745.14), 0.0));
    assert_true(math_bits(math_exp(NAN)) == 0x7ff8000000000000);
    for (size_t i = 0; i < SAMPLE; i++)
        x[i] = specials[i % SPECIALS];
    for (size_t i = 0; i < SAMPLE; i++)
        expected[i] = math_log(x[i]);
    check_forms("log", offsetof(struct math_probe, log));
    for (size_t i = 0; i < SAMPLE; i++)
        expected[i] = math_exp(x[i]);
    check_forms("exp", offsetof(struct math_probe, exp));
}

/* Every instruction set's pow of all x and y gives `expected`. */
static void check_pow(void)
{
    const struct kernel_table *tables[TABLES_MAX];
    int n = machine_tables(tables);
    for (int k = 0; k < n; k++) {
        probe_of(tables[k]->name)->pow(x, y, SAMPLE, scalar);
        same_bits("pow", tables[k]->name, scalar, expected);
    }
}

static void test_pow(void **state)
{
    (void)state;
    double worst = 0, at = 0;
    for (size_t i = 0; i < SAMPLE; i++) {
        if (i % 2) {
            x[i] = math_real(random_bits(7, i) >> 1);
            y[i] = 2.0 * random_unit(8, i);
        } else { /* close to 1, up to where the result overflows */
            x[i] = 1.0 + ldexp(random_unit(7, i), -1 - random_below(9, i, 40));
            y[i] = x[i] == 1.0 ? 1.0 : random_unit(8, i) * 720.0 / (double)logl(x[i]);
        }
        expected[i] = math_pow(x[i], y[i]);
        double error = relative(expected[i], powl(x[i], y[i]));
        if (error > worst) {
            worst = error;
            at = x[i];
        }
    }
    report("pow", worst, at, "relative");
    assert_true(worst <= 1e-14);
    check_pow();
}

/* The C library's pow has the special cases of IEEE 754; ours must have the same. */
static void test_pow_special_values(void **state)
{
    (void)state;
    for (size_t i = 0; i < SAMPLE; i++) {
        x[i] = specials[i % SPECIALS];
        y[i] = specials[i / SPECIALS % SPECIALS];
        expected[i] = math_pow(x[i], y[i]);
        double r = pow(x[i], y[i]);
        bool near =
            isnormal(r) && fabs(expected[i] / r - 1) <= 1e-14 && signbit(r) == signbit(expected[i]);
        if (!near && !same_value(expected[i], r))
            fail_msg("pow(%a, %a) is %a, not %a", x[i], y[i], expected[i], r);
    }
    check_pow();
}

static void test_normal_cdf(void **state)
{
    (void)state;
    double worst = 0, at = 0;
    for (size_t i = 0; i < SAMPLE; i++) {
        double u = random_unit(10, i);
        x[i] = i % 3 == 0 ? 3 * u : i % 3 == 1 ? 37.5 * u : ldexp(u, -random_below(11, i, 60));
        expected[i] = math_normal_cdf(x[i]);
        double error = relative(expected[i], erfcl(-x[i] * sqrtl(0.5L)) / 2);
        if (error > worst) {
            worst = error;
            at = x[i];
        }
    }
    report("normal cdf", worst, at, "relative");
    assert_true(worst <= 1e-14);
    assert_true(math_normal_cdf(0.0) == 0.5 && math_normal_cdf(-0.0) == 0.5);
    assert_true(math_normal_cdf(INFINITY) == 1.0 && math_normal_cdf(-INFINITY) == 0.0);
    assert_true(math_normal_cdf(40.0) == 1.0 && math_normal_cdf(-40.0) == 0.0);
    assert_true(isnan(math_normal_cdf(NAN)));
    check_forms("normal cdf", offsetof(struct math_probe, normal_cdf));
    for (size_t i = 0; i < SAMPLE; i++)
        expected[i] = math_normal_cdf(x[i] = specials[i % SPECIALS]);
    check_forms("normal cdf", offsetof(struct math_probe, normal_cdf));
}

/* Known answers that Random123 publishes for Philox4x32-10 (its file kat_vectors). */
static void test_philox_known_answers(void **state)
{
    (void)state;
    static const uint32_t known[3][10] = {
        {0, 0, 0, 0, 0, 0, 0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8},
        {0xffffffff, 0xffffffff, 0xffffffff, 0xffffffff, 0xffffffff, 0xffffffff, 0x408f276d,
         0x41c83b0e, 0xa20bc7c6, 0x6d5451fd},
        {0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344, 0xa4093822, 0x299f31d0, 0xd16cfe09,
         0x94fdcceb, 0x5001e420, 0x24126ea1}};
    for (int i = 0; i < 3; i++) {
        struct philox counter;
        memcpy(counter.word, known[i], sizeof counter.word);
        struct philox block = philox_block(counter, known[i][4], known[i][5]);
        assert_memory_equal(block.word, known[i] + 6, sizeof block.word);
    }
}

static void test_philox_numbers(void **state)
{
    (void)state;
    double sum = 0, squares = 0, fourth = 0, products = 0, uniform = 0, least = 1, most = 0;
    for (size_t i = 0; i < SAMPLE; i++) {
        double u = philox_unit(philox_u64(9, 1, i));
        uniform += u;
        least = u < least ? u : least;
        most = u > most ? u : most;
    }
    for (size_t i = 0; i < SAMPLE; i += 2) {
        philox_normals(20070601, 5, i, expected + i);
        products += expected[i] * expected[i + 1];
        for (size_t k = i; k < i + 2; k++) {
            double z2 = expected[k] * expected[k];
            sum += expected[k];
            squares += z2;
            fourth += z2 * z2;
        }
    }
    assert_true(least >= 0 && least < 1e-4 && most < 1 && most > 1 - 1e-4);
    assert_true(fabs(uniform / SAMPLE - 0.5) < 0.002); /* four standard errors */
    assert_true(fabs(sum / SAMPLE) < 0.007);
    assert_true(fabs(squares / SAMPLE - 1) < 0.01);
    assert_true(fabs(products / (SAMPLE / 2)) < 0.009);
    assert_true(fabs(fourth / SAMPLE - 3) < 0.07);
    assert_true(philox_u64(9, 1, 0) != philox_u64(9, 2, 0));
    assert_true(philox_u64(9, 1, 0) != philox_u64(10, 1, 0));
    const struct kernel_table *tables[TABLES_MAX];
    int n = machine_tables(tables);
    for (int k = 0; k < n; k++) {
        probe_of(tables[k]->name)->normal(SAMPLE, scalar);
        same_bits("random normal", tables[k]->name, scalar, expected);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_log),
        cmocka_unit_test(test_exp),
        cmocka_unit_test(test_special_values),
        cmocka_unit_test(test_pow),
        cmocka_unit_test(test_pow_special_values),
        cmocka_unit_test(test_normal_cdf),
        cmocka_unit_test(test_philox_known_answers),
        cmocka_unit_test(test_philox_numbers),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
