/* SPDX-License-Identifier: Apache-2.0 */
/* The public functions about the catalogue, the machine and market data. */
#define _POSIX_C_SOURCE 200809L /* setenv, mkdtemp */
#include <math.h>
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "admf/catalog.h"
#include "admf/cube.h"
#include "admf/machine.h"
#include "admf/market.h"
#include "engine/base/memory.h"
#include "kernels/catalog/catalog.h"

/* The HDF5 library keeps free lists of its own; what we allocate is still watched. */
const char *__lsan_default_suppressions(void);
const char *__lsan_default_suppressions(void) { return "leak:libhdf5\n"; }

static char folder[] = "/tmp/admf_api_XXXXXX";

static int make_folder(void **state)
{
    (void)state;
    return !mkdtemp(folder) || chdir(folder);
}

static int remove_folder(void **state)
{
    static const char *const made[] = {"a.csv", "b.csv",  "a.h5",     "b.h5",     "c.csv",
                                       "c.h5",  "in.csv", "link.csv", "pipe.csv", "round.csv"};
    (void)state;
    for (size_t k = 0; k < sizeof made / sizeof *made; k++)
        unlink(made[k]);
    rmdir("folder.csv");
    /* Anything else in it, such as a temporary file left behind, is a failure. */
    return rmdir(folder);
}

static bool exists(const char *path)
{
    struct stat there;
    return lstat(path, &there) == 0;
}

static void put(const char *path, const char *text)
{
    FILE *file = fopen(path, "wb");
    assert_non_null(file);
    assert_int_equal(fwrite(text, 1, strlen(text), file), strlen(text));
    assert_int_equal(fclose(file), 0);
}

/* The first bytes of a file as text. */
static const char *head(const char *path)
{
    static char text[4096];
    FILE *file = fopen(path, "rb");
    assert_non_null(file);
    text[fread(text, 1, sizeof text - 1, file)] = '\0';
    fclose(file);
    return text;
}

/* ---- catalogue ---- */

static void check_rows(const admf_component *rows, size_t count, size_t expected)
{
    assert_int_equal(count, expected);
    for (size_t k = 0; k < count; k++) {
        assert_true(rows[k].name[0] && rows[k].help[0]);
        for (int p = 0; p < rows[k].n_params; p++)
            assert_true(rows[k].params[p].name[0] && rows[k].params[p].help[0]);
    }
}

static void rows_are_there(void **state)
{
    size_t count = 0;
    (void)state;
    const admf_component *rows = admf_features(&count);
    check_rows(rows, count, FEATURE_COUNT);
    assert_string_equal(rows[FEATURE_macd].name, "macd");
    rows = admf_strategies(&count);
    check_rows(rows, count, STRATEGY_COUNT);
    assert_string_equal(rows[STRATEGY_momentum].name, "momentum");
    rows = admf_classifiers(&count);
    check_rows(rows, count, CLASSIFIER_COUNT);
    assert_string_equal(rows[CLASSIFIER_hmm].name, "hmm");
    const admf_metric *metrics = admf_metrics(&count);
    assert_int_equal(count, METRIC_COUNT);
    assert_string_equal(metrics[METRIC_sharpe].name, "sharpe");
    check_rows(admf_risk_keys(), 1, 1);
    check_rows(admf_execution_keys(), 1, 1);
    check_rows(admf_portfolio_keys(), 1, 1);
    assert_int_equal(admf_risk_keys()->n_params, RISK_COUNT);
    assert_int_equal(admf_execution_keys()->n_params, EXECUTION_COUNT);
    assert_int_equal(admf_portfolio_keys()->n_params, PORTFOLIO_COUNT);
    assert_non_null(admf_patterns(&count));
    assert_true(count > 0);
}

