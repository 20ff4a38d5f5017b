/* SPDX-License-Identifier: Apache-2.0 */
/*
 * hmm, model_type hmm. Stage 1 (fit_gaussians) keeps WIDTH fits in the lanes; after each
 * iteration the lanes that have converged write their model and take the next fit.
 * Stage 2 (label_gaussian) runs the forward recursion of WIDTH neighbouring fits over
 * their windows and on over the days they label.
 */
#ifndef ADMF_HMM_GAUSSIAN_DAYS_H
#define ADMF_HMM_GAUSSIAN_DAYS_H

#include "kernels/classifiers/hmm_gaussian.h"

/* The fits a call needs, and what they are made from. */
struct gaussian_plan {
    struct fit_days fits;
    size_t first_fit, last_fit, first_day, last_day; /* of the labels asked for */
    size_t origin;                                   /* day of x[f][0] */
    double *x[FEATURES];
    struct gaussian_fit *fit; /* from first_fit on */
    bool *valid;
    struct ranked *ranked, *fresh; /* room of a sorted window */
    uint8_t *state;
    struct gaussian_work work;
};

/* The fits in the lanes. */
struct gaussian_lanes {
    struct gaussian now, before;
    vd log_likelihood, floors[FEATURES];
    size_t fit[WIDTH], next_fit;
    struct sorted_window window; /* of the last fit that was started */
    int steps[WIDTH];            /* M-steps made */
    unsigned busy;               /* bit per lane */
};

static inline void lay_out_gaussian(struct gaussian_plan *g, struct scratch *s, size_t days)
{
    size_t fits = fits_in(&g->fits, days), window = fits ? g->fits.window : 0;
    for (int f = 0; f < FEATURES; f++) {
        g->x[f] = take(s, days, sizeof(double));
        g->work.x[f] = take(s, window * WIDTH, sizeof(double));
    }
    for (int k = 0; k < STATES; k++) {
        g->work.b[k] = take(s, window * WIDTH, sizeof(double));
        g->work.a[k] = take(s, window * WIDTH, sizeof(double));
        g->work.beta[k] = take(s, window * WIDTH, sizeof(double));
    }
    g->work.c = take(s, window * WIDTH, sizeof(double));
    g->work.top = take(s, window * WIDTH, sizeof(double));
    g->fit = take(s, fits, sizeof *g->fit);
    g->valid = take(s, fits, sizeof *g->valid);
    g->ranked = take(s, window, sizeof *g->ranked);
    g->fresh = take(s, 2 * window, sizeof *g->fresh);
    g->state = take(s, window, 1);
}

/* x of the days from … to: returns and ranges as logarithms */
static inline void observe(const struct gaussian_plan *g, const struct day_series *days, size_t to)
{
    for (size_t d = g->origin; d <= to; d++) {
        g->x[0][d - g->origin] = days->close[d] / days->close[d - 1];
        g->x[1][d - g->origin] = days->high[d] / days->low[d];
    }
    size_t n = to - g->origin + 1, j = 0;
    for (int f = 0; f < FEATURES; f++) {
        for (j = 0; j + WIDTH <= n; j += WIDTH)
            store(g->x[f] + j, vlog(load(g->x[f] + j)));
        for (; j < n; j++)
            g->x[f][j] = math_log(g->x[f][j]);
    }
}

