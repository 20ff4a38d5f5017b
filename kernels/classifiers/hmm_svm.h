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

/*
 * One step in every lane of every chain: the rows at r of their problems. Each operation is made
 * for all chains before the next one, as a core looks only so far ahead for work while a result is
 * on its way: written chain by chain, it found but half of them.
 */
VEC void svm_step(struct svm_chain s[CHAINS], double *r)
{
    vd dot[CHAINS], g[CHAINS], d[CHAINS];
    for (int u = 0; u < CHAINS; u++)
        dot[u] = s[u].w[0] * load_lanes(r, svm_row(0, u));
    for (int k = 1; k < SVM_WEIGHTS; k++)
        for (int u = 0; u < CHAINS; u++)
            dot[u] = dot[u] + s[u].w[k] * load_lanes(r, svm_row(0, u) + (size_t)k);
    for (int u = 0; u < CHAINS; u++)
        g[u] = dot[u] - 1.0;
    for (int u = 0; u < CHAINS; u++)
        d[u] = g[u] / load_lanes(r, svm_row(0, u) + ROW_SQUARE);
    for (int u = 0; u < CHAINS; u++) {
        vd a = load_lanes(r, svm_row(0, u) + ROW_ALPHA);
        vd next = smaller(larger(a - d[u], splat(0.0)), splat(1.0));
        store_lanes(r, svm_row(0, u) + ROW_ALPHA, next);
        d[u] = next - a;
    }
    for (int k = 0; k < SVM_WEIGHTS; k++)
        for (int u = 0; u < CHAINS; u++)
            s[u].w[k] = s[u].w[k] + d[u] * load_lanes(r, svm_row(0, u) + (size_t)k);

    /*
     * At a bound and pushed outwards a does not move, and the projected gradient is 0;
     * everywhere else it is g, and a moves (or g is far below the limit).
     */
    for (int u = 0; u < CHAINS; u++) {
        vm large = both(ne(d[u], splat(0.0)), gt(vabs(g[u]), splat(LARGEST_VIOLATION)));
        s[u].violated = either(s[u].violated, large);
    }
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
        svm_step(s, rows + svm_row(i, 0) * WIDTH);
    for (int u = 0; u < CHAINS; u++)
        chain[u] = s[u];
}

#endif
