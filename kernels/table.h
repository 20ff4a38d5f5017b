/* SPDX-License-Identifier: Apache-2.0 */
/*
 * All kernels of one instruction set. engine/cpu chooses a table once at start; the
 * indices are the enumerators of kernels/catalog/catalog.h.
 */
#ifndef ADMF_KERNELS_TABLE_H
#define ADMF_KERNELS_TABLE_H

#include "kernels/analysis/halves.h"
#include "kernels/catalog/catalog.h"
#include "kernels/days.h"
#include "kernels/feature.h"
#include "kernels/portfolio/lanes.h"
#include "kernels/signal_types.h"

struct kernel_table {
    const char *name; /* "v2", "v3", "v4", "neon" */
    int width;        /* doubles in a vector */
    struct {
        feature_state_bytes *bytes;
        feature_begin_bar *begin; /* NULL: it never forgets */
        feature_kernel *advance;
    } feature[FEATURE_COUNT];
    strategy_kernel *strategy[STRATEGY_COUNT];
    coded_strategy_kernel *coded[STRATEGY_COUNT];    /* NULL: not a mere comparison */
    strength_kernel *strength[STRATEGY_COUNT];       /* NULL: always 1 */
    classifier_kernel *classifier[CLASSIFIER_COUNT]; /* NULL: a day classifier */
    confidence_kernel *confidence[CLASSIFIER_COUNT]; /* NULL: always 1, or a day classifier */
    struct {
        day_scratch_bytes *scratch;
        day_kernel *run; /* NULL: a classifier of bars */
    } day[CLASSIFIER_COUNT];
    encode_kernel *encode;        /* columns to codes for `coded` */
    column_words_kernel *defined; /* bits of the bars at which a column is not NaN */
    range_kernel *ranges;         /* of prices, over any stretch of a tile */
    lane_kernel *lockstep;        /* portfolios, bar by bar */
    event_kernel *events;         /* portfolios, order by order */
    finish_kernel *finish;        /* accumulators to metrics */
    score_kernel *score_halves;   /* trials in halves of their time */
    rank_kernel *rank_halves;
};

extern const struct kernel_table kernel_table_v2, kernel_table_v3, kernel_table_v4,
    kernel_table_neon;

#endif
