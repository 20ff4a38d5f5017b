/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The Gaussian hidden Markov model of the classifier hmm, one fit at a time, in plain C:
 * Rabiner 1989 as the documentation writes it, operation by operation. Only exp and
 * log are the kernels' own.
 */
#ifndef ADMF_TESTS_HMM_REFERENCE_H
#define ADMF_TESTS_HMM_REFERENCE_H

#include "kernels/math/log.h"
#include "tests/kernels/day_runs.h"

struct hmm_model {
    bool known;
    int steps;             /* M-steps made */
    double log_likelihood; /* of the last E-step */
    double worst_fall;     /* largest fall of it from step to step, relative */
    double pi[3], a[3][3], mu[3][2], var[3][2];
};

typedef double triple[3];
typedef double pair[2];

/* b of one observation; returns the largest λ. */
static inline double hmm_densities(const struct hmm_model *m, const double *x, double *b)
{
    double l[3], top = -INFINITY;
    for (int k = 0; k < 3; k++) {
        double sum = 0;
        for (int f = 0; f < 2; f++) {
            double d = x[f] - m->mu[k][f];
            sum += d * d / m->var[k][f] + math_log(2 * 3.14159265358979323846 * m->var[k][f]);
        }
        l[k] = -0.5 * sum;
        top = l[k] > top ? l[k] : top;
    }
    for (int k = 0; k < 3; k++)
        b[k] = math_exp(l[k] - top);
    return top;
}

/* One forward step from `before` (NULL: from π) into u; returns its sum. */
static inline double hmm_forward(const struct hmm_model *m, const double *before, const double *b,
                                 double *u)
{
    double c = 0;
    for (int k = 0; k < 3; k++) {
        double sum = 0;
        for (int i = 0; i < 3 && before; i++)
            sum += before[i] * m->a[i][k];
        u[k] = (before ? sum : m->pi[k]) * b[k];
        c += u[k];
    }
    return c;
}

/* Forward pass over n days; false where a scale falls below 1e-250. */
static inline bool hmm_likelihood(struct hmm_model *m, const pair *x, size_t n, triple *b,
                                  triple *alpha, double *c, double *likelihood)
{
    *likelihood = 0;
    for (size_t j = 0; j < n; j++) {
        double top = hmm_densities(m, x[j], b[j]);
        c[j] = hmm_forward(m, j ? alpha[j - 1] : NULL, b[j], alpha[j]);
        if (c[j] < 1e-250)
            return false;
        for (int k = 0; k < 3; k++)
            alpha[j][k] /= c[j];
        *likelihood += math_log(c[j]) + top;
    }
    return true;
}

static inline void hmm_backward(const struct hmm_model *m, size_t n, triple *b, const double *c,
                                triple *beta)
{
    for (int i = 0; i < 3; i++)
        beta[n - 1][i] = 1;
    for (size_t j = n - 1; j-- > 0;)
        for (int i = 0; i < 3; i++) {
            double sum = 0;
            for (int k = 0; k < 3; k++)
                sum += m->a[i][k] * (b[j + 1][k] * beta[j + 1][k]);
            beta[j][i] = sum / c[j + 1];
        }
}

static inline void hmm_new_transitions(struct hmm_model *m, size_t n, triple *b, triple *alpha,
                                       const double *c, triple *beta)
{
    double xi[3][3] = {{0}};
    for (size_t j = 0; j + 1 < n; j++)
        for (int i = 0; i < 3; i++)
            for (int k = 0; k < 3; k++)
                xi[i][k] += alpha[j][i] * m->a[i][k] * b[j + 1][k] * beta[j + 1][k] / c[j + 1];
    for (int i = 0; i < 3; i++) {
        double row = xi[i][0] + xi[i][1] + xi[i][2];
        for (int k = 0; k < 3 && row > 1e-8; k++)
            m->a[i][k] = xi[i][k] / row;
    }
}

