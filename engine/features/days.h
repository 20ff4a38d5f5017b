/* SPDX-License-Identifier: Apache-2.0 */
/* Session days of a series, and the labels of classifiers that are fitted to them. */
#ifndef ADMF_ENGINE_FEATURES_DAYS_H
#define ADMF_ENGINE_FEATURES_DAYS_H

#include "engine/plan/plan.h"

/* Labels of every day classifier instance of a plan for one symbol. */
struct day_labels {
    size_t days;
    uint8_t **label;     /* [classifier instances][days]: codes; NULL for classifiers of bars */
    double **confidence; /* the same, in [0, 1]; NULL unless asked for */
};

/* Bytes that day_labels_make takes, with the threads of plan->sizes. */
uint64_t day_labels_bytes(const struct plan *plan, const struct bars *bars);

/*
 * Folds the bars to days (highest high, lowest low, last close) and labels them, sharing
 * instances and stretches of days among `threads`. `only`: one instance, or -1 for all. The caller
 * owns *out and gives it back with day_labels_deinit (`classifiers`: the instances of the plan); on
 * failure, ADMF_INTERNAL for lack of memory, it is empty.
 */
admf_status day_labels_make(const struct plan *plan, const struct bars *bars, int only,
                            bool with_confidence, int threads, struct day_labels *out,
                            admf_error *error);
void day_labels_deinit(struct day_labels *labels, size_t classifiers);

/*
 * The day whose label a bar has: its own where bars are days, else the day before.
 * SIZE_MAX: none yet.
 */
static inline size_t day_of_label(const struct bars *bars, size_t bar)
{
    size_t day = (size_t)bars->session_day[bar];
    if (bars->daily_or_longer)
        return day;
    return day == 0 ? SIZE_MAX : day - 1;
}

#endif
