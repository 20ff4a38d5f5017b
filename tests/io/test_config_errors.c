/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A corpus of wrong files: each tests/io/config/bad/NAME.yaml with NAME.txt, one line an error,
 * `line:column+length: message`, then the status. With ADMF_WRITE_EXPECTED set the texts are
 * written instead of compared; read what changed before committing it.
 */
#define _POSIX_C_SOURCE 200809L
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "engine/base/text.h"
#include "engine/expand/axis.h"
#include "io/config/config.h"

static const char folder[] = "tests/io/config/bad";

/* What is wrong with a file, found while reading or, if it reads, while expanding. */
static void collect(const char *path, struct text *out)
{
    struct config *config = NULL;
    struct axis axes[AXIS_COUNT];
    uint64_t cells[AXIS_COUNT];
    admf_diagnostics errors = ADMF_DIAGNOSTICS_INIT, warnings = ADMF_DIAGNOSTICS_INIT;
    admf_status status = config_load(path, &config, &errors, &warnings);
    if (status == ADMF_OK)
        status = axes_count(config, cells, &errors);
    if (status == ADMF_OK) {
        status = axes_expand(config, 0, axes, &errors);
        for (int i = 0; status == ADMF_OK && i < AXIS_COUNT; i++)
            axis_deinit(&axes[i]);
    }
    for (size_t i = 0; i < errors.count; i++) {
        assert_string_equal(errors.items[i].file, path);
        text_format(out, "%d:%d+%d: %s\n", errors.items[i].line, errors.items[i].column,
                    errors.items[i].length, errors.items[i].message);
    }
    text_format(out, "status %d\n", (int)status);
    assert_true(status != ADMF_OK);
    config_free(&config);
    admf_diagnostics_deinit(&errors);
    admf_diagnostics_deinit(&warnings);
}

static void compare(const char *expected_path, const char *got)
{
    static char expected[1 << 16];
    if (getenv("ADMF_WRITE_EXPECTED")) {
        FILE *file = fopen(expected_path, "w");
        assert_non_null(file);
        fputs(got, file);
        fclose(file);
        return;
    }
    FILE *file = fopen(expected_path, "r");
    if (!file)
        fail_msg("%s is missing", expected_path);
    size_t length = fread(expected, 1, sizeof expected - 1, file);
    fclose(file);
    expected[length] = '\0';
    if (strcmp(expected, got) != 0)
        fail_msg("%s: expected\n%sbut got\n%s", expected_path, expected, got);
}

static void every_bad_file_says_what_is_wrong(void **state)
{
    (void)state;
    assert_int_equal(chdir(ADMF_SOURCE_DIR), 0);
    DIR *directory = opendir(folder);
    size_t count = 0;
    assert_non_null(directory);
    for (const struct dirent *entry; (entry = readdir(directory));) {
        char path[512], expected[520];
        size_t length = strlen(entry->d_name);
        if (length < 5 || strcmp(entry->d_name + length - 5, ".yaml") != 0)
            continue;
        struct text got = {0};
        snprintf(path, sizeof path, "%s/%s", folder, entry->d_name);
        snprintf(expected, sizeof expected, "%.*s.txt", (int)strlen(path) - 5, path);
        collect(path, &got);
        compare(expected, got.chars);
        text_deinit(&got);
        count++;
    }
    closedir(directory);
    assert_true(count > 50);
}

static admf_status status_of(const char *text, size_t length)
{
    struct config *config = NULL;
    admf_diagnostics errors = ADMF_DIAGNOSTICS_INIT, warnings = ADMF_DIAGNOSTICS_INIT;
    admf_status status = config_parse("t.yaml", text, length, &config, &errors, &warnings);
    assert_true((status == ADMF_OK) == (config != NULL));
    config_free(&config);
    admf_diagnostics_deinit(&errors);
    admf_diagnostics_deinit(&warnings);
    return status;
}

static void status_has_an_order(void **state)
{
    (void)state;
    static const char missing[] = "strategies: [{type: momentum}]\n"
                                  "data: [{symbol: A, path: no/such/file.csv}]\n";
    static const char both[] = "strategies: [{type: momentm}]\n"
                               "data: [{symbol: A, path: no/such/file.csv}]\n";
    assert_int_equal(status_of(missing, sizeof missing - 1), ADMF_NO_INPUT);
    assert_int_equal(status_of(both, sizeof both - 1), ADMF_BAD_CONFIG);
}

static void a_missing_file_is_66(void **state)
{
    (void)state;
    struct config *config = NULL;
    admf_diagnostics errors = ADMF_DIAGNOSTICS_INIT, warnings = ADMF_DIAGNOSTICS_INIT;
    assert_int_equal(config_load("no/such/file.yaml", &config, &errors, &warnings), ADMF_NO_INPUT);
    assert_int_equal(config_load(ADMF_SOURCE_DIR, &config, &errors, &warnings), ADMF_NO_INPUT);
    assert_int_equal(errors.count, 2);
    assert_null(config);
    admf_diagnostics_deinit(&errors);
}

