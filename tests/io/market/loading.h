/* SPDX-License-Identifier: Apache-2.0 */
/* Market data made from a text and loaded, for the tests of io/market. */
#ifndef ADMF_TESTS_IO_MARKET_LOADING_H
#define ADMF_TESTS_IO_MARKET_LOADING_H

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "io/market/bars.h"

struct loading {
    struct series_source source;
    struct bars *bars;
    admf_diagnostics errors, warnings;
    admf_status status;
    char path[64];
};

/* A file of `length` bytes; `from` says how it is to be read (path and symbol are set). */
static inline struct loading load_bytes(struct series_source from, const char *bytes, size_t length)
{
    struct loading l = {.source = from};
    snprintf(l.path, sizeof l.path, "/tmp/admf_market_%ld.csv", (long)getpid());
    FILE *file = fopen(l.path, "wb");
    assert_non_null(file);
    assert_int_equal(fwrite(bytes, 1, length, file), length);
    assert_int_equal(fclose(file), 0);
    l.source.path = l.path;
    l.source.symbol = (char *)"TEST";
    if (l.source.periods_per_year == 0)
        l.source.periods_per_year = NAN;
    l.status = bars_load(&l.source, 1, &l.bars, &l.errors, &l.warnings);
    unlink(l.path);
    l.source.path = NULL;
    return l;
}

static inline struct loading load_text(struct series_source from, const char *text)
{
    return load_bytes(from, text, strlen(text));
}

static inline void unload(struct loading *l)
{
    bars_free(&l->bars);
    admf_diagnostics_deinit(&l->errors);
    admf_diagnostics_deinit(&l->warnings);
}

static inline void say_errors(const struct loading *l)
{
    for (size_t k = 0; k < l->errors.count; k++)
        print_message("%s:%d:%d: %s\n", l->errors.items[k].file, l->errors.items[k].line,
                      l->errors.items[k].column, l->errors.items[k].message);
}

static inline struct loading load_good(struct series_source from, const char *text)
{
    struct loading l = load_text(from, text);
    if (l.status)
        say_errors(&l);
    assert_int_equal(l.status, ADMF_OK);
    assert_non_null(l.bars);
    return l;
}

/* What a failed loading has to say: the k-th error. */
struct expected {
    admf_status status;
    int line, column;
    const char *message; /* a part of it */
};

static inline void check_error(const struct loading *l, size_t k, struct expected e)
{
    assert_true(k < l->errors.count);
    const admf_error *found = &l->errors.items[k];
    bool right = found->code == e.status && found->line == e.line && found->column == e.column &&
                 strstr(found->message, e.message);
    if (!right) {
        say_errors(l);
        print_message("expected %d:%d: …%s… [%d, found %d]\n", e.line, e.column, e.message,
                      e.status, found->code);
    }
    assert_true(right);
}

/* Exactly one error. */
static inline void expect_bad(struct series_source from, const char *text, admf_status status,
                              int line, int column, const char *message)
{
    struct loading l = load_text(from, text);
    struct expected e = {status, line, column, message};
    check_error(&l, 0, e);
    if (l.errors.total != 1)
        say_errors(&l);
    assert_int_equal(l.errors.total, 1);
    assert_int_equal(l.status, status);
    assert_null(l.bars);
    unload(&l);
}

#define PLAIN ((struct series_source){.periods_per_year = NAN})

#endif
