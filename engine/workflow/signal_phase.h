/* SPDX-License-Identifier: Apache-2.0 */
/* Features to signals and regimes, into a store. */
#ifndef ADMF_ENGINE_WORKFLOW_SIGNAL_PHASE_H
#define ADMF_ENGINE_WORKFLOW_SIGNAL_PHASE_H

#include "admf/workflow.h"
#include "engine/plan/plan.h"

/*
 * Writes the signals of `plan`, which is one of mode PLAN_GENERATE, to the store at `path`. With
 * options->resume a store that is there must hold them already, and an unfinished one is begun
 * anew. Fills in *out; its path is the caller's to free, after a failure too.
 */
admf_status signals_store(const struct plan *plan, const admf_options *options, const char *path,
                          const char *correlation_id, admf_signal_result *out, admf_error *error);

/* The same as a phase of its own; as phase_run (phase.h). */
admf_status signal_phase_run(const struct plan *plan, const admf_options *options, const char *path,
                             const char *name, const char *correlation_id,
                             admf_phase_result *result, admf_error *error);

#endif
