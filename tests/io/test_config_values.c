/* SPDX-License-Identifier: Apache-2.0 */
/* Every form of a value against a table made elsewhere with exact arithmetic, bit for bit. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "engine/base/memory.h"
#include "io/config/decimal.h"
#include "tests/io/config/parsing.h"

static const struct values *only_values(const struct config *config)
{
    return &config->strategies.entries[0].given[0].values;
}

static void compare_line(const char *value, const char *numbers)
{
    char yaml[512];
    snprintf(yaml, sizeof yaml,
             "strategies:\n  - type: momentum\n    parameters: {signal_threshold: %s}\n", value);
    struct config *config = parse(yaml);
    const struct values *values = only_values(config);
    size_t count = 0;
    for (char *end; *numbers; numbers = end, count++) {
        double expected = strtod(numbers, &end);
        if (end == numbers)
            break;
        assert_true(count < values->count);
        double got = values_get(values, count);
        if (memcmp(&got, &expected, sizeof got) != 0)
            fail_msg("%s: value %zu is %.17g (%a), not %.17g (%a)", value, count, got, got,
                     expected, expected);
    }
    assert_int_equal(count, values->count);
    config_free(&config);
}

static void values_equal_exact_ones(void **state)
{
    (void)state;
    FILE *file = fopen(ADMF_SOURCE_DIR "/tests/io/config/values.txt", "r");
    size_t room = 1 << 16, lines = 0;
    char *line = malloc(room);
    assert_non_null(file);
    while (fgets(line, (int)room, file)) {
        char *bar = strstr(line, " | ");
        if (*line == '#' || !bar)
            continue;
        *bar = '\0';
        compare_line(line, bar + 3);
        lines++;
    }
    assert_true(lines > 30);
    free(line);
    fclose(file);
}

static void words_booleans_and_off(void **state)
{
    (void)state;
    struct config *config =
        parse("strategies: [{type: momentum}]\n"
              "classifiers:\n  - type: hmm\n    parameters: {model_type: [svm, 'hmm']}\n"
              "risk: {stop_loss: [off, 0.1], scale_by_strength: [true, false], "
              "flat_at: [off, session_end], halt: liquidate}\n");
    const struct values *words = &config->classifiers.entries[0].given[0].values;
    const struct given *risk = config->risk.entries[0].given;
    assert_true(values_get(words, 0) == 1 && values_get(words, 1) == 0);
    assert_true(isnan(values_get(&risk[0].values, 0)) && values_get(&risk[0].values, 1) == 0.1);
    assert_true(values_get(&risk[1].values, 0) == 1 && values_get(&risk[1].values, 1) == 0);
    assert_true(isnan(values_get(&risk[2].values, 0)) && values_get(&risk[2].values, 1) == 0);
    assert_true(values_get(&risk[3].values, 0) == 1);
    config_free(&config);
}

static void ranges_are_never_materialised(void **state)
{
    (void)state;
    struct config *config = parse("strategies:\n  - type: momentum\n    parameters: "
                                  "{signal_threshold: {start: 0, stop: 1e12, step: 0.001}}\n");
    const struct values *values = only_values(config);
    assert_true(values->count == UINT64_C(1000000000000001));
    assert_true(values_get(values, values->count - 1) == 1e12);
    assert_true(values_get(values, 123456789) == 123456.789);
    assert_null(values->list);
    config_free(&config);
}

static void fractions_round_once(void **state)
{
    (void)state;
    uint64_t random = 88172645463325252u;
    for (int i = 0; i < 100000; i++) {
        int64_t numbers[2];
        for (int j = 0; j < 2; j++) {
            random ^= random << 13;
            random ^= random >> 7;
            random ^= random << 17;
            numbers[j] = (int64_t)(random >> 12);
        }
        /* Both are exact doubles, so the machine's division is the right answer. */
        double expected = (double)numbers[0] / (double)(numbers[1] | 1);
        assert_true(ratio_to_double(numbers[0], numbers[1] | 1, 0) == expected);
        assert_true(ratio_to_double(-numbers[0], numbers[1] | 1, 0) == -expected);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(values_equal_exact_ones), cmocka_unit_test(words_booleans_and_off),
        cmocka_unit_test(ranges_are_never_materialised), cmocka_unit_test(fractions_round_once)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
