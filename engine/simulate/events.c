/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/simulate/events.h"

#include <math.h>
#include <string.h>

#include "engine/base/memory.h"
#include "kernels/signal_types.h"

/* Fewer combinations do not pay for tables of the extremes. */
enum { COMBINATIONS_LEAST = 48 };

static bool jumps(const struct plan *plan, size_t tile_bars)
{
    return strcmp(plan->config->lanes, "lockstep") != 0 && tile_bars <= RANGE_TILE_MOST;
}

/* Whether lanes that jump have any of what ends a position early. */
struct early_ends {
    bool any;
    bool at_levels; /* stops or targets */
    bool again;     /* and positions that come back at once */
};

static struct early_ends early_ends(const struct plan *plan)
{
    struct early_ends ends = {false, false, false};
    bool again = false;
    for (size_t i = 0; i < plan->axes[AXIS_RISK].count; i++) {
        const double *risk = plan->axes[AXIS_RISK].instances[i].params;
        again |= risk[RISK_reentry] == REENTRY_IMMEDIATE;
        ends.at_levels |= !isnan(risk[RISK_stop_loss]) || !isnan(risk[RISK_take_profit]) ||
                          !isnan(risk[RISK_trailing_stop]);
        ends.any |=
            ends.at_levels || !isnan(risk[RISK_max_holding_bars]) || !isnan(risk[RISK_flat_at]);
    }
    ends.again = again && ends.any;
    return ends;
}

/* Entries of all tables. */
static size_t entries_of(const struct plan *plan, size_t tile_bars)
{
    if (plan->combinations < COMBINATIONS_LEAST)
        return 0;
    return (early_ends(plan).at_levels ? 2 : 1) * range_entries(tile_bars);
}

/* Rows of events, and of stretches where each exit may add one. */
static size_t event_rows(size_t tile_bars) { return words_for(tile_bars) * WORD_BARS + 1; }
static size_t step_rows(size_t tile_bars) { return 2 * event_rows(tile_bars); }

uint64_t events_bytes(const struct plan *plan, size_t tile_bars)
{
    if (!jumps(plan, tile_bars))
        return 0;
    struct early_ends ends = early_ends(plan);
    uint64_t row = sizeof(struct lane_event) + (ends.any ? sizeof(struct lane_exit) : 0);
    uint64_t scratch = event_rows(tile_bars) * row + sizeof(struct event_scratch);
    if (ends.again)
        scratch += step_rows(tile_bars) * sizeof(struct lane_step);
    return entries_of(plan, tile_bars) * sizeof(struct range_entry) +
           (uint64_t)plan->sizes.threads * scratch;
}

static bool scratch_init(struct event_scratch *scratch, size_t tile_bars, bool always,
                         struct early_ends ends)
{
    size_t rows = event_rows(tile_bars);
    scratch->always = always;
    scratch->event = memory_new_uncleared(rows, sizeof *scratch->event);
    if (scratch->event)
        scratch->event[0] = (struct lane_event){0};
    if (ends.any)
        scratch->exit = memory_new_uncleared(rows, sizeof *scratch->exit);
    if (ends.again)
        scratch->step = memory_new_uncleared(step_rows(tile_bars), sizeof *scratch->step);
    return scratch->event && (scratch->exit || !ends.any) && (scratch->step || !ends.again);
}

bool events_init(struct events *events, const struct plan *plan, size_t tile_bars)
{
    *events = (struct events){.plan = plan, .tile_bars = tile_bars, .threads = plan->sizes.threads};
    if (!jumps(plan, tile_bars))
        return true;
    bool always = strcmp(plan->config->lanes, "events") == 0;
    size_t entries = entries_of(plan, tile_bars);
    if (entries > 0)
        events->rows = memory_new_uncleared(entries, sizeof *events->rows);
    events->scratch = memory_new((size_t)events->threads, sizeof *events->scratch);
    bool done = (events->rows || entries == 0) && events->scratch;
    for (int k = 0; done && k < events->threads; k++)
        done = scratch_init(&events->scratch[k], tile_bars, always, early_ends(plan));
    if (!done)
        events_deinit(events);
    return done;
}

void events_deinit(struct events *events)
{
    for (int k = 0; events->scratch && k < events->threads; k++) {
        memory_free(events->scratch[k].event);
        memory_free(events->scratch[k].exit);
        memory_free(events->scratch[k].step);
    }
    memory_free(events->scratch);
    memory_free(events->rows);
    *events = (struct events){0};
}

/* The open lies within the bar: then a bar whose range misses a level has no exit. */
static bool is_orderly(const struct bars *bars, size_t first, size_t count)
{
    bool orderly = true;
    for (size_t t = first; t < first + count; t++)
        orderly &= bars->low[t] <= bars->open[t] && bars->open[t] <= bars->high[t];
    return orderly;
}

static bool has_opens(const struct bars *bars, size_t first, size_t count)
{
    bool all = bars->open != NULL;
    for (size_t t = first; bars->open && t < first + count; t++)
        all &= !isnan(bars->open[t]);
    return all;
}

void events_advance(struct events *events, const struct bars *bars, size_t first, size_t count)
{
    if (!events->scratch)
        return;
    const struct kernel_table *kernels = events->plan->kernels;
    struct price_ranges *ranges = &events->ranges;
    struct early_ends ends = early_ends(events->plan);
    const double *close = bars->close + first;
    *ranges = (struct price_ranges){.close = {.low = close, .high = close}};
    if (ends.at_levels) { /* else they may be missing */
        ranges->traded.low = bars->low + first;
        ranges->traded.high = bars->high + first;
        ranges->orderly = is_orderly(bars, first, count);
    }
    ranges->opens = ends.again && has_opens(bars, first, count);
    if (events->rows)
        kernels->ranges(&ranges->close, count, events->rows);
    if (events->rows && ranges->orderly)
        kernels->ranges(&ranges->traded, count, events->rows + range_entries(events->tile_bars));
}