static inline void hmm_new_state(struct hmm_model *m, int k, size_t n, const pair *x,
                                 const triple *gamma, const double *floors)
{
    double weight = 0;
    for (size_t j = 0; j < n; j++)
        weight += gamma[j][k];
    if (weight <= 1e-8)
        return;
    for (int f = 0; f < 2; f++) {
        double sum = 0, squares = 0;
        for (size_t j = 0; j < n; j++)
            sum += gamma[j][k] * x[j][f];
        m->mu[k][f] = sum / weight;
        for (size_t j = 0; j < n; j++) {
            double d = x[j][f] - m->mu[k][f];
            squares += gamma[j][k] * (d * d);
        }
        double variance = squares / weight;
        m->var[k][f] = variance > floors[f] ? variance : floors[f];
    }
}

static inline void hmm_maximise(struct hmm_model *m, size_t n, const pair *x, triple *b,
                                triple *alpha, const double *c, triple *beta, const double *floors)
{
    triple *gamma = allocate(n * sizeof *gamma);
    for (size_t j = 0; j < n; j++) {
        double sum = 0;
        for (int k = 0; k < 3; k++)
            sum += alpha[j][k] * beta[j][k];
        for (int k = 0; k < 3; k++)
            gamma[j][k] = alpha[j][k] * beta[j][k] / sum;
    }
    hmm_new_transitions(m, n, b, alpha, c, beta);
    for (int k = 0; k < 3; k++) {
        m->pi[k] = gamma[0][k];
        hmm_new_state(m, k, n, x, (const triple *)gamma, floors);
    }
    free(gamma);
}

/* Mean and population variance of the values at the places where state[j] == k (all: −1). */
static inline void hmm_moments(const pair *x, int f, size_t n, const int *state, int k,
                               double *mean, double *variance)
{
    double sum = 0, squares = 0, count = 0;
    for (size_t j = 0; j < n; j++)
        if (k < 0 || state[j] == k) {
            sum += x[j][f];
            count += 1;
        }
    *mean = sum / count;
    for (size_t j = 0; j < n; j++)
        if (k < 0 || state[j] == k)
            squares += (x[j][f] - *mean) * (x[j][f] - *mean);
    *variance = squares / count;
}

/* The start from returns cut into three by rank; ranks are counted, not sorted. */
static inline bool hmm_start(struct hmm_model *m, const pair *x, size_t n, double *floors)
{
    int *state = allocate(n * sizeof *state);
    bool equal = true;
    for (size_t j = 0; j < n; j++) {
        size_t rank = 0;
        for (size_t i = 0; i < n; i++)
            rank += x[i][0] < x[j][0] || (x[i][0] == x[j][0] && i < j);
        state[j] = (int)(3 * rank / n);
        equal = equal && x[j][0] == x[0][0];
    }
    for (int f = 0; f < 2; f++) {
        double mean, all;
        hmm_moments(x, f, n, state, -1, &mean, &all);
        floors[f] = 1e-4 * all > 1e-12 ? 1e-4 * all : 1e-12;
        for (int k = 0; k < 3; k++) {
            hmm_moments(x, f, n, state, k, &m->mu[k][f], &m->var[k][f]);
            m->var[k][f] = m->var[k][f] > floors[f] ? m->var[k][f] : floors[f];
        }
    }
    for (int i = 0; i < 3; i++) {
        m->pi[i] = 1.0 / 3;
        for (int k = 0; k < 3; k++)
            m->a[i][k] = i == k ? 0.8 : 0.1;
    }
    free(state);
    return !equal;
}

