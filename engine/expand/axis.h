/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Axes: lists of component instances made from grids.
 *
 * The product of an entry's parameters runs in the order written, the last one
 * fastest; entries of a list follow one another. What `where` rejects or `sample` does
 * not draw is never materialised.
 */
#ifndef ADMF_ENGINE_EXPAND_AXIS_H
#define ADMF_ENGINE_EXPAND_AXIS_H

#include "io/config/config.h"

enum axis_kind { AXIS_STRATEGY, AXIS_CLASSIFIER, AXIS_RISK, AXIS_EXECUTION, AXIS_COUNT };

struct instance {
    const struct component_entry *entry; /* NULL for the implicit `none` or `default` */
    const admf_component *row;           /* NULL for `none` */
    int id;                              /* strategy_id or classifier_id */
    const double *params;                /* the row's parameters, defaults filled in */
    const char *label; /* `momentum[lookback_period=10,signal_threshold=0.01]`, as in the cube */
};

struct axis {
    enum axis_kind kind;
    size_t count;
    struct instance *instances;
    uint64_t bytes;        /* that the instances, their parameters and labels take */
    uint64_t before_where; /* cells of the grids before `where` and `sample` */
    bool has_grid;         /* a list longer than one, a range or a sample */
    struct arena *memory;  /* private: parameters and labels of the instances */
};

/*
 * How many labels a classifier gives bars, and the name of each by its code: 0 is `unknown`;
 * without a classifier there is one, `all`.
 */
size_t regime_labels(const struct instance *classifier);
const char *regime_label(const struct instance *classifier, size_t code);

/*
 * Makes all four axes of a configuration. Missing sections give an axis of one
 * instance: classifier `none`, risk and execution `default`. Errors (duplicates, sets
 * that break a component's rule, samples larger than what passes `where`) go to `errors`
 * with their places; so do axes that take more than `memory` bytes together (0: no limit),
 * which are refused before they are made where their number is known beforehand. On failure
 * axes[] are empty; else axis_deinit frees them.
 */
admf_status axes_expand(const struct config *config, uint64_t memory, struct axis axes[AXIS_COUNT],
                        admf_diagnostics *errors);
void axis_deinit(struct axis *axis);

/*
 * The numbers of cells per axis without materialising anything: what `check` needs. An
 * error (78) when the combinations do not fit 63 bits.
 */
admf_status axes_count(const struct config *config, uint64_t cells[AXIS_COUNT],
                       admf_diagnostics *errors);

#endif
