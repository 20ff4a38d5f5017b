/* SPDX-License-Identifier: Apache-2.0 */
/* admf_trace from a configuration on the shipped series to its last event. */
#include <stdlib.h>

#include "admf/trace.h"
#include "engine/base/memory.h"
#include "tests/engine/scalar_scenario.h"

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

static const char *write_configuration(void)
{
    static const char path[] = "test_trace.yaml";
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    assert_true(fputs(configuration, file) >= 0);
    assert_int_equal(fclose(file), 0);
    return path;
}

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
    write_configuration();
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
    write_configuration();
    admf_trace_options options = {.from = "2001-01-01", .to = "2001-12-31", .types = "BAR"};
    check_traces(&options);
    assert_true(lines > 240 && lines < 260);
}

static void what_is_not_there_is_an_error(void **state)
{
    (void)state;
    write_configuration();
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

/* The n-th allocation fails: an error, no leak, and the next run is well again. */
static void want_of_memory_is_reported(void **state)
{
    (void)state;
    write_configuration();
    for (uint64_t n = 1; n < 400; n += 13) {
        admf_diagnostics errors = ADMF_DIAGNOSTICS_INIT;
        admf_trace_options options = {.types = "SUMMARY"};
        memory_fail_at(n);
        admf_status status = trace(&options, &errors);
        bool failed = memory_allocations() >= n;
        memory_fail_at(0);
        assert_int_equal(status == ADMF_OK, !failed);
        admf_diagnostics_deinit(&errors);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_combination_is_traced),
        cmocka_unit_test(it_is_narrowed),
        cmocka_unit_test(what_is_not_there_is_an_error),
        cmocka_unit_test(want_of_memory_is_reported),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
