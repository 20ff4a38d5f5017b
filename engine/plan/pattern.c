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

/* Names come from the configuration's own table of words, which has no others. */
static const admf_pattern *find(const char *name)
{
    const admf_pattern *pattern = patterns;
    while (strcmp(pattern->name, name) != 0)
        pattern++;
    return pattern;
}

static const admf_pattern *base_of(const struct config *config)
{
    return find(config->base_pattern ? config->base_pattern : "full_backtest");
}

admf_status pattern_check(const struct config *config, admf_diagnostics *errors)
{
    const admf_pattern *base = base_of(config);
    const struct place *place = &config->classifiers.place;
    if (config->classifiers.count == 0 || strstr(base->stateless, "classifier"))
        return ADMF_OK;
    return report(errors, ADMF_BAD_CONFIG, config->path, place->line, place->column, place->length,
                  "base_pattern %s has no classifiers; remove them, or use full_backtest",
                  base->name);
}

void plan_choose_pattern(struct plan *plan)
{
    plan->base_pattern = base_of(plan->config);
    plan->pattern = plan->has_grid ? find("auto_stateless_optimization") : plan->base_pattern;
}

enum axis_kind plan_outer_axis(const struct plan *plan)
{
    return plan->axes[AXIS_CLASSIFIER].count < plan->axes[AXIS_STRATEGY].count ? AXIS_CLASSIFIER
                                                                               : AXIS_STRATEGY;
}