static void patterns_are_registered_once(void **state)
{
    (void)state;
    admf_pattern row = {"mine", "help", "data", "data", "", "", "strategy", "flat", "a -> b"};
    admf_error error = {0};
    size_t before, after;
    admf_patterns(&before);
    assert_int_equal(admf_pattern_register(&row, &error), ADMF_OK);
    const admf_pattern *patterns = admf_patterns(&after);
    assert_int_equal(after, before + 1);
    assert_string_equal(patterns[before].name, "mine");
    assert_int_equal(admf_pattern_register(&row, &error), ADMF_USAGE);
    assert_non_null(strstr(error.message, "there is a pattern 'mine' already"));
    row.name = "not a name";
    assert_int_equal(admf_pattern_register(&row, &error), ADMF_USAGE);
    row.name = "other";
    row.route = NULL;
    assert_int_equal(admf_pattern_register(&row, &error), ADMF_USAGE);
    row.route = "a -> b";
    int registered = 0;
    static char names[100][16]; /* a registered row keeps the texts it is given */
    for (int i = 0; i < 100; i++) {
        snprintf(names[i], sizeof names[i], "many%d", i);
        row.name = names[i];
        registered += admf_pattern_register(&row, &error) == ADMF_OK;
    }
    assert_true(registered > 10 && registered < 100);
    admf_patterns(&after);
    assert_int_equal(after, before + 1 + (size_t)registered);
}

static void kinds_of_risk_keys(void **state)
{
    (void)state;
    assert_int_equal(admf_risk_key_kind(RISK_size), ADMF_RISK_SIZING);
    assert_int_equal(admf_risk_key_kind(RISK_max_leverage), ADMF_RISK_VALIDATOR);
    assert_int_equal(admf_risk_key_kind(RISK_max_drawdown), ADMF_RISK_HALT);
    assert_int_equal(admf_risk_key_kind(RISK_trailing_stop), ADMF_RISK_EXIT);
    assert_int_equal(admf_risk_key_kind(RISK_on_breach), ADMF_RISK_OPTION);
    assert_int_equal(admf_risk_key_kind(-1), ADMF_RISK_OPTION);
    assert_int_equal(admf_risk_key_kind(RISK_COUNT), ADMF_RISK_OPTION);
}

/* As they stand in cubes, and nothing for a number that a damaged one may have. */
static void words_of_cubes(void **state)
{
    static const char *const fates[] = {"not_computed", "ok", "no_trades", "bankrupt", "invalid"};
    static const char *const axes[] = {"symbol",     "window", "strategy",
                                       "classifier", "risk",   "execution"};
    (void)state;
    for (int k = ADMF_CELL_NOT_COMPUTED; k <= ADMF_CELL_INVALID; k++)
        assert_string_equal(admf_cell_status_name(k), fates[k]);
    for (int k = 0; k < ADMF_AXES; k++)
        assert_string_equal(admf_axis_name(k), axes[k]);
    assert_null(admf_cell_status_name(-1));
    assert_null(admf_cell_status_name(ADMF_CELL_INVALID + 1));
    assert_null(admf_axis_name(-1));
    assert_null(admf_axis_name(ADMF_AXES));
}

/* The words of a parameter in the order of the enumerators that stand for them. */
static void assert_words(const admf_param *param, const char *const *words, size_t count)
{
    const char *rest = param->words;
    for (size_t k = 0; k < count; k++) {
        size_t length = strcspn(rest, "|");
        if (strlen(words[k]) != length || strncmp(words[k], rest, length) != 0)
            fail_msg("%s: word %zu is not %s in '%s'", param->name, k, words[k], param->words);
        rest += length + (rest[length] == '|');
    }
    assert_int_equal(*rest, '\0');
}

/* The simulations share these numbers, so that a row's words in another order would swap what
 * they mean in both, unseen by their comparison. */
static void words_have_their_numbers(void **state)
{
    static const char *const size_type[] = {[SIZE_PERCENT_EQUITY] = "percent_equity",
                                            [SIZE_FIXED_VALUE] = "fixed_value",
                                            [SIZE_FIXED_UNITS] = "fixed_units",
                                            [SIZE_VOLATILITY_TARGET] = "volatility_target",
                                            [SIZE_ATR_RISK] = "atr_risk"};
    static const char *const fill[] = {
        [FILL_NEXT_OPEN] = "next_open", [FILL_CLOSE] = "close", [FILL_NEXT_CLOSE] = "next_close"};
    static const char *const rebalance[] = {
        [REBALANCE_ON_CHANGE] = "on_change", [REBALANCE_EVERY_BAR] = "every_bar"};
    static const char *const on_breach[] = {[BREACH_REJECT] = "reject", [BREACH_CLIP] = "clip"};
    static const char *const halt[] = {[HALT_ENTRIES] = "entries", [HALT_LIQUIDATE] = "liquidate"};
    static const char *const reentry[] = {
        [REENTRY_NEW_SIGNAL] = "new_signal", [REENTRY_IMMEDIATE] = "immediate"};
    const admf_param *risk = admf_risk_keys()->params;
    (void)state;
    assert_words(&risk[RISK_size_type], size_type, 5);
    assert_words(&risk[RISK_rebalance], rebalance, 2);
    assert_words(&risk[RISK_on_breach], on_breach, 2);
    assert_words(&risk[RISK_halt], halt, 2);
    assert_words(&risk[RISK_reentry], reentry, 2);
    assert_words(&admf_execution_keys()->params[EXECUTION_fill], fill, 3);
}

