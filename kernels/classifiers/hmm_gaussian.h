/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One iteration of Baum-Welch for WIDTH hidden Markov models at once: three Gaussian
 * states, two features, diagonal covariance (Rabiner, A tutorial on hidden Markov models,
 * Proceedings of the IEEE 77, 1989; the scaled recursions of section V.A).
 *
 * All sums run over the states in the order 0, 1, 2 and over the days in time order.
 * Divisions take most of the time; there are 25 a day, and as each is rounded they cannot
 * be shared.
 */
#ifndef ADMF_HMM_GAUSSIAN_H
#define ADMF_HMM_GAUSSIAN_H

#include "kernels/classifiers/hmm_days.h"
#include "kernels/classifiers/hmm_start.h"
#include "kernels/math/vexp.h"
#include "kernels/math/vlog.h"

enum { MAX_STEPS = 25 };
#define SMALLEST_SCALE 1e-250 /* below it the scaled recursion has lost the state */
#define EMPTY 1e-8            /* a state or row with less weight keeps its values */
#define HMM_TOLERANCE 1e-6    /* relative gain of the likelihood below which a fit is done */

/* One model per lane. The order is that of struct gaussian_fit. */
struct gaussian {
    vd start[STATES], move[STATES][STATES];
    vd mean[STATES][FEATURES], variance[STATES][FEATURES];
};
_Static_assert(sizeof(struct gaussian) == FIT_VALUES * sizeof(vd), "one vector per value of a fit");

/* Window-long arrays of WIDTH lanes. */
struct gaussian_work {
    double *x[FEATURES]; /* observations */
    double *b[STATES];   /* emission densities, the largest of a day scaled to 1 */
    double *a[STATES];   /* forward probabilities, then posterior ones */
    double *beta[STATES];
    double *c;   /* scales */
    double *top; /* logarithms of the largest densities */
};

/* What stays the same while a model is used on many days. */
struct emission {
    vd mean[STATES][FEATURES], variance[STATES][FEATURES], log_norm[STATES][FEATURES];
};

VEC struct emission emission_of(const struct gaussian *g)
{
    struct emission e;
    for (int k = 0; k < STATES; k++)
        for (int f = 0; f < FEATURES; f++) {
            e.mean[k][f] = g->mean[k][f];
            e.variance[k][f] = g->variance[k][f];
            e.log_norm[k][f] = vlog(0x1.921fb54442d18p+2 * g->variance[k][f]); /* 2π·σ² */
        }
    return e;
}

/*
 * b = exp(λ − max λ); returns max λ. The largest b is exp(0) = 1, so two exponentials do
 * for three states.
 */
VEC vd emit(const struct emission *e, const vd *x, vd *b)
{
    vd l[STATES];
    for (int k = 0; k < STATES; k++) {
        vd d0 = x[0] - e->mean[k][0], d1 = x[1] - e->mean[k][1];
        l[k] = -0.5 * ((d0 * d0 / e->variance[k][0] + e->log_norm[k][0]) +
                       (d1 * d1 / e->variance[k][1] + e->log_norm[k][1]));
    }
    vd top = larger(larger(l[0], l[1]), l[2]);
    vm is_0 = eq(l[0], top), is_01 = either(is_0, eq(l[1], top));
    vd p = vexp(sel(is_0, l[1], l[0]) - top);
    vd q = vexp(sel(is_01, l[2], l[1]) - top);
    b[0] = sel(is_0, splat(1.0), p);
    b[1] = sel(is_0, p, sel(is_01, splat(1.0), q));
    b[2] = sel(is_01, q, splat(1.0));
    return top;
}

/* The forward recursion: u = π·b on the first day, u = (a·A)·b on the others. */
VEC void first_day(const struct gaussian *g, const vd *b, vd *u)
{
    for (int k = 0; k < STATES; k++)
        u[k] = g->start[k] * b[k];
}

VEC void forward(const struct gaussian *g, const vd *a, const vd *b, vd *u)
{
    for (int k = 0; k < STATES; k++)
        u[k] = ((a[0] * g->move[0][k] + a[1] * g->move[1][k]) + a[2] * g->move[2][k]) * b[k];
}

/*
 * The E-step's forward part is cut into two loops: the densities of different days are independent
 * and keep the machine busy, while each step of the recursion waits for the one before. The
 * logarithms of its scales, which nothing waits for, are taken beside it.
 */
VEC void emission_pass(const struct gaussian *g, const struct gaussian_work *w, size_t days)
{
    struct emission e = emission_of(g);
    for (size_t j = 0; j < days; j++) {
        vd b[STATES], x[FEATURES] = {load_lanes(w->x[0], j), load_lanes(w->x[1], j)};
        store_lanes(w->top, j, emit(&e, x, b));
        for (int k = 0; k < STATES; k++)
            store_lanes(w->b[k], j, b[k]);
    }
}

