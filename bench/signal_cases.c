/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Strategies and classifiers of bars over one tile: signals, signals from codes, strengths, labels,
 * confidences.
 */
#include "bench/code_rows.h"
#include "bench/kernel_case.h"
#include "tests/kernels/signal_rules.h"

struct signal_pass {
    const struct kernel_case *c;
    const struct kernel_table *table;
    const double *p;
    struct padded x;
    int columns;
    struct code_row row[ADMF_NEEDS_MAX];
    uint64_t *word[ADMF_LABELS_MAX];
    double *number; /* a bar: strength, confidence */
};

/* ---- one kernel after the other ----------------------------------------------------------*/

static void run_strategy_words(void *own)
{
    struct signal_pass *s = own;
    s->table->strategy[s->c->id]((const double *const *)s->x.column, s->p, s->x.words, s->word[0],
                                 s->word[1]);
}

static void run_coded(void *own)
{
    struct signal_pass *s = own;
    s->table->coded[s->c->id]((const double *const *)s->x.column, s->row, s->x.words, s->word[0],
                              s->word[1]);
}

static void run_strength(void *own)
{
    struct signal_pass *s = own;
    s->table->strength[s->c->id]((const double *const *)s->x.column, s->p, s->x.words, s->number);
}

static void run_labels(void *own)
{
    struct signal_pass *s = own;
    s->table->classifier[s->c->id]((const double *const *)s->x.column, s->p, s->x.words, s->word);
}

static void run_confidence(void *own)
{
    struct signal_pass *s = own;
    int labels = classifier_rows[s->c->id].n_labels;
    for (size_t t = 0; t < s->x.words * WORD_BARS; t++) {
        double at[ADMF_NEEDS_MAX];
        for (int k = 0; k < s->columns; k++)
            at[k] = s->x.column[k][t];
        s->number[t] = s->table->confidence[s->c->id](at, s->p, 1 + (int)t % labels);
    }
}

static void release(void *own)
{
    struct signal_pass *s = own;
    free_padded(&s->x, s->columns);
    for (int k = 0; k < ADMF_NEEDS_MAX; k++)
        free_codes(&s->row[k]);
    for (int k = 0; k < ADMF_LABELS_MAX; k++)
        free(s->word[k]);
    free(s->number);
    free(s);
}

/* Prices that wander, so that codes of two columns are seldom equal. */
static struct pass prepare(const struct kernel_case *c, const struct kernel_table *table,
                           size_t size, int columns, int words, const double *p,
                           void (*run)(void *))
{
    struct signal_pass *s = allocate(sizeof *s);
    *s = (struct signal_pass){.c = c, .table = table, .p = p, .columns = columns};
    double *column[ADMF_NEEDS_MAX];
    for (int k = 0; k < columns; k++) {
        struct bars b = random_bars(size, 100, 0.002, 1 + (uint64_t)k);
        column[k] = allocate(size * sizeof(double));
        memcpy(column[k], b.column[CLOSE], size * sizeof(double));
        free_bars(&b);
    }
    s->x = pad(column, columns, size);
    for (int k = 0; k < columns; k++) {
        s->row[k] = new_codes(s->x.words);
        table->encode(s->x.column[k], s->x.words, 90, 65535.0 / 20, &s->row[k]);
        free(column[k]);
    }
    for (int k = 0; k < words; k++)
        s->word[k] = allocate(s->x.words * sizeof(uint64_t));
    s->number = allocate(size * sizeof(double));
    return (struct pass){.run = run,
                         .release = release,
                         .own = s,
                         .elements = (double)size,
                         .read = (double)size * sizeof(double) * columns,
                         .written = (double)size / 8 * words};
}

static struct pass prepare_strategy(const struct kernel_case *c, const struct kernel_table *table,
                                    size_t size)
{
    return prepare(c, table, size, strategy_rows[c->id].n_needs, 2, params_of_strategy(c->id),
                   run_strategy_words);
}

static struct pass prepare_coded(const struct kernel_case *c, const struct kernel_table *table,
                                 size_t size)
{
    struct pass pass = prepare(c, table, size, strategy_rows[c->id].n_needs, 2,
                               params_of_strategy(c->id), run_coded);
    pass.read *= (double)sizeof(int16_t) / sizeof(double);
    return pass;
}

static struct pass prepare_strength(const struct kernel_case *c, const struct kernel_table *table,
                                    size_t size)
{
    struct pass pass = prepare(c, table, size, strategy_rows[c->id].n_needs, 0,
                               params_of_strategy(c->id), run_strength);
    pass.written = (double)size * sizeof(double);
    return pass;
}

static struct pass prepare_labels(const struct kernel_case *c, const struct kernel_table *table,
                                  size_t size)
{
    const admf_component *row = &classifier_rows[c->id];
    return prepare(c, table, size, row->n_needs, row->n_labels, params_of_classifier(c->id, 0),
                   run_labels);
}