/* Puts the next fit that has a start into the lane, or leaves the lane idle. */
static inline void fill_lane(const struct gaussian_plan *g, struct gaussian_lanes *l, int lane)
{
    size_t window = g->fits.window;
    l->busy &= ~(1u << lane);
    while (l->next_fit <= g->last_fit) {
        struct gaussian_fit start;
        double floors[FEATURES];
        size_t fit = l->next_fit++;
        size_t from = day_of_fit(&g->fits, fit) + 1 - window - g->origin;
        const double *x[FEATURES] = {g->x[0] + from, g->x[1] + from};
        g->valid[fit - g->first_fit] = false;
        memset(&g->fit[fit - g->first_fit], 0, sizeof *g->fit);
        if (!start_fit(x, from, window, &l->window, g->state, &start, floors)) {
            l->window.count = 0; /* what is no number has no order to take over */
            continue;
        }
        for (size_t i = 0; i < FIT_VALUES; i++)
            set_lane_value(&l->now, i, lane, ((const double *)&start)[i]);
        for (int f = 0; f < FEATURES; f++) {
            set_lane_value(&l->floors[f], 0, lane, floors[f]);
            for (size_t j = 0; j < window; j++)
                set_lane_value(g->work.x[f], j, lane, x[f][j]);
        }
        set_lane_value(&l->log_likelihood, 0, lane, -__builtin_inf());
        l->fit[lane] = fit;
        l->steps[lane] = 0;
        l->busy |= 1u << lane;
        return;
    }
}

static inline void keep_fit(const struct gaussian_plan *g, size_t fit, const struct gaussian *model,
                            int lane, bool valid)
{
    g->valid[fit - g->first_fit] = valid;
    for (size_t i = 0; i < FIT_VALUES; i++)
        ((double *)&g->fit[fit - g->first_fit])[i] = lane_value(model, i, lane);
}

/* One iteration in all lanes; returns the lanes that are done. */
static inline unsigned iterate(const struct gaussian_plan *g, struct gaussian_lanes *l)
{
    size_t window = g->fits.window;
    vm lost;
    vd log_likelihood = forward_pass(&l->now, &g->work, window, &lost);
    vd least = HMM_TOLERANCE * larger(vabs(l->log_likelihood), splat(1.0));
    unsigned stuck = bits(lost), settled = bits(lt(log_likelihood - l->log_likelihood, least));
    unsigned done = 0;
    backward_pass(&l->now, &g->work, window);
    struct gaussian next = m_step(&l->now, &g->work, window, l->floors);
    for (int lane = 0; lane < WIDTH; lane++) {
        unsigned bit = 1u << lane;
        if (!(l->busy & bit))
            continue;
        if (stuck & bit)
            keep_fit(g, l->fit[lane], &l->before, lane, l->steps[lane] > 0);
        else if (settled & bit)
            keep_fit(g, l->fit[lane], &l->now, lane, true);
        else if (++l->steps[lane] == MAX_STEPS)
            keep_fit(g, l->fit[lane], &next, lane, true);
        else
            continue;
        done |= bit;
    }
    l->before = l->now;
    l->now = next;
    l->log_likelihood = log_likelihood;
    return done;
}

static inline void fit_gaussians(const struct gaussian_plan *g)
{
    struct gaussian_lanes lanes = {.next_fit = g->first_fit,
                                   .window = {.ranked = g->ranked, .fresh = g->fresh}};
    unsigned done = (1u << WIDTH) - 1;
    for (int f = 0; f < FEATURES; f++)
        memset(g->work.x[f], 0, g->fits.window * WIDTH * sizeof(double));
    do {
        for (int lane = 0; lane < WIDTH; lane++)
            if (done >> lane & 1)
                fill_lane(g, &lanes, lane);
        if (lanes.busy)
            done = iterate(g, &lanes);
    } while (lanes.busy);
}

/* The states of a lane by mean return, lowest first; of equal ones the lower index. */
static inline void order_states(const struct gaussian_fit *fit, int *order)
{
    for (int i = 0; i < STATES; i++) {
        int rank = 0;
        for (int k = 0; k < STATES; k++)
            rank +=
                fit->mean[k][0] < fit->mean[i][0] || (fit->mean[k][0] == fit->mean[i][0] && k < i);
        order[rank] = i;
    }
}

/* Neighbouring fits whose filters run side by side. */
struct filter_lanes {
    struct gaussian model;
    struct emission emission;
    size_t first_fit;
    int count, order[WIDTH][STATES];
};

