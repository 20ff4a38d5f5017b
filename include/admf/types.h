/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Plain types: what a component is.
 *
 * A component (feature, strategy, classifier, risk profile, execution model)
 * is one row of a table: its name, its parameters and what it needs. Built-in
 * rows come from kernels/catalog/NAME.def; everything a user sees of a component
 * (validation, `admf list`, the JSON Schema, the reference page, names and
 * coordinates in the cube) is derived from the row.
 */
#ifndef ADMF_TYPES_H
#define ADMF_TYPES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

enum {
    ADMF_PARAMS_MAX = 40, /* parameters of one component                    */
    ADMF_NEEDS_MAX = 8,   /* columns one component reads                    */
    ADMF_LABELS_MAX = 32, /* labels of one classifier, `unknown` included   */
    ADMF_MEMBERS_MAX = 8  /* columns one feature makes                      */
};

typedef enum admf_param_type {
    ADMF_FLOAT, /* a finite number                                          */
    ADMF_INT,   /* a whole number, |x| < 2^53                               */
    ADMF_WORD,  /* one of a list of words; its value is the word's index    */
    ADMF_BOOL   /* true or false; its value is 1 or 0                       */
} admf_param_type;

/* Flags of a parameter. */
enum {
    ADMF_OPEN_MIN = 1,   /* min itself is out of range                        */
    ADMF_OPEN_MAX = 2,   /* max itself is out of range                        */
    ADMF_CAN_BE_OFF = 4, /* the word `off` is a value too, held as NaN        */
    ADMF_FRACTION = 8    /* too large a value gets the "fractions, not percent" text */
};

typedef struct admf_param {
    const char *name;
    const char *help; /* one line                                           */
    admf_param_type type;
    unsigned flags;
    double min, max;   /* range; unused for words and booleans            */
    double fallback;   /* the default; NaN: off                           */
    const char *unit;  /* "bars", "fraction", "currency", "days", …; "" none */
    const char *words; /* ADMF_WORD: "first|second|…", else ""            */
} admf_param;

/*
 * One component. `needs` are series in the grammar of expressions, over the row's
 * own parameters: "close", "sma(fast_period)",
 * "macd(fast_period, slow_period, signal_period).histogram". `rules` are
 * conditions between parameters that every instance must satisfy
 * ("fast_period < slow_period").
 */
typedef struct admf_component {
    const char *name;
    const char *help; /* one line */
    int n_params, n_needs, n_rules, n_labels, n_members;
    const admf_param *params;
    const char *const *needs;
    const char *const *rules;
    const char *const *labels;  /* classifiers: codes 1, 2, …; `unknown` is code 0 */
    const char *const *members; /* features: columns made; one unnamed column: ""  */
} admf_component;

/* What a metric of a result is. */
typedef struct admf_metric {
    const char *name;
    const char *long_name;
    const char *unit; /* CF-like: "1", "currency", "bars", "trades"           */
    bool is_count;    /* always a whole number                                */
} admf_metric;

/* Fate of a combination; the largest that applies. */
typedef enum admf_cell_status {
    ADMF_CELL_NOT_COMPUTED = 0,
    ADMF_CELL_OK = 1,
    ADMF_CELL_NO_TRADES = 2, /* no order filled                                 */
    ADMF_CELL_BANKRUPT = 3,  /* equity reached 0                                */
    ADMF_CELL_INVALID = 4    /* its state met a NaN or infinity, or a fit failed */
} admf_cell_status;

#ifdef __cplusplus
}
#endif
#endif