/* The log-likelihood; *lost where a scale is too small. */
VEC vd recursion_pass(const struct gaussian *g, const struct gaussian_work *w, size_t days,
                      vm *lost)
{
    vd a[STATES], b[STATES], u[STATES], log_likelihood = splat(0.0);
    vm too_small = none();
    for (size_t j = 0; j < days; j++) {
        for (int k = 0; k < STATES; k++)
            b[k] = load_lanes(w->b[k], j);
        if (j == 0)
            first_day(g, b, u);
        else
            forward(g, a, b, u);
        vd c = (u[0] + u[1]) + u[2];
        store_lanes(w->c, j, c);
        for (int k = 0; k < STATES; k++) {
            a[k] = u[k] / c;
            store_lanes(w->a[k], j, a[k]);
        }
        log_likelihood = log_likelihood + (vlog(c) + load_lanes(w->top, j));
        too_small = either(too_small, lt(c, splat(SMALLEST_SCALE)));
    }
    *lost = too_small;
    return log_likelihood;
}

VEC vd forward_pass(const struct gaussian *g, const struct gaussian_work *w, size_t days, vm *lost)
{
    emission_pass(g, w, days);
    return recursion_pass(g, w, days, lost);
}

/* E-step, backward part. */
VEC void backward_pass(const struct gaussian *g, const struct gaussian_work *w, size_t days)
{
    vd beta[STATES] = {splat(1.0), splat(1.0), splat(1.0)};
    for (size_t j = days; j-- > 0;) {
        for (int i = 0; i < STATES; i++)
            store_lanes(w->beta[i], j, beta[i]);
        vd v[STATES], c = load_lanes(w->c, j);
        for (int k = 0; k < STATES; k++)
            v[k] = load_lanes(w->b[k], j) * beta[k];
        for (int i = 0; i < STATES; i++)
            beta[i] = ((g->move[i][0] * v[0] + g->move[i][1] * v[1]) + g->move[i][2] * v[2]) / c;
    }
}

/* Σξ(i, k) over all days; a loop of its own keeps the nine sums in registers. */
VEC void moves_pass(const struct gaussian *g, const struct gaussian_work *w, size_t days,
                    vd moves[STATES][STATES])
{
    vd sum[STATES][STATES] = {{{0}}};
    for (size_t j = 1; j < days; j++) {
        vd c = load_lanes(w->c, j);
        for (int k = 0; k < STATES; k++) {
            vd b = load_lanes(w->b[k], j), beta = load_lanes(w->beta[k], j);
            for (int i = 0; i < STATES; i++)
                sum[i][k] = sum[i][k] + load_lanes(w->a[i], j - 1) * g->move[i][k] * b * beta / c;
        }
    }
    memcpy(moves, sum, sizeof sum);
}

/* Σγ and Σγx over all days. */
struct weights {
    vd days[STATES], x[STATES][FEATURES];
};

/* γ takes the place of the forward probabilities. */
VEC struct weights posterior_pass(const struct gaussian_work *w, size_t days)
{
    struct weights s = {0};
    for (size_t j = 0; j < days; j++) {
        vd gamma[STATES];
        for (int k = 0; k < STATES; k++)
            gamma[k] = load_lanes(w->a[k], j) * load_lanes(w->beta[k], j);
        vd sum = (gamma[0] + gamma[1]) + gamma[2];
        for (int k = 0; k < STATES; k++) {
            gamma[k] = gamma[k] / sum;
            store_lanes(w->a[k], j, gamma[k]);
            s.days[k] = s.days[k] + gamma[k];
            for (int f = 0; f < FEATURES; f++)
                s.x[k][f] = s.x[k][f] + gamma[k] * load_lanes(w->x[f], j);
        }
    }
    return s;
}

/* Σγ(x − μ)² with the new means. */
VEC void spread_pass(const struct gaussian *g, const struct gaussian_work *w, size_t days,
                     vd spread[STATES][FEATURES])
{
    for (int k = 0; k < STATES; k++)
        for (int f = 0; f < FEATURES; f++)
            spread[k][f] = splat(0.0);
    for (size_t j = 0; j < days; j++)
        for (int k = 0; k < STATES; k++)
            for (int f = 0; f < FEATURES; f++) {
                vd d = load_lanes(w->x[f], j) - g->mean[k][f];
                spread[k][f] = spread[k][f] + load_lanes(w->a[k], j) * (d * d);
            }
}

VEC struct gaussian m_step(const struct gaussian *g, const struct gaussian_work *w, size_t days,
                           const vd *floors)
{
    vd moves[STATES][STATES];
    moves_pass(g, w, days, moves);
    struct weights s = posterior_pass(w, days);
    struct gaussian next = *g;
    vm kept[STATES];
    for (int i = 0; i < STATES; i++) {
        next.start[i] = load_lanes(w->a[i], 0);
        vd row = (moves[i][0] + moves[i][1]) + moves[i][2];
        vm empty = le(row, splat(EMPTY));
        for (int k = 0; k < STATES; k++)
            next.move[i][k] = sel(empty, g->move[i][k], moves[i][k] / row);
        kept[i] = le(s.days[i], splat(EMPTY));
        for (int f = 0; f < FEATURES; f++)
            next.mean[i][f] = sel(kept[i], g->mean[i][f], s.x[i][f] / s.days[i]);
    }
    vd spread[STATES][FEATURES];
    spread_pass(&next, w, days, spread);
    for (int i = 0; i < STATES; i++)
        for (int f = 0; f < FEATURES; f++)
            next.variance[i][f] =
                sel(kept[i], g->variance[i][f], larger(spread[i][f] / s.days[i], floors[f]));
    return next;
}

#endif
