/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What both models of the classifier hmm share: its parameters, which days are fitted,
 * and lanes in memory.
 *
 * A lane is a fit (or a part of one); value i of WIDTH lanes stands at i·WIDTH. Fits do
 * not depend on each other, so which lane a fit gets, and how wide a vector is, shows in
 * no result: a lane that is done is refilled with the next fit.
 */
#ifndef ADMF_HMM_DAYS_H
#define ADMF_HMM_DAYS_H

#include "kernels/days.h"
#include "kernels/math/log.h"
#include "kernels/vec.h"

enum { HMM_GAUSSIAN, HMM_SVM };                    /* words of model_type */
enum { UNKNOWN, BEAR, NEUTRAL, BULL, LABELS = 3 }; /* codes */

struct fit_days {
    size_t window; /* days a fit sees */
    size_t every;  /* days from one fit to the next */
    size_t start;  /* day of fit 0 */
};

static inline struct fit_days fit_days_of(const double *p)
{
    size_t window = (size_t)p[1];
    size_t warm_up = p[0] == HMM_GAUSSIAN ? 0 : 24; /* features from day 20, outcomes 5 days on */
    return (struct fit_days){window, (size_t)p[2], window + warm_up};
}

/* the fit that holds on day d ≥ start, and the day it was made */
static inline size_t fit_on(const struct fit_days *f, size_t d)
{
    return (d - f->start) / f->every;
}

static inline size_t day_of_fit(const struct fit_days *f, size_t fit)
{
    return f->start + fit * f->every;
}

/* fits there can be in a series */
static inline size_t fits_in(const struct fit_days *f, size_t days)
{
    return days > f->start ? fit_on(f, days - 1) + 1 : 0;
}

/* Mean and population variance of x, in time order. */
static inline void moments(const double *x, size_t n, double *mean, double *variance)
{
    double sum = 0.0, squares = 0.0;
    for (size_t j = 0; j < n; j++)
        sum += x[j];
    *mean = sum / (double)n;
    for (size_t j = 0; j < n; j++)
        squares += (x[j] - *mean) * (x[j] - *mean);
    *variance = squares / (double)n;
}

static inline double lane_value(const void *vectors, size_t i, int lane)
{
    double x;
    memcpy(&x, (const char *)vectors + (i * WIDTH + (size_t)lane) * sizeof x, sizeof x);
    return x;
}

static inline void set_lane_value(void *vectors, size_t i, int lane, double x)
{
    memcpy((char *)vectors + (i * WIDTH + (size_t)lane) * sizeof x, &x, sizeof x);
}

VEC vd load_lanes(const double *vectors, size_t i) { return load(vectors + i * WIDTH); }
VEC void store_lanes(double *vectors, size_t i, vd x) { store(vectors + i * WIDTH, x); }

/* Arrays one after the other in the scratch of a call, each on a 64-byte border. */
struct scratch {
    char *base; /* NULL: only count */
    size_t used;
};

static inline void *take(struct scratch *s, size_t count, size_t size)
{
    void *array = s->base ? s->base + s->used : NULL;
    s->used += (count * size + 63) / 64 * 64;
    return array;
}

#endif
