/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/catalog/catalog.h"

#include <math.h>
#include <string.h>

#include "admf/catalog.h"

/* Each list of a row ends with an entry of its own, so that an empty list is an array too. */
#define LENGTH(array) ((int)(sizeof(array) / sizeof *(array)) - 1)

#define NONE
#define NEEDS(...) __VA_ARGS__,
#define MEMBERS(...) __VA_ARGS__,
#define LABELS(...) __VA_ARGS__,
#define RULES(...) __VA_ARGS__,
#define PARAM(name, type, flags, min, max, fallback, unit, words, help)                            \
    {#name, help, ADMF_##type, flags, min, max, fallback, unit, words},
#define NO_PARAM                                                                                   \
    {                                                                                              \
        NULL, NULL, ADMF_FLOAT, 0, 0, 0, 0, NULL, NULL                                             \
    }
#define FEATURE(name, help, params, needs, members, rules)                                         \
    static const admf_param feature_params_##name[] = {params NO_PARAM};                           \
    static const char *const feature_needs_##name[] = {needs NULL};                                \
    static const char *const feature_members_##name[] = {members NULL};                            \
    static const char *const feature_rules_##name[] = {rules NULL};
#include "kernels/catalog/features.def"
#undef FEATURE

#define STRATEGY(name, help, params, needs, rules)                                                 \
    static const admf_param strategy_params_##name[] = {params NO_PARAM};                          \
    static const char *const strategy_needs_##name[] = {needs NULL};                               \
    static const char *const strategy_rules_##name[] = {rules NULL};
#include "kernels/catalog/strategies.def"
#undef STRATEGY

#define CLASSIFIER(name, help, params, needs, labels, rules)                                       \
    static const admf_param classifier_params_##name[] = {params NO_PARAM};                        \
    static const char *const classifier_needs_##name[] = {needs NULL};                             \
    static const char *const classifier_labels_##name[] = {labels NULL};                           \
    static const char *const classifier_rules_##name[] = {rules NULL};
#define DAY_CLASSIFIER CLASSIFIER
#include "kernels/catalog/classifiers.def"
#undef DAY_CLASSIFIER
#undef CLASSIFIER

#define ROW(kind, row, help_text)                                                                  \
    .name = #row, .help = help_text, .n_params = LENGTH(kind##_params_##row),                      \
    .params = kind##_params_##row, .n_needs = LENGTH(kind##_needs_##row),                          \
    .needs = kind##_needs_##row, .n_rules = LENGTH(kind##_rules_##row),                            \
    .rules = kind##_rules_##row

const admf_component catalog_features[FEATURE_COUNT] = {
#define FEATURE(name, help, params, needs, members_, rules)                                        \
    {ROW(feature, name, help), .n_members = LENGTH(feature_members_##name),                        \
     .members = feature_members_##name},
#include "kernels/catalog/features.def"
#undef FEATURE
};

const admf_component catalog_strategies[STRATEGY_COUNT] = {
#define STRATEGY(name, help, params, needs, rules) {ROW(strategy, name, help)},
#include "kernels/catalog/strategies.def"
#undef STRATEGY
};

const admf_component catalog_classifiers[CLASSIFIER_COUNT] = {
#define CLASSIFIER(name, help, params, needs, labels_, rules)                                      \
    {ROW(classifier, name, help), .n_labels = LENGTH(classifier_labels_##name),                    \
     .labels = classifier_labels_##name},
#define DAY_CLASSIFIER CLASSIFIER
#include "kernels/catalog/classifiers.def"
#undef DAY_CLASSIFIER
#undef CLASSIFIER
};

const bool catalog_is_day_classifier[CLASSIFIER_COUNT] = {
#define CLASSIFIER(name, ...) false,
#define DAY_CLASSIFIER(name, ...) true,
#include "kernels/catalog/classifiers.def"
#undef DAY_CLASSIFIER
#undef CLASSIFIER
};

static const admf_param risk_params[] = {
#include "kernels/catalog/sizing.def"
#define VALIDATOR PARAM
#define HALT PARAM
#define EXIT PARAM
#include "kernels/catalog/risk.def"
#undef EXIT
#undef HALT
#undef VALIDATOR
    NO_PARAM};

static const admf_param execution_params[] = {
#include "kernels/catalog/execution.def"
    NO_PARAM};

static const admf_param portfolio_params[] = {
#include "kernels/catalog/portfolio.def"
    NO_PARAM};

#undef PARAM

const admf_component catalog_risk = {.name = "risk",
                                     .help = "limits, halts, exits and sizing of a portfolio",
                                     .n_params = LENGTH(risk_params),
                                     .params = risk_params};
const admf_component catalog_execution = {.name = "execution",
                                          .help = "when an order fills and what it costs",
                                          .n_params = LENGTH(execution_params),
                                          .params = execution_params};
const admf_component catalog_portfolio = {.name = "portfolio",
                                          .help = "cash and what a portfolio may do",
                                          .n_params = LENGTH(portfolio_params),
                                          .params = portfolio_params};

const admf_risk_kind catalog_risk_kind[RISK_COUNT] = {
#define PARAM(...) ADMF_RISK_SIZING,
#include "kernels/catalog/sizing.def"
#undef PARAM
#define PARAM(...) ADMF_RISK_OPTION,
#define VALIDATOR(...) ADMF_RISK_VALIDATOR,
#define HALT(...) ADMF_RISK_HALT,
#define EXIT(...) ADMF_RISK_EXIT,
#include "kernels/catalog/risk.def"
#undef EXIT
#undef HALT
#undef VALIDATOR
#undef PARAM
};

const admf_metric catalog_metrics[METRIC_COUNT] = {
#define METRIC(name, long_name, unit, is_count) {#name, long_name, unit, is_count},
#include "kernels/catalog/metrics.def"
#undef METRIC
};

int catalog_find_component(const admf_component *rows, size_t count, const char *name)
{
    for (size_t i = 0; i < count; i++)
        if (strcmp(rows[i].name, name) == 0)
            return (int)i;
    return -1;
}

int catalog_find_param(const admf_component *row, const char *name)
{
    for (int i = 0; i < row->n_params; i++)
        if (strcmp(row->params[i].name, name) == 0)
            return i;
    return -1;
}

int catalog_find_metric(const char *name)
{
    for (int i = 0; i < METRIC_COUNT; i++)
        if (strcmp(catalog_metrics[i].name, name) == 0)
            return i;
    return -1;
}

const char *catalog_word(const admf_param *param, int index, size_t *length)
{
    const char *word = param->words;
    if (index < 0 || !*word)
        return NULL;
    for (; index > 0; index--) {
        word = strchr(word, '|');
        if (!word)
            return NULL;
        word++;
    }
    *length = strcspn(word, "|");
    return word;
}

int catalog_find_word(const admf_param *param, const char *word)
{
    size_t length, wanted = strlen(word);
    const char *known;
    for (int i = 0; (known = catalog_word(param, i, &length)); i++)
        if (length == wanted && memcmp(known, word, length) == 0)
            return i;
    return -1;
}

const char *admf_cell_status_name(int status)
{
    static const char *const names[] = {[ADMF_CELL_NOT_COMPUTED] = "not_computed",
                                        [ADMF_CELL_OK] = "ok",
                                        [ADMF_CELL_NO_TRADES] = "no_trades",
                                        [ADMF_CELL_BANKRUPT] = "bankrupt",
                                        [ADMF_CELL_INVALID] = "invalid"};
    return status >= 0 && status < (int)(sizeof names / sizeof *names) ? names[status] : NULL;
}

bool catalog_less_is_better(int metric)
{
    return metric == METRIC_max_drawdown || metric == METRIC_max_drawdown_bars ||
           metric == METRIC_volatility || metric == METRIC_fees_paid ||
           metric == METRIC_slippage_paid || metric == METRIC_turnover;
}
