/* SPDX-License-Identifier: Apache-2.0 */
/*
 * From a configuration to a result cube.
 *
 *     admf_options options = {.config_path = "sweep.yaml"};
 *     admf_diagnostics errors = ADMF_DIAGNOSTICS_INIT, warnings = ADMF_DIAGNOSTICS_INIT;
 *     admf_workflow_result *result = NULL;
 *     if (admf_workflow_run(&options, &result, &errors, &warnings) == ADMF_OK)
 *         printf("%s %s\n", result->phases[0].cube, result->phases[0].digest);
 *     admf_workflow_result_free(&result);
 */
#ifndef ADMF_WORKFLOW_H
#define ADMF_WORKFLOW_H

#include <stdbool.h>
#include <stdint.h>

#include "admf/error.h"
#include "admf/types.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct admf_progress {
    uint64_t combinations_done, combinations;       /* of this phase, over symbols and windows */
    double combination_bars_done, combination_bars; /* each combination times its bars */
    double seconds;                                 /* since the phase started */
    const char *stage;                              /* "loading", "running", "writing" */
    const char *unit; /* what is counted instead of combinations: "instance"; NULL: these */
} admf_progress;

/* More threads than any machine has processors would only cost stack. */
#define ADMF_THREADS_MAX 1024

/*
 * The bytes that a text says as `resources.memory` and --memory do: a number with K, M, G or T,
 * also in lower case, for powers of 1024 (8G, 1.5g), or alone from 1 MiB on. False, with *bytes as
 * it was, for any other text, or for less than a byte, or 2^63 and more.
 */
bool admf_size_from_text(const char *text, uint64_t *bytes);

/*
 * What a caller may set beside the configuration; zero everywhere means "as configured".
 * Strings are borrowed for the call.
 */
typedef struct admf_options {
    const char *config_path; /* a YAML file, or a cube whose resolved configuration is meant */
    const char *output;      /* the cube's path */
    bool resume;             /* go on with a .partial */
    bool force;              /* overwrite a cube, discard a .partial */
    /* Run as type signal_generation, whatever type the configuration has: no combinations, their
     * signals are stored. The path is that of the store then. */
    bool store_signals;
    /* Run as type signal_replay of this store, whatever type the configuration has; NULL: as
     * configured. */
    const char *signals;
    int threads;     /* at most ADMF_THREADS_MAX */
    uint64_t memory; /* bytes the process may use */
    const char *isa; /* instruction set */
    /* The record of runs (admf/runs.h), made where there is none; NULL: nothing is recorded. One
     * that cannot be written is a warning. */
    const char *analytics;
    const char *command; /* how the program was called, for the record; may be NULL */
    /* Hidden, for tests: tile length, cells between two commits. */
    uint64_t tile_bars, block_cells;
    /* Called from the calling thread a few times a second; may be NULL. */
    void (*progress)(void *context, const admf_progress *progress);
    void *progress_context;
    /*
     * Read while market data are, between tiles, and between what is run again: a status other
     * than 0 (ADMF_STOPPED, ADMF_INTERRUPTED) ends the run, with a resumable file once it has one.
     * May be NULL; a signal handler or another thread may write it.
     */
    const volatile int *stop;
} admf_options;

/*
 * The functions below append what they find to `errors` and `warnings`, which are the caller's,
 * and return ADMF_OK or the status to leave with: ADMF_BAD_CONFIG, ADMF_NO_INPUT, ADMF_BAD_DATA,
 * ADMF_USAGE for options that make no sense, ADMF_IO, ADMF_INTERNAL.
 */

/* Validates only (data files must exist, but are not read). */
admf_status admf_check(const admf_options *options, admf_diagnostics *errors,
                       admf_diagnostics *warnings);

/* A plan as text or JSON; *out is freed with admf_free, and NULL on failure. */
admf_status admf_plan_text(const admf_options *options, char **out, admf_diagnostics *errors,
                           admf_diagnostics *warnings);