/* Baum-Welch from a start; leaves the model as the stop rules say. */
static inline void hmm_improve(struct hmm_model *m, const pair *x, size_t n, const double *floors)
{
    triple *b = allocate(n * sizeof *b), *alpha = allocate(n * sizeof *alpha);
    triple *beta = allocate(n * sizeof *beta);
    double *c = allocate(n * sizeof *c);
    struct hmm_model before = *m;
    for (m->steps = 0; m->steps < 25;) {
        double likelihood, last = m->log_likelihood;
        if (!hmm_likelihood(m, x, n, b, alpha, c, &likelihood)) {
            bool first = m->steps == 0;
            *m = before;
            m->known = !first;
            break;
        }
        m->log_likelihood = likelihood;
        if (m->steps > 0) {
            double fall = (last - likelihood) / fabs(last);
            m->worst_fall = fall > m->worst_fall ? fall : m->worst_fall;
            if (likelihood - last < 1e-6 * (fabs(last) > 1 ? fabs(last) : 1))
                break;
        }
        before = *m;
        hmm_backward(m, n, b, c, beta);
        hmm_maximise(m, n, x, b, alpha, c, beta, floors);
        m->steps++;
    }
    free(c);
    free(beta);
    free(alpha);
    free(b);
}

static inline struct hmm_model hmm_fit(const pair *x, size_t n)
{
    struct hmm_model m = {.known = true};
    double floors[2];
    m.known = hmm_start(&m, x, n, floors);
    if (m.known)
        hmm_improve(&m, x, n, floors);
    return m;
}

/* One day of the filter; alpha NULL-started at the first day of the window. */
static inline void hmm_filter(const struct hmm_model *m, const double *x, bool first, double *alpha)
{
    double b[3], u[3], before[3] = {alpha[0], alpha[1], alpha[2]};
    hmm_densities(m, x, b);
    double c = hmm_forward(m, first ? NULL : before, b, u), sum = b[0] + b[1] + b[2];
    for (int k = 0; k < 3; k++)
        alpha[k] = c < 1e-250 ? b[k] / sum : u[k] / c;
}

/* Label 1 … 3 in the order of the mean returns; the first largest wins. */
static inline void hmm_label(const struct hmm_model *m, const double *alpha, uint8_t *label,
                             double *confidence)
{
    int order[3] = {0, 1, 2};
    for (int pass = 0; pass < 2; pass++)
        for (int i = 0; i < 2; i++)
            if (m->mu[order[i + 1]][0] < m->mu[order[i]][0]) {
                int swap = order[i];
                order[i] = order[i + 1];
                order[i + 1] = swap;
            }
    *confidence = -1;
    for (int i = 0; i < 3; i++)
        if (alpha[order[i]] > *confidence) {
            *confidence = alpha[order[i]];
            *label = (uint8_t)(i + 1);
        }
}

/* Called with each fit and its day; may be NULL. */
typedef void hmm_visit(void *user, size_t day, const struct hmm_model *m);

/* Labels of all days, one fit after the other. */
static inline struct day_labels hmm_reference(const struct day_series *days, size_t window,
                                              size_t every, hmm_visit *visit, void *user)
{
    size_t n = days->count;
    struct day_labels out = new_labels(n);
    pair *x = allocate((n + 1) * sizeof *x);
    struct hmm_model m = {0};
    double alpha[3] = {0};
    for (size_t d = 0; d < n; d++) {
        out.label[d] = 0;
        out.confidence[d] = 0;
        if (d == 0)
            continue;
        x[d][0] = math_log(days->close[d] / days->close[d - 1]);
        x[d][1] = math_log(days->high[d] / days->low[d]);
        if (d < window)
            continue;
        bool fit = (d - window) % every == 0;
        if (fit) {
            m = hmm_fit((const pair *)x + d + 1 - window, window);
            if (visit)
                visit(user, d, &m);
        }
        if (!m.known)
            continue;
        for (size_t j = fit ? d + 1 - window : d; j <= d; j++)
            hmm_filter(&m, x[j], fit && j == d + 1 - window, alpha);
        hmm_label(&m, alpha, &out.label[d], &out.confidence[d]);
    }
    free(x);
    return out;
}

#endif