static inline void load_filters(const struct gaussian_plan *g, struct filter_lanes *l)
{
    memset(&l->model, 0, sizeof l->model);
    for (int lane = 0; lane < l->count; lane++) {
        const struct gaussian_fit *fit = &g->fit[l->first_fit - g->first_fit + (size_t)lane];
        for (size_t i = 0; i < FIT_VALUES; i++)
            set_lane_value(&l->model, i, lane, ((const double *)fit)[i]);
        order_states(fit, l->order[lane]);
    }
    l->emission = emission_of(&l->model);
}

/* Observations of each lane's day j of its window, and beyond. */
VEC void observations_at(const struct gaussian_plan *g, const struct filter_lanes *l, size_t j,
                         vd *x)
{
    for (int lane = 0; lane < WIDTH; lane++) {
        size_t fit = l->first_fit + (size_t)(lane < l->count ? lane : 0);
        size_t day = day_of_fit(&g->fits, fit) + 1 - g->fits.window + j;
        day = day < g->last_day ? day : g->last_day;
        for (int f = 0; f < FEATURES; f++)
            x[f][lane] = g->x[f][day - g->origin];
    }
}

/* Writes the labels of the lanes' days `past` days after their fits. */
static inline void write_labels(const struct gaussian_plan *g, const struct filter_lanes *l,
                                const vd *a, size_t past, uint8_t *label, double *confidence)
{
    for (int lane = 0; lane < l->count; lane++) {
        size_t fit = l->first_fit + (size_t)lane, day = day_of_fit(&g->fits, fit) + past;
        if (day < g->first_day || day > g->last_day || !g->valid[fit - g->first_fit])
            continue;
        int best = 0;
        double largest = a[l->order[lane][0]][lane];
        for (int rank = 1; rank < STATES; rank++)
            if (a[l->order[lane][rank]][lane] > largest) {
                best = rank;
                largest = a[l->order[lane][rank]][lane];
            }
        bool defined = largest >= 0.0;
        label[day - g->first_day] = defined ? (uint8_t)(BEAR + best) : UNKNOWN;
        confidence[day - g->first_day] = defined ? largest : 0.0;
    }
}

static inline void filter(const struct gaussian_plan *g, const struct filter_lanes *l,
                          uint8_t *label, double *confidence)
{
    size_t window = g->fits.window, left = g->last_day - day_of_fit(&g->fits, l->first_fit) + 1;
    size_t labelled = left < g->fits.every ? left : g->fits.every;
    vd a[STATES], b[STATES], u[STATES], x[FEATURES] = {0};
    for (size_t j = 0; j < window + labelled - 1; j++) {
        observations_at(g, l, j, x);
        emit(&l->emission, x, b);
        if (j == 0)
            first_day(&l->model, b, u);
        else
            forward(&l->model, a, b, u);
        vd c = (u[0] + u[1]) + u[2];
        vm lost = lt(c, splat(SMALLEST_SCALE));
        vd sum = sel(lost, (b[0] + b[1]) + b[2], c);
        for (int k = 0; k < STATES; k++)
            a[k] = sel(lost, b[k], u[k]) / sum;
        if (j >= window - 1)
            write_labels(g, l, a, j + 1 - window, label, confidence);
    }
}

static inline void label_gaussian(struct gaussian_plan *g, const struct day_series *days,
                                  uint8_t *label, double *confidence)
{
    g->origin = day_of_fit(&g->fits, g->first_fit) + 1 - g->fits.window;
    observe(g, days, g->last_day);
    fit_gaussians(g);
    for (size_t fit = g->first_fit; fit <= g->last_fit; fit += WIDTH) {
        size_t left = g->last_fit - fit + 1;
        struct filter_lanes lanes = {.first_fit = fit, .count = left < WIDTH ? (int)left : WIDTH};
        load_filters(g, &lanes);
        filter(g, &lanes, label, confidence);
    }
}

#endif
