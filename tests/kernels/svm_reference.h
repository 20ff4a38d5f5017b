/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The support vector machines of the classifier hmm, one fit at a time, in plain C: dual
 * coordinate descent (Hsieh et al. 2008) as the documentation writes it, operation by
 * operation. Only exp and log are the kernels' own.
 */
#ifndef ADMF_TESTS_SVM_REFERENCE_H
#define ADMF_TESTS_SVM_REFERENCE_H

#include "kernels/math/log.h"
#include "tests/kernels/day_runs.h"

enum { SVM_INPUTS = 6, SVM_FIRST_DAY = 20 };

typedef double svm_row[SVM_INPUTS]; /* five features and the constant 1 */

struct svm_model {
    bool present[3];
    double mean[5], deviation[5];
    svm_row w[3];
};

/* Labels of all days, and the decision values: NaN where there are none. */
struct svm_days {
    struct day_labels labels;
    double (*value)[3];
};

/* Sample deviation of the last ten log returns, summed in blocks of ten days. */
static inline double svm_deviation(const double *r, size_t t)
{
    size_t b = t - t % 10;
    double p1 = 0, p2 = 0, s1 = 0, s2 = 0, a = (double)(10 - (t - b + 1)), d1, d2;
    for (size_t i = b; i <= t; i++) {
        p1 += r[i] - r[b];
        p2 += (r[i] - r[b]) * (r[i] - r[b]);
    }
    d1 = p1;
    d2 = p2;
    if (a > 0) {
        double delta = r[b - 1] - r[b];
        for (size_t i = b; i-- > t - 9;) {
            s1 += r[i] - r[b - 1];
            s2 += (r[i] - r[b - 1]) * (r[i] - r[b - 1]);
        }
        d1 = (s1 + a * delta) + p1;
        d2 = ((s2 + (2 * delta) * s1) + (a * delta) * delta) + p2;
    }
    double v = (d2 - d1 * d1 / 10) / 9;
    return v < 0 ? 0 : sqrt(v);
}

/* Wilder's smoothing over 14 of the changes in one direction: +1 gains, −1 losses. */
static inline double *svm_smoothed(const double *c, size_t n, int direction)
{
    double *x = allocate((n + 1) * sizeof *x), *e = allocate((n + 1) * sizeof *e), sum = 0;
    for (size_t d = 1; d < n; d++) {
        double change = direction > 0 ? c[d] - c[d - 1] : c[d - 1] - c[d];
        x[d] = change > 0 ? change : 0;
    }
    for (size_t d = 1; d < n; d++) {
        sum += d <= 14 ? x[d] - x[1] : 0;
        e[d] = d == 14 ? x[1] + sum / 14 : d > 14 ? e[d - 1] + (x[d] - e[d - 1]) / 14 : NAN;
    }
    free(x);
    return e;
}

static inline svm_row *svm_features(const double *c, size_t n)
{
    svm_row *x = allocate((n + 1) * sizeof *x);
    double *r = allocate((n + 1) * sizeof *r);
    double *gain = svm_smoothed(c, n, 1), *loss = svm_smoothed(c, n, -1);
    for (size_t d = 1; d < n; d++)
        r[d] = math_log(c[d] / c[d - 1]);
    for (size_t d = SVM_FIRST_DAY; d < n; d++) {
        x[d][0] = c[d] / c[d - 1] - 1;
        x[d][1] = c[d] / c[d - 5] - 1;
        x[d][2] = c[d] / c[d - 20] - 1;
        x[d][3] = svm_deviation(r, d);
        x[d][4] = gain[d] + loss[d] == 0 ? 50 : 100 * gain[d] / (gain[d] + loss[d]);
        x[d][5] = 1;
    }
    free(loss);
    free(gain);
    free(r);
    return x;
}

static inline double svm_dot(const double *a, const double *b)
{
    double sum = a[0] * b[0];
    for (int k = 1; k < SVM_INPUTS; k++)
        sum += a[k] * b[k];
    return sum;
}

static inline void svm_standardise(const struct svm_model *m, const double *x, double *z)
{
    for (int k = 0; k < 5; k++)
        z[k] = m->deviation[k] == 0 ? 0 : (x[k] - m->mean[k]) / m->deviation[k];
    z[5] = 1;
}

