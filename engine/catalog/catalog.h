/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The catalogue as descriptive tables, made from the rows of kernels/catalog/NAME.def.
 * The enumerations of kernels/catalog/catalog.h index them. All tables are constant and live
 * as long as the program.
 */
#ifndef ADMF_ENGINE_CATALOG_CATALOG_H
#define ADMF_ENGINE_CATALOG_CATALOG_H

#include <stdbool.h>
#include <stddef.h>

#include "admf/catalog.h"
#include "admf/types.h"
#include "kernels/catalog/catalog.h"

extern const admf_component catalog_features[FEATURE_COUNT];
extern const admf_component catalog_strategies[STRATEGY_COUNT];
extern const admf_component catalog_classifiers[CLASSIFIER_COUNT];
extern const bool catalog_is_day_classifier[CLASSIFIER_COUNT];

/* Single rows: a risk profile (sizing first), an execution model, the portfolio without sizing. */
extern const admf_component catalog_risk, catalog_execution, catalog_portfolio;
enum { SIZING_COUNT = RISK_max_position_value };

/* What a parameter of a risk profile is. */
extern const admf_risk_kind catalog_risk_kind[RISK_COUNT];

extern const admf_metric catalog_metrics[METRIC_COUNT];

/* Indices by name, -1 where there is none. */
int catalog_find_component(const admf_component *rows, size_t count, const char *name);
int catalog_find_param(const admf_component *row, const char *name);
int catalog_find_metric(const char *name);
/* Whether less of a metric is better: drawdowns, volatility and costs. -1 (none): no. */
bool catalog_less_is_better(int metric);

/* The index of `word` among a parameter's words, -1 where it is none of them. */
int catalog_find_word(const admf_param *param, const char *word);
/* Word `index` of a parameter: its start in param->words, its length in *length; NULL beyond. */
const char *catalog_word(const admf_param *param, int index, size_t *length);

#endif
