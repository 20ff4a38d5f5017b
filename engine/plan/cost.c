/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/plan/cost.h"

#include "kernels/catalog/catalog.h"

/*
 * Rough figures of a server core with lanes of eight, in nanoseconds: they differ by the way a
 * portfolio goes, from order to order, from bar to bar watching its equity, or with all that may
 * happen inside a bar.
 */
static double bar_nanoseconds(const struct shape *shape, bool sample_daily)
{
    struct shape unwatched = *shape;
    unwatched.has_halts = false;
    if (shape->rebalance == REBALANCE_EVERY_BAR)
        return 8;
    if (can_jump(shape))
        return 0.4 + (ends_early(shape) ? 0.3 : 0) + (sample_daily ? 0 : 0.7);
    if (follows_signals(&unwatched))
        return sample_daily ? 1.1 : 2.5;
    return sample_daily ? 3 : 3.5;
}

int plan_tile_threads(const struct plan *plan)
{
    const double worth = 60e-6; /* of a tile: a thread more costs some barriers */
    const struct plan_sizes *sizes = &plan->sizes;
    /* One group of lanes is one thread's, whatever it takes. */
    double cells = sizes->block_cells > LANES ? (double)sizes->block_cells : 0;
    double bar = cells * plan_bar_seconds(plan) + (double)plan->feature_count * 1e-9;
    double threads = 1 + bar * (double)sizes->tile_bars / worth;
    return !sizes->all_threads && threads < sizes->threads ? (int)threads : sizes->threads;
}

double plan_bar_seconds(const struct plan *plan)
{
    /* What tells the ways apart belongs to one of two axes. */
    const struct axis *risk = &plan->axes[AXIS_RISK], *classifier = &plan->axes[AXIS_CLASSIFIER];
    bool sample_daily = plan->windows[0].daily_samples;
    double sum = 0, blocking = 0;
    for (size_t k = 0; k < classifier->count; k++) {
        struct cell cell = {{0}};
        cell.index[AXIS_CLASSIFIER] = k;
        blocking += plan_shape(plan, &cell).block_entries;
    }
    blocking /= (double)classifier->count;
    for (size_t k = 0; k < risk->count; k++) {
        struct cell cell = {{0}};
        cell.index[AXIS_RISK] = k;
        struct shape shape = plan_shape(plan, &cell);
        shape.block_entries = false;
        double closing = bar_nanoseconds(&shape, sample_daily);
        shape.block_entries = true;
        sum += closing + blocking * (bar_nanoseconds(&shape, sample_daily) - closing);
    }
    return sum / (double)risk->count * 1e-9 * 8 / plan->kernels->width;
}
