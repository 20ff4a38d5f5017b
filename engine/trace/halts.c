/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Halts: limits on the decision, looked at with the close of the bar before deciding.
 *
 * A drawdown halts for good; a daily loss to the end of the session day, and on bars of
 * a day or longer to the end of the bar that follows.
 */
#include "engine/trace/run.h"

static void halt_for_drawdown(struct run *run, double equity)
{
    double limit = run->risk[RISK_max_drawdown];
    if (run->drawdown_halt || !(equity <= run->peak * (1 - limit)))
        return;
    run->drawdown_halt = true;
    event_breach(run->sink, run, RISK_max_drawdown, equity, run->peak);
}

static bool in_daily_halt(const struct run *run)
{
    if (!run->daily_halt)
        return false;
    return run->daily ? (int64_t)run->t <= run->daily_halt_end
                      : run->day[run->t] == run->daily_halt_end;
}

static void halt_for_day(struct run *run, double equity)
{
    double limit = run->risk[RISK_max_daily_loss];
    if (!(equity <= run->day_equity * (1 - limit)))
        return;
    bool already = in_daily_halt(run);
    run->daily_halt = true;
    run->daily_halt_end = run->daily ? (int64_t)run->t + 1 : run->day[run->t];
    if (!already)
        event_breach(run->sink, run, RISK_max_daily_loss, equity, run->day_equity);
}

void scalar_halt(struct run *run)
{
    double equity = equity_at(run, run->close[run->t]);
    halt_for_drawdown(run, equity);
    halt_for_day(run, equity);
    run->halted = run->drawdown_halt || in_daily_halt(run);
    run->halted_bars += run->halted;
}
