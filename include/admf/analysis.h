/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Is the best of many combinations more than luck? Answers from the cube, which knows how many
 * were tried. docs/STATISTICS.md has the formulas and their sources.
 *
 *     admf_trials trials;
 *     admf_overfitting overfitting;
 *     admf_cube_trials(cube, 0, 0, &trials, &error);
 *     admf_cube_overfitting(cube, 0, 0, &trials, 10000, &overfitting, &error);
 *
 * What cannot be told is NaN, and `missing` says why in a few words; it is NULL otherwise, and
 * lives as long as the program. Functions with a cube fail as those of admf/cube.h do.
 */
#ifndef ADMF_ANALYSIS_H
#define ADMF_ANALYSIS_H

#include <stdint.h>

#include "admf/cube.h"
#include "admf/error.h"

#ifdef __cplusplus
extern "C" {
#endif

/* The combinations of one symbol and window that have a Sharpe ratio. */
typedef struct admf_trials {
    uint64_t count;
    double mean;       /* of their metrics `sharpe`, which are annualised */
    double deviations; /* sum of the squared deviations from it: variance·(count - 1) */
    double samples;    /* returns that each of them has */
    double periods;    /* of these a year */
    double risk_free;  /* the return without risk of one of them */
    const char *missing;
} admf_trials;
/* Where something is missing, samples, periods and risk_free are NaN; so is the mean of none. */
admf_status admf_cube_trials(admf_cube *cube, uint64_t symbol, uint64_t window, admf_trials *out,
                             admf_error *error);
/* Adds the trials of another symbol or window to count, mean and deviations of `all`, which starts
 * from {0}. */
void admf_trials_join(admf_trials *all, const admf_trials *more);

/*
 * Largest Sharpe ratio to be expected of `trials` without any skill, from the variance of theirs;
 * NaN below two trials. Annualised where the variance is of annualised ones. What was chosen from
 * several symbols or windows was chosen from the trials of all of them.
 */
double admf_expected_maximum_sharpe(double variance, uint64_t trials);
/*
 * Probability that the Sharpe ratio is truly above `expected_maximum`; both are those of one
 * sample period, not annualised. `kurtosis` is 3 for a normal distribution. NaN where it is
 * undefined.
 */
double admf_deflated_sharpe(double sharpe, double expected_maximum, double samples, double skew,
                            double kurtosis);
/* Combinatorially symmetric cross-validation of one symbol and window. */
typedef struct admf_overfitting {
    double probability; /* of backtest overfitting */
    uint64_t blocks;    /* stretches of time, half of which choose */
    uint64_t splits;    /* of them into halves, of those that could be judged */
    uint64_t compared;  /* combinations: the trials, or those of them that were drawn */
    const char *missing;
} admf_overfitting;
/*
 * Of more than `most` trials (at least 2), so many are drawn, always the same ones. Takes time in
 * proportion to the combinations compared, some 0.03 s for 1000, and to the part of the file that
 * they are in, which is bounded where they are drawn, as is the memory.
 */
admf_status admf_cube_overfitting(admf_cube *cube, uint64_t symbol, uint64_t window,
                                  const admf_trials *trials, uint64_t most, admf_overfitting *out,
                                  admf_error *error);

/* A combination among those that differ from it by one step of one parameter. */
typedef struct admf_neighbourhood {
    uint64_t count;      /* neighbours that were computed */
    double median;       /* of them: how good they are, 1 being as good as the combination */
    double half_as_good; /* share that is at least half as good */
} admf_neighbourhood;
/*
 * out has `count` elements, one for each of `cells`, which were ranked by the metric `by` (an
 * index, see admf_cube_metric_index) or have its value in `by`: what it is to be as good. The
 * median and the share are NaN without neighbours, and where that value is not above 0.
 */
admf_status admf_cube_neighbourhoods(admf_cube *cube, int by, const admf_ranked *cells,
                                     uint64_t count, admf_neighbourhood *out, admf_error *error);

#ifdef __cplusplus
}
#endif
#endif