admf_status admf_plan_json(const admf_options *options, char **out, admf_diagnostics *errors,
                           admf_diagnostics *warnings);

/* All that a result points to lives as long as it does. */
typedef struct admf_best {
    uint64_t combo;
    const char *symbol, *window, *strategy, *classifier, *risk, *execution; /* labels */
    double by, total_return, max_drawdown, sharpe, trades;                  /* NaN: not stored */
} admf_best;

/* Of what is resampled there are quantiles at 5, 25, 50, 75 and 95 % of the paths. */
enum { ADMF_QUANTILES = 5 };

/* What else a combination could have come to: a row of the cube's /monte_carlo. */
typedef struct admf_resampled {
    uint64_t combo;
    const char *symbol, *window, *strategy; /* labels */
    double losing; /* share of paths that end with less than they began with */
    double total_return[ADMF_QUANTILES], max_drawdown[ADMF_QUANTILES], sharpe[ADMF_QUANTILES];
} admf_resampled;

/* What a phase had to do with signals. Instances are those of strategies and classifiers. */
typedef struct admf_signal_result {
    const char *store;        /* path of the store that was written; NULL: none */
    const char *source;       /* path of the store that was read; NULL: none */
    char digest[17];          /* of this store */
    uint64_t feature_columns; /* computed */
    uint64_t made, read;      /* instances whose signals were computed, and read from a store */
    uint64_t bars, values;    /* of all symbols; and a value for each instance */
    uint64_t changes, bytes;  /* what the store holds instead, and its size */
    double seconds;           /* that storing them took */
} admf_signal_result;

/* A portfolio that trades another strategy in each regime: a row of the cube's /adaptive. */
typedef struct admf_adaptive {
    uint64_t row;                                                /* from 0 */
    const char *symbol, *window, *classifier, *risk, *execution; /* labels */
    double train, test; /* the objective in training and in this window */
    double total_return, max_drawdown, sharpe, trades;
} admf_adaptive;

typedef struct admf_phase_result {
    const char *name, *pattern, *cube; /* cube: its path; of signal_generation the store's */
    char digest[17];                   /* of that file, 16 hexadecimal digits; "" on failure */
    admf_status status;
    double seconds;
    size_t symbols;                /* of the data, however the phase ended */
    uint64_t combinations;         /* over symbols and windows; of signal_generation 0 */
    double combination_bars;       /* each of them times its bars */
    double combination_bars_found; /* of these, what an earlier run had done (resume) */
    admf_signal_result signals;
    uint64_t peak_memory; /* bytes, of the process */
    const char *best_by;  /* metric the best are sorted by */
    size_t best_count;
    admf_best best[10]; /* best first */
    uint64_t paths;     /* monte_carlo: paths of each of the resampled; else 0 */
    size_t resampled_count;
    admf_resampled resampled[10]; /* best by the objective first */
    size_t adaptive_count;
    admf_adaptive adaptive[10]; /* best in training first */
} admf_phase_result;

typedef struct admf_workflow_result {
    char correlation_id[48]; /* workflow_20260102_150405_1a2b3c4d */
    admf_status status;
    const char *pattern;
    bool sample_data;        /* no `data` in the configuration: the shipped series was used */
    const char *data_source; /* what was read, in words */
    size_t phase_count;
    admf_phase_result *phases;
} admf_workflow_result;

/*
 * Runs everything the configuration asks for. *out is set also where a phase failed half-way,
 * if anything can be said of it, else NULL; free it with admf_workflow_result_free. Where
 * options->stop ended the run, its status is returned and nothing is added to `errors`.
 */
admf_status admf_workflow_run(const admf_options *options, admf_workflow_result **out,
                              admf_diagnostics *errors, admf_diagnostics *warnings);
/* Sets *result to NULL; it may be NULL before. */
void admf_workflow_result_free(admf_workflow_result **result);

#ifdef __cplusplus
}
#endif
#endif
