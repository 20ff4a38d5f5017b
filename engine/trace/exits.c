/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Protective exits: stop, trailing stop and target inside a bar; time exits at its close.
 *
 * Levels are made anew at every bar from the entry price E and the best price since
 * entry H. A gap through a level fills at the open; where a bar holds both levels, the
 * stop is what happened. A short is the mirror image of a long.
 */
#include "engine/trace/run.h"

struct levels {
    double stop, target;      /* NaN: none */
    enum exit_reason counter; /* what the stop counts as */
};

struct exit {
    double price;
    enum exit_reason reason; /* EXIT_OPEN: none */
};

static struct levels long_levels(const struct run *run)
{
    const double *risk = run->risk;
    double entry = run->trade.entry, best = run->trade.best;
    double loss = risk[RISK_stop_loss], trail = risk[RISK_trailing_stop];
    struct levels levels = {entry * (1 - loss), entry * (1 + risk[RISK_take_profit]), EXIT_STOP};
    if (isnan(trail))
        return levels;
    if (isnan(loss)) {
        levels.stop = (entry > best ? entry : best) * (1 - trail);
        levels.counter = EXIT_TRAILING;
    } else if (best * (1 - trail) > levels.stop) {
        levels.stop = best * (1 - trail);
        levels.counter = EXIT_TRAILING;
    }
    return levels;
}

static struct levels short_levels(const struct run *run)
{
    const double *risk = run->risk;
    double entry = run->trade.entry, best = run->trade.best;
    double loss = risk[RISK_stop_loss], trail = risk[RISK_trailing_stop];
    struct levels levels = {entry * (1 + loss), entry * (1 - risk[RISK_take_profit]), EXIT_STOP};
    if (isnan(trail))
        return levels;
    if (isnan(loss)) {
        levels.stop = (entry < best ? entry : best) * (1 + trail);
        levels.counter = EXIT_TRAILING;
    } else if (best * (1 + trail) < levels.stop) {
        levels.stop = best * (1 + trail);
        levels.counter = EXIT_TRAILING;
    }
    return levels;
}

/* Comparisons with an undefined level or price are false, so what is off never happens. */
static struct exit find_long_exit(const struct run *run, bool test_open)
{
    struct levels at = long_levels(run);
    double open = cell(run->open, run->t);
    if (test_open && open <= at.stop)
        return (struct exit){open, at.counter};
    if (test_open && open >= at.target)
        return (struct exit){open, EXIT_TARGET};
    if (cell(run->low, run->t) <= at.stop)
        return (struct exit){open < at.stop ? open : at.stop, at.counter};
    if (cell(run->high, run->t) >= at.target)
        return (struct exit){open > at.target ? open : at.target, EXIT_TARGET};
    return (struct exit){0, EXIT_OPEN};
}

static struct exit find_short_exit(const struct run *run, bool test_open)
{
    struct levels at = short_levels(run);
    double open = cell(run->open, run->t);
    if (test_open && open >= at.stop)
        return (struct exit){open, at.counter};
    if (test_open && open <= at.target)
        return (struct exit){open, EXIT_TARGET};
    if (cell(run->high, run->t) >= at.stop)
        return (struct exit){open > at.stop ? open : at.stop, at.counter};
    if (cell(run->low, run->t) <= at.target)
        return (struct exit){open < at.target ? open : at.target, EXIT_TARGET};
    return (struct exit){0, EXIT_OPEN};
}

static void follow_best(struct run *run)
{
    double high = cell(run->high, run->t), low = cell(run->low, run->t);
    if (run->units > 0 && high > run->trade.best)
        run->trade.best = high;
    if (run->units < 0 && low < run->trade.best)
        run->trade.best = low;
}

/*
 * A pending order of the direction that was left is cancelled. `immediate` forgets the
 * direction wanted unless an order in another one is under way.
 */
void scalar_after_exit(struct run *run, int left)
{
    if (run->pending.exists && run->pending.direction == left)
        run->pending.exists = false;
    if ((int)run->risk[RISK_reentry] == REENTRY_IMMEDIATE && !run->pending.exists)
        run->wanted = 0;
}

void scalar_protect(struct run *run)
{
    bool test_open = !(run->trade.at_open && run->trade.bar == run->t);
    uint64_t clock = event_clock(run->sink);
    struct exit found =
        run->units > 0 ? find_long_exit(run, test_open) : find_short_exit(run, test_open);
    event_spent(run->sink, SERVICE_EXITS, clock);
    if (found.reason == EXIT_OPEN) {
        follow_best(run);
        return;
    }
    int left = sign_of(run->units);
    struct deal deal = {.price = found.price,
                        .slips = found.reason != EXIT_TARGET,
                        .reason = found.reason,
                        .cause = event_of_bar(run->sink)};
    scalar_trade(run, &deal);
    scalar_after_exit(run, left);
}

bool scalar_time_exit_due(const struct run *run)
{
    double longest = run->risk[RISK_max_holding_bars];
    bool held = !isnan(longest) && (double)(run->t - run->trade.bar) >= longest;
    return held || (run->flat_at && run->day_ends);
}
