/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What strategies and classifiers say in a tile, computed from its columns: bits of the bars,
 * before any policy. The same words may come from a store instead
 * (engine/features/stored_signals.h).
 */
#ifndef ADMF_ENGINE_SIMULATE_COMPUTED_H
#define ADMF_ENGINE_SIMULATE_COMPUTED_H

#include "engine/features/columns.h"
#include "engine/features/days.h"
#include "engine/simulate/codes.h"

struct computed {
    const struct plan *plan;
    const struct bars *bars;
    const struct day_labels *days;
    struct codes codes; /* of the columns that strategies compare */
};

/* For strategies first … first+count-1 and all classifiers. False: out of memory. */
bool computed_init(struct computed *computed, const struct plan *plan, const struct bars *bars,
                   const struct day_labels *days, size_t first, size_t count, size_t tile_bars);
void computed_deinit(struct computed *computed);

/* From now on codes are made of the rows of `columns`. */
void computed_read(struct computed *computed, struct columns *columns);

/*
 * Words of strategy `i` over the tile that `columns` stand at: up[words] where it is long,
 * down[words] where it is short. `strength`: [words * 64], or NULL where nobody asks. Threads may
 * make different ones at once.
 */
void computed_strategy(const struct computed *computed, const struct columns *columns, size_t i,
                       size_t words, uint64_t *up, uint64_t *down, double *strength);

/*
 * The same of classifier `i`, which has a row, over the tile of bars first … first+count-1: words
 * of the bars with the label of code k+1 in label[k], bars without a label in none.
 */
void computed_classifier(const struct computed *computed, const struct columns *columns, size_t i,
                         size_t first, size_t count, uint64_t *const *label);

/* Marks the columns that an instance reads in `needed` ([plan->column_count]). */
void computed_mark(const struct plan *plan, const struct instance *instance,
                   const struct plan_service *service, bool *needed);

/*
 * The same of all that a block with strategies first … first+count-1 reads: columns of those that
 * run, of all classifiers, unless both are stored, and of sizes.
 */
void computed_mark_block(const struct plan *plan, size_t first, size_t count, bool *needed);

#endif
