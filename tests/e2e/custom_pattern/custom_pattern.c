/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A pattern of one's own: registered, named by a configuration, run.
 *
 *     custom_pattern CONFIGURATION CUBE      prints the pattern that ran and the cube's digest
 */
#include <stdio.h>

#include "admf/catalog.h"
#include "admf/workflow.h"

/* Strategies without a look at regimes: a configuration with classifiers is refused. */
static const admf_pattern blind_backtest = {
    .name = "blind_backtest",
    .help = "strategies alone, whatever the regime",
    .stateful = "data, feature_hub, portfolio, execution",
    .shared = "data, feature_hub, execution",
    .expand = "strategy, risk, execution",
    .cascade = "strategy -> portfolio",
    .stateless = "strategy, risk_validator",
    .nesting = "flat",
    .route = "features -> signals -> portfolios -> risk -> execution -> metrics",
};

static int print_errors(const admf_diagnostics *errors)
{
    for (size_t i = 0; i < errors->count; i++)
        fprintf(stderr, "%s:%d:%d: %s\n", errors->items[i].file, errors->items[i].line,
                errors->items[i].column, errors->items[i].message);
    return 1;
}

int main(int argc, char **argv)
{
    admf_error error = {0};
    admf_diagnostics errors = ADMF_DIAGNOSTICS_INIT, warnings = ADMF_DIAGNOSTICS_INIT;
    admf_workflow_result *result = NULL;
    if (argc != 3)
        return 2;
    if (admf_pattern_register(&blind_backtest, &error) != ADMF_OK) {
        fprintf(stderr, "%s\n", error.message);
        return 1;
    }
    admf_options options = {.config_path = argv[1], .output = argv[2], .force = true};
    int code = 0;
    if (admf_workflow_run(&options, &result, &errors, &warnings) == ADMF_OK)
        printf("%s %s\n", result->phases[0].pattern, result->phases[0].digest);
    else
        code = print_errors(&errors);
    admf_workflow_result_free(&result);
    admf_diagnostics_deinit(&errors);
    admf_diagnostics_deinit(&warnings);
    return code;
}
