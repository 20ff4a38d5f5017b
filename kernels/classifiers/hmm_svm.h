/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Linear support vector machines with hinge loss, by dual coordinate descent (Hsieh,
 * Chang, Lin, Keerthi, Sundararajan, A dual coordinate descent method for large-scale
 * linear SVM, ICML 2008, algorithm 1; C = 1, rows in time order, no shrinking).
 *
 * A problem is one class of one fit against the rest. A step waits for the step before
 * it (a product, a division, an update of w), so CHAINS vectors of problems take turns;
 * after each pass the lanes that are done take the next problem.
 */
#ifndef ADMF_HMM_SVM_H
#define ADMF_HMM_SVM_H

#include "kernels/classifiers/hmm_days.h"

enum { SVM_FEATURES = 5, SVM_WEIGHTS = 6, MAX_PASSES = 1000, CHAINS = 4 };
#define LARGEST_VIOLATION 1e-3

/* What a row of the training set is to a lane: y·x with the constant last, x·x, a. */
enum { ROW_SQUARE = SVM_WEIGHTS, ROW_ALPHA, ROW_VALUES };

/* The problems of one vector. */
struct svm_chain {
    vd w[SVM_WEIGHTS];
    vm violated; /* some abs(g) of the pass was too large */
};

/* Place of a row in the lanes' memory, in vectors. */
static inline size_t svm_row(size_t i, int chain)
{
    return (i * CHAINS + (size_t)chain) * ROW_VALUES;
}

/* One step in every lane: row r of its problem. */
VEC void svm_step(struct svm_chain *s, double *r)
{
    vd x[SVM_WEIGHTS];
    for (int k = 0; k < SVM_WEIGHTS; k++)
        x[k] = load_lanes(r, (size_t)k);
    vd dot = s->w[0] * x[0];
    for (int k = 1; k < SVM_WEIGHTS; k++)
        dot = dot + s->w[k] * x[k];
    vd g = dot - 1.0, a = load_lanes(r, ROW_ALPHA);

    vd next = smaller(larger(a - g / load_lanes(r, ROW_SQUARE), splat(0.0)), splat(1.0));
    vd d = next - a;

    /*
     * At a bound and pushed outwards a does not move, and the projected gradient is 0;
     * everywhere else it is g, and a moves (or g is far below the limit).
     */
    vm large = both(ne(d, splat(0.0)), gt(vabs(g), splat(LARGEST_VIOLATION)));
    s->violated = either(s->violated, large);
    for (int k = 0; k < SVM_WEIGHTS; k++)
        s->w[k] = s->w[k] + d * x[k];
    store_lanes(r, ROW_ALPHA, next);
}

/* One pass over the n rows in every lane of every chain. */
static inline void svm_pass(struct svm_chain chain[CHAINS], double *rows, size_t n)
{
    struct svm_chain s[CHAINS];
    for (int u = 0; u < CHAINS; u++) {
        s[u] = chain[u];
        s[u].violated = none();
    }
    for (size_t i = 0; i < n; i++)
        for (int u = 0; u < CHAINS; u++)
            svm_step(&s[u], rows + svm_row(i, u) * WIDTH);
    for (int u = 0; u < CHAINS; u++)
        chain[u] = s[u];
}

#endif
