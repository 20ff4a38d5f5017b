/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A run is three stages, and its peak is that of the largest: the sweep (a block's columns and
 * signal words, proportional to the tile; its lanes and results, proportional to its cells),
 * compressing the cube, and what output.keep runs again. Bars, axes and a fixed share are
 * there all the time.
 */
#include "engine/plan/memory.h"

#include <stdlib.h>
#include <string.h>

#include "engine/analysis/bootstrap.h"
#include "engine/base/memory.h"
#include "engine/base/ordered_work.h"
#include "engine/catalog/catalog.h"
#include "engine/features/columns.h"
#include "engine/features/days.h"
#include "engine/plan/disk.h"
#include "engine/simulate/codes.h"
#include "engine/simulate/events.h"
#include "engine/simulate/generate.h"
#include "engine/simulate/lanes.h"
#include "engine/trace/inputs.h"
#include "io/cube/cube_digest.h"
#include "io/cube/cube_writer.h"
#include "io/signals/signal_writer.h"

enum {
    FIXED_BYTES = 21 << 20,      /* program, libraries, HDF5 and its buffers */
    THREAD_BYTES = 256 << 10,    /* stack, and what the allocator keeps for each */
    KEPT_FIXED_BYTES = 24 << 20, /* what HDF5 caches of the texts in kept groups */
    MORE_GROUPS_BYTES = 8 << 20, /* the same of a sequence's groups beside them */
    HELD_BYTES = 4 << 10,        /* of a rerun: its result, and what the allocator adds to blocks */
    GENERATION_BEST = 256 << 20, /* of a pass that stores signals: more gains nothing */
};

_Static_assert(BARS_LOAD_BYTES < FIXED_BYTES / 2,
               "bars are read before HDF5 is used, and reading takes less than it");

/* Discrete choices along one axis, the others at their first instance. */
static uint64_t shapes_along(const struct plan *plan, enum axis_kind axis)
{
    enum { COUNTED_MOST = 256 };
    struct shape seen[COUNTED_MOST];
    struct cell cell = {{0}};
    size_t count = 0;
    for (size_t i = 0; i < plan->axes[axis].count; i++) {
        cell.index[axis] = i;
        struct shape shape = plan_shape(plan, &cell);
        size_t k = count;
        while (k > 0 && memcmp(&seen[k - 1], &shape, sizeof shape) != 0)
            k--;
        if (k == 0 && count == COUNTED_MOST)
            return plan->axes[axis].count;
        if (k == 0)
            seen[count++] = shape;
    }
    return count;
}

uint64_t plan_shapes(const struct plan *plan)
{
    /* Each choice belongs to one axis, so those of different axes combine freely. */
    return shapes_along(plan, AXIS_CLASSIFIER) * shapes_along(plan, AXIS_RISK) *
           shapes_along(plan, AXIS_EXECUTION);
}

uint64_t plan_block_strategies(const struct plan *plan, uint64_t cells)
{
    uint64_t per_strategy = plan->combinations / plan->axes[AXIS_STRATEGY].count;
    uint64_t touched = cells / per_strategy + 2;
    return touched < plan->axes[AXIS_STRATEGY].count ? touched : plan->axes[AXIS_STRATEGY].count;
}

/* Lanes of a block, those that stay empty because too few cells of a chunk share a shape too. */
static uint64_t lanes_most(const struct plan *plan, uint64_t cells)
{
    uint64_t chunk = plan->sizes.chunk;
    uint64_t groups = (plan_block_strategies(plan, cells) + chunk - 1) / chunk;
    /* Not more groups than cells; the product alone may overflow. */
    groups = plan->sizes.shapes < cells / groups ? groups * plan->sizes.shapes : cells;
    uint64_t most = cells + groups * (LANES - 1);
    return most < cells * LANES ? most : cells * LANES;
}

static int by_bar(const void *a, const void *b)
{
    size_t left = *(const size_t *)a, right = *(const size_t *)b;
    return (left > right) - (left < right);
}

/* Of `count` windows of one symbol those that have a bar in one tile, at most; `bars`: room for two
 * numbers of each. */
static uint64_t open_together(const struct plan_window *windows, size_t count, uint64_t tile,
                              size_t *bars)
{
    uint64_t most = 0;
    size_t *first = bars, *end = bars + count, begun = 0, over = 0;
    for (size_t w = 0; w < count; w++) {
        first[w] = windows[w].first;
        end[w] = windows[w].end;
    }
    qsort(first, count, sizeof *first, by_bar);
    qsort(end, count, sizeof *end, by_bar);
    for (size_t w = 0; w < count; w++) {
        while (begun < count && first[begun] < first[w] + tile)
            begun++;
        while (end[over] + tile <= first[w])
            over++;
        most = begun - over > most ? begun - over : most;
    }
    return most;
}

