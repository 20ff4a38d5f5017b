/* SPDX-License-Identifier: Apache-2.0 */
/* The catalogue: every component, metric and pattern the library knows, as rows. */
#ifndef ADMF_PUBLIC_CATALOG_H
#define ADMF_PUBLIC_CATALOG_H

#include "admf/error.h"
#include "admf/types.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Arrays that live as long as the program; *count is set to their length. */
const admf_component *admf_features(size_t *count);
const admf_component *admf_strategies(size_t *count);
const admf_component *admf_classifiers(size_t *count);
const admf_metric *admf_metrics(size_t *count);

/* Single components: what a profile of `risk` and a model of `execution` can hold. */
const admf_component *admf_risk_keys(void);
const admf_component *admf_execution_keys(void);
const admf_component *admf_portfolio_keys(void);

/* What kind of rule a key of a risk profile is. */
typedef enum admf_risk_kind {
    ADMF_RISK_SIZING,    /* how large an order is                        */
    ADMF_RISK_VALIDATOR, /* a limit on an order                          */
    ADMF_RISK_HALT,      /* a limit on decisions                         */
    ADMF_RISK_EXIT,      /* a protective exit                            */
    ADMF_RISK_OPTION     /* how the others act (on_breach, halt, reentry) */
} admf_risk_kind;
/* `key`: its place in the params of admf_risk_keys; any other number is an option. */
admf_risk_kind admf_risk_key_kind(int key);

/*
 * How a phase is laid out: which services hold state, what is shared, what is expanded. Texts
 * live as long as the program, as does the array that admf_patterns returns.
 */
typedef struct admf_pattern {
    const char *name, *help;
    const char *stateful, *shared, *expand, *cascade, *stateless; /* comma-separated names */
    const char *nesting;                                          /* "flat" or "optimal" */
    const char *route;                                            /* what runs, in order */
} admf_pattern;
const admf_pattern *admf_patterns(size_t *count);

/*
 * Adds a base pattern, which configurations may name from then on as `base_pattern` and as the
 * `pattern` of a phase. The row is copied, its texts are borrowed and must live as long as the
 * program; arrays that admf_patterns gave before may be gone. ADMF_USAGE, with the reason, for a
 * name that is none or taken already, and for a text that is missing. To be called before anything
 * runs, from one thread.
 */
admf_status admf_pattern_register(const admf_pattern *row, admf_error *error);

/*
 * The word for an admf_cell_status, as cubes, traces and `where` have it: "ok", "no_trades", …;
 * NULL for any other number. Lives as long as the program.
 */
const char *admf_cell_status_name(int status);

/* Text made from the tables; the caller frees it with admf_free. NULL: out of memory. */
char *admf_schema_json(void);        /* JSON Schema of a configuration      */
char *admf_reference_markdown(void); /* every key and component, for reading */

/* A text of this library; NULL is fine. */
void admf_free(void *text);

#ifdef __cplusplus
}
#endif
#endif
