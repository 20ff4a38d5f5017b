/* SPDX-License-Identifier: Apache-2.0 */
#define _POSIX_C_SOURCE 200809L /* stat */
#include "engine/workflow/signal_phase.h"

#include <string.h>
#include <sys/stat.h>

#include "admf/cube.h"
#include "engine/base/failure.h"
#include "engine/base/memory.h"
#include "engine/base/stop.h"
#include "engine/cpu/cpu.h"
#include "engine/simulate/generate.h"
#include "engine/workflow/phase.h"
#include "engine/workflow/phase_layout.h"
#include "io/signals/signal_store.h"
#include "io/signals/signal_writer.h"

struct storing {
    const struct plan *plan;
    const admf_options *options;
    struct signal_writer *writer;
    struct day_labels days; /* of the symbol at hand */
    admf_signal_result *out;
    double start, last_report;
    double instances_now; /* of the pass that runs */
    admf_progress progress;
    double bars_before; /* instance-bars of finished passes */
    admf_error *error;
};

static admf_status after_tile(void *context, size_t bars)
{
    struct storing *s = context;
    double t = phase_clock();
    if (s->options->progress && t - s->last_report >= 0.2) {
        s->last_report = t;
        s->progress.seconds = t - s->start;
        s->progress.combination_bars_done = s->bars_before + s->instances_now * (double)bars;
        s->options->progress(s->options->progress_context, &s->progress);
    }
    return stop_status(s->options->stop);
}

/* From instance number `first` on (strategies, then classifiers) as many as a pass has room for,
 * at least one. Returns the number behind the last. */
static size_t choose_range(const struct plan *plan, size_t symbol, size_t first,
                           struct instance_range range[SIGNAL_AXES])
{
    size_t strategies = plan->axes[AXIS_STRATEGY].count;
    size_t all = strategies + plan->axes[AXIS_CLASSIFIER].count, next = first;
    uint64_t bytes = 0;
    range[AXIS_STRATEGY] = (struct instance_range){first < strategies ? first : 0, 0};
    range[AXIS_CLASSIFIER] =
        (struct instance_range){first < strategies ? 0 : first - strategies, 0};
    for (; next < all; next++) {
        enum axis_kind axis = next < strategies ? AXIS_STRATEGY : AXIS_CLASSIFIER;
        bytes += generation_bytes(plan, axis, next < strategies ? next : next - strategies,
                                  plan->bars[symbol]->count);
        if (next > first && bytes > plan->sizes.signal_bytes)
            break;
        range[axis].count++;
    }
    return next;
}

static admf_status write_instance(struct storing *s, struct generation *g, enum axis_kind axis,
                                  size_t instance)
{
    struct signal_changes changes = generation_changes(g, axis, instance);
    admf_status status = signal_writer_changes(s->writer, axis, &changes, s->error);
    const double *strength = axis == AXIS_STRATEGY ? generation_strength(g, instance) : NULL;
    s->out->changes += changes.count;
    if (status == ADMF_OK && strength)
        status = signal_writer_strength(s->writer, g->symbol, instance, strength, s->error);
    return status;
}

/* One pass over the bars of a symbol. */
static admf_status run_pass(struct storing *s, size_t symbol,
                            const struct instance_range range[SIGNAL_AXES])
{
    struct generation g = {.plan = s->plan,
                           .days = &s->days,
                           .symbol = symbol,
                           .range = {range[0], range[1]},
                           .after_tile = after_tile,
                           .context = s};
    size_t instances = range[AXIS_STRATEGY].count + range[AXIS_CLASSIFIER].count;
    s->instances_now = (double)instances;
    admf_status status = generation_run(&g, s->error);
    for (int a = 0; status == ADMF_OK && a < SIGNAL_AXES; a++)
        for (size_t k = 0; status == ADMF_OK && k < range[a].count; k++)
            status = write_instance(s, &g, (enum axis_kind)a, range[a].first + k);
    generation_deinit(&g);
    s->bars_before += s->instances_now * (double)s->plan->bars[symbol]->count;
    s->progress.combinations_done += instances;
    return status;
}

static admf_status run_symbol(struct storing *s, size_t symbol)
{
    const struct plan *plan = s->plan;
    size_t classifiers = plan->axes[AXIS_CLASSIFIER].count;
    size_t all = plan->axes[AXIS_STRATEGY].count + classifiers;
    admf_status status = day_labels_make(plan, plan->bars[symbol], -1, false, plan->sizes.threads,
                                         &s->days, s->error);
    for (size_t next = 0; status == ADMF_OK && next < all;) {
        struct instance_range range[SIGNAL_AXES];
        next = choose_range(plan, symbol, next, range);
        status = run_pass(s, symbol, range);
    }
    day_labels_deinit(&s->days, classifiers);
    return status;
}

