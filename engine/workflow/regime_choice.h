/* SPDX-License-Identifier: Apache-2.0 */
/* Which strategy does best in which regime, by the cube of a training phase. */
#ifndef ADMF_ENGINE_WORKFLOW_REGIME_CHOICE_H
#define ADMF_ENGINE_WORKFLOW_REGIME_CHOICE_H

#include "engine/plan/plan.h"

/* Owned; texts in `choices` are those of the plan. All zero at first. */
struct regime_choices {
    size_t count;
    struct regime_choice *choices; /* in order of symbol, triple and label */
    size_t combination_count;
    uint64_t *combinations; /* all that are chosen, each once, in ascending order */
};

/* Which of the adaptive portfolios are taken. */
struct regime_wanted {
    int by; /* metric_id */
    uint64_t n, min_trades;
};

/*
 * For each symbol and triple of the training phase `plan`, which has one window, and each label of
 * its classifier: the strategy with the largest profit in /by_regime of the finished cube at `path`
 * (ties: the lower number; flat where no strategy has either profit or trades). Of the portfolios
 * that trade by these choices the n best over the training window itself are kept: by a metric that
 * is defined, with enough closed trades. None at all is no error. `stop`: the run's, or NULL.
 * regime_choices_deinit also after a failure.
 */
admf_status regime_choices_make(struct regime_choices *out, const struct plan *plan,
                                const char *path, const struct regime_wanted *wanted,
                                const volatile int *stop, admf_error *error);
void regime_choices_deinit(struct regime_choices *choices);

#endif
