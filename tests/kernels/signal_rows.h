/* SPDX-License-Identifier: Apache-2.0 */
/* Runs the kernels of strategies and classifiers the way the engine does. */
#ifndef ADMF_TESTS_SIGNAL_ROWS_H
#define ADMF_TESTS_SIGNAL_ROWS_H

#include "tests/kernels/feature_rows.h"

enum { WORD_GUARD = 4 };
#define GUARD_WORD UINT64_C(0xfeedfacecafebeef)

/* Columns of whole words, NaN after the last bar, in an array of their own. */
struct padded {
    size_t words;
    double *column[ADMF_NEEDS_MAX];
};

static inline struct padded pad(double *const *column, int n, size_t count)
{
    struct padded p = {.words = words_for(count)};
    for (int k = 0; k < n; k++) {
        p.column[k] = allocate(p.words * WORD_BARS * sizeof(double));
        for (size_t t = 0; t < p.words * WORD_BARS; t++)
            p.column[k][t] = t < count ? column[k][t] : NAN;
    }
    return p;
}

static inline void free_padded(struct padded *p, int n)
{
    for (int k = 0; k < n; k++)
        free(p->column[k]);
}

static inline uint64_t *guarded_words(size_t words)
{
    uint64_t *w = allocate((words + 2 * WORD_GUARD) * sizeof *w);
    for (size_t k = 0; k < words + 2 * WORD_GUARD; k++)
        w[k] = GUARD_WORD;
    return w + WORD_GUARD;
}

static inline void free_guarded(uint64_t *w, size_t words)
{
    for (size_t k = 0; k < WORD_GUARD; k++)
        if (w[-1 - (ptrdiff_t)k] != GUARD_WORD || w[words + k] != GUARD_WORD)
            give_up("a signal kernel wrote outside its words");
    free(w - WORD_GUARD);
}

/* The least and the greatest code of word w, whatever the row says. */
static inline void extremes_of_word(const struct code_row *row, size_t w, int16_t *least,
                                    int16_t *greatest)
{
    *least = INT16_MAX;
    *greatest = INT16_MIN;
    for (size_t t = w * WORD_BARS; t < (w + 1) * WORD_BARS; t++) {
        *least = row->code[t] < *least ? row->code[t] : *least;
        *greatest = row->code[t] > *greatest ? row->code[t] : *greatest;
    }
}

/* Are all columns of the row there at bar t? */
static inline bool defined_at(const struct padded *x, int n, size_t t)
{
    for (int k = 0; k < n; k++)
        if (isnan(x->column[k][t]))
            return false;
    return true;
}

static inline bool bit_of(const uint64_t *words, size_t t)
{
    return words[t / WORD_BARS] >> t % WORD_BARS & 1;
}

/* What no rule says: long and short at once, or two labels. */
enum { BOTH = 99 };

/* The signal of a strategy at every bar of whole words: -1, 0 or 1. */
static inline int *run_strategy(const struct kernel_table *table, int id, const double *p,
                                const struct padded *x)
{
    uint64_t *up = guarded_words(x->words), *down = guarded_words(x->words);
    int *signal = allocate(x->words * WORD_BARS * sizeof *signal);
    table->strategy[id]((const double *const *)x->column, p, x->words, up, down);
    for (size_t t = 0; t < x->words * WORD_BARS; t++) {
        if (!defined_at(x, strategy_rows[id].n_needs, t))
            continue;
        bool both = bit_of(up, t) && bit_of(down, t);
        signal[t] = both ? BOTH : bit_of(up, t) - bit_of(down, t);
    }
    free_guarded(up, x->words);
    free_guarded(down, x->words);
    return signal;
}

/* The code of the label of a classifier at every bar of whole words. */
static inline int *run_classifier(const struct kernel_table *table, int id, const double *p,
                                  const struct padded *x)
{
    const admf_component *row = &classifier_rows[id];
    uint64_t *words[ADMF_LABELS_MAX] = {NULL};
    int *label = allocate(x->words * WORD_BARS * sizeof *label);
    for (int k = 0; k < row->n_labels; k++)
        words[k] = guarded_words(x->words);
    table->classifier[id]((const double *const *)x->column, p, x->words, words);
    for (size_t t = 0; t < x->words * WORD_BARS; t++)
        for (int k = 0; k < row->n_labels && defined_at(x, row->n_needs, t); k++) {
            if (bit_of(words[k], t))
                label[t] = label[t] ? BOTH : k + 1;
        }
    for (int k = 0; k < row->n_labels; k++)
        free_guarded(words[k], x->words);
    return label;
}

static inline double confidence_at(const struct kernel_table *table, int id, const double *p,
                                   const struct padded *x, size_t t, int label)
{
    double at[ADMF_NEEDS_MAX];
    for (int k = 0; k < classifier_rows[id].n_needs; k++)
        at[k] = x->column[k][t];
    if (label == 0)
        return 0;
    return table->confidence[id] ? table->confidence[id](at, p, label) : 1;
}

#endif
