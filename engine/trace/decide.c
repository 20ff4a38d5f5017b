/* SPDX-License-Identifier: Apache-2.0 */
/* The decision at a close: which direction is wanted, and whether that takes an order. */
#include "engine/trace/run.h"

/* What the regime policy leaves of a signal. */
static int allowed_signal(const struct run *run)
{
    const struct scalar_input *in = run->in;
    int s = in->signal[run->t];
    unsigned char may = in->label && in->allow ? in->allow[in->label[run->t]] : 3;
    if (s == 0 || may & (s > 0 ? 1 : 2))
        return s;
    return in->terms->block_entries && s == run->wanted ? s : 0;
}

static int direction(const struct run *run, bool day_over)
{
    int d = allowed_signal(run);
    if (d < 0 && run->in->terms->portfolio[PORTFOLIO_allow_short] == 0)
        d = 0;
    return day_over ? 0 : d;
}

/* An entry again after an exit waits until no cooldown would refuse its fill. */
static bool waits_for_cooldown(const struct run *run, int d)
{
    if ((int)run->risk[RISK_reentry] != REENTRY_IMMEDIATE || run->wanted != 0 || d == 0)
        return false;
    bool lost = run->lost;
    size_t lost_bar = run->lost_bar;
    if (run->exit_due && scalar_net_if_closed(run, run->close[run->t]) < 0) {
        lost = true;
        lost_bar = run->t;
    }
    bool now = run->fill == FILL_CLOSE;
    return lost && scalar_cools(run, lost_bar, now ? run->t : run->t + 1);
}

static void make_order(struct run *run, int d, bool by_halt, bool day_over)
{
    run->wanted = d;
    run->order = (struct order){.exists = true, .direction = d, .bar = run->t, .by_halt = by_halt};
    run->order.event = event_order(run->sink, run, by_halt || day_over);
}

static void follow_signal(struct run *run, int d, bool forced, bool day_over)
{
    /* A time exit is not undone at its own close. */
    bool undoes = run->exit_due && run->fill == FILL_CLOSE && d == sign_of(run->units);
    if (!undoes && !waits_for_cooldown(run, d))
        make_order(run, d, forced, day_over);
}

void scalar_decide(struct run *run)
{
    bool day_over = run->flat_at && run->day_ends;
    int d = direction(run, day_over);
    bool forced = false;
    if (run->halted && (int)run->risk[RISK_halt] == HALT_LIQUIDATE) {
        if (run->units == 0)
            return; /* what was wanted stays, so a stopped-out signal stays out */
        forced = d != 0;
        d = 0;
    } else if (run->halted && d != run->wanted) {
        d = 0;
    }
    if (d != run->wanted)
        follow_signal(run, d, forced, day_over);
    else if ((int)run->risk[RISK_rebalance] == REBALANCE_EVERY_BAR && d != 0 && run->units != 0 &&
             !run->exit_due && !run->halted)
        make_order(run, d, false, false);
}
