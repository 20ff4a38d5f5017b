/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Writing a result cube.
 *
 *     state = cube_state(path);                    nothing, a .partial, a finished cube
 *     cube_create(path, &layout, force, …)         or cube_resume(path, &layout, …)
 *     for each block b of cube_blocks(cube):
 *         if (!cube_block_done(cube, b))
 *             compute it, cube_write_block(cube, b, &values, …)
 *     cube_collect(cube, …)                        compresses PATH.partial into PATH.new
 *     cube_keep_equity(…), cube_keep_trades(…), …  any number of times, into PATH.new
 *     cube_finish(&cube, "2026-…Z", …)             PATH.new becomes PATH, .partial goes
 *
 * or cube_abandon(&cube) at any point: what was written stays in PATH.partial.
 *
 * Work is cut into blocks: runs of neighbouring cells of one symbol and window. A cell is
 * a combination's row-major index over (strategy, classifier, risk, execution). While the
 * run goes on, PATH.partial holds every variable as a contiguous array at a known place of
 * the file; a block's values are written into place and only then its bit in the bitmap
 * of finished blocks, so a kill at any instant costs no more than the blocks in hand.
 * Nothing else of that file ever changes, and HDF5 has it open only while it is made.
 *
 * PATH.making and PATH.new are files in the making, and an empty PATH.partial.lock keeps other runs
 * away until PATH.partial is there and locked; what a kill leaves of them goes with the next run.
 *
 * One thread calls these functions; cube_collect itself starts layout.threads threads for
 * compression. Errors: ADMF_IO (74) for a full disk, a read-only folder, a vanished file;
 * PATH.partial stays readable then.
 */
#ifndef ADMF_IO_CUBE_CUBE_WRITER_H
#define ADMF_IO_CUBE_CUBE_WRITER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "admf/error.h"
#include "admf/types.h"
#include "admf/workflow.h"
#include "engine/expand/axis.h"

struct cube_writer;

struct cube_window {
    const char *label;
    int64_t start, end; /* ns UTC: first and last bar */
};

struct cube_text {
    const char *name; /* letters, digits, underscores */
    const char *value;
};

/* The data of one symbol, to recognise it on --resume. */
struct cube_data {
    const char *name;
    uint64_t digest; /* bars.digest */
};

/*
 * What a cube looks like. Everything is borrowed and must outlive the writer.
 *
 * Variables beside the axes (strategy_name, strategy_type, momentum__lookback_period, …)
 * are derived from `axes`: an instance's type is what stands before the bracket of its
 * label; strategies and classifiers show all parameters of their row, risk and execution
 * those that some entry sets.
 */
struct cube_layout {
    size_t symbol_count;
    const char *const *symbols;
    size_t window_count;
    const struct cube_window *windows;
    const struct axis *axes; /* [AXIS_COUNT], as axes_expand makes them */
    size_t metric_count;
    const admf_metric *metrics; /* the selected ones, in order */
    bool float32;               /* stored precision of metrics and of block_sum… */
    int deflate;                /* 0: none, 1 … 9 */
    int stat_blocks;            /* metrics.blocks; 0: no block_sum, block_sum2, block_n */
    bool by_regime;             /* group /by_regime */
    uint64_t block_cells;       /* cells per block of work; 0: a default */
    int threads;                /* for compression; 0: 1 */
    const char *title;          /* attribute of the file; NULL: a default */
    /*
     * What must agree on --resume: the resolved configuration without what may change
     * (threads, memory, paths of results). A difference is reported by its first line.
     */
    const char *identity;
    size_t data_count;
    const struct cube_data *data;
    size_t provenance_count; /* configuration, resolved_configuration, program_version, … */
    const struct cube_text *provenance;
};

/* format_version of the files written; 1 had texts of any length only. format_version and
 * data_hashes go to /provenance by themselves. */
enum { CUBE_FORMAT_VERSION = 2 };

enum cube_state { CUBE_NOTHING, CUBE_PARTIAL, CUBE_FINISHED };
/* What is there for `path`. Where both files are, the .partial counts: its run is the later. */
enum cube_state cube_state(const char *path);
/* Whether making a cube at `path` would spoil the file at `other`, which need not exist. */
bool cube_spoils(const char *path, const char *other);