/* So many books are open at a time. */
static uint64_t open_windows(const struct plan *plan, uint64_t tile)
{
    uint64_t most = 1;
    size_t *bars = plan->window_count > 1 ? memory_new(2 * plan->window_count, sizeof *bars) : NULL;
    for (size_t s = 0; bars && s < plan->symbol_count; s++) {
        const struct plan_window *windows = &plan->windows[s * plan->window_count];
        uint64_t count = open_together(windows, plan->window_count, tile, bars);
        most = count > most ? count : most;
    }
    if (!bars) /* one, or no memory to look: all */
        most = plan->window_count;
    memory_free(bars);
    return most < plan->sizes.windows ? most : plan->sizes.windows;
}

static uint64_t lane_bytes(const struct plan *plan, uint64_t cells, uint64_t tile)
{
    bool by_regime = plan->config->by_regime;
    uint64_t lane = sizeof(struct lane_group) / LANES + sizeof(uint32_t) + sizeof(void *) / LANES;
    uint64_t state = BYTES_PER_PORTFOLIO +
                     sizeof(struct block_sums) / LANES * (uint64_t)plan->config->blocks +
                     (by_regime ? sizeof(struct regime_sums) : 0);
    uint64_t results = METRIC_COUNT * sizeof(double) + 1 +
                       3 * sizeof(double) * (uint64_t)plan->config->blocks +
                       (by_regime ? 4 * sizeof(double) * ADMF_LABELS_MAX + sizeof(size_t) : 0);
    /* Sorting them into groups. */
    uint64_t order = 2 * sizeof(uint32_t) + sizeof(struct shape);
    uint64_t lanes = lanes_most(plan, cells);
    return lanes * lane + cells * order +
           (lanes * state + cells * results) * open_windows(plan, tile);
}

/* Strategies of a block that run, at most. */
static uint64_t running(const struct plan *plan, const struct plan_demand *demand, uint64_t cells)
{
    uint64_t strategies = plan_block_strategies(plan, cells);
    return strategies < demand->strategies ? strategies : demand->strategies;
}

/* For a block with so many strategies that run. */
static uint64_t word_bytes(const struct plan *plan, uint64_t strategies, uint64_t tile)
{
    uint64_t classifiers = plan->axes[AXIS_CLASSIFIER].count, row = (tile + 511) / 512 * 64;
    uint64_t rows = (uint64_t)plan->sizes.threads * plan->sizes.chunk;
    uint64_t down_rows = plan_goes_short(plan) ? rows : (uint64_t)plan->sizes.threads;
    uint64_t bytes = (rows + down_rows + 2 * classifiers) * row;
    uint64_t compared = 2 * strategies < plan->column_count ? 2 * strategies : plan->column_count;
    if (plan->mode != PLAN_REPLAY)
        bytes += codes_bytes(plan, compared, tile);
    if (plan_wants_strength(plan))
        bytes += rows * row * 64;
    if (plan->config->by_regime)
        bytes += classifiers * row * 8;
    return bytes + (uint64_t)plan->sizes.threads * ADMF_LABELS_MAX * row;
}

/* Instances, what they read, and windows. */
static uint64_t axes_bytes(const struct plan *plan)
{
    enum { BLOCK_BYTES = 16 }; /* that the allocator adds to the parameters of a feature */
    uint64_t bytes = plan->axes[AXIS_RISK].count * sizeof *plan->scale_column +
                     plan->column_count * sizeof *plan->columns +
                     plan->symbol_count * plan->window_count * sizeof *plan->windows;
    for (int a = 0; a < AXIS_COUNT; a++)
        bytes += plan->axes[a].bytes;
    for (size_t f = 0; f < plan->feature_count; f++)
        bytes += sizeof *plan->features + BLOCK_BYTES +
                 (uint64_t)catalog_features[plan->features[f].id].n_params * sizeof(double);
    return bytes + sizeof(struct plan_service) *
                       (plan->axes[AXIS_STRATEGY].count + plan->axes[AXIS_CLASSIFIER].count);
}

static void add_reading(const struct plan *plan, int column, struct plan_reading *reading)
{
    const struct plan_column *c = &plan->columns[column];
    reading->columns++;
    if (c->market >= 0)
        return;
    const struct plan_feature *feature = &plan->features[c->feature];
    reading->state += columns_state_bytes(feature);
    for (int k = 0; k < catalog_features[feature->id].n_needs; k++)
        add_reading(plan, feature->input[k], reading);
}

