/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A workflow's entry in the record of runs. Whatever fails here is one warning, after which nothing
 * more is recorded: a run does not depend on its record.
 */
#ifndef ADMF_ENGINE_WORKFLOW_RECORD_H
#define ADMF_ENGINE_WORKFLOW_RECORD_H

#include "admf/workflow.h"
#include "engine/plan/plan.h"

struct analytics;

/* Start from {0}, which records nothing. */
struct record {
    struct analytics *store;
    const char *correlation_id; /* of the result */
    admf_diagnostics *warnings;
    double start; /* seconds of the monotonic clock */
};

/* Opens options->analytics, where that is not NULL, and enters the workflow as running. `plan`: of
 * its first phase. */
void record_start(struct record *record, const struct config *config, const struct plan *plan,
                  const admf_options *options, const admf_workflow_result *result,
                  admf_diagnostics *warnings);
/* Phase `number` that is about to run into the cube at `path`. */
void record_phase_start(struct record *record, size_t number, const char *name,
                        const struct plan *plan, const char *path);
/* The same after it ran, well or not. */
void record_phase(struct record *record, size_t number, const admf_phase_result *phase);
/* Ends the entry and closes the store. `errors` are the workflow's. */
void record_finish(struct record *record, admf_status status, const admf_diagnostics *errors);

#endif