/*
 * Starts PATH.partial. Refuses (ADMF_IO) an existing PATH or PATH.partial without `force`;
 * with it, an old PATH stays until cube_finish replaces it, and only a PATH.partial that a run
 * is writing now is refused. On failure *out is NULL and nothing new is left behind.
 */
admf_status cube_create(const char *path, const struct cube_layout *layout, bool force,
                        struct cube_writer **out, admf_error *error);
/*
 * The same in two steps: looks whether the cube may be made and keeps others from making it, in no
 * time; makes PATH.partial. Where the second fails, cube_abandon is still to be called. It may be
 * another thread's: meanwhile there are cube_blocks, cube_block_done and cube_block_range, and no
 * other thread may use HDF5.
 */
admf_status cube_claim(const char *path, const struct cube_layout *layout, bool force,
                       struct cube_writer **out, admf_error *error);
admf_status cube_make(struct cube_writer *cube, admf_error *error);

/*
 * Goes on with PATH.partial. ADMF_NO_INPUT when there is none; ADMF_IO when another run writes it;
 * ADMF_BAD_CONFIG when it was made by another configuration, with another precision, other axes or
 * metrics; ADMF_BAD_DATA when from other data or when it is no cube. layout.block_cells is not
 * looked at: blocks stay as they were cut.
 */
admf_status cube_resume(const char *path, const struct cube_layout *layout,
                        struct cube_writer **out, admf_error *error);

/* ADMF_OK when the finished cube at `path` is of this layout, configuration and data; the
 * refusals of cube_resume otherwise, and ADMF_BAD_DATA when it is but said to be and has another
 * shape. */
admf_status cube_matches(const char *path, const struct cube_layout *layout, admf_error *error);

/* A block of work. */
struct cube_range {
    size_t symbol, window;
    uint64_t first, count; /* cells */
};
uint64_t cube_blocks(const struct cube_writer *cube);
bool cube_block_done(const struct cube_writer *cube, uint64_t block);
struct cube_range cube_block_range(const struct cube_writer *cube, uint64_t block);

/* Values of one block: n = its count of cells. Borrowed for the call, not changed. */
struct cube_values {
    const double *const *metrics;                   /* [metric_count][n] */
    const uint8_t *status;                          /* [n], admf_cell_status */
    const double *block_sum, *block_sum2, *block_n; /* [n][stat_blocks]; else NULL */
    /* Rows of /by_regime: for each cell one for each label of its classifier (regime_labels), by
     * code; NaN where the cell is not computed. NULL without by_regime. */
    const double *regime_profit, *regime_bars, *regime_trades, *regime_wins;
};
/* NaN of any kind is stored as the canonical one. Afterwards the block is done. */
admf_status cube_write_block(struct cube_writer *cube, uint64_t block,
                             const struct cube_values *values, admf_error *error);

/*
 * One metric (index into layout.metrics) of a range of cells as stored so far: out has
 * range->count elements, NaN where not computed. What `keep: best` chooses from.
 */
admf_status cube_read_back(struct cube_writer *cube, size_t metric, const struct cube_range *range,
                           double *out, admf_error *error);

/*
 * Writes the compressed cube to PATH.new, /provenance and kept groups excepted. Blocks that
 * are not done stay not computed (a part of a divided run, an inherited phase).
 */
admf_status cube_collect(struct cube_writer *cube, admf_error *error);
/* Bytes that cube_collect takes at most with so many threads, where the largest variable has
 * `elements`. */
uint64_t cube_collect_bytes(uint64_t elements, int threads);
/* Bytes that packing what is kept of single combinations takes besides, on so many threads. */
uint64_t cube_keep_bytes(int threads);

/* A kept combination. */
struct cube_cell {
    size_t symbol, window;
    uint64_t combo;
};

/*
 * What is kept of single combinations; between cube_collect and cube_finish, in ascending
 * order of (symbol, window, combo), so that the file does not depend on who was first.
 * Arrays are borrowed for the call, the texts they point to until cube_finish. `time` is ns UTC.
 */
/* /kept_equity: equity at every bar of the window. */
admf_status cube_keep_equity(struct cube_writer *cube, const struct cube_cell *cell, size_t count,
                             const int64_t *time, const double *equity, admf_error *error);

