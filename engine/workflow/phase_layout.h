/* SPDX-License-Identifier: Apache-2.0 */
/* What the cube of a phase looks like and where it comes from. */
#ifndef ADMF_ENGINE_WORKFLOW_PHASE_LAYOUT_H
#define ADMF_ENGINE_WORKFLOW_PHASE_LAYOUT_H

#include "engine/plan/plan.h"
#include "io/cube/cube_writer.h"

enum { PHASE_TIME = 32, PROVENANCE_MAX = 16 };

struct phase_layout {
    struct cube_layout cube;      /* points into what follows, so this struct must not move */
    int metric_ids[METRIC_COUNT]; /* [cube.metric_count]: metric_id of the cube's metrics */

    /* private */
    admf_metric metrics[METRIC_COUNT];
    const char **symbols;
    struct cube_window *windows;
    struct cube_data *data;
    char *identity, *resolved, *periods;
    struct cube_text provenance[PROVENANCE_MAX];
    char threads[16], started[PHASE_TIME];
};

/*
 * Describes the cube of `plan`, which must outlive the layout, as `correlation_id` (borrowed
 * too). phase_layout_deinit also after a failure, which can only be ADMF_INTERNAL.
 */
admf_status phase_layout_init(struct phase_layout *layout, const struct plan *plan,
                              const char *correlation_id, admf_error *error);
void phase_layout_deinit(struct phase_layout *layout);

/* The time now, in UTC: "2026-01-02T15:04:05Z". */
void phase_time_text(char out[PHASE_TIME]);

#endif
