/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A configuration as typed values, every one with its place in the file, so that
 * whoever finds it impossible later can still point at it.
 */
#ifndef ADMF_IO_CONFIG_CONFIG_H
#define ADMF_IO_CONFIG_CONFIG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "admf/error.h"
#include "admf/types.h"
#include "io/market/bars.h"
#include "kernels/catalog/catalog.h"

struct place {
    int line, column, length;
};

/*
 * The values of one parameter, in order, never materialised for a range: value k of
 * RANGE is (start + k*step)/10^scale, of LINSPACE and LOGSPACE as spec'd. A word is its
 * index, a boolean 0 or 1, `off` NaN. values_get reads them all.
 */
struct values {
    enum { VALUES_ONE, VALUES_LIST, VALUES_RANGE, VALUES_LINSPACE, VALUES_LOGSPACE } form;
    size_t count;
    double *list;         /* LIST, ONE */
    struct place *places; /* LIST, ONE: of each value */
    int64_t start, step;  /* RANGE, scaled integers */
    int scale;            /* power of ten: of all of RANGE and LINSPACE, of LOGSPACE's `from` */
    int to_scale;         /* LOGSPACE: power of ten of `to` */
    double from, to;      /* LINSPACE, LOGSPACE: as doubles */
    int64_t from_scaled, to_scaled; /* LINSPACE, LOGSPACE; RANGE: to_scaled is `stop` as written */
    struct place place;             /* of the whole value */
};
double values_get(const struct values *values, size_t index);

struct given {
    int param; /* index in the component's row */
    struct values values;
    struct place key;
};

/* One set of `parameter_sets`: single values that belong together. */
struct param_set {
    size_t count;
    struct given *given;
    struct place place;
};

struct condition; /* a parsed `where` expression: io/config/condition.h */

enum sample_method { SAMPLE_NONE, SAMPLE_RANDOM, SAMPLE_LATIN, SAMPLE_SOBOL };

enum allow { ALLOW_FLAT = 0, ALLOW_LONG = 1, ALLOW_SHORT = 2, ALLOW_BOTH = 3 };

/* An entry of strategies, classifiers, risk or execution. */
struct component_entry {
    const admf_component *row;
    int id;     /* strategy_id or classifier_id; 0 for risk and execution */
    char *name; /* `name:`, or NULL */
    struct place place;
    size_t given_count;
    struct given *given; /* in the order written */
    size_t set_count;
    struct param_set *sets;
    size_t where_count;
    struct condition **where;
    enum sample_method sample;
    uint64_t sample_n, sample_seed;
    struct place sample_place;
    /* classifiers */
    unsigned char allow[ADMF_LABELS_MAX]; /* enum allow per code; [0] is unknown */
    bool block_entries;                   /* policy_mode */
};

struct component_list {
    size_t count;
    struct component_entry *entries;
    struct place place;
};

/* A stretch of time as written: 500 (bars), 500d (session days), 6m (calendar months). */
struct window_length {
    int64_t count;
    enum window_unit { WINDOW_BARS, WINDOW_DAYS, WINDOW_MONTHS } unit;
};

enum { WINDOW_NAME_MAX = 24 };

struct named_window {
    char *name;
    char *start, *end; /* as in a series of data; NULL: those of the data */
    struct place place;
    struct source_place start_place, end_place;
};

/* The windows that every combination is run over. */
struct windows {
    enum { WINDOWS_ALL, WINDOWS_NAMED, WINDOWS_SPLIT, WINDOWS_WALK_FORWARD, WINDOWS_K_FOLD } form;
    struct place place;
    size_t count; /* NAMED, in the order written */
    struct named_window *named;
    int64_t split; /* SPLIT: share of train, split/10^split_scale */
    int split_scale;
    struct window_length train, test, step; /* WALK_FORWARD */
    bool anchored;
    int folds;                           /* K_FOLD */
    struct window_length purge, embargo; /* WALK_FORWARD, K_FOLD */
};

