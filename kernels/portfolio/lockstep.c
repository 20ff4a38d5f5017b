/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Portfolios bar by bar, all lanes of a vector at the same bar.
 *
 * A bar is: a pending order meets the open; protective exits; halts; a decision; fills
 * at the close; the mark. Three ways through it share every step, and which is taken
 * depends on what a decision may depend on: the signals alone (steady), halts as well
 * (watchful), anything else of the portfolio (eventful).
 */
#include "kernels/portfolio/eventful.h"
#include "kernels/portfolio/steady.h"
#include "kernels/portfolio/watchful.h"

lane_kernel KERNEL(lockstep);

/* A lane that meets NaN or infinity goes on with the others: finish finds it by its sums. */
void KERNEL(lockstep)(const struct lane_tile *tile, struct lane_group *group)
{
    for (int lane = 0; lane < LANES; lane += WIDTH) {
        struct desk desk;
        struct portfolio q;
        desk_open(&desk, tile, group, &group->shape, lane);
        portfolio_load(&q, group->state, lane);
        if (follows_signals(&group->shape))
            run_steady(&desk, &q);
        else if (is_watchful(&group->shape) && !tile->daily_or_longer)
            run_watchful(&desk, &q);
        else
            run_eventful(&desk, &q);
        portfolio_store(&q, group->state, lane);
    }
}
