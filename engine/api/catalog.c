/* SPDX-License-Identifier: Apache-2.0 */
/* The public catalogue: engine/catalog's tables and the texts made from them. */
#include "admf/catalog.h"

#include "engine/base/memory.h"
#include "engine/catalog/catalog.h"
#include "io/config/schema.h"

const admf_component *admf_features(size_t *count)
{
    *count = FEATURE_COUNT;
    return catalog_features;
}

const admf_component *admf_strategies(size_t *count)
{
    *count = STRATEGY_COUNT;
    return catalog_strategies;
}

const admf_component *admf_classifiers(size_t *count)
{
    *count = CLASSIFIER_COUNT;
    return catalog_classifiers;
}

const admf_metric *admf_metrics(size_t *count)
{
    *count = METRIC_COUNT;
    return catalog_metrics;
}

const admf_component *admf_risk_keys(void) { return &catalog_risk; }

const admf_component *admf_execution_keys(void) { return &catalog_execution; }

const admf_component *admf_portfolio_keys(void) { return &catalog_portfolio; }

admf_risk_kind admf_risk_key_kind(int key)
{
    /* A number that is no key limits nothing, and nor does an option. */
    return key >= 0 && key < RISK_COUNT ? catalog_risk_kind[key] : ADMF_RISK_OPTION;
}

char *admf_schema_json(void) { return config_schema(); }

char *admf_reference_markdown(void) { return config_reference(); }

void admf_free(void *text) { memory_free(text); }
