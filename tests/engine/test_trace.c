/* SPDX-License-Identifier: Apache-2.0 */
/* admf_trace from a configuration on the shipped series to its last event. */
#include <stdlib.h>

#include "admf/trace.h"
#include "engine/base/memory.h"
#include "tests/engine/scalar_scenario.h"
#include "tests/text_file.h"

enum { LAST_LENGTH = 8192 };
static char last[LAST_LENGTH];
static size_t lines, fills, orders;

static bool count_line(void *context, const char *json, size_t length)
{
    (void)context;
    lines++;
    fills += strstr(json, "\"type\":\"FILL\"") != NULL;
    orders += strstr(json, "\"type\":\"ORDER\"") != NULL;
    snprintf(last, sizeof last, "%.*s", (int)length, json);
    return true;
}

static const char configuration[] =
    "data:\n"
    "  - {symbol: SP500, path: " ADMF_SOURCE_DIR "/data/sp500_daily.csv}\n"
    "strategies:\n"
    "  - type: sma_crossover\n"
    "    parameters: {fast_period: [5, 10], slow_period: [20, 50]}\n"
    "classifiers:\n"
    "  - type: trend\n"
    "risk:\n"
    "  - {stop_loss: [0.02, off], size_type: atr_risk, size: 0.01}\n";

static admf_status trace(admf_trace_options *options, admf_diagnostics *errors)
{
    admf_diagnostics warnings = ADMF_DIAGNOSTICS_INIT;
    lines = fills = orders = 0;
    options->path = "test_trace.yaml";
    options->line = count_line;
    admf_status status = admf_trace(options, errors, &warnings);
    admf_diagnostics_deinit(&warnings);
    return status;
}

static void check_traces(admf_trace_options *options)
{
    admf_diagnostics errors = ADMF_DIAGNOSTICS_INIT;
    admf_status status = trace(options, &errors);
    if (status != ADMF_OK)
        fail_msg("%s", errors.count ? errors.items[0].message : "no message");
    admf_diagnostics_deinit(&errors);
}

static void a_combination_is_traced(void **state)
{
    (void)state;
    admf_trace_options options = {.combo = 3, .timing = true};
    check_traces(&options);
    assert_true(lines > 2 * 5000 && fills > 20 && orders >= 10);
    assert_non_null(strstr(last, "\"type\":\"SUMMARY\""));
    assert_non_null(strstr(last, "\"combo_id\":\"combo_3\""));
    assert_non_null(strstr(last, "\"status\":\"ok\""));
    assert_non_null(strstr(last, "\"strategy\":{\"calls\":1,"));
    char *at = strstr(last, "\"orders\":");
    assert_non_null(at);
    assert_int_equal((size_t)strtod(at + strlen("\"orders\":"), NULL), fills);
}

static void it_is_narrowed(void **state)
{
    (void)state;
    admf_trace_options options = {.from = "2001-01-01", .to = "2001-12-31", .types = "BAR"};
    check_traces(&options);
    assert_true(lines > 240 && lines < 260);
    /* Long before the first bar; as nanoseconds both are 0, which is a time as any other. */
    options.from = options.to = "1970-01-01T00:00:00Z";
    check_traces(&options);
    assert_int_equal(lines, 0);
}

static void what_is_not_there_is_an_error(void **state)
{
    (void)state;
    const admf_trace_options wrong[] = {{.combo = 8},          {.symbol = "DAX"},
                                        {.window = "nowhere"}, {.types = "FILLS"},
                                        {.from = "yesterday"}, {.isa = "v9"}};
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        admf_diagnostics errors = ADMF_DIAGNOSTICS_INIT;
        admf_trace_options options = wrong[i];
        assert_int_equal(trace(&options, &errors), ADMF_USAGE);
        assert_int_equal(errors.total, 1);
        admf_diagnostics_deinit(&errors);
    }
}

/* Each allocation fails in turn: an error that says so, no leak, and the next run is well. */
static void want_of_memory_is_reported(void **state)
{
    (void)state;
    uint64_t n = 1;
    for (bool failed = true; failed; n++) {
        admf_diagnostics errors = ADMF_DIAGNOSTICS_INIT;
        admf_trace_options options = {.types = "SUMMARY"};
        memory_fail_at(n);
        admf_status status = trace(&options, &errors);
        failed = memory_allocations() >= n;
        memory_fail_at(0);
        assert_int_equal(status, failed ? ADMF_INTERNAL : ADMF_OK);
        assert_true(failed == (errors.count > 0 && errors.items[0].message[0] != '\0'));
        admf_diagnostics_deinit(&errors);
    }
    print_message("%d allocations failed, one after the other\n", (int)n - 2);
    assert_true(n > 30);
}

