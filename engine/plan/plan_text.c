/* SPDX-License-Identifier: Apache-2.0 */
/* A plan in words. */
#include <inttypes.h>

#include "engine/base/memory.h"
#include "engine/base/text.h"
#include "engine/catalog/catalog.h"
#include "engine/plan/disk.h"
#include "engine/plan/pattern.h"
#include "engine/plan/services.h"
#include "io/market/timestamp.h"
#include "io/signals/signal_store.h"

enum { FEATURES_SHOWN = 24, WINDOWS_SHOWN = 8 };

static void add_bytes(struct text *out, uint64_t bytes)
{
    static const char *const units[] = {"B", "KiB", "MiB", "GiB", "TiB"};
    double value = (double)bytes;
    int unit = 0;
    for (; value >= 1024 && unit < 4; unit++)
        value /= 1024;
    text_format(out, value < 10 && unit ? "%.1f %s" : "%.0f %s", value, units[unit]);
}

/* What was inferred of one symbol's time. */
static void add_periods(struct text *out, const struct plan *plan, size_t symbol)
{
    const struct plan_window *window = &plan->windows[symbol * plan->window_count];
    char bars[NUMBER_MAX], samples[NUMBER_MAX];
    number_to_text(plan->bars[symbol]->bars_per_year, bars);
    number_to_text(window->periods, samples);
    text_format(out, "%s: %s bars a year; equity of every %s, %s samples a year\n",
                plan->bars[symbol]->symbol, bars, window->daily_samples ? "day" : "bar", samples);
}

char *plan_periods_text(const struct plan *plan)
{
    struct text out = {0};
    for (size_t s = 0; s < plan->symbol_count; s++)
        add_periods(&out, plan, s);
    if (!out.failed)
        return out.chars;
    text_deinit(&out);
    return NULL;
}

/* What is resampled, and how much of it. */
static void text_resampling(struct text *out, const struct plan *plan)
{
    const struct config *config = plan->config;
    if (!config->paths)
        return;
    text_format(out, "\nresample    the best %" PRIu64 " by %s, %" PRIu64 " paths each, blocks of ",
                config->best_n, config->objective, config->paths);
    if (config->block)
        text_format(out, "%" PRIu64 " samples", config->block);
    else
        text_add(out, "the cube root of the samples");
    text_add(out, " in the mean\n");
}

/* Those of the first symbol; nothing where all bars are the only window. */
static void text_windows(struct text *out, const struct plan *plan)
{
    const struct bars *bars = plan->bars[0];
    if (plan->config->windows.form == WINDOWS_ALL || plan->mode == PLAN_GENERATE)
        return;
    for (size_t w = 0; w < plan->window_count; w++) {
        char start[STAMP_TEXT], end[STAMP_TEXT];
        const struct plan_window *window = &plan->windows[w];
        if (w == WINDOWS_SHOWN) {
            text_format(out, "            and %zu more (--json lists all)\n",
                        plan->window_count - w);
            return;
        }
        stamp_to_text(bars->time[window->first], start);
        stamp_to_text(bars->time[window->end - 1], end);
        size_t count = window->end - window->first;
        text_format(out, "%-11s %s: %zu bar%s, %s to %s\n", w ? "" : "windows", window->label,
                    count, count == 1 ? "" : "s", start, end);
    }
}

static void text_axes(struct text *out, const struct plan *plan)
{
    text_format(out, "workflow    %s", plan->pattern->name);
    if (plan->pattern != plan->base_pattern)
        text_format(out, " over %s", plan->base_pattern->name);
    text_add(out, "\n\naxis        in the grid  after where\n");
    bool combined = plan->mode != PLAN_GENERATE;
    for (int a = 0; a < (combined ? AXIS_COUNT : SIGNAL_AXES); a++)
        text_format(out, "%-11s %11" PRIu64 "  %11zu\n", plan_axis_names[a],
                    plan->axes[a].before_where, plan->axes[a].count);
    text_format(out, "symbol      %11zu  %11zu\n", plan->symbol_count, plan->symbol_count);
    if (combined && plan->window_count > 1)
        text_format(out, "window      %11zu  %11zu\n", plan->window_count, plan->window_count);
    uint64_t chosen = plan_chosen(plan, 0, plan->combinations);
    if (combined)
        text_format(out, "combinations %" PRIu64, plan->combinations);
    else
        text_format(out, "instances   %" PRIu64, plan_instances(plan));
    if (combined && chosen < plan->combinations)
        text_format(out, ", of which %" PRIu64 " run%s", chosen, chosen == 1 ? "s" : "");
    if (plan->symbol_count > 1)
        text_format(out, " for each of %zu symbols", plan->symbol_count);
    if (combined && plan->window_count > 1)
        text_format(out, "%s %zu windows", plan->symbol_count > 1 ? " in" : " in each of",
                    plan->window_count);
    text_add(out, "\n\n");
    for (size_t s = 0; s < plan->symbol_count; s++) {
        size_t bars = plan->bars[s]->count;
        text_format(out, "data        %s: %zu bar%s of %s", plan->bars[s]->symbol, bars,
                    bars == 1 ? "" : "s", plan->bars[s]->source);
        if (plan->bars[s]->bars_outside)
            text_format(out, "; %zu outside of the session, left out", plan->bars[s]->bars_outside);
        text_add(out, "\n");
    }
    for (size_t s = 0; s < plan->symbol_count; s++) {
        text_add(out, "periods     ");
        add_periods(out, plan, s);
    }
    if (combined)
        text_windows(out, plan);
}

