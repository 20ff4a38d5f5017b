/* SPDX-License-Identifier: Apache-2.0 */
/* Containers and services of a plan and the way between them, as both forms of it name them. */
#ifndef ADMF_ENGINE_PLAN_SERVICES_H
#define ADMF_ENGINE_PLAN_SERVICES_H

#include "engine/plan/plan.h"
#include "kernels/catalog/catalog.h"

/* Stateless services of one type: instances of one component that run. */
struct service {
    const char *type;
    uint64_t count;
};
enum { SERVICES_MAX = STRATEGY_COUNT + CLASSIFIER_COUNT + 1 };

/* Fills in `services`; returns how many there are. */
size_t plan_services(const struct plan *plan, struct service services[SERVICES_MAX]);
/* Containers that all share. A portfolio nobody shares: there are plan_chosen_cells. */
uint64_t plan_shared_containers(const struct plan *plan);

extern const char *const plan_axis_names[AXIS_COUNT];
extern const char plan_communication[];
extern const char *const plan_route[]; /* by mode */

#endif
