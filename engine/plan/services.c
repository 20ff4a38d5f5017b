/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/plan/services.h"

#include <string.h>

const char *const plan_axis_names[AXIS_COUNT] = {"strategy", "classifier", "risk", "execution"};
const char plan_communication[] = "auto_wired_broadcast";
/* By mode of the plan. */
const char *const plan_route[] = {
    [PLAN_BACKTEST] = "feature hub -> broadcast -> strategy and classifier services -> by combo id "
                      "-> portfolios -> risk service -> execution -> portfolios",
    [PLAN_REPLAY] = "store of signals -> by combo id -> portfolios -> risk service -> execution -> "
                    "portfolios",
    [PLAN_GENERATE] = "feature hub -> broadcast -> strategy and classifier services -> store",
};

size_t plan_services(const struct plan *plan, struct service services[SERVICES_MAX])
{
    size_t n = 0;
    for (int a = AXIS_STRATEGY; plan->mode != PLAN_REPLAY && a <= AXIS_CLASSIFIER; a++) {
        size_t begin = n;
        for (size_t i = 0; i < plan->axes[a].count; i++) {
            const admf_component *row = plan->axes[a].instances[i].row;
            if (!row || (a == AXIS_STRATEGY && !plan_strategy_runs(plan, i)))
                continue;
            size_t k = begin;
            while (k < n && strcmp(services[k].type, row->name) != 0)
                k++;
            if (k == n)
                services[n++] = (struct service){row->name, 0};
            services[k].count++;
        }
    }
    if (plan->mode != PLAN_GENERATE)
        services[n++] = (struct service){"risk", 1};
    return n;
}

/* Words of a list of them. */
uint64_t plan_shared_containers(const struct plan *plan)
{
    uint64_t count = 1;
    for (const char *p = plan->base_pattern->shared; *p; p++)
        count += *p == ',';
    return count;
}