/* Frees the text. */
static void expect_many_errors(struct text *text)
{
    struct config *config = NULL;
    admf_diagnostics errors = ADMF_DIAGNOSTICS_INIT, warnings = ADMF_DIAGNOSTICS_INIT;
    assert_int_equal(config_parse("t", text->chars, text->length, &config, &errors, &warnings),
                     ADMF_BAD_CONFIG);
    assert_true(errors.count > 900 && errors.count < 1100);
    for (size_t i = 1; i < errors.count; i++)
        assert_true(errors.items[i].line > errors.items[i - 1].line);
    admf_diagnostics_deinit(&errors);
    text_deinit(text);
}

static void limits_of_the_file(void **state)
{
    (void)state;
    size_t length = (16u << 20) + 1;
    char *big = malloc(length);
    assert_non_null(big);
    memset(big, '#', length);
    assert_int_equal(status_of(big, length), ADMF_BAD_CONFIG);
    /* 16 MiB of comment and one strategy is a long file, not a wrong one. */
    static const char tail[] = "\nstrategies: [{type: buy_and_hold}]\n";
    memcpy(big + length - sizeof tail, tail, sizeof tail - 1);
    assert_int_equal(status_of(big, length - 1), ADMF_OK);
    /* Megabytes of unknown keys end with a list of some. */
    struct text many = {0};
    for (int i = 0; i < 200000; i++)
        text_format(&many, "k%d: 1\n", i);
    expect_many_errors(&many);
    /* So do megabytes of wrong conditions, each of which is looked for in the file. */
    text_add(&many, "strategies:\n  - type: momentum\n    where:\n");
    for (int i = 0; i < 50000; i++)
        text_format(&many, "      - 'signal_threshold > %d and stop < 1'\n", i);
    expect_many_errors(&many);
    free(big);
}

static void levels_are_counted(void **state)
{
    (void)state;
    /* Nesting alone is no error of YAML up to 64 levels; beyond it the message says so. */
    for (int levels = 62; levels <= 66; levels++) {
        char text[400] = "strategies: ";
        struct config *config = NULL;
        admf_diagnostics errors = ADMF_DIAGNOSTICS_INIT, warnings = ADMF_DIAGNOSTICS_INIT;
        for (int i = 1; i < levels; i++)
            strcat(text, "[");
        for (int i = 1; i < levels; i++)
            strcat(text, "]");
        config_parse("t", text, strlen(text), &config, &errors, &warnings);
        bool told = false;
        for (size_t i = 0; i < errors.count; i++)
            told = told || strstr(errors.items[i].message, "64 levels");
        assert_int_equal(told, levels > 64);
        admf_diagnostics_deinit(&errors);
    }
}

/* Whoever reports it, a place counts lines as YAML does: by LF, CR, CR LF and three of Unicode. */
static void lines_end_as_in_yaml(void **state)
{
    (void)state;
    static const char *const breaks[] = {"\n",       "\r",           "\r\n",
                                         "\xc2\x85", "\xe2\x80\xa8", "\xe2\x80\xa9"};
    static const struct {
        const char *text; /* with %s where a line ends */
        int line, column;
    } cases[] = {
        {"# %s# %sstrategies: [{type: moment}]\n", 3, 21},
        {"# %s# %sstrategies: [{type: \"\xff\"}]\n", 3, 22},
        {"# %s# %sstrategies: [{type: momentum, where: 'stop < 1'}]\n", 3, 39},
        {"strategies: [{type: momentum, where: 'signal_threshold > 0%s  and%s  stop < 1'}]\n", 3,
         3},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        for (size_t j = 0; j < sizeof breaks / sizeof *breaks; j++) {
            struct config *config = NULL;
            admf_diagnostics errors = ADMF_DIAGNOSTICS_INIT, warnings = ADMF_DIAGNOSTICS_INIT;
            struct text written = {0};
            const char *rest = cases[i].text;
            for (const char *mark; (mark = strstr(rest, "%s")); rest = mark + 2) {
                text_append(&written, rest, (size_t)(mark - rest));
                text_add(&written, breaks[j]);
            }
            text_add(&written, rest);
            assert_int_equal(
                config_parse("t", written.chars, written.length, &config, &errors, &warnings),
                ADMF_BAD_CONFIG);
            if (errors.items[0].line != cases[i].line || errors.items[0].column != cases[i].column)
                fail_msg("case %zu, break %zu: line %d, column %d: %s", i, j, errors.items[0].line,
                         errors.items[0].column, errors.items[0].message);
            admf_diagnostics_deinit(&errors);
            text_deinit(&written);
        }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(every_bad_file_says_what_is_wrong),
                                       cmocka_unit_test(status_has_an_order),
                                       cmocka_unit_test(a_missing_file_is_66),
                                       cmocka_unit_test(limits_of_the_file),
                                       cmocka_unit_test(levels_are_counted),
                                       cmocka_unit_test(lines_end_as_in_yaml)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