/* Coordinate descent of one class against the rest. */
static inline void svm_train(const svm_row *x, const int *class, int positive, size_t n, double *w)
{
    double *a = allocate(n * sizeof *a);
    memset(a, 0, n * sizeof *a);
    memset(w, 0, sizeof(svm_row));
    for (int pass = 0; pass < 1000; pass++) {
        double worst = 0;
        for (size_t i = 0; i < n; i++) {
            double y = class[i] == positive ? 1 : -1;
            double g = y * svm_dot(w, x[i]) - 1, projected = g;
            if (a[i] == 0)
                projected = g < 0 ? g : 0;
            if (a[i] == 1)
                projected = g > 0 ? g : 0;
            worst = fabs(projected) > worst ? fabs(projected) : worst;
            if (projected == 0)
                continue;
            double next = a[i] - g / svm_dot(x[i], x[i]);
            next = next > 0 ? next : 0;
            next = next < 1 ? next : 1;
            for (int k = 0; k < SVM_INPUTS; k++)
                w[k] = w[k] + ((next - a[i]) * y) * x[i][k];
            a[i] = next;
        }
        if (worst <= 1e-3)
            break;
    }
    free(a);
}

/* Mean and population deviation of n values `stride` apart. */
static inline void svm_moments(const double *x, size_t n, size_t stride, double *mean,
                               double *deviation)
{
    double sum = 0, squares = 0;
    for (size_t i = 0; i < n; i++)
        sum += x[i * stride];
    *mean = sum / (double)n;
    for (size_t i = 0; i < n; i++)
        squares += (x[i * stride] - *mean) * (x[i * stride] - *mean);
    *deviation = sqrt(squares / (double)n);
}

/* The fit made at the close of day d. */
static inline struct svm_model svm_fit_on(const double *c, const svm_row *x, size_t d,
                                          size_t window)
{
    struct svm_model m = {0};
    size_t from = d - 4 - window;
    double *outcome = allocate(window * sizeof *outcome), mean, deviation;
    int *class = allocate(window * sizeof *class);
    svm_row *z = allocate(window * sizeof *z);
    for (size_t i = 0; i < window; i++)
        outcome[i] = c[from + i + 5] / c[from + i] - 1;
    svm_moments(outcome, window, 1, &mean, &deviation);
    for (int k = 0; k < 5; k++)
        svm_moments(&x[from][k], window, SVM_INPUTS, &m.mean[k], &m.deviation[k]);
    for (size_t i = 0; i < window; i++) {
        double theta = 0.5 * deviation;
        class[i] = outcome[i] > theta ? 2 : outcome[i] < -theta ? 0 : 1;
        m.present[class[i]] = true;
        svm_standardise(&m, x[from + i], z[i]);
    }
    for (int k = 0; k < 3; k++)
        if (m.present[k] && m.present[0] + m.present[1] + m.present[2] > 1)
            svm_train((const svm_row *)z, class, k, window, m.w[k]);
    free(z);
    free(class);
    free(outcome);
    return m;
}

static inline void svm_label(const struct svm_model *m, const double *x, double *value,
                             uint8_t *label, double *confidence)
{
    svm_row z;
    double largest = -INFINITY, second = -INFINITY;
    svm_standardise(m, x, z);
    for (int k = 0; k < 3; k++) {
        value[k] = m->present[k] ? svm_dot(m->w[k], z) : NAN;
        if (value[k] > largest) {
            second = largest;
            largest = value[k];
            *label = (uint8_t)(k + 1);
        } else if (value[k] > second) {
            second = value[k];
        }
    }
    bool alone = m->present[0] + m->present[1] + m->present[2] == 1;
    *confidence = alone ? 1 : 1 / (1 + math_exp(-(largest - second)));
}

static inline struct svm_days svm_reference(const struct day_series *days, size_t window,
                                            size_t every)
{
    size_t n = days->count, start = window + 24;
    struct svm_days out = {.labels = new_labels(n), .value = allocate((n + 1) * sizeof *out.value)};
    svm_row *x = svm_features(days->close, n);
    struct svm_model m = {0};
    for (size_t d = 0; d < n; d++) {
        out.labels.label[d] = 0;
        out.labels.confidence[d] = 0;
        for (int k = 0; k < 3; k++)
            out.value[d][k] = NAN;
        if (d < start)
            continue;
        if ((d - start) % every == 0)
            m = svm_fit_on(days->close, (const svm_row *)x, d, window);
        svm_label(&m, x[d], out.value[d], &out.labels.label[d], &out.labels.confidence[d]);
    }
    free(x);
    return out;
}

static inline void free_svm_days(struct svm_days *s)
{
    free_labels(&s->labels);
    free(s->value);
}

#endif