static void texts_name_every_strategy(void **state)
{
    size_t count;
    char *schema = admf_schema_json(), *page = admf_reference_markdown();
    (void)state;
    assert_non_null(schema);
    assert_non_null(page);
    assert_int_equal(schema[0], '{');
    assert_non_null(strstr(schema, "\"$schema\""));
    const admf_component *rows = admf_strategies(&count);
    for (size_t k = 0; k < count; k++) {
        assert_non_null(strstr(schema, rows[k].name));
        assert_non_null(strstr(page, rows[k].name));
    }
    admf_free(schema);
    admf_free(page);
    admf_free(NULL);
}

static void texts_without_memory(void **state)
{
    char *(*const make[])(void) = {admf_schema_json, admf_reference_markdown};
    (void)state;
    for (size_t k = 0; k < 2; k++) {
        char *text = NULL;
        uint64_t n = 0;
        while (!text) {
            memory_fail_at(++n);
            text = make[k]();
            assert_true(n < 1000);
        }
        memory_fail_at(0);
        assert_true(n > 1);
        admf_free(text);
    }
}

/* ---- machine ---- */

static void machine_is_described(void **state)
{
    admf_machine machine = {0};
    admf_error error = {0};
    unsigned major, minor;
    (void)state;
    unsetenv("ADMF_ISA");
    assert_int_equal(admf_machine_describe(NULL, &machine, &error), ADMF_OK);
    assert_int_equal(error.code, ADMF_OK);
    assert_true(machine.isa_count >= 1 && machine.isa_count <= 4);
    assert_string_equal(machine.isa_chosen, machine.isa[machine.isa_count - 1]);
    assert_true(machine.threads >= 1);
    assert_true(machine.memory_available > 0);
    assert_false(machine.flush_to_zero);
    assert_true(machine.compiler[0] && machine.version[0]);
    const char *versions[] = {machine.version, machine.hdf5, machine.libyaml, machine.isal,
                              machine.zlib};
    for (size_t k = 0; k < 4; k++)
        assert_int_equal(sscanf(versions[k], "%u.%u", &major, &minor), 2);
    for (int k = 0; k < machine.isa_count; k++) {
        admf_machine forced = {0};
        assert_int_equal(admf_machine_describe(machine.isa[k], &forced, &error), ADMF_OK);
        assert_string_equal(forced.isa_chosen, machine.isa[k]);
        assert_ptr_equal(forced.hdf5, machine.hdf5);
    }
}

static void machine_and_environment(void **state)
{
    admf_machine machine = {0};
    admf_error error = {0};
    (void)state;
    unsetenv("ADMF_ISA");
    assert_int_equal(admf_machine_describe(NULL, &machine, &error), ADMF_OK);
    const char *first = machine.isa[0], *best = machine.isa_chosen;
    setenv("ADMF_ISA", first, 1);
    assert_int_equal(admf_machine_describe(NULL, &machine, &error), ADMF_OK);
    assert_string_equal(machine.isa_chosen, first);
    assert_int_equal(admf_machine_describe("auto", &machine, &error), ADMF_OK);
    assert_string_equal(machine.isa_chosen, best);

    setenv("ADMF_ISA", "nonsense", 1);
    assert_int_equal(admf_machine_describe("auto", &machine, &error), ADMF_OK);
    assert_int_equal(admf_machine_describe(first, &machine, &error), ADMF_OK);
    machine = (admf_machine){0};
    assert_int_equal(admf_machine_describe(NULL, &machine, &error), ADMF_USAGE);
    assert_int_equal(error.code, ADMF_USAGE);
    assert_non_null(strstr(error.message, "ADMF_ISA"));
    assert_null(machine.version);
    unsetenv("ADMF_ISA");
    assert_int_equal(admf_machine_describe("v9", &machine, &error), ADMF_USAGE);
    assert_non_null(strstr(error.message, "v9"));
}

