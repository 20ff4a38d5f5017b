/* SPDX-License-Identifier: Apache-2.0 */
/* Names of further columns: what is written as CSV is read back as it was. */
#define _POSIX_C_SOURCE 200809L /* mkstemp */
#include "tests/io/market/loading.h"

static char path[] = "/tmp/admf_names_XXXXXX";

static int make_file(void **state)
{
    (void)state;
    int file = mkstemp(path);
    return file < 0 || close(file);
}

static int remove_file(void **state)
{
    (void)state;
    return unlink(path);
}

static struct loading load_path(void)
{
    struct loading l = {.source = PLAIN};
    l.source.path = path;
    l.status = bars_load(&l.source, 1, &l.bars, &l.errors, &l.warnings);
    say_errors(&l);
    return l;
}

/* Two bars with these further columns, written and read. */
static void survive(char *const *names, size_t count)
{
    int64_t times[] = {INT64_C(1704153600000000000), INT64_C(1704240000000000000)};
    double closes[] = {1, 2}, values[] = {3, 4};
    struct extra_column extra[8];
    admf_error error = {0};
    assert_true(count <= 8);
    for (size_t k = 0; k < count; k++)
        extra[k] = (struct extra_column){names[k], values};
    struct bars bars = {.symbol = (char *)"TEST",
                        .count = 2,
                        .time = times,
                        .close = closes,
                        .extra = extra,
                        .extras = count};
    assert_int_equal(bars_write_csv(&bars, path, true, NULL, &error), ADMF_OK);
    struct loading l = load_path();
    assert_int_equal(l.status, ADMF_OK);
    assert_int_equal(l.bars->extras, count);
    for (size_t k = 0; k < count; k++)
        assert_string_equal(l.bars->extra[k].name, names[k]);
    unload(&l);
}

/* What has to be quoted, or must not be taken for a quote. */
static void odd_names(void **state)
{
    static char *const names[] = {(char *)"a\"b c", (char *)"\"",    (char *)" before",
                                  (char *)"after ", (char *)"a,b;c", (char *)"\"\"",
                                  (char *)"\r",     (char *)"x\ty"};
    (void)state;
    for (size_t k = 0; k < 8; k++)
        survive(names + k, 1);
    survive(names, 8);
}

static uint32_t next(uint32_t *random, uint32_t below)
{
    *random = *random * 1664525u + 1013904223u;
    return (uint32_t)((uint64_t)(*random >> 8) * below >> 24);
}

/* One to six letters and whatever a field may be cut at or wrapped in. */
static void random_name(char out[16], uint32_t *random)
{
    static const char *const parts[] = {"a", "B",  "\"", "\"\"", ",",        ";",
                                        " ", "\t", "'",  "\r",   "\xc3\xa4", "#"};
    size_t length = 1 + next(random, 6);
    out[0] = '\0';
    for (size_t k = 0; k < length; k++)
        strcat(out, parts[next(random, sizeof parts / sizeof *parts)]);
}

static bool same_but_for_case(const char *a, const char *b)
{
    for (; *a && (*a | 0x20) == (*b | 0x20); a++)
        b++;
    return *a == *b;
}

static void random_names(void **state)
{
    uint32_t random = 20240102;
    (void)state;
    for (int turn = 0; turn < 2000; turn++) {
        char name[8][16], *names[8];
        size_t count = 1 + next(&random, 8);
        for (size_t k = 0; k < count; k++) {
            bool refused;
            names[k] = name[k];
            do {
                random_name(name[k], &random);
                refused = !name[k][strspn(name[k], " \t")]; /* blanks are no name */
                for (size_t j = 0; j < k; j++)
                    refused = refused || same_but_for_case(name[j], name[k]);
            } while (refused);
        }
        survive(names, count);
    }
}

/* A quoted name with blanks around it is still that column if it is one of ours or renamed. */
static void blanks_do_not_hide_ours(void **state)
{
    (void)state;
    struct loading l =
        load_good(PLAIN, "\"timestamp \",\" Close\",\" extra \"\n2024-01-02,1,5\n2024-01-03,2,6\n");
    assert_true(l.bars->close[1] == 2);
    assert_string_equal(l.bars->extra[0].name, " extra ");
    unload(&l);
}

/* A header is one line. */
static void line_ends_are_refused(void **state)
{
    int64_t time = 0;
    double one = 1;
    struct extra_column extra = {(char *)"two\nlines", &one};
    struct bars bars = {.count = 1, .time = &time, .close = &one, .extra = &extra, .extras = 1};
    admf_error error = {0};
    (void)state;
    assert_int_equal(bars_write_csv(&bars, path, true, NULL, &error), ADMF_BAD_DATA);
    assert_non_null(strstr(error.message, "line end"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(odd_names),
        cmocka_unit_test(random_names),
        cmocka_unit_test(blanks_do_not_hide_ours),
        cmocka_unit_test(line_ends_are_refused),
    };
    return cmocka_run_group_tests(tests, make_file, remove_file);
}
