/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/plan/pattern.h"

#include <string.h>

#include "engine/base/failure.h"

static const admf_pattern patterns[] = {
#define PATTERN(name_, help_, stateful_, shared_, expand_, cascade_, stateless_, nesting_, route_) \
    {.name = #name_,                                                                               \
     .help = help_,                                                                                \
     .stateful = stateful_,                                                                        \
     .shared = shared_,                                                                            \
     .expand = expand_,                                                                            \
     .cascade = cascade_,                                                                          \
     .stateless = stateless_,                                                                      \
     .nesting = nesting_,                                                                          \
     .route = route_},
#include "kernels/catalog/patterns.def"
#undef PATTERN
};

const admf_pattern *admf_patterns(size_t *count)
{
    *count = sizeof patterns / sizeof *patterns;
    return patterns;
}

static const admf_pattern *find(const char *name)
{
    for (size_t k = 0; k < sizeof patterns / sizeof *patterns; k++)
        if (strcmp(patterns[k].name, name) == 0)
            return &patterns[k];
    return NULL;
}

admf_status plan_choose_pattern(struct plan *plan, admf_diagnostics *errors)
{
    const char *base = plan->config->base_pattern ? plan->config->base_pattern : "full_backtest";
    plan->base_pattern = find(base);
    if (!plan->base_pattern)
        return report(errors, ADMF_INTERNAL, NULL, 0, 0, 0, "no pattern '%s'", base);
    plan->pattern = plan->has_grid ? find("auto_stateless_optimization") : plan->base_pattern;
    if (!plan->has_grid && strcmp(base, "simple_backtest") == 0 && plan->combinations > 1)
        return report(errors, ADMF_BAD_CONFIG, plan->config->path, 0, 0, 0,
                      "simple_backtest runs one combination, and this file has %llu; use "
                      "base_pattern full_backtest",
                      (unsigned long long)plan->combinations);
    return ADMF_OK;
}

enum axis_kind plan_outer_axis(const struct plan *plan)
{
    return plan->axes[AXIS_CLASSIFIER].count < plan->axes[AXIS_STRATEGY].count ? AXIS_CLASSIFIER
                                                                               : AXIS_STRATEGY;
}