/* ---- synthetic bars ---- */

static void make_synth(const char *path, uint64_t bars)
{
    admf_error error = {0};
    admf_synth_options options = {.output = path, .bars = bars, .seed = 7, .force = true};
    assert_int_equal(admf_synth(&options, &error), ADMF_OK);
}

static void refuse_synth(admf_synth_options options, admf_status code, const char *says)
{
    admf_error error = {0};
    if (!options.bars)
        options.bars = 5;
    assert_int_equal(admf_synth(&options, &error), code);
    assert_int_equal(error.code, code);
    assert_non_null(strstr(error.message, says));
}

static void synth_writes(void **state)
{
    static char before[4096];
    admf_error error = {0};
    (void)state;
    make_synth("a.csv", 50);
    snprintf(before, sizeof before, "%s", head("a.csv"));
    static const char start[] = "timestamp,open,high,low,close,volume\n2020-01-01T00:00:00Z,100,";
    assert_memory_equal(before, start, sizeof start - 1);
    make_synth("b.csv", 50);
    assert_string_equal(head("b.csv"), before);

    admf_synth_options options = {.output = "a.csv",
                                  .bars = 50,
                                  .seed = 8,
                                  .start = "2021-06-01T12:00:00+02:00",
                                  .price = 5,
                                  .volatility = 0.01,
                                  .force = true};
    assert_int_equal(admf_synth(&options, &error), ADMF_OK);
    assert_non_null(strstr(head("a.csv"), "\n2021-06-01T10:00:00Z,5,"));
    options.output = "a.h5";
    assert_int_equal(admf_synth(&options, &error), ADMF_OK);
    assert_memory_equal(head("a.h5"), "\x89HDF", 4);
}

static void synth_keeps_what_exists(void **state)
{
    (void)state;
    put("a.csv", "mine");
    refuse_synth((admf_synth_options){.output = "a.csv"}, ADMF_IO, "--force");
    assert_string_equal(head("a.csv"), "mine");
    assert_int_equal(symlink("nowhere", "link.csv"), 0);
    refuse_synth((admf_synth_options){.output = "link.csv"}, ADMF_IO, "--force");
    assert_int_equal(symlink("round.csv", "round.csv"), 0);
    refuse_synth((admf_synth_options){.output = "round.csv", .force = true}, ADMF_IO,
                 strerror(ELOOP));
    assert_int_equal(mkdir("folder.csv", 0700), 0);
    refuse_synth((admf_synth_options){.output = "folder.csv", .force = true}, ADMF_IO, "directory");
    assert_int_equal(mkfifo("pipe.csv", 0600), 0);
    refuse_synth((admf_synth_options){.output = "pipe.csv", .force = true}, ADMF_IO,
                 "is no regular file");
    make_synth("a.csv", 5);
    assert_memory_equal(head("a.csv"), "timestamp", 9);
}

