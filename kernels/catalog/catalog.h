/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The catalogue as enumerations: one enumerator per row of each .def file.
 * engine/catalog/catalog.c makes the descriptive tables from the same rows, and
 * kernels/table.c the tables of kernels, so a row without a kernel fails to link.
 */
#ifndef ADMF_CATALOG_H
#define ADMF_CATALOG_H

#include <stddef.h>

enum feature_id {
#define FEATURE(name, ...) FEATURE_##name,
#include "features.def"
#undef FEATURE
    FEATURE_COUNT
};

enum strategy_id {
#define STRATEGY(name, ...) STRATEGY_##name,
#include "strategies.def"
#undef STRATEGY
    STRATEGY_COUNT
};

enum classifier_id {
#define CLASSIFIER(name, ...) CLASSIFIER_##name,
#define DAY_CLASSIFIER CLASSIFIER
#include "classifiers.def"
#undef DAY_CLASSIFIER
#undef CLASSIFIER
    CLASSIFIER_COUNT
};

/* Parameters of a risk profile, sizing first. */
enum risk_param {
#define PARAM(name, ...) RISK_##name,
#define VALIDATOR PARAM
#define HALT PARAM
#define EXIT PARAM
#include "sizing.def"
#include "risk.def"
#undef EXIT
#undef HALT
#undef VALIDATOR
#undef PARAM
    RISK_COUNT
};

enum execution_param {
#define PARAM(name, ...) EXECUTION_##name,
#include "execution.def"
#undef PARAM
    EXECUTION_COUNT
};

enum portfolio_param {
#define PARAM(name, ...) PORTFOLIO_##name,
#include "portfolio.def"
#undef PARAM
    PORTFOLIO_COUNT
};

enum metric_id {
#define METRIC(name, ...) METRIC_##name,
#include "metrics.def"
#undef METRIC
    METRIC_COUNT
};

/* Words of the parameters above that the simulation asks for. */
enum {
    SIZE_PERCENT_EQUITY,
    SIZE_FIXED_VALUE,
    SIZE_FIXED_UNITS,
    SIZE_VOLATILITY_TARGET,
    SIZE_ATR_RISK
};
enum { FILL_NEXT_OPEN, FILL_CLOSE, FILL_NEXT_CLOSE };
enum { REBALANCE_ON_CHANGE, REBALANCE_EVERY_BAR };
enum { BREACH_REJECT, BREACH_CLIP };
enum { HALT_ENTRIES, HALT_LIQUIDATE };
enum { REENTRY_NEW_SIGNAL, REENTRY_IMMEDIATE };
enum { VARIANT_STANDARD, VARIANT_OTHER }; /* of a feature: its first word, its second */

/*
 * Sizes of each row: the columns it reads (what its kernel finds at x[0], x[1], …),
 * its parameters and its labels.
 */
#define NONE
#define NEEDS(...) __VA_ARGS__,
#define LABELS(...) __VA_ARGS__,
#define PARAM(name, ...) #name,
#define COUNT_OF(...) (sizeof((const char *const[]){__VA_ARGS__ NULL}) / sizeof(const char *) - 1)
enum {
#define STRATEGY(name, help, params, needs, rules)                                                 \
    COLUMNS_STRATEGY_##name = COUNT_OF(needs), PARAMS_STRATEGY_##name = COUNT_OF(params),
#include "strategies.def"
#undef STRATEGY
#define CLASSIFIER(name, help, params, needs, labels, rules)                                       \
    COLUMNS_CLASSIFIER_##name = COUNT_OF(needs), PARAMS_CLASSIFIER_##name = COUNT_OF(params),      \
    LABELS_CLASSIFIER_##name = COUNT_OF(labels),
#define DAY_CLASSIFIER CLASSIFIER
#include "classifiers.def"
#undef DAY_CLASSIFIER
#undef CLASSIFIER
};
#undef COUNT_OF
#undef PARAM
#undef LABELS
#undef NEEDS
#undef NONE

#endif