/* What an adaptive portfolio trades in one regime. */
struct regime_choice {
    char *symbol, *label;
    uint64_t combo;
    double profit, objective; /* in training; NaN: not told */
    struct place place;
};

/* One phase of a workflow. */
struct phase_entry {
    char *name;
    struct place place, inherit_place;
    struct config *config; /* what it runs: the file's with what the phase changes */
    int inherits;          /* the phase whose best it takes over; -1: none */
    int signals;           /* the phase whose signals it replays; -1: none */
    bool stores_signals;   /* another phase replays those of this one */
    int by;                /* metric_id */
    uint64_t n, min_trades;
    bool adapts; /* what it inherits is the best strategy of each regime */
};

struct config {
    char *path; /* as given; for messages */
    char *text; /* the file's bytes */
    size_t text_length;

    char *signals;                          /* the store that a replay reads; NULL: none is named */
    struct place signals_place, type_place; /* of the path; of the workflow's type */
    char *workflow_type, *base_pattern, *workflow_name, *objective;
    struct place objective_place;     /* line 0: not given */
    uint64_t best_n, best_min_trades; /* that a ready-made sequence goes on with */
    uint64_t paths, block;            /* monte_carlo; paths 0: another type; block 0: by samples */
    char *window;                     /* a label or, with folds, train or test; NULL: all */
    struct place window_place;
    uint64_t *combinations; /* [combination_count], sorted: only these are run; NULL: all */
    size_t combination_count;
    struct place combinations_place;
    bool adaptive; /* portfolios of regime_choice are run, in this phase or in training */
    size_t choice_count;
    struct regime_choice *choices;
    size_t phase_count; /* 0: the configuration itself is the only phase */
    struct phase_entry *phases;

    size_t series_count;
    struct series_source *series; /* the shipped sample where `data` is missing */
    bool sample_data;

    struct windows windows;
    struct component_list strategies, classifiers, risk, execution;
    double sizing[RISK_max_position_value]; /* the portfolio's: RISK_size_type … RISK_rebalance */
    double portfolio[PORTFOLIO_COUNT];

    bool sample_daily, sample_given; /* metrics.sampling */
    double periods_per_year;         /* NaN: inferred */
    double risk_free_rate;
    bool by_regime;
    int blocks;
    bool metric_selected[METRIC_COUNT]; /* metrics.select */

    char *output_path; /* NULL: beside the configuration, its stem + .h5 */
    bool precision_float32;
    int deflate; /* 0: none, 1 … 9 */
    enum { KEEP_NONE, KEEP_ALL, KEEP_LIST, KEEP_BEST } keep;
    struct place keep_place;
    uint64_t *keep_ids;
    size_t keep_count; /* KEEP_LIST: ids; KEEP_BEST: n */
    int keep_by;       /* metric_id */
    uint64_t keep_min_trades;

    int threads;     /* 0: all that the process may use */
    uint64_t memory; /* bytes; 0: 80 % of what is available */
    char *isa;       /* auto, v2, … */
    struct place isa_place;
    char *lanes; /* auto, lockstep, events */
    uint64_t seed;
};

/*
 * Reads and validates a file. On any error nothing is returned and `errors` has them
 * all; warnings go to `warnings`. The caller frees *out with config_free.
 */
admf_status config_load(const char *path, struct config **out, admf_diagnostics *errors,
                        admf_diagnostics *warnings);
/* The same from text; `path` names it in messages and is where relative paths start. */
admf_status config_parse(const char *path, const char *text, size_t length, struct config **out,
                         admf_diagnostics *errors, admf_diagnostics *warnings);
void config_free(struct config **config);

/*
 * The configuration with every default filled in, grids as written, as YAML that
 * config_parse reads back to the same thing; paths absolute. NULL when memory ran out;
 * the caller frees it with memory_free.
 */
char *config_resolved(const struct config *config);

#endif