static void synth_refuses(void **state)
{
    (void)state;
    static const char *const names[] = {NULL,    "",     "x",      "x.txt",  "x.csv.gz",
                                        "x.CSV", ".csv", "x.h5/y", "d.csv/", "d/.h5"};
    for (size_t k = 0; k < sizeof names / sizeof *names; k++)
        refuse_synth((admf_synth_options){.output = names[k]}, ADMF_USAGE, ".csv or .h5");
    refuse_synth((admf_synth_options){.output = "no/c.csv"}, ADMF_IO, "No such file");
    refuse_synth((admf_synth_options){.output = "no/c.h5"}, ADMF_IO, "cannot create");
    static const char *const starts[] = {"", "now", "2020-13-01", "2020-01-01T24:00", "1577836800"};
    for (size_t k = 0; k < sizeof starts / sizeof *starts; k++)
        refuse_synth((admf_synth_options){.output = "c.csv", .start = starts[k]}, ADMF_USAGE,
                     "start: ");
    refuse_synth((admf_synth_options){.output = "c.csv", .price = -1}, ADMF_USAGE, "price");
    refuse_synth((admf_synth_options){.output = "c.csv", .price = NAN}, ADMF_USAGE, "price");
    refuse_synth((admf_synth_options){.output = "c.csv", .volatility = 2}, ADMF_USAGE, "volatil");
    refuse_synth((admf_synth_options){.output = "c.csv", .bars = UINT64_MAX}, ADMF_USAGE, "many");
    refuse_synth((admf_synth_options){.output = "c.csv", .start = "2261-12-31", .bars = 100000},
                 ADMF_USAGE, "2261");
    admf_error error = {0};
    admf_synth_options none = {.output = "c.csv"};
    assert_int_equal(admf_synth(&none, &error), ADMF_USAGE);
    assert_non_null(strstr(error.message, "at least one bar"));
    assert_false(exists("c.csv"));
}

static void synth_without_memory(void **state)
{
    static const char *const outputs[] = {"c.csv", "c.h5"};
    (void)state;
    for (size_t k = 0; k < 2; k++) {
        admf_synth_options options = {.output = outputs[k], .bars = 100, .symbol = "ABC"};
        admf_status status = ADMF_INTERNAL;
        uint64_t n = 0;
        while (status) {
            admf_error error = {0};
            memory_fail_at(++n);
            status = admf_synth(&options, &error);
            assert_true(status == ADMF_OK || status == ADMF_INTERNAL);
            assert_int_equal(error.code, status);
            assert_int_equal(exists(outputs[k]), status == ADMF_OK);
            assert_true(n < 1000);
        }
        memory_fail_at(0);
        assert_true(n > 5);
        unlink(outputs[k]);
    }
}

/* ---- import ---- */

struct importing {
    admf_import_result result;
    admf_diagnostics errors, warnings;
    admf_status status;
};

static struct importing import(admf_import_options options)
{
    struct importing done = {.errors.limit = 20};
    done.status = admf_import(&options, &done.result, &done.errors, &done.warnings);
    assert_int_equal(done.status == ADMF_OK, done.errors.total == 0);
    return done;
}

static void finish(struct importing *done)
{
    admf_diagnostics_deinit(&done->errors);
    admf_diagnostics_deinit(&done->warnings);
}

static void refuse_import(admf_import_options options, admf_status code, const char *says)
{
    if (!options.input)
        options.input = "in.csv";
    struct importing done = import(options);
    assert_int_equal(done.status, code);
    assert_int_equal(admf_diagnostics_status(&done.errors), code);
    assert_non_null(strstr(done.errors.items[0].message, says));
    assert_int_equal(done.result.bars, 0);
    finish(&done);
}

static const char hours[] = "Date,o,close\n"
                            "2020-01-02T14:00:00,1,2\n2020-01-02T15:00:00,3,4\n"
                            "2020-01-02T16:00:00,5,6\n2020-01-02T23:00:00,7,8\n";
static const char *const renamed[] = {"timestamp=Date", "open=o"};

static void import_checks(void **state)
{
    (void)state;
    put("in.csv", hours);
    struct importing done = import((admf_import_options){.input = "in.csv",
                                                         .columns = renamed,
                                                         .column_count = 2,
                                                         .timezone = "America/New_York",
                                                         .session = "13:00-16:00",
                                                         .stamp_end = true});
    assert_int_equal(done.status, ADMF_OK);
    assert_int_equal(done.result.bars, 3);
    assert_int_equal(done.result.bars_outside, 1);
    assert_int_equal(done.result.rows_dropped, 0);
    assert_string_equal(done.result.first, "2020-01-02T18:00:00Z");
    assert_string_equal(done.result.last, "2020-01-02T20:00:00Z");
    assert_int_equal(strspn(done.result.digest, "0123456789abcdef"), 16);
    assert_true(done.result.bars_per_year > 700 && done.result.bars_per_year < 800);
    finish(&done);

    done = import((admf_import_options){.input = "in.csv",
                                        .columns = renamed,
                                        .column_count = 1,
                                        .start = "2020-01-02T15:00:00",
                                        .end = "2020-01-02T16:00:00"});
    assert_int_equal(done.status, ADMF_OK);
    assert_int_equal(done.result.bars, 2);
    assert_true(done.warnings.total > 0);
    finish(&done);
}

