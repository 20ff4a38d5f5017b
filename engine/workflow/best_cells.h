/* SPDX-License-Identifier: Apache-2.0 */
/* The best of the cells that were run: those that end a run's report, that `output.keep: {best: …}`
 * asks for, or that are resampled. */
#ifndef ADMF_ENGINE_WORKFLOW_BEST_CELLS_H
#define ADMF_ENGINE_WORKFLOW_BEST_CELLS_H

#include "engine/plan/plan.h"
#include "io/cube/best.h"
#include "io/cube/cube_writer.h"

struct best_wanted {
    int by; /* metric_id, a metric of the cube */
    uint64_t n, min_trades;
    bool defined; /* only cells in which the metric is */
};

/*
 * The n best of all symbols and windows by the stored values of the metric asked for, with at
 * least min_trades trades; ties: the lower combination; NaN last. *best is sorted; best_deinit
 * gives it back, after a failure too.
 */
admf_status best_ranked(const struct plan *plan, struct cube_writer *cube,
                        const struct best_wanted *wanted, struct best *best, admf_error *error);
/* The same in order of symbol, window and combination; *cells is freed with memory_free, NULL on
 * failure. */
admf_status best_cells(const struct plan *plan, struct cube_writer *cube,
                       const struct best_wanted *wanted, struct cube_cell **cells, size_t *count,
                       admf_error *error);

/* Index of a metric among those of the cube; the configuration has seen to it that it is one. */
size_t stored_metric(const struct plan *plan, int metric);

#endif
