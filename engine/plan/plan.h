/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The plan of a phase: everything that running it needs to know, decided beforehand.
 *
 * A plan is immutable once made. Running it parses nothing and decides nothing; sizes
 * are known before the first allocation. Instances point into the axes, columns into the
 * bars, all of which the plan owns or borrows as said below.
 */
#ifndef ADMF_ENGINE_PLAN_PLAN_H
#define ADMF_ENGINE_PLAN_PLAN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "admf/catalog.h"
#include "engine/expand/axis.h"
#include "engine/plan/series.h"
#include "io/market/bars.h"
#include "io/signals/signal_store.h"
#include "kernels/portfolio/lanes.h"
#include "kernels/table.h"

/* One column of doubles over the bars: of the market, or a member of a feature. */
struct plan_column {
    int market;  /* enum market_column, or -1 */
    int feature; /* index into plan.features where market is -1 */
    int member;
    bool computed; /* of a feature, and read by what runs; plan_size says so */
};

/* A feature with its parameters. */
struct plan_feature {
    int id;    /* feature_id */
    int level; /* 0: reads the market only; else one more than the deepest it reads */
    double *params;
    int column[ADMF_MEMBERS_MAX]; /* index into plan.columns; -1: nobody asked */
    int input[ADMF_NEEDS_MAX];    /* columns it reads */
    size_t state_bytes;
};

/* What a strategy or classifier instance reads. */
struct plan_service {
    int column[ADMF_NEEDS_MAX];
};

/* What a window is for: by itself, or to choose in and to test the choice. */
enum window_role { WINDOW_PLAIN, WINDOW_TRAIN, WINDOW_TEST };

struct plan_window {
    char label[32];
    enum window_role role;
    int fold; /* from 1; 0: none */
    size_t symbol;
    size_t first, end;  /* bars first … end-1 */
    size_t samples;     /* of equity */
    double periods;     /* P of the metrics */
    bool daily_samples; /* equity is sampled at day ends, else at every bar */
};

/*
 * A portfolio that trades another strategy in each regime. Its triple of classifier, risk and
 * execution is numbered row-major: the combination modulo the triples.
 */
struct plan_adaptive {
    size_t symbol;
    uint64_t triple;
    double objective;                  /* in training; NaN where it is not told */
    int64_t strategy[ADMF_LABELS_MAX]; /* by code of the label; -1: flat */
    double profit[ADMF_LABELS_MAX];    /* of the strategy in this regime in training, or NaN */
};

/* What a plan is for. */
enum plan_mode {
    PLAN_AS_CONFIGURED, /* of options: what the base pattern says; no plan has it */
    PLAN_BACKTEST,      /* combinations, from features on */
    PLAN_GENERATE,      /* signals and regimes, to be stored; there are no combinations */
    PLAN_REPLAY         /* combinations, from stored signals on */
};

/* How the work is cut, and what it is expected to take; bytes unless said otherwise. */
struct plan_sizes {
    size_t tile_bars;             /* bars a tile has */
    bool all_threads;             /* in every tile, however small */
    int tile_threads;             /* that a tile has work for (plan_tile_threads) */
    uint64_t block_cells;         /* cells of a block */
    size_t windows;               /* that pass over the bars together */
    size_t chunk;                 /* strategies whose signals a thread makes at a time */
    uint64_t shapes;              /* discrete choices that keep combinations in different groups */
    uint64_t blocks;              /* of all symbols and windows */
    int threads, packing_threads; /* of the run; those that pack and read back the cube */
    uint64_t memory_limit;        /* what may be used */
    uint64_t bars_bytes, axes_bytes, column_bytes, word_bytes, lane_bytes;
    uint64_t all_read_bytes; /* columns and words of a block of all that runs */
    /* PLAN_GENERATE: of the instances of one pass over the bars, at most; PLAN_REPLAY: of the
     * changes of a block */
    uint64_t signal_bytes;
    uint64_t kept_bytes; /* for what runs again at a time, after the lanes */
    uint64_t memory;     /* estimated peak, all of the above and a fixed share */
    uint64_t cube_bytes, partial_bytes;
    double seconds; /* estimated */
};

struct plan {
    const struct config *config; /* borrowed */
    const struct kernel_table *kernels;
    const admf_pattern *pattern, *base_pattern;
    enum plan_mode mode;

    struct axis axes[AXIS_COUNT]; /* owned */
    uint64_t combinations;        /* of one symbol and window; PLAN_GENERATE: 0 */

    size_t symbol_count;
    struct bars **bars; /* [symbol_count]; owned unless borrowed */
    bool borrows_bars;
    size_t window_count;         /* per symbol */
    struct plan_window *windows; /* [symbol_count * window_count], symbol-major */

    size_t column_count;
    struct plan_column *columns;
    size_t feature_count;
    struct plan_feature *features;    /* in order of level */
    struct plan_service *strategies;  /* [axes[AXIS_STRATEGY].count]; PLAN_REPLAY: unused */
    struct plan_service *classifiers; /* [axes[AXIS_CLASSIFIER].count]; the same */
    struct signal_store *store;       /* PLAN_REPLAY: owned; NULL: not there yet */
    int *scale_column;                /* [axes[AXIS_RISK].count]: atr or volatility; -1: none */
    uint32_t market_needed;           /* bit per market column read by anything */