static void import_repairs(void **state)
{
    (void)state;
    put("in.csv", "timestamp,close\n2020-01-01,1\n2020-01-02,x\n2020-01-03,3\n2020-01-04,4\n");
    struct importing done = import((admf_import_options){.input = "in.csv"});
    assert_int_equal(done.status, ADMF_BAD_DATA);
    assert_int_equal(done.errors.items[0].line, 3);
    assert_string_equal(done.errors.items[0].file, "in.csv");
    finish(&done);
    done = import((admf_import_options){.input = "in.csv", .repair_drop = true});
    assert_int_equal(done.status, ADMF_OK);
    assert_int_equal(done.result.bars, 3);
    assert_int_equal(done.result.rows_dropped, 1);
    finish(&done);
}

static void import_converts(void **state)
{
    static const char *const chain[] = {"a.csv", "a.h5", "b.csv", "b.h5"};
    admf_import_result first = {0};
    (void)state;
    make_synth("a.csv", 3000);
    for (size_t k = 0; k + 1 < sizeof chain / sizeof *chain; k++) {
        struct importing done = import((admf_import_options){.input = chain[k],
                                                             .output = chain[k + 1],
                                                             .session = "24x7",
                                                             .symbol = "ABC",
                                                             .force = true});
        assert_int_equal(done.status, ADMF_OK);
        assert_int_equal(done.result.bars, 3000);
        if (k == 0)
            first = done.result;
        assert_string_equal(done.result.digest, first.digest);
        assert_string_equal(done.result.last, first.last);
        assert_true(done.result.bars_per_year == first.bars_per_year);
        finish(&done);
    }
}

/* How many bars a year has is asked of who runs them, not of who converts them. */
static void import_of_any_length(void **state)
{
    static const char *const texts[] = {"timestamp,close\n2020-01-01,1\n",
                                        "timestamp,close\n2020-01-01,1\n2020-04-01,2\n"};
    (void)state;
    for (size_t k = 0; k < 2; k++) {
        put("in.csv", texts[k]);
        struct importing done =
            import((admf_import_options){.input = "in.csv", .output = "a.h5", .force = true});
        assert_int_equal(done.status, ADMF_OK);
        assert_int_equal(done.result.bars, k + 1);
        assert_true(isnan(done.result.bars_per_year));
        finish(&done);
    }
}

/* Where the file's own close is not the one wanted it can get another name. */
static void import_of_two_closes(void **state)
{
    static const char *const columns[] = {"timestamp=Date", "close=Adj Close", "raw_close=Close"};
    (void)state;
    put("in.csv", "Date,Close,Adj Close\n2020-01-01,2,1\n2020-01-02,4,2\n");
    refuse_import((admf_import_options){.columns = columns, .column_count = 2}, ADMF_BAD_DATA,
                  "two columns are named 'close'");
    struct importing done = import((admf_import_options){.input = "in.csv",
                                                         .columns = columns,
                                                         .column_count = 3,
                                                         .output = "a.csv",
                                                         .force = true});
    assert_int_equal(done.status, ADMF_OK);
    assert_string_equal(head("a.csv"), "timestamp,close,raw_close\n2020-01-01T00:00:00Z,1,2\n"
                                       "2020-01-02T00:00:00Z,2,4\n");
    finish(&done);
}

