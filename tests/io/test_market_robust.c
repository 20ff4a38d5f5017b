/* SPDX-License-Identifier: Apache-2.0 */
/* Memory that runs out at any allocation, files changed at random, numbers of every form. */
#include "engine/base/memory.h"
#include "engine/base/text.h"
#include "io/market/field_number.h"
#include "tests/io/market/loading.h"

#define ROWS                                                                                       \
    "timestamp,open,high,low,close,volume,extra,note\n"                                            \
    "2024-01-02T09:30:00Z,10,12,9,11,100,1,a\n2024-01-02T09:31:00Z,10,12,9,11,100,2,b\n"           \
    "2024-01-02T09:32:00Z,10,12,9,11,100,,c\n2024-01-02T09:33:00Z,10.5,12,9,11.25,,4,d\n"

/* Every allocation fails in turn: an error each time, nothing kept. */
static void memory_runs_out(void **state)
{
    (void)state;
    struct series_source from = PLAIN;
    from.timezone = (char *)"America/New_York", from.session = (char *)"04:00-10:00";
    uint64_t n = 1;
    for (;; n++) {
        memory_fail_at(n);
        struct loading l = load_text(from, ROWS);
        bool reached = memory_allocations() >= n;
        memory_fail_at(0);
        if (!reached) {
            assert_int_equal(l.status, ADMF_OK);
            unload(&l);
            break;
        }
        /* Where only the note of a text column or a message found no room, all else is fine. */
        assert_true((l.status == ADMF_OK) == (l.bars != NULL));
        assert_true(l.status == ADMF_OK || l.status == ADMF_INTERNAL);
        unload(&l);
    }
    assert_true(n > 20);
}

static void memory_runs_out_writing(void **state)
{
    (void)state;
    char path[64];
    snprintf(path, sizeof path, "/tmp/admf_market_%ld.out", (long)getpid());
    struct synth_options options = {"SYN", 100, 7, 0, INT64_C(60000000000), 100, 5e-4, NULL};
    for (int form = 0; form < 3; form++)
        for (uint64_t n = 1;; n++) {
            struct bars *bars = NULL, *again = NULL;
            admf_error error = {0};
            admf_diagnostics errors = ADMF_DIAGNOSTICS_INIT, warnings = ADMF_DIAGNOSTICS_INIT;
            struct series_source from = PLAIN;
            from.path = path;
            memory_fail_at(n);
            admf_status status = bars_synthesise(&options, &bars, &error);
            if (!status)
                status = form == 1 ? bars_write_csv(bars, path, true, NULL, &error)
                                   : bars_write_hdf5(bars, path, true, NULL, &error);
            if (!status && form == 2)
                status = bars_load(&from, 1, &again, &errors, &warnings);
            bool reached = memory_allocations() >= n;
            memory_fail_at(0);
            assert_true(status == ADMF_OK || status == ADMF_INTERNAL);
            bars_free(&bars);
            bars_free(&again);
            admf_diagnostics_deinit(&errors);
            admf_diagnostics_deinit(&warnings);
            if (!reached)
                break;
        }
    unlink(path);
}

static uint32_t next(uint32_t *random)
{
    *random = *random * 1664525u + 1013904223u;
    return *random >> 8;
}

