/* SPDX-License-Identifier: Apache-2.0 */
/* The events of a run: ids, chains of causes, filters, payloads, and that they change nothing. */
#include <stdlib.h>

#include "engine/base/memory.h"
#include "tests/engine/scalar_random.h"

enum { EVENTS_MAX = 8000, EVENT_LENGTH = 2048 };

static char (*lines)[EVENT_LENGTH];
static size_t line_count, line_limit;

static bool keep_line(void *context, const char *json, size_t length)
{
    (void)context;
    assert_true(length < EVENT_LENGTH && line_count < EVENTS_MAX);
    assert_int_equal(strlen(json), length);
    memcpy(lines[line_count++], json, length + 1);
    return line_limit == 0 || line_count < line_limit;
}

static struct scenario s, plain;
static const double *column[] = {plain.close};
static const char *input[] = {"close"};
static const char *param[] = {"lookback_period", "mode"};
static const double value[] = {10, 1};
static const char *word[] = {NULL, "fast"};
static const char *label[] = {"unknown", "down", "flat", "up"};
static const struct event_source source = {
    .combo = "combo_7",
    .portfolio = "portfolio_7",
    .correlation = "workflow_x",
    .symbol = "A\"B",
    .features = {.type = "feature_hub",
                 .name = "feature_hub",
                 .inputs = 1,
                 .input = input,
                 .column = column},
    .strategy = {.type = "momentum",
                 .name = "momentum[lookback_period=10]",
                 .params = 2,
                 .param = param,
                 .value = value,
                 .word = word,
                 .inputs = 1,
                 .input = input,
                 .column = column},
    .classifier = {.type = "trend", .name = "trend"},
    .risk = "default",
    .execution = "default",
    .label = label,
};

static struct event_sink start_sink(void)
{
    line_count = line_limit = 0;
    return (struct event_sink){
        .source = &source, .filter = {.from = INT64_MIN, .to = INT64_MAX}, .line = keep_line};
}

static const char *field(const char *json, const char *key)
{
    char quoted[64];
    snprintf(quoted, sizeof quoted, "\"%s\":", key);
    const char *at = strstr(json, quoted);
    return at ? at + strlen(quoted) : NULL;
}
static bool has_text(const char *json, const char *key, const char *expected)
{
    const char *at = field(json, key);
    size_t n = strlen(expected);
    return at && at[0] == '"' && strncmp(at + 1, expected, n) == 0 && at[n + 1] == '"';
}
static double has_number(const char *json, const char *key)
{
    const char *at = field(json, key);
    if (!at)
        fail_msg("no %s in %s", key, json);
    return strncmp(at, "null", 4) == 0 ? NAN : strtod(at, NULL);
}
/* The event that caused one; NULL where its causation_id is null. */
static const char *cause_of(const char *json)
{
    const char *id = field(json, "causation_id");
    if (strncmp(id, "null", 4) == 0)
        return NULL;
    size_t seq = strtoul(id + strlen("\"event_"), NULL, 10);
    assert_true(seq >= 1 && seq <= line_count);
    return lines[seq - 1];
}
static const char *first_of(const char *type)
{
    for (size_t i = 0; i < line_count; i++)
        if (has_text(lines[i], "type", type))
            return lines[i];
    fail_msg("no %s", type);
    return NULL;
}
static size_t count_of(const char *type)
{
    size_t n = 0;
    for (size_t i = 0; i < line_count; i++)
        n += has_text(lines[i], "type", type);
    return n;
}

static void start_round_trip(struct event_sink *sink)
{
    scenario_start(&s, 4, (double[]){100, 110, 121, 120}, (int[]){0, 1, 1, 0});
    memcpy(plain.close, s.close, sizeof s.close);
    s.terms.execution[EXECUTION_slippage] = 0.01;
    *sink = start_sink();
    s.sink = sink;
}

static void a_fill_leads_back_to_its_bar(void **state)
{
    (void)state;
    struct event_sink sink;
    start_round_trip(&sink);
    scenario_run(&s);
    assert_int_equal(count_of("BAR"), 4);
    assert_int_equal(count_of("FEATURES"), 4);
    assert_int_equal(count_of("SIGNAL"), 3);
    assert_int_equal(count_of("ORDER"), 2);
    assert_int_equal(count_of("FILL"), 2);
    assert_int_equal(count_of("POSITION_OPEN"), 1);
    assert_int_equal(count_of("POSITION_CLOSE"), 1);
    const char *at = first_of("FILL");
    static const char *const chain[] = {"RISK_DECISION", "ORDER", "SIGNAL", "FEATURES", "BAR"};
    for (int i = 0; i < 5; i++) {
        at = cause_of(at);
        assert_non_null(at);
        assert_true(has_text(at, "type", chain[i]));
    }
    assert_null(cause_of(at));
    assert_int_equal((int)has_number(at, "bar"), 1);
    assert_true(has_text(at, "ts", "1970-01-02T00:00:00Z"));
    assert_true(has_text(at, "symbol", "A\\\"B"));
    assert_true(has_text(cause_of(first_of("POSITION_OPEN")), "type", "FILL"));
    event_sink_deinit(&sink);
    scenario_end(&s);
}