/* A strategy for each of two labels; the others stay flat. */
static const char chosen[] =
    "workflow:\n"
    "  window: late\n"
    "  regime_choice:\n"
    "    - {symbol: SP500, label: up, combo: 0}\n"
    "    - {symbol: SP500, label: down, combo: 1}\n"
    "data: [{symbol: SP500, path: " ADMF_SOURCE_DIR "/data/sp500_daily.csv}]\n"
    "windows: {late: {start: 2015-01-01}}\n"
    "strategies:\n"
    "  - {type: sma_crossover}\n"
    "  - {type: rsi_bands}\n"
    "classifiers: [{type: trend, policy: observe}]\n";

static size_t of_first, of_second, flat;

static bool count_speakers(void *context, const char *json, size_t length)
{
    (void)length;
    if (strstr(json, "\"type\":\"SIGNAL\"")) {
        of_first += strstr(json, "\"strategy\":\"sma_crossover\",\"combo\":\"combo_0\"") != NULL;
        of_second += strstr(json, "\"strategy\":\"rsi_bands\",\"combo\":\"combo_1\"") != NULL;
        flat += strstr(json, "\"strategy\":null,\"combo\":null,\"signal\":0") != NULL;
    }
    return count_line(context, json, length);
}

static admf_status trace_adaptive(const admf_trace_options *changed, admf_diagnostics *errors)
{
    admf_diagnostics warnings = ADMF_DIAGNOSTICS_INIT;
    admf_trace_options options = *changed;
    lines = fills = orders = of_first = of_second = flat = 0;
    options.path = "test_trace_adaptive.yaml";
    options.line = count_speakers;
    admf_status status = admf_trace(&options, errors, &warnings);
    admf_diagnostics_deinit(&warnings);
    return status;
}

static void an_adaptive_portfolio_is_traced(void **state)
{
    (void)state;
    admf_diagnostics errors = ADMF_DIAGNOSTICS_INIT;
    admf_trace_options options = {.adaptive = true};
    assert_int_equal(trace_adaptive(&options, &errors), ADMF_OK);
    assert_true(fills > 5 && of_first > 2 && of_second > 10 && flat > 5);
    assert_non_null(strstr(last, "\"combo_id\":\"adaptive_0\","
                                 "\"portfolio_id\":\"portfolio_adaptive_0\""));
    const admf_trace_options wrong[] = {{.adaptive = true, .combo = 1},
                                        {.adaptive = true, .symbol = "SP500"},
                                        {.adaptive = true, .window = "late"}};
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        assert_int_equal(trace_adaptive(&wrong[i], &errors), ADMF_USAGE);
        assert_int_equal(errors.total, i + 1);
    }
    options.adaptive = true;
    assert_int_equal(trace(&options, &errors), ADMF_USAGE); /* of a configuration without any */
    assert_non_null(strstr(errors.items[errors.count - 1].message, "no adaptive portfolios"));
    admf_diagnostics_deinit(&errors);
}

static void want_of_memory_for_an_adaptive_portfolio_is_reported(void **state)
{
    (void)state;
    uint64_t n = 1;
    for (bool failed = true; failed; n++) {
        admf_diagnostics errors = ADMF_DIAGNOSTICS_INIT;
        const admf_trace_options options = {.adaptive = true, .types = "SUMMARY"};
        memory_fail_at(n);
        admf_status status = trace_adaptive(&options, &errors);
        failed = memory_allocations() >= n;
        memory_fail_at(0);
        assert_int_equal(status, failed ? ADMF_INTERNAL : ADMF_OK);
        assert_true(failed == (errors.count > 0 && errors.items[0].message[0] != '\0'));
        admf_diagnostics_deinit(&errors);
    }
    assert_true(n > 60);
}

static int write_configuration(void **state)
{
    (void)state;
    write_file("test_trace_adaptive.yaml", chosen);
    write_file("test_trace.yaml", configuration);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_combination_is_traced),
        cmocka_unit_test(it_is_narrowed),
        cmocka_unit_test(what_is_not_there_is_an_error),
        cmocka_unit_test(want_of_memory_is_reported),
        cmocka_unit_test(an_adaptive_portfolio_is_traced),
        cmocka_unit_test(want_of_memory_for_an_adaptive_portfolio_is_reported),
    };
    return cmocka_run_group_tests(tests, write_configuration, NULL);
}