static void import_refuses(void **state)
{
    static const char *const wrong[][2] = {{"clse=x", "did you mean 'close'"},
                                           {"=x", "pair"},
                                           {"close=", "pair"},
                                           {"close", "pair"},
                                           {"clse=x", "did you mean 'close'?"},
                                           {"some thing=x", "is not a name"},
                                           {"timestamp=d", "one of them"},
                                           {"open=DATE", "used twice"}};
    (void)state;
    put("in.csv", hours);
    unlink("c.csv");
    for (size_t k = 0; k < sizeof wrong / sizeof *wrong; k++) {
        const char *columns[] = {"timestamp=Date", wrong[k][0]};
        refuse_import((admf_import_options){.columns = columns, .column_count = 2}, ADMF_USAGE,
                      wrong[k][1]);
    }
    admf_import_options named = {.columns = renamed, .column_count = 2}, o = named;
    o.session = "late";
    refuse_import(o, ADMF_USAGE, "session 'late'");
    o = named;
    o.timezone = "Europe/Berln";
    refuse_import(o, ADMF_USAGE, "Europe/Berln");
    o = named;
    o.start = "soon";
    refuse_import(o, ADMF_USAGE, "start: ");
    o = named;
    o.end = "2019-01-01";
    refuse_import(o, ADMF_BAD_DATA, "no bar lies between");
    refuse_import((admf_import_options){.input = "none.csv"}, ADMF_NO_INPUT, "cannot open");
    refuse_import((admf_import_options){.output = NULL}, ADMF_BAD_DATA, "timestamp");
    admf_import_options nothing = {0};
    admf_diagnostics errors = ADMF_DIAGNOSTICS_INIT, warnings = ADMF_DIAGNOSTICS_INIT;
    assert_int_equal(admf_import(&nothing, NULL, &errors, &warnings), ADMF_USAGE);
    admf_diagnostics_deinit(&errors);
    assert_false(exists("c.csv"));
}

static void import_keeps_what_exists(void **state)
{
    (void)state;
    put("in.csv", hours);
    put("b.csv", "mine");
    admf_import_options o = {.columns = renamed, .column_count = 2, .output = "b.csv"};
    refuse_import(o, ADMF_IO, "--force");
    assert_string_equal(head("b.csv"), "mine");
    o.output = "b.txt";
    refuse_import(o, ADMF_USAGE, ".csv or .h5");
    o.force = true;
    o.output = "./in.csv";
    refuse_import(o, ADMF_USAGE, "input itself");
    assert_string_equal(head("in.csv"), hours);
    o.output = "no/b.csv";
    refuse_import(o, ADMF_IO, "cannot create");
    o.column_count = 0; /* that the data are bad is found later than that */
    refuse_import(o, ADMF_IO, "cannot create");
}

static void import_without_memory(void **state)
{
    static const char *const outputs[] = {"c.csv", "c.h5"};
    (void)state;
    put("in.csv", hours);
    for (size_t k = 0; k < 2; k++) {
        admf_import_options options = {.input = "in.csv",
                                       .output = outputs[k],
                                       .columns = renamed,
                                       .column_count = 2,
                                       .session = "14:00-16:00"};
        admf_status status = ADMF_INTERNAL;
        uint64_t n = 0;
        for (; status; n++) {
            struct importing done = {.errors.limit = 20};
            memory_fail_at(n + 1);
            status = admf_import(&options, &done.result, &done.errors, &done.warnings);
            memory_fail_at(0);
            assert_true(status == ADMF_OK || status == ADMF_INTERNAL);
            assert_int_equal(exists(outputs[k]), status == ADMF_OK);
            assert_int_equal(done.result.bars, status ? 0 : 2);
            assert_true(n < 1000);
            finish(&done);
        }
        assert_true(n > 10);
        unlink(outputs[k]);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rows_are_there),           cmocka_unit_test(patterns_are_registered_once),
        cmocka_unit_test(kinds_of_risk_keys),       cmocka_unit_test(words_of_cubes),
        cmocka_unit_test(words_have_their_numbers), cmocka_unit_test(texts_name_every_strategy),
        cmocka_unit_test(texts_without_memory),     cmocka_unit_test(machine_is_described),
        cmocka_unit_test(machine_and_environment),  cmocka_unit_test(synth_writes),
        cmocka_unit_test(synth_keeps_what_exists),  cmocka_unit_test(synth_refuses),
        cmocka_unit_test(synth_without_memory),     cmocka_unit_test(import_checks),
        cmocka_unit_test(import_repairs),           cmocka_unit_test(import_converts),
        cmocka_unit_test(import_of_two_closes),     cmocka_unit_test(import_of_any_length),
        cmocka_unit_test(import_refuses),           cmocka_unit_test(import_keeps_what_exists),
        cmocka_unit_test(import_without_memory),
    };
    return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
