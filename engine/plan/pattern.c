/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/plan/pattern.h"

#include <string.h>

#include "engine/base/failure.h"
#include "engine/catalog/patterns.h"

static const admf_pattern *base_of(const struct config *config)
{
    return pattern_find(config->base_pattern);
}

enum plan_mode pattern_mode(const struct config *config)
{
    if (strcmp(config->base_pattern, "signal_generation") == 0)
        return PLAN_GENERATE;
    return strcmp(config->base_pattern, "signal_replay") == 0 ? PLAN_REPLAY : PLAN_BACKTEST;
}

admf_status pattern_check(const struct config *config, admf_diagnostics *errors)
{
    const admf_pattern *base = base_of(config);
    const struct place *place = &config->classifiers.place;
    /* Regimes of a replay are in its store. */
    if (config->classifiers.count == 0 || pattern_mode(config) == PLAN_REPLAY ||
        strstr(base->stateless, "classifier"))
        return ADMF_OK;
    return report(errors, ADMF_BAD_CONFIG, config->path, place->line, place->column, place->length,
                  "base_pattern %s has no classifiers; remove them, or use full_backtest",
                  base->name);
}

void plan_choose_pattern(struct plan *plan)
{
    plan->base_pattern =
        plan->mode == PLAN_GENERATE ? pattern_find("signal_generation") : base_of(plan->config);
    plan->pattern =
        plan->has_grid ? pattern_find("auto_stateless_optimization") : plan->base_pattern;
}

enum axis_kind plan_outer_axis(const struct plan *plan)
{
    return plan->axes[AXIS_CLASSIFIER].count < plan->axes[AXIS_STRATEGY].count ? AXIS_CLASSIFIER
                                                                               : AXIS_STRATEGY;
}
