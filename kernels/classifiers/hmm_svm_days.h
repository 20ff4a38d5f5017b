/* SPDX-License-Identifier: Apache-2.0 */
/*
 * hmm, model_type svm: one support vector machine per class, trained on the days whose
 * next five days are known. Stage 1 (train_machines) keeps CHAINS·WIDTH problems in the
 * lanes; stage 2 (label_machines) evaluates each day with the machines of the last fit.
 */
#ifndef ADMF_HMM_SVM_DAYS_H
#define ADMF_HMM_SVM_DAYS_H

#include "kernels/classifiers/hmm_svm_features.h"
#include "kernels/math/exp.h"

/*
 * The machines of a fit; w of classes that do not occur is unused. No class is present where
 * what came after the days has no finite spread.
 */
struct svm_fit {
    double w[LABELS][SVM_WEIGHTS], mean[SVM_FEATURES], deviation[SVM_FEATURES];
    bool present[LABELS];
};

struct svm_plan {
    struct fit_days fits;
    size_t first_fit, last_fit, first_day, last_day;
    double *log_return, *feature[SVM_FEATURES], *outcome; /* by day */
    double *rows;                                         /* of the lanes */
    double *x[SVM_FEATURES], *square;                     /* training set, standardised */
    uint8_t *class_of;
    struct svm_fit *fit; /* from first_fit on */
};

/* The problems in the lanes and the one to come. */
struct svm_lanes {
    struct svm_chain chain[CHAINS];
    struct {
        size_t fit;
        int class, passes;
        bool busy;
    } lane[CHAINS][WIDTH];
    size_t next_fit;
    int next_class; /* LABELS: the set of next_fit is not made yet */
};

static inline void lay_out_svm(struct svm_plan *g, struct scratch *s, size_t days)
{
    size_t fits = fits_in(&g->fits, days), window = fits ? g->fits.window : 0;
    for (int k = 0; k < SVM_FEATURES; k++) {
        g->feature[k] = take(s, days, sizeof(double));
        g->x[k] = take(s, window, sizeof(double));
    }
    g->log_return = take(s, days, sizeof(double));
    g->outcome = take(s, days, sizeof(double));
    g->square = take(s, window, sizeof(double));
    g->class_of = take(s, window, 1);
    g->rows = take(s, svm_row(window, 0) * WIDTH, sizeof(double));
    g->fit = take(s, fits, sizeof *g->fit);
}

/* 0 where the training set does not vary, but never a number where x is none. */
static inline double standardised(double x, double mean, double deviation)
{
    return deviation == 0.0 ? x - x : (x - mean) / deviation;
}

/* Classes of the training set by what came after its days. */
static inline void classify_outcomes(const struct svm_plan *g, size_t from, struct svm_fit *fit)
{
    double mean, variance;
    moments(g->outcome + from, g->fits.window, &mean, &variance);
    double threshold = 0.5 * __builtin_sqrt(variance);
    memset(fit->present, 0, sizeof fit->present);
    if (!(variance < __builtin_inf()))
        return;
    for (size_t j = 0; j < g->fits.window; j++) {
        double r = g->outcome[from + j];
        int class = (r > threshold ? BULL : r < -threshold ? BEAR : NEUTRAL) - BEAR;
        g->class_of[j] = (uint8_t) class;
        fit->present[class] = true;
    }
}

/* The training set of a fit; returns how many classes it holds. */
static inline int make_training_set(const struct svm_plan *g, size_t fit_number)
{
    struct svm_fit *fit = &g->fit[fit_number - g->first_fit];
    size_t n = g->fits.window, from = day_of_fit(&g->fits, fit_number) - HORIZON + 1 - n;
    classify_outcomes(g, from, fit);
    for (int k = 0; k < SVM_FEATURES; k++) {
        double variance;
        moments(g->feature[k] + from, n, &fit->mean[k], &variance);
        double mean = fit->mean[k], deviation = fit->deviation[k] = __builtin_sqrt(variance);
        for (size_t j = 0; j < n; j++)
            g->x[k][j] = standardised(g->feature[k][from + j], mean, deviation);
    }
    for (size_t j = 0; j < n; j++) {
        double square = g->x[0][j] * g->x[0][j];
        for (int k = 1; k < SVM_FEATURES; k++)
            square += g->x[k][j] * g->x[k][j];
        g->square[j] = square + 1.0;
    }
    return fit->present[0] + fit->present[1] + fit->present[2];
}

/* Puts the training set of the moment into a lane, class against the rest. */
static inline void load_problem(const struct svm_plan *g, struct svm_lanes *l, int chain, int lane,
                                int class)
{
    /* Rows are written where the compiler cannot tell that the plan does not stand. */
    const struct svm_plan set = *g;
    double *row = set.rows + svm_row(0, chain) * WIDTH;
    for (size_t j = 0; j < set.fits.window; j++, row += svm_row(1, 0) * WIDTH) {
        double y = set.class_of[j] == class ? 1.0 : -1.0;
        for (int k = 0; k < SVM_FEATURES; k++)
            set_lane_value(row, (size_t)k, lane, y * set.x[k][j]);
        set_lane_value(row, SVM_FEATURES, lane, y);
        set_lane_value(row, ROW_SQUARE, lane, set.square[j]);
        set_lane_value(row, ROW_ALPHA, lane, 0.0);
    }
    for (size_t k = 0; k < SVM_WEIGHTS; k++)
        set_lane_value(l->chain[chain].w, k, lane, 0.0);
}