static void ids_count_up(void **state)
{
    (void)state;
    struct event_sink sink;
    start_round_trip(&sink);
    scenario_run(&s);
    for (size_t i = 0; i < line_count; i++) {
        char id[32];
        snprintf(id, sizeof id, "event_%zu", i + 1);
        assert_true(has_text(lines[i], "event_id", id));
        assert_int_equal((size_t)has_number(lines[i], "seq"), i + 1);
        assert_true(has_text(lines[i], "combo_id", "combo_7"));
        assert_true(has_text(lines[i], "correlation_id", "workflow_x"));
    }
    assert_true(has_text(lines[line_count - 1], "type", "SUMMARY"));
    event_sink_deinit(&sink);
    scenario_end(&s);
}

static void payloads_can_be_recomputed(void **state)
{
    (void)state;
    struct event_sink sink;
    start_round_trip(&sink);
    scenario_run(&s);
    const char *decision = first_of("RISK_DECISION"), *fill = first_of("FILL");
    double price = has_number(decision, "price"), equity = has_number(decision, "equity");
    assert_true(has_text(decision, "decision", "approved"));
    assert_true(has_number(decision, "target_units") ==
                ((1 * has_number(decision, "size")) * equity) / price);
    double a = price * (1 + has_number(fill, "slippage"));
    assert_true(has_number(fill, "fill_price") == a);
    assert_true(has_number(fill, "cash_after") ==
                (has_number(fill, "cash_before") - has_number(fill, "units") * a) -
                    has_number(fill, "fee"));
    const char *signal = first_of("SIGNAL");
    assert_non_null(strstr(signal, "\"parameters\":{\"lookback_period\":10,\"mode\":\"fast\"}"));
    assert_non_null(strstr(signal, "\"inputs\":{\"close\":100}"));
    const char *summary = lines[line_count - 1];
    assert_true(has_number(summary, "final_equity") == s.result.metric[METRIC_final_equity]);
    assert_null(strstr(summary, "timing"));
    event_sink_deinit(&sink);
    scenario_end(&s);
}

static void a_filter_keeps_the_ids(void **state)
{
    (void)state;
    struct event_sink sink;
    admf_error error = {0};
    start_round_trip(&sink);
    scenario_run(&s);
    char fill[EVENT_LENGTH];
    memcpy(fill, first_of("FILL"), sizeof fill);
    event_sink_deinit(&sink);
    scenario_end(&s);
    start_round_trip(&sink);
    assert_int_equal(event_types_read("FILL,SUMMARY", &sink.filter.types, &error), ADMF_OK);
    scenario_run(&s);
    assert_int_equal(line_count, 3);
    assert_string_equal(lines[0], fill);
    event_sink_deinit(&sink);
    scenario_end(&s);
    start_round_trip(&sink);
    sink.filter.from = s.time[1];
    sink.filter.to = s.time[2];
    scenario_run(&s);
    assert_int_equal(count_of("BAR"), 2);
    assert_int_equal(count_of("SUMMARY"), 0);
    event_sink_deinit(&sink);
    scenario_end(&s);
    unsigned types;
    assert_int_equal(event_types_read("FILL,ORDRE", &types, &error), ADMF_USAGE);
    assert_non_null(strstr(error.message, "ORDER"));
}

static void exits_and_halts_are_caused_by_the_bar(void **state)
{
    (void)state;
    scenario_start(&s, 4, (double[]){100, 96, 90, 90}, (int[]){1, 1, 1, 1});
    s.low[1] = 94;
    s.terms.risk[RISK_stop_loss] = 0.05;
    s.terms.risk[RISK_max_drawdown] = 0.02;
    struct event_sink sink = start_sink();
    s.sink = &sink;
    scenario_run(&s);
    const char *stop = NULL;
    for (size_t i = 0; i < line_count; i++)
        if (has_text(lines[i], "type", "FILL") && has_text(lines[i], "reason", "stop_loss"))
            stop = lines[i];
    assert_non_null(stop);
    assert_true(has_text(cause_of(stop), "type", "BAR"));
    assert_int_equal((int)has_number(cause_of(stop), "bar"), 1);
    assert_int_equal(count_of("RISK_BREACH"), 1);
    assert_true(has_text(cause_of(first_of("RISK_BREACH")), "type", "BAR"));
    event_sink_deinit(&sink);
    scenario_end(&s);
}