/* What an instance reads. */
static struct plan_reading reading_of(const struct plan *plan, const struct instance *instance,
                                      const struct plan_service *service)
{
    struct plan_reading reading = {0};
    for (int k = 0; instance->row && k < instance->row->n_needs; k++)
        add_reading(plan, service->column[k], &reading);
    return reading;
}

static void at_least(struct plan_reading *most, const struct plan_reading *reading)
{
    most->columns = reading->columns > most->columns ? reading->columns : most->columns;
    most->state = reading->state > most->state ? reading->state : most->state;
}

void plan_bound_demand(const struct plan *plan, struct plan_demand *demand)
{
    const struct axis *strategies = &plan->axes[AXIS_STRATEGY],
                      *classifiers = &plan->axes[AXIS_CLASSIFIER];
    const bool computes = plan->mode != PLAN_REPLAY;
    for (size_t i = 0; computes && i < strategies->count; i++)
        if (plan_strategy_runs(plan, i)) {
            struct plan_reading one =
                reading_of(plan, &strategies->instances[i], &plan->strategies[i]);
            at_least(&demand->strategy, &one);
        }
    for (size_t i = 0; computes && i < classifiers->count; i++) {
        struct plan_reading one =
            reading_of(plan, &classifiers->instances[i], &plan->classifiers[i]);
        demand->others.columns += one.columns;
        demand->others.state += one.state;
    }
    for (size_t i = 0; i < plan->axes[AXIS_RISK].count; i++)
        if (plan->scale_column[i] >= 0)
            add_reading(plan, plan->scale_column[i], &demand->others);
    demand->bounded = true;
}

/* The most that an instance of an axis reads. */
static struct plan_reading most_reading(const struct plan *plan, const struct axis *axis,
                                        const struct plan_service *services)
{
    struct plan_reading most = {0};
    for (size_t i = 0; i < axis->count; i++) {
        struct plan_reading reading = reading_of(plan, &axis->instances[i], &services[i]);
        at_least(&most, &reading);
    }
    return most;
}

uint64_t plan_regime_rows(const struct plan *plan)
{
    uint64_t labels = 0;
    for (size_t i = 0; i < plan->axes[AXIS_CLASSIFIER].count; i++)
        labels += regime_labels(&plan->axes[AXIS_CLASSIFIER].instances[i]);
    return labels * plan->axes[AXIS_RISK].count * plan->axes[AXIS_EXECUTION].count;
}

/* What choosing a strategy for each regime keeps: profit and strategy of each row, and what is read
 * of /by_regime at a time. */
static uint64_t choosing_bytes(const struct plan *plan)
{
    uint64_t rows = plan_regime_rows(plan), piece = rows < CHOOSING_ROWS ? CHOOSING_ROWS : rows;
    return plan->symbol_count * rows * (8 + 8) + piece * 2 * 8;
}

/* What one combination reads at most; a portfolio of several strategies has two at a time. */
static struct plan_reading cell_reading(const struct plan *plan)
{
    const bool adaptive = plan->config->adaptive;
    struct plan_reading all = {.columns = adaptive ? 4 : 2}; /* of sizes, and a spare */
    for (size_t i = 0; i < plan->axes[AXIS_RISK].count; i++)
        if (plan->scale_column[i] >= 0) {
            struct plan_reading scale = {0};
            add_reading(plan, plan->scale_column[i], &scale);
            at_least(&all, &scale);
        }
    if (plan->mode == PLAN_REPLAY)
        return all;
    struct plan_reading strategy = most_reading(plan, &plan->axes[AXIS_STRATEGY], plan->strategies);
    struct plan_reading classifier =
        most_reading(plan, &plan->axes[AXIS_CLASSIFIER], plan->classifiers);
    all.columns += classifier.columns + strategy.columns * (adaptive ? 2 : 1);
    all.state += classifier.state + strategy.state * (adaptive ? 2 : 1);
    return all;
}

/*
 * What reruns hold besides what grows with their bars: so many are held as there are threads to
 * make them (rerun_series), but no more than of the shortest have the bars of a series. While one
 * is made there is a flag for every column of the plan.
 */
