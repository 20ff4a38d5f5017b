/* SPDX-License-Identifier: Apache-2.0 */
/* Configurations out of texts that are right. */
#ifndef ADMF_TESTS_IO_CONFIG_PARSING_H
#define ADMF_TESTS_IO_CONFIG_PARSING_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "io/config/config.h"

/* Prints what is wrong and fails, unless nothing is. */
static inline void expect_no_errors(const char *path, admf_status status, admf_diagnostics *errors,
                                    admf_diagnostics *warnings)
{
    for (size_t i = 0; i < errors->count; i++)
        print_error("%s:%d:%d: %s\n", path, errors->items[i].line, errors->items[i].column,
                    errors->items[i].message);
    assert_int_equal(status, ADMF_OK);
    admf_diagnostics_deinit(errors);
    admf_diagnostics_deinit(warnings);
}

/* `path` is the file the text pretends to be. The caller frees the configuration. */
static inline struct config *parse_as(const char *path, const char *text)
{
    struct config *config = NULL;
    admf_diagnostics errors = ADMF_DIAGNOSTICS_INIT, warnings = ADMF_DIAGNOSTICS_INIT;
    admf_status status = config_parse(path, text, strlen(text), &config, &errors, &warnings);
    expect_no_errors(path, status, &errors, &warnings);
    return config;
}

static inline struct config *parse(const char *text) { return parse_as("test.yaml", text); }

#endif