/* The n-th event of a type, from 0. */
static const char *nth_of(const char *type, size_t n)
{
    for (size_t i = 0; i < line_count; i++)
        if (has_text(lines[i], "type", type) && n-- == 0)
            return lines[i];
    fail_msg("fewer events of type %s", type);
    return NULL;
}

static void regimes_are_announced_where_they_change(void **state)
{
    (void)state;
    static const int codes[] = {0, 1, 1, 3, 3, 1}, changes[] = {0, 1, 3, 5};
    static const char *const allows[] = {"flat", "short", "long", "short"};
    scenario_start(&s, 6, (double[]){100, 101, 102, 103, 104, 105}, (int[]){1, 1, 1, 1, 1, 1});
    s.input.label = s.label;
    s.input.allow = s.allow;
    s.input.labels = 4;
    s.allow[1] = 2;
    s.allow[3] = 1;
    for (int t = 0; t < 6; t++)
        s.label[t] = (uint8_t)codes[t];
    struct event_sink sink = start_sink();
    s.sink = &sink;
    scenario_run(&s);
    assert_int_equal(count_of("CLASSIFICATION"), 4);
    assert_int_equal(count_of("REGIME_CHANGE"), 4);
    for (size_t n = 0; n < 4; n++) {
        const char *labelled = nth_of("CLASSIFICATION", n), *change = nth_of("REGIME_CHANGE", n);
        assert_int_equal((int)has_number(labelled, "bar"), changes[n]);
        assert_true(has_text(labelled, "label", label[codes[changes[n]]]));
        assert_true(has_text(cause_of(labelled), "type", "FEATURES"));
        assert_ptr_equal(cause_of(change), labelled);
        assert_true(has_text(change, "to", label[codes[changes[n]]]));
        assert_true(has_text(change, "allows", allows[n]));
    }
    /* The signal never changed: it is the regime that lets the order be made, and ends it. */
    assert_int_equal(count_of("SIGNAL"), 1);
    assert_int_equal(count_of("ORDER"), 2);
    assert_ptr_equal(cause_of(nth_of("ORDER", 0)), nth_of("CLASSIFICATION", 2));
    assert_ptr_equal(cause_of(nth_of("ORDER", 1)), nth_of("CLASSIFICATION", 3));
    event_sink_deinit(&sink);
    scenario_end(&s);
}

static void a_decision_names_its_reason(void **state)
{
    (void)state;
    static const char *const verdicts[] = {"rejected", "clipped"};
    for (int clip = 0; clip < 2; clip++) {
        scenario_start(&s, 2, (double[]){50, 50}, (int[]){1, 1});
        s.terms.risk[RISK_on_breach] = clip ? BREACH_CLIP : BREACH_REJECT;
        s.terms.risk[RISK_max_position_value] = 300; /* 6 units of 20 */
        s.terms.risk[RISK_max_leverage] = 0.9;       /* breached too, and later in the list */
        struct event_sink sink = start_sink();
        s.sink = &sink;
        scenario_run(&s);
        const char *decision = first_of("RISK_DECISION");
        assert_true(has_text(decision, "decision", verdicts[clip]));
        assert_true(has_text(decision, "reason", "max_position_value"));
        assert_true(has_text(decision, "portfolio_id", "portfolio_7"));
        assert_true(has_number(decision, "asked_units") == 20);
        assert_true(has_number(decision, "target_units") == (clip ? 6 : 0));
        assert_non_null(
            strstr(decision, "\"max_position_value\":{\"limit\":300,\"allowed_units\":6}"));
        assert_int_equal(count_of("FILL"), clip);
        event_sink_deinit(&sink);
        scenario_end(&s);
    }
}

/* The last PORTFOLIO_UPDATE of a bar, after its fills, has the equity that the result has. */
static void updates_show_the_equity_of_every_bar(void **state)
{
    (void)state;
    struct event_sink sink;
    double equity[4] = {NAN, NAN, NAN, NAN};
    start_round_trip(&sink);
    scenario_run(&s);
    for (size_t n = 0; n < count_of("PORTFOLIO_UPDATE"); n++) {
        const char *update = nth_of("PORTFOLIO_UPDATE", n);
        double books =
            has_number(update, "cash") + has_number(update, "units") * has_number(update, "price");
        equity[(size_t)has_number(update, "bar")] = has_number(update, "equity");
        assert_true(has_number(update, "equity") == books);
    }
    assert_memory_equal(equity, s.equity, sizeof equity);
    event_sink_deinit(&sink);
    scenario_end(&s);
}