static uint64_t held_bytes(const struct plan *plan, uint64_t bars,
                           const struct plan_reading *reading)
{
    const uint64_t threads = plan->mode == PLAN_REPLAY ? 1 : (uint64_t)plan->sizes.threads;
    uint64_t held = ordered_slots((int)threads), most = bars / INPUTS_TILE + 1;
    most = most < ORDERED_SLOTS_MAX ? most : ORDERED_SLOTS_MAX;
    held = held < most ? held : most;
    /* Rows are padded to whole words. */
    uint64_t each =
        sizeof(struct inputs) + HELD_BYTES + reading->state + reading->columns * WORD_BARS * 8;
    return held * each + (threads < held ? threads : held) * plan->column_count;
}

/*
 * One combination to keep, to resample, or that a fold has chosen, runs alone at full length: its
 * columns with their bits, signal, strength, label and confidence, equity, changes, and its trades,
 * of which one in BARS_PER_CHANGE is many; or its samples and the paths. A portfolio of several
 * strategies has them one after the other. Several have no more bars together than one at full
 * length. The list of the best is beside it.
 */
static uint64_t kept_bytes(const struct plan *plan, uint64_t bars)
{
    enum {
        SIGNALS = 19,
        EQUITY = 8,
        CHANGES = 25,
        TRADES = 300 / BARS_PER_CHANGE,
        CANDIDATE = 32 + 24
    };
    const struct config *config = plan->config;
    uint64_t cells = plan_chosen_cells(plan);
    uint64_t best = config->keep == KEEP_BEST ? config->keep_count : 0;
    uint64_t paths = config->paths ? bootstrap_bytes(config->paths) : 0;
    if (config->keep == KEEP_NONE && plan->windows[0].fold == 0 && !paths && !config->adaptive)
        return 0;
    best = paths && config->best_n > best ? config->best_n : best;
    uint64_t choosing = config->adaptive ? choosing_bytes(plan) : 0;
    const struct plan_reading reading = cell_reading(plan);
    bool more_groups = config->keep != KEEP_NONE && (paths || config->adaptive);
    return KEPT_FIXED_BYTES + (more_groups ? MORE_GROUPS_BYTES : 0) +
           (best < cells ? best : cells) * CANDIDATE + paths + choosing +
           held_bytes(plan, bars, &reading) +
           bars * (reading.columns * 8 + reading.columns / 8 + SIGNALS + EQUITY + CHANGES + TRADES);
}

/* Elements of the cube's largest variable. */
static uint64_t largest_variable(const struct plan *plan)
{
    uint64_t each = plan->config->blocks > 1 ? (uint64_t)plan->config->blocks : 1;
    if (plan->config->by_regime && each < ADMF_LABELS_MAX)
        each = ADMF_LABELS_MAX;
    return plan_cells(plan) * each;
}

static uint64_t most_of(uint64_t a, uint64_t b) { return a > b ? a : b; }

/* Compressing the cube, reading it back for its digest, and running again and compressing what is
 * kept. */
static uint64_t later_bytes(uint64_t elements, uint64_t kept, int threads)
{
    uint64_t bytes =
        most_of(cube_collect_bytes(elements, threads), cube_digest_bytes(elements, threads));
    return kept ? most_of(bytes, kept + cube_keep_bytes(threads)) : bytes;
}

/* As many threads compress the cube as fit beside what is there all the time, at least one. */
static uint64_t find_later_bytes(struct plan *plan, uint64_t always, uint64_t kept)
{
    struct plan_sizes *sizes = &plan->sizes;
    uint64_t elements = largest_variable(plan), bytes;
    sizes->packing_threads = sizes->threads;
    while ((bytes = later_bytes(elements, kept, sizes->packing_threads)) + always >
               sizes->memory_limit &&
           sizes->packing_threads > 1)
        sizes->packing_threads--;
    return bytes;
}

/* What is there all the time. */
static uint64_t always_bytes(const struct plan_sizes *sizes)
{
    return FIXED_BYTES + (uint64_t)sizes->threads * THREAD_BYTES + sizes->bars_bytes +
           sizes->axes_bytes;
}

uint64_t plan_block_memory(const struct plan *plan, uint64_t cells, uint64_t tile)
{
    const struct plan_sizes *sizes = &plan->sizes;
    /* A larger block may read what no block of this plan does. */
    uint64_t read = cells > sizes->block_cells ? sizes->all_read_bytes
                                               : sizes->column_bytes + sizes->word_bytes;
    return always_bytes(sizes) + read +
           stored_signals_bytes(plan, plan_block_strategies(plan, cells)) +
           lane_bytes(plan, cells, tile);
}