static void text_topology(struct text *out, const struct plan *plan)
{
    struct service services[SERVICES_MAX];
    size_t n = plan_services(plan, services);
    uint64_t count = plan_chosen_cells(plan), shared = plan_shared_containers(plan);
    enum axis_kind outer = plan_outer_axis(plan);
    enum axis_kind inner = outer == AXIS_STRATEGY ? AXIS_CLASSIFIER : AXIS_STRATEGY;
    text_format(out, "\nouter axis  %s (%zu), inner %s (%zu)\n", plan_axis_names[outer],
                plan->axes[outer].count, plan_axis_names[inner], plan->axes[inner].count);
    if (plan->mode == PLAN_GENERATE)
        text_format(out, "containers  %" PRIu64 " stateful (%s)\n", shared,
                    plan->base_pattern->shared);
    else
        text_format(out,
                    "containers  %" PRIu64 " stateful (%" PRIu64 " portfolio%s + %" PRIu64
                    " shared: %s), against %" PRIu64 " with one for everything\n",
                    count + shared, count, count == 1 ? "" : "s", shared,
                    plan->base_pattern->shared, 3 * count + shared);
    text_add(out, "services    ");
    for (size_t k = 0; k < n; k++)
        text_format(out, "%s%s_services: %" PRIu64, k ? ", " : "", services[k].type,
                    services[k].count);
    text_format(out, " (stateless)\ncommunication: %s\n            %s\n", plan_communication,
                plan_route[plan->mode]);
    if (plan->mode != PLAN_GENERATE)
        text_format(out, "portfolio   %d bytes each\n", (int)BYTES_PER_PORTFOLIO);
}

/* What a replay reads instead of computing it. */
static void text_signals(struct text *out, const struct plan *plan)
{
    if (plan->mode != PLAN_REPLAY)
        return;
    text_format(out, "\nsignals     0 instances computed, %" PRIu64 " read from %s",
                plan_instances(plan), plan->config->signals);
    if (plan->store)
        text_format(out, ", %" PRIu64 " changes", signal_store_all_changes(plan->store));
    text_add(out, "\n");
}

static void text_features(struct text *out, const struct plan *plan)
{
    char name[COLUMN_NAME_MAX];
    size_t shown = 0, made = plan_feature_columns(plan), features = plan_computed_features(plan);
    text_format(out, "%sfeatures    %zu column%s of %zu feature%s%s\n",
                plan->mode == PLAN_REPLAY ? "" : "\n", made, made == 1 ? "" : "s", features,
                features == 1 ? "" : "s",
                plan->mode == PLAN_REPLAY && made ? ", which sizes need" : "");
    for (size_t c = 0; c < plan->column_count && shown < FEATURES_SHOWN; c++) {
        if (!plan->columns[c].computed)
            continue;
        const struct plan_feature *feature = &plan->features[plan->columns[c].feature];
        plan_column_name(plan, (int)c, name, sizeof name);
        text_format(out, "  %-28s from", name);
        for (int k = 0; k < catalog_features[feature->id].n_needs; k++) {
            plan_column_name(plan, feature->input[k], name, sizeof name);
            text_format(out, "%s %s", k ? "," : "", name);
        }
        text_add(out, "\n");
        shown++;
    }
    if (shown < made)
        text_format(out, "  and %zu more (--json lists all)\n", made - shown);
}

static void text_sizes(struct text *out, const struct plan *plan)
{
    const struct plan_sizes *s = &plan->sizes;
    text_format(out, "\ntiles       %zu bars; ", s->tile_bars);
    if (plan->mode != PLAN_GENERATE)
        text_format(out, "%" PRIu64 " block%s of up to %" PRIu64 " combination%s; ", s->blocks,
                    s->blocks == 1 ? "" : "s", s->block_cells, s->block_cells == 1 ? "" : "s");
    text_format(out, "%d thread%s, %s\n", s->threads, s->threads == 1 ? "" : "s",
                plan->kernels->name);
    text_add(out, "memory      ");
    add_bytes(out, s->memory);
    text_add(out, " (bars ");
    add_bytes(out, s->bars_bytes);
    text_add(out, ", axes ");
    add_bytes(out, s->axes_bytes);
    text_add(out, ", columns ");
    add_bytes(out, s->column_bytes);
    text_add(out, ", signals ");
    add_bytes(out, s->word_bytes + (plan->mode == PLAN_REPLAY ? s->signal_bytes : 0));
    if (plan->mode != PLAN_GENERATE) {
        text_add(out, ", portfolios and results ");
        add_bytes(out, s->lane_bytes);
    }
    if (s->kept_bytes) {
        text_add(out, "; later for single combinations ");
        add_bytes(out, s->kept_bytes);
    }
    text_add(out, ") of ");
    add_bytes(out, s->memory_limit);
    text_add(out, "\ndisk        ");
    add_bytes(out, s->cube_bytes);
    text_add(out, " before compression");
    if (plan->mode == PLAN_GENERATE) {
        text_format(out, ", if signals change every %d bars", BARS_PER_CHANGE);
    } else {
        text_add(out, ", ");
        add_bytes(out, s->partial_bytes);
        text_add(out, " more while running");
    }
    text_format(out, "\ntime        about %.2g s\n", s->seconds);
}

char *plan_to_text(const struct plan *plan)
{
    struct text out = {0};
    text_axes(&out, plan);
    text_topology(&out, plan);
    text_signals(&out, plan);
    text_features(&out, plan);
    text_resampling(&out, plan);
    text_sizes(&out, plan);
    if (!out.failed)
        return out.chars;
    text_deinit(&out);
    return NULL;
}