/* Puts the next problem into the lane, or leaves the lane idle. */
static inline void fill_svm_lane(const struct svm_plan *g, struct svm_lanes *l, int chain, int lane)
{
    l->lane[chain][lane].busy = false;
    for (; l->next_fit <= g->last_fit; l->next_fit++, l->next_class = LABELS) {
        if (l->next_class == LABELS) {
            l->next_class = 0;
            if (make_training_set(g, l->next_fit) < 2) {
                /* One class alone needs no machine: it wins with any value. */
                memset(g->fit[l->next_fit - g->first_fit].w, 0, sizeof g->fit->w);
                continue;
            }
        }
        const struct svm_fit *fit = &g->fit[l->next_fit - g->first_fit];
        while (l->next_class < LABELS && !fit->present[l->next_class])
            l->next_class++;
        if (l->next_class == LABELS)
            continue;
        load_problem(g, l, chain, lane, l->next_class);
        l->lane[chain][lane].fit = l->next_fit;
        l->lane[chain][lane].class = l->next_class++;
        l->lane[chain][lane].passes = 0;
        l->lane[chain][lane].busy = true;
        if (l->next_class == LABELS)
            l->next_fit++;
        return;
    }
}

/* After a pass: keeps the weights of a lane that is done and refills it. */
static inline void renew_lane(const struct svm_plan *g, struct svm_lanes *l, int chain, int lane)
{
    bool violated = bits(l->chain[chain].violated) >> lane & 1;
    if (++l->lane[chain][lane].passes < MAX_PASSES && violated)
        return;
    struct svm_fit *fit = &g->fit[l->lane[chain][lane].fit - g->first_fit];
    for (size_t k = 0; k < SVM_WEIGHTS; k++)
        fit->w[l->lane[chain][lane].class][k] = lane_value(l->chain[chain].w, k, lane);
    fill_svm_lane(g, l, chain, lane);
}

static inline void train_machines(const struct svm_plan *g)
{
    struct svm_lanes l = {.next_fit = g->first_fit, .next_class = LABELS};
    memset(g->rows, 0, svm_row(g->fits.window, 0) * WIDTH * sizeof(double));
    for (int chain = 0; chain < CHAINS; chain++)
        for (int lane = 0; lane < WIDTH; lane++)
            fill_svm_lane(g, &l, chain, lane);
    for (bool busy = true; busy;) {
        svm_pass(l.chain, g->rows, g->fits.window);
        busy = false;
        for (int chain = 0; chain < CHAINS; chain++)
            for (int lane = 0; lane < WIDTH; lane++)
                if (l.lane[chain][lane].busy) {
                    renew_lane(g, &l, chain, lane);
                    busy = busy || l.lane[chain][lane].busy;
                }
    }
}

static inline double decision_value(const double *w, const double *x)
{
    double dot = w[0] * x[0];
    for (int k = 1; k < SVM_FEATURES; k++)
        dot += w[k] * x[k];
    return dot + w[SVM_FEATURES];
}

/*
 * The class with the largest value; of equal ones the lower. Unknown where a feature of the
 * day or a value is no number: prices lie further apart than a ratio can hold.
 */
static inline void label_day(const struct svm_fit *fit, const double *x, uint8_t *label,
                             double *confidence)
{
    double largest = 0.0, second = 0.0;
    int best = -1, classes = 0;
    for (int c = 0; c < LABELS; c++) {
        if (!fit->present[c])
            continue;
        double value = decision_value(fit->w[c], x);
        bool wins = best < 0 || value > largest;
        second = wins ? largest : classes == 1 || value > second ? value : second;
        largest = wins ? value : largest;
        best = wins ? c : best;
        classes++;
    }
    double share = classes == 1 ? 1.0 : 1.0 / (1.0 + math_exp(-(largest - second)));
    bool defined = classes > 0 && share >= 0.0;
    for (int k = 0; k < SVM_FEATURES; k++)
        defined = defined && x[k] - x[k] == 0.0;
    *label = defined ? (uint8_t)(BEAR + best) : UNKNOWN;
    *confidence = defined ? share : 0.0;
}

static inline void label_machines(const struct svm_plan *g, uint8_t *label, double *confidence)
{
    for (size_t d = g->first_day; d <= g->last_day; d++) {
        const struct svm_fit *fit = &g->fit[fit_on(&g->fits, d) - g->first_fit];
        double x[SVM_FEATURES];
        for (int k = 0; k < SVM_FEATURES; k++)
            x[k] = standardised(g->feature[k][d], fit->mean[k], fit->deviation[k]);
        label_day(fit, x, label + (d - g->first_day), confidence + (d - g->first_day));
    }
}

static inline void label_svm(const struct svm_plan *g, const struct day_series *days,
                             uint8_t *label, double *confidence)
{
    make_svm_features(days->close, g->last_day, g->log_return, g->feature);
    for (size_t d = 0; d + HORIZON <= g->last_day; d++)
        g->outcome[d] = days->close[d + HORIZON] / days->close[d] - 1.0;
    train_machines(g);
    label_machines(g, label, confidence);
}

#endif