static admf_status write_store(struct storing *s, const struct signal_layout *layout,
                               const char *path)
{
    const struct plan *plan = s->plan;
    char finished[PHASE_TIME];
    bool force = s->options->force || s->options->resume;
    admf_status status = signal_writer_new(path, layout, force, &s->writer, s->error);
    for (size_t symbol = 0; status == ADMF_OK && symbol < plan->symbol_count; symbol++)
        status = run_symbol(s, symbol);
    phase_time_text(finished);
    struct signal_written written;
    if (status == ADMF_OK)
        status = signal_writer_finish(&s->writer, finished, &written, s->error);
    if (status == ADMF_OK) {
        s->out->bytes = written.bytes;
        memcpy(s->out->digest, written.digest, sizeof s->out->digest);
    }
    signal_writer_abandon(&s->writer);
    return status;
}

/* A store to go on with must hold these signals: then there is nothing left to do. */
static admf_status take_existing(struct storing *s, const struct signal_layout *layout,
                                 const char *path)
{
    struct signal_store *store = NULL;
    struct stat about;
    admf_status status = signal_store_open(path, layout, &store, s->error);
    if (status != ADMF_OK)
        return status;
    s->out->feature_columns = s->out->made = 0;
    s->out->changes = signal_store_all_changes(store);
    s->out->bytes = stat(path, &about) == 0 ? (uint64_t)about.st_size : 0;
    memcpy(s->out->digest, signal_store_digest(store), sizeof s->out->digest);
    signal_store_close(&store);
    return ADMF_OK;
}

static void count_work(struct storing *s)
{
    const struct plan *plan = s->plan;
    admf_signal_result *out = s->out;
    out->feature_columns = plan_feature_columns(plan);
    out->made = plan_instances(plan);
    for (size_t k = 0; k < plan->symbol_count; k++)
        out->bars += plan->bars[k]->count;
    out->values = out->bars * out->made;
    s->progress.unit = "instance";
    s->progress.stage = "running";
    s->progress.combinations =
        (plan->axes[AXIS_STRATEGY].count + plan->axes[AXIS_CLASSIFIER].count) * plan->symbol_count;
    s->progress.combination_bars =
        (double)out->bars * (double)s->progress.combinations / (double)plan->symbol_count;
}

admf_status signals_store(const struct plan *plan, const admf_options *options, const char *path,
                          const char *correlation_id, admf_signal_result *out, admf_error *error)
{
    struct storing s = {
        .plan = plan, .options = options, .out = out, .start = phase_clock(), .error = error};
    struct phase_layout common = {0};
    *out = (admf_signal_result){.store = memory_copy_text(path)};
    count_work(&s);
    admf_status status =
        out->store ? phase_layout_init(&common, plan, correlation_id, error) : fail_memory(error);
    const struct signal_layout layout = {.symbol_count = plan->symbol_count,
                                         .bars = plan->bars,
                                         .axes = plan->axes,
                                         .strength = plan_wants_strength(plan),
                                         .deflate = plan->config->deflate,
                                         .threads = plan->sizes.packing_threads,
                                         .title = plan->config->workflow_name,
                                         .provenance_count = common.cube.provenance_count,
                                         .provenance = common.cube.provenance};
    if (status == ADMF_OK && options->resume && cube_state(path) == CUBE_FINISHED)
        status = take_existing(&s, &layout, path);
    else if (status == ADMF_OK)
        status = write_store(&s, &layout, path);
    phase_layout_deinit(&common);
    out->seconds = phase_clock() - s.start;
    return status;
}

admf_status signal_phase_run(const struct plan *plan, const admf_options *options, const char *path,
                             const char *name, const char *correlation_id,
                             admf_phase_result *result, admf_error *error)
{
    *result = (admf_phase_result){.name = memory_copy_text(name),
                                  .pattern = plan->pattern->name,
                                  .cube = memory_copy_text(path),
                                  .symbols = plan->symbol_count};
    admf_status status =
        result->name && result->cube
            ? signals_store(plan, options, path, correlation_id, &result->signals, error)
            : fail_memory(error);
    memcpy(result->digest, result->signals.digest, sizeof result->digest);
    result->status = status;
    result->seconds = result->signals.seconds;
    result->peak_memory = cpu_peak_memory();
    return status;
}