/* A file with bytes changed, cut out, doubled: never a crash, and what loads is sound. */
static void mutated_files(void **state)
{
    (void)state;
    static const char spice[] = "0123456789.,;\t\n\r\"+-eETZ: \0xyz\xef\xbb\xbf_";
    static const char *const seeds[] = {
        ROWS,
        "timestamp;close\n2024-01-02;1.5\n2024-01-03;2.5\n2024-01-04;3.5\n",
        "timestamp,close,volume\n1704153600,1,2\n1704153660,1.25,\n1704153720,1,4\n",
        "Date,Close\n2024-11-03 00:30,1\n2024-11-03 01:30,1\n",
    };
    uint32_t random = 42;
    char text[1000];
    size_t good = 0;
    for (int k = 0; k < 6000; k++) {
        const char *seed = seeds[next(&random) % 4];
        size_t length = strlen(seed);
        memcpy(text, seed, length);
        for (uint32_t changes = 1 + next(&random) % 4; changes; changes--) {
            size_t a = next(&random) % length, b = a + next(&random) % 12;
            b = b < length ? b : length;
            switch (next(&random) % 4) {
            case 0:
                text[a] = (char)next(&random);
                break;
            case 1:
                text[a] = spice[next(&random) % (sizeof spice - 1)];
                break;
            case 2: /* cut out */
                memmove(text + a, text + b, length - b);
                length -= b - a;
                break;
            default: /* double */
                memmove(text + b, text + a, length - a);
                length += b - a;
            }
            length = length ? length : 1;
            assert_true(length < sizeof text - 100);
        }
        struct series_source from = PLAIN;
        from.timezone = (char *)(uintptr_t)(k % 2 ? "America/New_York" : "UTC");
        from.repair_drop = k % 3 == 0;
        struct loading l = load_bytes(from, text, length);
        assert_true((l.status == ADMF_OK) == (l.bars != NULL));
        assert_true((l.status == ADMF_OK) == (l.errors.total == 0));
        for (size_t i = 0; l.bars && i < l.bars->count; i++) {
            assert_true(l.bars->close[i] > 0);
            assert_true(!i || l.bars->time[i] > l.bars->time[i - 1]);
        }
        good += l.bars != NULL;
        unload(&l);
    }
    assert_true(good > 200); /* the changes are not all hopeless */
}

static void check_decimal(const char *text)
{
    char padded[128] = {0};
    double fast, slow, truth = strtod(text, NULL);
    snprintf(padded, 64, "%s,", text);
    assert_true(number_from_field(text, strlen(text), &slow));
    bool taken = number_at(padded, padded + strlen(text), &fast);
    if (slow != truth || (taken && fast != truth))
        print_message("%s: %.17g %.17g %.17g\n", text, truth, slow, taken ? fast : 0);
    assert_true(slow == truth);
    assert_true(!taken || fast == truth);
}

static void decimals(void **state)
{
    (void)state;
    static const char *const special[] = {"0",
                                          "1",
                                          ".5",
                                          "5.",
                                          "0.1",
                                          "1234567",
                                          "12345678",
                                          "123456789",
                                          "1234.567",
                                          "12345.678",
                                          "1234567.8",
                                          "12345678.9",
                                          "9007199254740993",
                                          "9007199254740992.5",
                                          "0.30000000000000004",
                                          "18446744073709551615",
                                          "1844674407370955161.5",
                                          "4503599627370497.5",
                                          "4503599627370496.5",
                                          "0.0000000000000000001",
                                          "9999999999999999999",
                                          "100.00000000000000001",
                                          "1.7976931348623157",
                                          "00012.50",
                                          "1e-5",
                                          "1E5",
                                          "2.5e+3",
                                          "90071992547409930.00",
                                          "9007199254740991.5",
                                          "4.503599627370497500"};
    for (size_t k = 0; k < sizeof special / sizeof *special; k++)
        check_decimal(special[k]);
    uint32_t random = 3;
    char text[64];
    for (int k = 0; k < 200000; k++) {
        uint64_t digits =
            (uint64_t)next(&random) << 40 ^ (uint64_t)next(&random) << 20 ^ next(&random);
        digits >>= next(&random) % 64;
        int n = snprintf(text, sizeof text, "%llu", (unsigned long long)digits);
        int point = (int)(next(&random) % (unsigned)(n + 1));
        if (next(&random) % 8) {
            memmove(text + point + 1, text + point, (size_t)(n - point) + 1);
            text[point] = '.';
        }
        check_decimal(text);
    }
}

static void decimal_texts(void **state)
{
    (void)state;
    uint32_t random = 4;
    for (int k = 0; k < 100000; k++) {
        static const double scale[] = {1, 10, 100, 1e4, 1e8, 3, 7e9};
        double number = (double)next(&random) / scale[next(&random) % 7], back;
        char text[FIELD_NUMBER_TEXT], reference[NUMBER_MAX];
        size_t length = number_to_field(number, text);
        assert_int_equal(length, strlen(text));
        assert_true(number_from_field(text, length, &back) && back == number);
        number_to_text(number, reference);
        if (number >= 1e-4)
            assert_string_equal(text, reference);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(memory_runs_out), cmocka_unit_test(memory_runs_out_writing),
        cmocka_unit_test(mutated_files),   cmocka_unit_test(decimals),
        cmocka_unit_test(decimal_texts),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