/* /trade_list: one row a trade. Bars count within the window. */
struct cube_trade {
    int64_t entry_time, exit_time; /* exit of an open trade: the window's last bar */
    int64_t entry_bar, exit_bar;
    int direction; /* +1, −1 */
    double units, entry_price, exit_price, profit, net_return;
    const char *reason; /* "signal", "stop_loss", …, "open" while it runs */
};
admf_status cube_keep_trades(struct cube_writer *cube, const struct cube_cell *cell, size_t count,
                             const struct cube_trade *trades, admf_error *error);

/* /signals and /regime_series: changes only, the first bar included. */
admf_status cube_keep_signals(struct cube_writer *cube, const struct cube_cell *cell, size_t count,
                              const int64_t *time, const int64_t *bar, const int8_t *signal,
                              admf_error *error);
admf_status cube_keep_regimes(struct cube_writer *cube, const struct cube_cell *cell, size_t count,
                              const int64_t *time, const int64_t *bar, const char *const *label,
                              admf_error *error);

/* The combination that a fold's training windows chose. */
struct cube_choice {
    size_t symbol, window; /* window: that of the test */
    int fold;              /* from 1 */
    int64_t combo;         /* -1: none has the objective */
    double train, test;    /* the objective there; NaN where undefined */
};
/* /selection: a row for each fold, in the order of calls; between cube_collect and cube_finish. */
admf_status cube_keep_choice(struct cube_writer *cube, const struct cube_choice *choice,
                             admf_error *error);
/* /stitched: the fold's bars of an equity that goes on from fold to fold. */
admf_status cube_keep_stitched(struct cube_writer *cube, const struct cube_choice *choice,
                               size_t count, const int64_t *time, const double *equity,
                               admf_error *error);

/* What else the returns of a combination could have come to: quantiles over paths. */
struct cube_resampled {
    struct cube_cell cell;
    double objective;
    int64_t samples, block;                             /* of a path; mean length of its blocks */
    double losing;                                      /* share of paths */
    const double *total_return, *max_drawdown, *sharpe; /* [ADMF_QUANTILES] */
    int64_t steps;
    const int64_t *time, *sample;         /* [steps] */
    const double *equity[ADMF_QUANTILES]; /* [steps] each */
};
/* /monte_carlo: a row for each combination, in ascending order of the cells as above, and its
 * bands of equity; between cube_collect and cube_finish. The group is there from the start on,
 * also where it stays empty. */
admf_status cube_start_resampled(struct cube_writer *cube, admf_error *error);
admf_status cube_keep_resampled(struct cube_writer *cube, const struct cube_resampled *resampled,
                                admf_error *error);

/* A portfolio that trades the combination chosen for the current regime. */
struct cube_adaptive {
    size_t symbol, window;
    int64_t classifier, risk, execution; /* indices on their axes */
    size_t label_count;                  /* 0 where the choice is written already */
    const char *const *label;            /* [label_count] */
    const int64_t *chosen;               /* [label_count]: combinations; -1: flat */
    const double *profit;        /* [label_count]: in training; NaN where flat or not told */
    double train, test;          /* the objective */
    int64_t status;              /* admf_cell_status */
    const double *metric;        /* [METRIC_COUNT] */
    int64_t count;               /* bars of the window */
    const int64_t *time, *combo; /* [count]; combo: the one that has the say */
    const double *equity;        /* [count] */
};
/* /regime_choice and /adaptive: in ascending order of symbol, window and the triple; between
 * cube_collect and cube_finish. */
admf_status cube_keep_adaptive(struct cube_writer *cube, const struct cube_adaptive *adaptive,
                               admf_error *error);

/*
 * Closes and fsyncs PATH.new and finds its digest meanwhile, unless `digest` is NULL; renames it to
 * PATH, fsyncs the folder, removes PATH.partial and frees the writer. Calls cube_collect where that
 * was not done. `finished`, the time of the end, goes to /provenance under that name; NULL: it is
 * not told. What has come to be at PATH since cube_create looked is replaced by `force` only, or by
 * a cube_resume that found it there. On failure the writer is freed too, PATH.new is gone, and
 * PATH.partial is as before; so is PATH, unless it was the folder that could not be synced.
 */
admf_status cube_finish(struct cube_writer **cube, const char *finished, char digest[17],
                        admf_error *error);

/* Frees the writer and leaves PATH.partial as it is. NULL is fine. */
void cube_abandon(struct cube_writer **cube);

#endif