/* Columns of a block; a flag of each in the plan says beforehand which are needed. */
static uint64_t column_bytes(const struct plan *plan, const struct plan_demand *demand,
                             uint64_t tile, uint64_t cells)
{
    uint64_t bytes = columns_bytes(plan, demand->needed, tile);
    if (demand->bounded) {
        uint64_t strategies = running(plan, demand, cells);
        uint64_t most =
            columns_bytes_most(plan, demand->others.columns + strategies * demand->strategy.columns,
                               demand->others.state + strategies * demand->strategy.state, tile);
        bytes = most < bytes ? most : bytes;
    }
    return bytes + plan->column_count * sizeof(bool);
}

uint64_t plan_estimate_memory(struct plan *plan, const struct plan_demand *demand, uint64_t tile,
                              uint64_t cells)
{
    struct plan_sizes *sizes = &plan->sizes;
    uint64_t longest = 0, days = 0;
    sizes->bars_bytes = 0;
    for (size_t s = 0; s < plan->symbol_count; s++) {
        const struct bars *bars = plan->bars[s];
        sizes->bars_bytes += bars_bytes(bars);
        longest = most_of(longest, bars->count);
        days = most_of(days, day_labels_bytes(plan, bars));
    }
    tile = tile < longest ? tile : longest;
    sizes->axes_bytes = axes_bytes(plan);
    const struct plan_demand all = {.needed = demand->needed, .strategies = demand->strategies};
    const uint64_t samples = tile * 24 * open_windows(plan, tile),
                   beside = days + events_bytes(plan, tile);
    sizes->block_cells = cells;
    sizes->column_bytes = column_bytes(plan, demand, tile, cells) + samples;
    sizes->word_bytes = word_bytes(plan, running(plan, demand, cells), tile) + beside;
    sizes->all_read_bytes = column_bytes(plan, &all, tile, plan->combinations) + samples +
                            word_bytes(plan, demand->strategies, tile) + beside;
    sizes->lane_bytes = lane_bytes(plan, cells, tile);
    sizes->signal_bytes = stored_signals_bytes(plan, plan_block_strategies(plan, cells));
    sizes->kept_bytes = kept_bytes(plan, longest);
    uint64_t always = always_bytes(sizes);
    sizes->memory = most_of(plan_block_memory(plan, cells, tile),
                            always + find_later_bytes(plan, always, sizes->kept_bytes));
    return sizes->memory;
}

/* ---- storing signals ----------------------------------------------------------------------*/

uint64_t plan_estimate_generation(struct plan *plan, const bool *needed, uint64_t tile)
{
    struct plan_sizes *sizes = &plan->sizes;
    uint64_t longest = 0, days = 0, largest = 0, all = 0, instances = 0;
    sizes->bars_bytes = 0;
    for (size_t s = 0; s < plan->symbol_count; s++) {
        sizes->bars_bytes += bars_bytes(plan->bars[s]);
        longest = most_of(longest, plan->bars[s]->count);
        days = most_of(days, day_labels_bytes(plan, plan->bars[s]));
    }
    for (int a = 0; a < SIGNAL_AXES; a++)
        for (size_t i = 0; i < plan->axes[a].count; i++) {
            uint64_t bytes = generation_bytes(plan, (enum axis_kind)a, i, longest);
            largest = most_of(largest, bytes);
            all += bytes;
            instances++;
        }
    tile = tile < longest ? tile : longest;
    sizes->axes_bytes = axes_bytes(plan);
    sizes->column_bytes = columns_bytes(plan, needed, tile) + plan->column_count * sizeof(bool);
    sizes->word_bytes =
        codes_bytes(plan, plan->column_count, tile) + days + generation_scratch_bytes(longest);
    uint64_t rest = always_bytes(sizes) + sizes->column_bytes + sizes->word_bytes;
    sizes->packing_threads = sizes->threads;
    uint64_t writer;
    while ((writer = signal_writer_bytes(plan->symbol_count, instances, sizes->packing_threads)) +
                   rest + largest >
               sizes->memory_limit &&
           sizes->packing_threads > 1)
        sizes->packing_threads--;
    sizes->word_bytes += writer;
    rest += writer;
    uint64_t room = rest < sizes->memory_limit ? sizes->memory_limit - rest : 0;
    sizes->signal_bytes = room < GENERATION_BEST ? room : GENERATION_BEST;
    sizes->signal_bytes = most_of(sizes->signal_bytes, largest);
    sizes->signal_bytes = sizes->signal_bytes < all ? sizes->signal_bytes : all;
    sizes->word_bytes += sizes->signal_bytes;
    sizes->memory = rest + sizes->signal_bytes;
    return sizes->memory;
}
