/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Whole equity curves against those of an independent program (tests/oracle/equity.py).
 * Signals are made here once more, in long double.
 */
#include <stdlib.h>

#include "tests/engine/scalar_scenario.h"

enum { BARS_MAX = 6000, LINE = 512, FIELDS = 24, INDEX_ROWS = 64 };

static double close_of[BARS_MAX], equity_of[BARS_MAX];
static int64_t time_of[BARS_MAX];
static int32_t day_of[BARS_MAX];
static int8_t signal_of[BARS_MAX];

static FILE *open_file(const char *folder, const char *name)
{
    char path[1024];
    snprintf(path, sizeof path, "%s/%s/%s", ADMF_SOURCE_DIR, folder, name);
    FILE *file = fopen(path, "r");
    if (!file)
        fail_msg("missing file %s", path);
    return file;
}

/* Splits in place at the separator; the number of fields. */
static int split(char *line, char separator, char *field[FIELDS])
{
    int n = 0;
    line[strcspn(line, "\r\n")] = '\0';
    for (char *p = line; p && n < FIELDS; n++) {
        field[n] = p;
        p = strchr(p, separator);
        if (p)
            *p++ = '\0';
    }
    return n;
}

static size_t load_close(const char *name, size_t limit)
{
    char line[LINE], *field[FIELDS];
    FILE *file = open_file("data", name);
    assert_non_null(fgets(line, sizeof line, file));
    int n = split(line, ',', field), column = -1;
    for (int i = 0; i < n; i++)
        if (strcmp(field[i], "close") == 0 || strcmp(field[i], "Close") == 0)
            column = i;
    assert_true(column >= 0);
    size_t count = 0;
    while (count < limit && count < BARS_MAX && fgets(line, sizeof line, file)) {
        split(line, ',', field);
        time_of[count] = (int64_t)count;
        day_of[count] = (int32_t)count;
        close_of[count++] = strtod(field[column], NULL);
    }
    fclose(file);
    return count;
}

static long double mean(size_t t, size_t n)
{
    long double sum = 0;
    for (size_t k = 0; k < n; k++)
        sum += close_of[t - k];
    return sum / n;
}

static int sma_crossover(size_t t, size_t fast, size_t slow)
{
    if (t + 1 < slow)
        return 0;
    long double f = mean(t, fast), s = mean(t, slow);
    return (f > s) - (f < s);
}

static int momentum(size_t t, size_t lookback, double threshold)
{
    if (t < lookback)
        return 0;
    long double r = (long double)close_of[t] / close_of[t - lookback] - 1;
    return (r > threshold) - (r < -threshold);
}

static const char *names[FIELDS];
static char header[LINE];
static const char *value(char *field[FIELDS], const char *name)
{
    for (int i = 0; i < FIELDS && names[i]; i++)
        if (strcmp(names[i], name) == 0)
            return field[i];
    fail_msg("index.csv has no column %s", name);
    return NULL;
}
static double number(char *field[FIELDS], const char *name)
{
    return strtod(value(field, name), NULL);
}

static void make_signal(char *field[FIELDS], size_t count)
{
    char *second;
    bool crossover = strcmp(value(field, "strategy"), "sma_crossover") == 0;
    size_t first = strtoul(value(field, "params"), &second, 10);
    double other = strtod(second + 1, NULL);
    for (size_t t = 0; t < count; t++)
        signal_of[t] = (int8_t)(crossover ? sma_crossover(t, first, (size_t)other)
                                          : momentum(t, first, other));
}

static void make_terms(char *field[FIELDS], struct terms *terms)
{
    default_terms(terms);
    terms->portfolio[PORTFOLIO_initial_cash] = number(field, "initial_cash");
    terms->portfolio[PORTFOLIO_allow_short] = number(field, "allow_short");
    terms->risk[RISK_size] = number(field, "size");
    terms->execution[EXECUTION_fee_rate] = number(field, "fee_rate");
    terms->execution[EXECUTION_fee_fixed] = number(field, "fee_fixed");
    terms->execution[EXECUTION_slippage] = number(field, "slippage");
}

static void compare_curve(const char *name, size_t valid)
{
    char line[LINE], *field[FIELDS], path[128];
    snprintf(path, sizeof path, "%s.csv", name);
    FILE *file = open_file("tests/golden/equity", path);
    size_t compared = 0;
    while (fgets(line, sizeof line, file)) {
        if (line[0] == '#' || split(line, strchr(line, ';') ? ';' : ',', field) < 2)
            continue;
        char *end;
        size_t bar = strtoul(field[0], &end, 10);
        if (end == field[0] || bar >= valid)
            continue;
        double expected = strtod(field[1], NULL);
        if (fabs(equity_of[bar] - expected) > 1e-9 * fabs(expected))
            fail_msg("%s, bar %zu: %.17g, expected %.17g", name, bar, equity_of[bar], expected);
        compared++;
    }
    fclose(file);
    assert_true(compared > 0);
}

static void compare_metrics(char *field[FIELDS], const struct scalar_result *result)
{
    static const struct {
        const char *name;
        int metric;
    } rows[] = {{"orders", METRIC_orders},
                {"trades", METRIC_trades},
                {"fees_paid", METRIC_fees_paid},
                {"final_equity", METRIC_final_equity},
                {"max_drawdown", METRIC_max_drawdown},
                {"orders_cash_cut", METRIC_orders_cash_cut}};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        if (*value(field, rows[i].name))
            check_near_at(result->metric[rows[i].metric], number(field, rows[i].name), 1e-9,
                          rows[i].name, value(field, "case"), 0);
}

static void run_case(char *field[FIELDS])
{
    size_t count = load_close(value(field, "data"), (size_t)number(field, "bars"));
    assert_int_equal(count, (size_t)number(field, "bars"));
    struct terms terms;
    make_terms(field, &terms);
    make_signal(field, count);
    struct bars bars = {.count = count,
                        .time = time_of,
                        .close = close_of,
                        .session_day = day_of,
                        .daily_or_longer = true};
    struct scalar_input input = {
        .bars = &bars, .count = count, .terms = &terms, .signal = signal_of, .labels = 1};
    struct scalar_result result = {.equity = equity_of};
    admf_error error = {0};
    assert_int_equal(scalar_simulate(&input, NULL, &result, &error), ADMF_OK);
    compare_curve(value(field, "case"), (size_t)number(field, "valid_until"));
    compare_metrics(field, &result);
}

static void curves_agree_with_the_oracle(void **state)
{
    (void)state;
    char line[LINE], *field[FIELDS];
    FILE *file = open_file("tests/golden/equity", "index.csv");
    do
        assert_non_null(fgets(header, sizeof header, file));
    while (header[0] == '#');
    char separator = strchr(header, ';') ? ';' : ',';
    int n = split(header, separator, field), cases = 0;
    for (int i = 0; i < n; i++)
        names[i] = field[i];
    for (; fgets(line, sizeof line, file); cases++) {
        assert_int_equal(split(line, separator, field), n);
        run_case(field);
    }
    fclose(file);
    assert_true(cases >= 20);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(curves_agree_with_the_oracle)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