static struct pass prepare_confidence(const struct kernel_case *c, const struct kernel_table *table,
                                      size_t size)
{
    struct pass pass = prepare(c, table, size, classifier_rows[c->id].n_needs, 0,
                               params_of_classifier(c->id, 0), run_confidence);
    pass.written = (double)size * sizeof(double);
    return pass;
}

/* ---- checks ------------------------------------------------------------------------------*/

static bool check_strategy(const struct kernel_case *c, const struct kernel_table *table,
                           size_t size, uint64_t seed, char text[DIFFERENCE_MAX])
{
    return strategy_follows_rule(table, c->id, size, seed, text);
}

static bool check_strength(const struct kernel_case *c, const struct kernel_table *table,
                           size_t size, uint64_t seed, char text[DIFFERENCE_MAX])
{
    return strength_follows_rule(table, c->id, params_of_strategy(c->id), size, seed, text);
}

static bool check_classifier(const struct kernel_case *c, const struct kernel_table *table,
                             size_t size, uint64_t seed, char text[DIFFERENCE_MAX])
{
    int k = (int)(CLASSIFIER_CASES * random_unit(&seed));
    return classifier_follows_rule(table, c->id, k, size, seed, text);
}

/* From codes as from the columns themselves; a quarter of the bars is within a code. */
static bool check_coded(const struct kernel_case *c, const struct kernel_table *table, size_t size,
                        uint64_t seed, char text[DIFFERENCE_MAX])
{
    struct padded x = random_columns(strategy_rows[c->id].n_needs, size, seed);
    const double *const *column = (const double *const *)x.column;
    const double *p = params_of_strategy(c->id);
    size_t bars = x.words * WORD_BARS;
    struct code_row row[2] = {new_codes(x.words), new_codes(x.words)};
    uint64_t *word[4];
    bool same = true;
    for (int k = 0; k < 4; k++)
        word[k] = guarded_words(x.words);
    for (int k = 0; k < 2; k++) {
        for (size_t t = 0; t < bars; t++)
            x.column[k][t] += random_unit(&seed) < 0.25 ? 1e-9 * random_unit(&seed) : 0;
        table->encode(x.column[k], x.words, -2, 65535.0 / 4, &row[k]);
    }
    case_baseline()->strategy[c->id](column, p, x.words, word[0], word[1]);
    table->coded[c->id](column, row, x.words, word[2], word[3]);
    for (size_t t = 0; same && t < bars; t++) {
        if (isnan(column[0][t]) || isnan(column[1][t]))
            continue;
        same = bit_of(word[0], t) == bit_of(word[2], t) && bit_of(word[1], t) == bit_of(word[3], t);
        if (!same)
            snprintf(text, DIFFERENCE_MAX, "%s from codes on %s: bar %zu of %zu, %a and %a",
                     strategy_rows[c->id].name, table->name, t, size, column[0][t], column[1][t]);
    }
    for (int k = 0; k < 4; k++)
        free_guarded(word[k], x.words);
    free_codes(&row[0]);
    free_codes(&row[1]);
    free_padded(&x, strategy_rows[c->id].n_needs);
    return same;
}

/* ---- the rows ----------------------------------------------------------------------------*/

static bool has_coded(const struct kernel_case *c, const struct kernel_table *table)
{
    return table->coded[c->id] != NULL;
}
static bool has_strength(const struct kernel_case *c, const struct kernel_table *table)
{
    return table->strength[c->id] != NULL;
}
static bool has_labels(const struct kernel_case *c, const struct kernel_table *table)
{
    return table->classifier[c->id] != NULL;
}
static bool has_confidence(const struct kernel_case *c, const struct kernel_table *table)
{
    return table->confidence[c->id] != NULL;
}

void cases_of_signals(struct case_list *list)
{
    static const struct kernel_case kinds[] = {
        {.name = "strategy", .check = check_strategy, .prepare = prepare_strategy},
        {.name = "coded", .exists = has_coded, .check = check_coded, .prepare = prepare_coded},
        {.name = "strength",
         .exists = has_strength,
         .check = check_strength,
         .prepare = prepare_strength},
        {.name = "classifier",
         .exists = has_labels,
         .check = check_classifier,
         .prepare = prepare_labels},
        {.name = "confidence",
         .exists = has_confidence,
         .check = check_classifier,
         .prepare = prepare_confidence},
    };
    for (size_t k = 0; k < sizeof kinds / sizeof *kinds; k++) {
        bool of_strategies = k < 3;
        int rows = of_strategies ? STRATEGY_COUNT : CLASSIFIER_COUNT;
        for (int id = 0; id < rows; id++) {
            struct kernel_case next = kinds[k];
            next.id = id;
            if (next.exists && !next.exists(&next, case_baseline()))
                continue;
            const admf_component *row = of_strategies ? &strategy_rows[id] : &classifier_rows[id];
            struct kernel_case *c = case_add(list, "%s.%s", kinds[k].name, row->name);
            memcpy(next.name, c->name, sizeof next.name);
            *c = next;
            c->element = "bar";
            c->size = TILE_BARS;
            c->counted = TILE_BARS;
        }
    }
}