    size_t adaptive_count; /* of workflow.regime_choice, in order of symbol and triple */
    struct plan_adaptive *adaptive;

    bool has_grid;
    struct plan_sizes sizes;
};

struct plan_options {
    const struct kernel_table *kernels;
    int threads;                     /* 0: as configured, else all */
    uint64_t memory;                 /* 0: as configured, else 80 % of what is available */
    uint64_t tile_bars, block_cells; /* 0: chosen */
    enum plan_mode mode;
    /* The store of PLAN_REPLAY is one that an earlier phase will have written: what is there now,
     * if anything, may be of another run. */
    bool store_later;
    /* Nothing is swept, single cells are run: nothing is cut or estimated, and of the sizes there
     * are only the threads and the limit, which the axes alone must keep to. */
    bool unswept;
    const struct plan *bars_of; /* its bars are borrowed; NULL: they are read */
    const volatile int *stop;   /* NULL, or as admf_options.stop: asked while they are read */
};

/*
 * Makes the plan: expands the axes, reads the data, finds columns, sizes. Errors with
 * their places go to `errors`, but nothing where options->stop ended it; then *out is NULL.
 * `config` must outlive the plan; free with plan_free.
 */
admf_status plan_new(const struct config *config, const struct plan_options *options,
                     struct plan **out, admf_diagnostics *errors, admf_diagnostics *warnings);
void plan_free(struct plan **plan);

/* Bytes that a process takes at most unless told otherwise: 80 % of what is available to it. */
uint64_t plan_memory_available(void);
/* Bytes that may be used: `asked`, else as configured, else what is available. */
uint64_t plan_memory_limit(const struct config *config, uint64_t asked);

/* The ids of output.keep, workflow.combinations and regime_choice must be of combinations that
 * there are, and those kept of combinations that run. */
admf_status plan_check_ids(const struct config *config, uint64_t combinations,
                           admf_diagnostics *errors);

/* How many of combinations first … first+count-1 are to be run: all unless the configuration says
 * which. */
uint64_t plan_chosen(const struct plan *plan, uint64_t first, uint64_t count);

/* Cells of the cube: all combinations in all windows of all symbols. PLAN_GENERATE: 0. */
uint64_t plan_cells(const struct plan *plan);
/* Those of them that are to be run (plan_chosen). */
uint64_t plan_chosen_cells(const struct plan *plan);

/* Bars of the windows of this role of all symbols, one after the other; WINDOW_PLAIN: of all
 * windows. A combination that runs goes through so many. */
double plan_window_bars(const struct plan *plan, enum window_role role);
/* Samples of equity in a window, the mean over all windows of all symbols. */
double plan_mean_samples(const struct plan *plan);

/* The portfolio of row `row` of /adaptive, and its window: symbol by symbol, of each its windows,
 * in each its portfolios. NULL: there are not so many. */
const struct plan_adaptive *plan_adaptive_at(const struct plan *plan, uint64_t row, size_t *window);

/* Whether any of a strategy's combinations is to be run. */
bool plan_strategy_runs(const struct plan *plan, size_t strategy);

/* Cell indices of a combination: row-major over (strategy, classifier, risk, execution). */
struct cell {
    size_t index[AXIS_COUNT];
};
struct cell plan_cell(const struct plan *plan, uint64_t combo);

/* Combinations of classifier, risk and execution, and of each the classifier. */
uint64_t plan_triples(const struct plan *plan);
const struct instance *plan_classifier_of(const struct plan *plan, uint64_t triple);

/* Whether a short signal may open a position. */
bool plan_goes_short(const struct plan *plan);

/* Whether any size is scaled by the strength of its signal. */
bool plan_wants_strength(const struct plan *plan);

/* Strategies that run and classifiers, those that say nothing left out. */
uint64_t plan_instances(const struct plan *plan);

/* Columns that are computed: members of features. And these features. */
size_t plan_feature_columns(const struct plan *plan);
size_t plan_computed_features(const struct plan *plan);

/* The discrete terms of a combination. */
struct shape plan_shape(const struct plan *plan, const struct cell *cell);

/* Market column `market` of a series; NULL where its file has none. */
const double *plan_market_values(const struct bars *bars, int market);

/* A column written as in a configuration: "macd(12,26,9).line". `out` is cut to `size`. */
enum { COLUMN_NAME_MAX = 160 }; /* bytes that hold any */
void plan_column_name(const struct plan *plan, int column, char *out, size_t size);

/* Chooses the run's threads: those that read the bars, too. */
void plan_choose_threads(struct plan *plan, const struct plan_options *options);

/* Chooses tile and blocks, and estimates memory, disk and time (plan_new calls it). */
admf_status plan_size(struct plan *plan, const struct plan_options *options,
                      admf_diagnostics *errors);

/* The same where signals are stored. */
admf_status plan_size_signals(struct plan *plan, const struct plan_options *options,
                              admf_diagnostics *errors);

/* What was inferred of each symbol's time, a line each. Freed as below. */
char *plan_periods_text(const struct plan *plan);
/* The plan for people and for programs; freed with memory_free. NULL: out of memory. */
char *plan_to_text(const struct plan *plan);
char *plan_to_json(const struct plan *plan);

#endif
