/* SPDX-License-Identifier: Apache-2.0 */
/* The windows of a configuration as stretches of bars. */
#ifndef ADMF_ENGINE_PLAN_WINDOWS_H
#define ADMF_ENGINE_PLAN_WINDOWS_H

#include "engine/plan/plan.h"

/*
 * Makes plan->windows from plan->bars and the configuration, as many for each symbol: bars,
 * samples, and what year a sample is a part of. A window without bars, or data too short for a
 * single fold, is ADMF_BAD_DATA.
 */
admf_status plan_make_windows(struct plan *plan, admf_diagnostics *errors);

#endif
