/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What strategies and classifiers say, from the store of a plan of mode PLAN_REPLAY: changes in
 * memory, filled forward to the words of any tile. Nothing is computed.
 */
#ifndef ADMF_ENGINE_FEATURES_STORED_SIGNALS_H
#define ADMF_ENGINE_FEATURES_STORED_SIGNALS_H

#include "engine/plan/plan.h"
#include "io/signals/signal_store.h"

/* Instances first … first+count-1 of an axis. */
struct instance_range {
    size_t first, count;
};

struct stored_signals {
    const struct plan *plan;
    size_t symbol;
    struct instance_range range[SIGNAL_AXES];
    /* private, for each axis: changes of instance k of the range are start[k] … start[k+1]-1 */
    size_t *start[SIGNAL_AXES];
    uint32_t *bar[SIGNAL_AXES];
    int8_t *value[SIGNAL_AXES];
    size_t *strength_row; /* of each strategy of the range; SIZE_MAX: it has none */
    double *strength;     /* [rows][bars]; NULL: nobody asks */
};

/* Reads the range's changes over one symbol; one thread. stored_signals_deinit also after a
 * failure. */
admf_status stored_signals_load(struct stored_signals *stored, const struct plan *plan,
                                size_t symbol, const struct instance_range range[SIGNAL_AXES],
                                admf_error *error);
void stored_signals_deinit(struct stored_signals *stored);

/* Bytes of any `strategies` neighbouring strategies and all classifiers, at most; 0 where the store
 * is not there yet. */
uint64_t stored_signals_bytes(const struct plan *plan, size_t strategies);

/*
 * Words of the tile of bars first … first+count-1, as kernels and strict rules make them; any
 * thread. Strategy `i` of the plan: up, down and, unless it is NULL, strength of every bar, 0 where
 * there is no signal.
 */
void stored_strategy(const struct stored_signals *stored, size_t i, size_t first, size_t count,
                     uint64_t *up, uint64_t *down, double *strength);
/* Classifier `i`, which has a row: label[k] for the label of code k+1. */
void stored_classifier(const struct stored_signals *stored, size_t i, size_t first, size_t count,
                       uint64_t *const *label);

#endif