static void stopping_and_timing(void **state)
{
    (void)state;
    struct event_sink sink;
    start_round_trip(&sink);
    line_limit = 2;
    scenario_run(&s);
    assert_int_equal(line_count, 2);
    assert_true(sink.stopped);
    event_sink_deinit(&sink);
    scenario_end(&s);
    start_round_trip(&sink);
    sink.timing = true;
    event_add_time(&sink, SERVICE_STRATEGY, 4, 1234);
    scenario_run(&s);
    const char *summary = lines[line_count - 1];
    assert_non_null(strstr(summary, "\"strategy\":{\"calls\":4,\"nanoseconds\":1234}"));
    assert_non_null(strstr(summary, "\"sizing\":{\"calls\":2,"));
    event_sink_deinit(&sink);
    scenario_end(&s);
}

/* Braces, brackets and quotes close; commas are where they belong. */
static void check_json(const char *json)
{
    int depth = 0;
    bool in_string = false;
    for (const char *p = json; *p; p++) {
        if (in_string && *p == '\\')
            p++;
        else if (*p == '"')
            in_string = !in_string;
        else if (!in_string && *p == '{')
            depth++;
        else if (!in_string && *p == '}')
            depth--;
        if (!in_string && (*p == ',' || *p == '{' || *p == ':'))
            assert_true(p[1] != ',' && (p[1] != '}' || *p == '{'));
        assert_true(depth > 0 || p[1] == '\0');
    }
    assert_true(depth == 0 && !in_string);
}

/* Any run gives the same result with a sink, and well-formed events with causes before them. */
static void watching_changes_nothing(void **state)
{
    (void)state;
    for (uint64_t seed = 1; seed <= 200; seed++) {
        random_scenario(&s, seed);
        random_scenario(&plain, seed);
        struct event_sink sink = start_sink();
        s.sink = &sink;
        scenario_run(&s);
        scenario_run(&plain);
        assert_memory_equal(s.result.metric, plain.result.metric, sizeof s.result.metric);
        for (size_t i = 0; i < line_count; i++) {
            check_json(lines[i]);
            const char *cause = cause_of(lines[i]);
            assert_true(has_text(lines[i], "type", "BAR") ? !cause : cause && cause < lines[i]);
        }
        assert_int_equal(count_of("FILL"), (size_t)s.result.metric[METRIC_orders]);
        assert_int_equal(count_of("POSITION_CLOSE"), (size_t)s.result.metric[METRIC_trades]);
        event_sink_deinit(&sink);
        scenario_end(&s);
        scenario_end(&plain);
    }
}

static void want_of_memory_is_reported(void **state)
{
    (void)state;
    for (uint64_t n = 1;; n++) {
        struct event_sink sink;
        start_round_trip(&sink);
        admf_error error = {0};
        memory_fail_at(n);
        admf_status status = scalar_simulate(&s.input, &sink, &s.result, &error);
        bool failed = memory_allocations() >= n;
        memory_fail_at(0);
        event_sink_deinit(&sink);
        scenario_end(&s);
        if (!failed) {
            assert_int_equal(status, ADMF_OK);
            assert_true(n > 2);
            break;
        }
        assert_int_equal(status, ADMF_INTERNAL);
    }
}

static int make_room(void **state)
{
    (void)state;
    lines = malloc(EVENTS_MAX * sizeof *lines);
    return lines ? 0 : -1;
}
static int free_room(void **state)
{
    (void)state;
    free(lines);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_fill_leads_back_to_its_bar),
        cmocka_unit_test(ids_count_up),
        cmocka_unit_test(payloads_can_be_recomputed),
        cmocka_unit_test(a_filter_keeps_the_ids),
        cmocka_unit_test(exits_and_halts_are_caused_by_the_bar),
        cmocka_unit_test(regimes_are_announced_where_they_change),
        cmocka_unit_test(a_decision_names_its_reason),
        cmocka_unit_test(updates_show_the_equity_of_every_bar),
        cmocka_unit_test(stopping_and_timing),
        cmocka_unit_test(watching_changes_nothing),
        cmocka_unit_test(want_of_memory_is_reported),
    };
    return cmocka_run_group_tests(tests, make_room, free_room);
}
