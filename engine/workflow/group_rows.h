/* SPDX-License-Identifier: Apache-2.0 */
/* Rows of a group of a finished cube, for the short tables that end a run. */
#ifndef ADMF_ENGINE_WORKFLOW_GROUP_ROWS_H
#define ADMF_ENGINE_WORKFLOW_GROUP_ROWS_H

#include "engine/plan/plan.h"
#include "io/cube/best.h"
#include "io/cube/reader.h"

struct group_rows {
    const admf_cube *cube;
    const char *name; /* of the group */
};

admf_status group_number(const struct group_rows *group, uint64_t row, const char *column,
                         double *out, admf_error *error);
/* A whole number below `limit`; ADMF_BAD_DATA for another. */
admf_status group_index(const struct group_rows *group, uint64_t row, const char *column,
                        uint64_t limit, uint64_t *out, admf_error *error);
/* *out is a copy, freed with memory_free; NULL on failure. */
admf_status group_label(const struct group_rows *group, uint64_t row, const char *column,
                        const char **out, admf_error *error);
/* A copy of the label of an instance of the plan, as above. */
admf_status group_instance(const struct plan *plan, enum axis_kind axis, size_t index,
                           const char **out, admf_error *error);

/*
 * Offers all rows to `best`, which is made, by a column, and sorts it; a row is the combo of its
 * entry. Rows stand in order of their cells, so that of equals the lower cell comes first.
 */
admf_status group_rank(const struct group_rows *group, const char *column, struct best *best,
                       admf_error *error);

#endif
