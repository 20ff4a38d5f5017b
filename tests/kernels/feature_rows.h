/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the kernel tests share: the rows of the catalogue, random bars, and a column of
 * a feature computed through a table of kernels in stretches of any size.
 */
#ifndef ADMF_TESTS_FEATURE_ROWS_H
#define ADMF_TESTS_FEATURE_ROWS_H

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "admf/types.h"
#include "kernels/catalog/catalog.h"
#include "kernels/table.h"

#define PARAM(name, type, flags, min, max, fallback, unit, words, help)                            \
    {#name, help, ADMF_##type, flags, min, max, fallback, unit, words},
#define NEEDS(...) __VA_ARGS__,
#define MEMBERS(...) __VA_ARGS__,
#define LABELS(...) __VA_ARGS__,
#define RULES(...) __VA_ARGS__,
#define NONE
#define SIZE(type, ...) ((int)(sizeof((const type[]){__VA_ARGS__}) / sizeof(type)) - 1)
#define END_PARAM                                                                                  \
    {                                                                                              \
        .name = NULL                                                                               \
    }

static const admf_component feature_rows[] = {
#define FEATURE(name, help, params, needs, members, rules)                                         \
    {#name,                                                                                        \
     help,                                                                                         \
     SIZE(admf_param, params END_PARAM),                                                           \
     SIZE(char *const, needs NULL),                                                                \
     0,                                                                                            \
     0,                                                                                            \
     SIZE(char *const, members NULL),                                                              \
     (const admf_param[]){params END_PARAM},                                                       \
     (const char *const[]){needs NULL},                                                            \
     NULL,                                                                                         \
     NULL,                                                                                         \
     (const char *const[]){members NULL}},
#include "kernels/catalog/features.def"
#undef FEATURE
};

static const admf_component strategy_rows[] = {
#define STRATEGY(name, help, params, needs, rules)                                                 \
    {#name, help, SIZE(admf_param, params END_PARAM),     SIZE(char *const, needs NULL),     0,    \
     0,     0,    (const admf_param[]){params END_PARAM}, (const char *const[]){needs NULL}, NULL, \
     NULL,  NULL},
#include "kernels/catalog/strategies.def"
#undef STRATEGY
};

static const admf_component classifier_rows[] = {
#define CLASSIFIER(name, help, params, needs, labels, rules)                                       \
    {#name,                                                                                        \
     help,                                                                                         \
     SIZE(admf_param, params END_PARAM),                                                           \
     SIZE(char *const, needs NULL),                                                                \
     0,                                                                                            \
     SIZE(char *const, labels NULL),                                                               \
     0,                                                                                            \
     (const admf_param[]){params END_PARAM},                                                       \
     (const char *const[]){needs NULL},                                                            \
     NULL,                                                                                         \
     (const char *const[]){labels NULL},                                                           \
     NULL},
#define DAY_CLASSIFIER CLASSIFIER
#include "kernels/catalog/classifiers.def"
#undef DAY_CLASSIFIER
#undef CLASSIFIER
};

#undef END_PARAM
#undef SIZE
#undef NONE
#undef RULES
#undef LABELS
#undef MEMBERS
#undef NEEDS
#undef PARAM

enum column { OPEN, HIGH, LOW, CLOSE, VOLUME, COLUMNS };
static const char *const column_names[COLUMNS] = {"open", "high", "low", "close", "volume"};

struct bars {
    size_t count;
    double *column[COLUMNS];
};

_Noreturn static inline void give_up(const char *format, ...)
{
    va_list args;
    va_start(args, format);
    vfprintf(stderr, format, args);
    va_end(args);
    fputc('\n', stderr);
    exit(1);
}

/* All zero. From a line of memory on, as the engine has its columns, but where a sanitizer watches
 * the very end. */
static inline void *allocate(size_t bytes)
{
#ifdef __SANITIZE_ADDRESS__
    void *p = calloc(1, bytes ? bytes : 1);
#else
    enum { LINE_BYTES = 64 };
    size_t whole = (bytes / LINE_BYTES + 1) * LINE_BYTES;
    void *p = aligned_alloc(LINE_BYTES, whole);
    if (p)
        memset(p, 0, whole);
#endif
    if (!p)
        give_up("out of memory");
    return p;
}

static inline struct bars new_bars(size_t count)
{
    struct bars b = {.count = count};
    for (int k = 0; k < COLUMNS; k++)
        b.column[k] = allocate(count * sizeof(double));
    return b;
}

static inline void free_bars(struct bars *b)
{
    for (int k = 0; k < COLUMNS; k++)
        free(b->column[k]);
}

/* xorshift64*, uniform in [0, 1). */
static inline double random_unit(uint64_t *seed)
{
    *seed ^= *seed >> 12;
    *seed ^= *seed << 25;
    *seed ^= *seed >> 27;
    return (double)((*seed * UINT64_C(2685821657736338717)) >> 11) * 0x1p-53;
}

/* A random walk near `price` with some flat stretches. */
static inline struct bars random_bars(size_t count, double price, double step, uint64_t seed)
{
    struct bars b = new_bars(count);
    double last = price;
    for (size_t t = 0; t < count; t++) {
        bool flat = t / 40 % 9 == 4;
        double open = last, close = flat ? last : open * (1 + step * (random_unit(&seed) - 0.5));
        double top = open > close ? open : close, bottom = open < close ? open : close;
        b.column[OPEN][t] = open;
        b.column[HIGH][t] = flat ? top : top * (1 + 0.3 * step * random_unit(&seed));
        b.column[LOW][t] = flat ? bottom : bottom * (1 - 0.3 * step * random_unit(&seed));
        b.column[CLOSE][t] = close;
        b.column[VOLUME][t] = floor(1e6 * random_unit(&seed));
        last = close;
    }
    return b;
}

/* Runs of 1 to 5 NaN in one column, the first bars among them if `at_start`. */
static inline void punch_holes(struct bars *b, enum column k, bool at_start, uint64_t seed)
{
    for (size_t t = at_start ? 0 : 211; t < b->count;
         t += 150 + (size_t)(400 * random_unit(&seed))) {
        size_t length = 1 + (size_t)(5 * random_unit(&seed));
        for (size_t i = 0; i < length && t + i < b->count; i++)
            b->column[k][t + i] = NAN;
    }
}

static inline int find_row(const admf_component *rows, int n, const char *name, size_t length)
{
    for (int k = 0; k < n; k++)
        if (strlen(rows[k].name) == length && !strncmp(rows[k].name, name, length))
            return k;
    return -1;
}

/* The value of a word of a parameter: its place in "first|second|...". */
static inline int word_value(const char *words, const char *word, size_t length)
{
    for (int value = 0;; value++) {
        size_t end = strcspn(words, "|");
        if (end == length && !strncmp(words, word, length))
            return value;
        if (!words[end])
            return -1;
        words += end + 1;
    }
}

/*
 * One argument, text[0 … n-1], into p: a word of the row's last parameter, the variant; else
 * parameter k, as a number or as the parameter of that name of `owner`. False: none of these.
 */
static inline bool take_argument(const admf_component *row, int k, const char *text, size_t n,
                                 const admf_component *owner, const double *owner_p, double *p)
{
    int last = row->n_params - 1;
    if (k > last)
        return false;
    int word =
        row->params[last].type == ADMF_WORD ? word_value(row->params[last].words, text, n) : -1;
    if (word >= 0) {
        p[last] = word;
        return true;
    }
    char *end;
    p[k] = strtod(text, &end);
    if (end == text + n)
        return true;
    for (int i = 0; owner && i < owner->n_params; i++)
        if (strlen(owner->params[i].name) == n && !strncmp(owner->params[i].name, text, n)) {
            p[k] = owner_p[i];
            return true;
        }
    return false;
}

/*
 * Reads a series like `macd(12, 26, signal_period).line`, as a row's NEEDS or a golden file
 * name it. Returns the row.
 */
static inline int parse_series(const admf_component *rows, int n_rows, const char *text,
                               const admf_component *owner, const double *owner_p, double *p,
                               const char **member)
{
    size_t length = strcspn(text, "(.");
    int row = find_row(rows, n_rows, text, length);
    if (row < 0)
        give_up("%s: no such row", text);
    for (int k = 0; k < rows[row].n_params; k++)
        p[k] = rows[row].params[k].fallback;
    text += length;
    for (int k = 0; *text == '(' || *text == ','; k++) {
        text += 1 + strspn(text + 1, " ");
        size_t n = strcspn(text, ",)");
        if (!take_argument(&rows[row], k, text, n, owner, owner_p, p))
            give_up("%s: no such argument", text);
        text += n;
        if (*text == ')')
            text++;
    }
    *member = *text == '.' ? text + 1 : "";
    return row;
}

static inline int find_member(const admf_component *row, const char *member)
{
    for (int k = 0; k < row->n_members; k++)
        if (!strcmp(row->members[k], member))
            return k;
    give_up("%s has no member %s", row->name, member);
}

enum { N_FEATURES = FEATURE_COUNT, BARS_PER_YEAR = 252, GUARD = 16 };
enum { DIFFERENCE_MAX = 200 }; /* what is wrong with a kernel, as text */

static inline void guard(double *from)
{
    for (int i = 0; i < GUARD; i++)
        from[i] = -12345.678;
}

static inline void check_guard(const double *from, const char *what)
{
    for (int i = 0; i < GUARD; i++)
        if (from[i] != -12345.678)
            give_up("%s: written outside its bounds", what);
}

/*
 * All members of a feature over all bars, in stretches of `tile` bars (0: one stretch),
 * each new memory of the caller's. Columns of other features are computed first.
 */
static inline void compute_feature(const struct kernel_table *table, int feature, const double *p,
                                   const struct bars *b, size_t tile, double **out);

static inline double *compute_column(const struct kernel_table *table, const char *series,
                                     const admf_component *owner, const double *owner_p,
                                     const struct bars *b, size_t tile)
{
    for (int k = 0; k < COLUMNS; k++)
        if (!strcmp(series, column_names[k])) {
            double *copy = allocate(b->count * sizeof *copy);
            memcpy(copy, b->column[k], b->count * sizeof *copy);
            return copy;
        }
    double p[ADMF_PARAMS_MAX], *out[ADMF_MEMBERS_MAX];
    const char *member;
    int row = parse_series(feature_rows, N_FEATURES, series, owner, owner_p, p, &member);
    int wanted = find_member(&feature_rows[row], member);
    compute_feature(table, row, p, b, tile, out);
    for (int k = 0; k < feature_rows[row].n_members; k++)
        if (k != wanted)
            free(out[k]);
    return out[wanted];
}

static inline void compute_feature(const struct kernel_table *table, int feature, const double *p,
                                   const struct bars *b, size_t tile, double **out)
{
    const admf_component *row = &feature_rows[feature];
    double *in[ADMF_NEEDS_MAX], *memory[ADMF_MEMBERS_MAX];
    for (int k = 0; k < row->n_needs; k++)
        in[k] = compute_column(table, row->needs[k], row, p, b, tile);
    size_t state_bytes = (table->feature[feature].bytes(p) + 7) / 8 * 8;
    double *state = allocate(state_bytes + 2 * GUARD * sizeof *state);
    guard(state);
    guard(state + GUARD + state_bytes / 8);
    if (tile == 0)
        tile = b->count;
    for (int k = 0; k < row->n_members; k++) {
        memory[k] = allocate((tile + 2 * GUARD) * sizeof(double));
        out[k] = allocate(b->count * sizeof(double));
    }
    for (size_t t = 0; t < b->count; t += tile) {
        struct stretch s = {.first = t, .bars_per_year = BARS_PER_YEAR};
        s.count = b->count - t < tile ? b->count - t : tile;
        for (int k = 0; k < row->n_needs; k++)
            s.in[k] = in[k] + t;
        for (int k = 0; k < row->n_members; k++) {
            s.out[k] = memory[k] + GUARD;
            guard(memory[k]);
            guard(s.out[k] + s.count);
        }
        table->feature[feature].advance(p, &s, state + GUARD);
        for (int k = 0; k < row->n_members; k++) {
            check_guard(memory[k], row->name);
            check_guard(s.out[k] + s.count, row->name);
            memcpy(out[k] + t, s.out[k], s.count * sizeof(double));
        }
    }
    check_guard(state, row->name);
    check_guard(state + GUARD + state_bytes / 8, row->name);
    for (int k = 0; k < row->n_needs; k++)
        free(in[k]);
    for (int k = 0; k < row->n_members; k++)
        free(memory[k]);
    free(state);
}

/* Equal to the bit, every NaN like every other. */
static inline bool same_bits(double a, double b)
{
    uint64_t x, y;
    memcpy(&x, &a, sizeof x);
    memcpy(&y, &b, sizeof y);
    return x == y || (a != a && b != b);
}

/* abs(ours - ref) <= 1e-9*max(abs(ref), scale), or both undefined. */
static inline bool agrees(double ours, double ref, double scale)
{
    if (ref != ref || ours != ours)
        return ref != ref && ours != ours;
    return fabs(ours - ref) <= 1e-9 * fmax(fabs(ref), scale);
}

/* Features in currency are held against the close, all others against 1. */
static inline bool in_currency(int feature)
{
    switch (feature) {
    case FEATURE_sma:
    case FEATURE_ema:
    case FEATURE_wma:
    case FEATURE_macd:
    case FEATURE_bollinger:
    case FEATURE_atr:
    case FEATURE_atr_mean:
    case FEATURE_donchian:
    case FEATURE_stddev:
        return true;
    default:
        return false;
    }
}

#endif
