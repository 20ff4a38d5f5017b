/* SPDX-License-Identifier: Apache-2.0 */
/* What a fill costs and how much of it the cash can pay. */
#include "engine/trace/run.h"

double scalar_fill_price(const struct run *run, double price, double delta)
{
    double slippage = run->execution[EXECUTION_slippage];
    return delta > 0 ? price * (1 + slippage) : price * (1 - slippage);
}

double scalar_fee(const struct run *run, double units, double price)
{
    const double *e = run->execution;
    double fee = ((units * price) * e[EXECUTION_fee_rate] + e[EXECUTION_fee_fixed]) +
                 units * e[EXECUTION_fee_per_unit];
    return fee < e[EXECUTION_fee_min] ? e[EXECUTION_fee_min] : fee;
}

/* The delta whose price and fee together are what is available. */
static double with_fee(const struct run *run, double available, double price)
{
    const double *e = run->execution;
    double delta = (available - e[EXECUTION_fee_fixed]) /
                   (price * (1 + e[EXECUTION_fee_rate]) + e[EXECUTION_fee_per_unit]);
    if (scalar_fee(run, fabs(delta), price) == e[EXECUTION_fee_min])
        delta = (available - e[EXECUTION_fee_min]) / price;
    return delta;
}

double scalar_affordable(const struct run *run, double delta, double raw, double price)
{
    double available = run->cash + (run->risk[RISK_leverage] - 1) * equity_at(run, raw);
    bool fee_in_cash = run->execution[EXECUTION_fee_in_cash] != 0;
    double cost = delta * price;
    if (fee_in_cash)
        cost = cost + scalar_fee(run, delta, price);
    if (!(cost > available * (1 + 1e-9)))
        return delta;

    double cut = fee_in_cash ? with_fee(run, available, price) : available / price;
    if (cut > delta)
        cut = delta;
    if (cut > 0)
        cut = scalar_floor_to_lot(cut, run->risk[RISK_lot]);
    /* Cash never keeps a short from being covered. */
    double cover = run->units < 0 ? -run->units : 0;
    if (cover > delta)
        cover = delta;
    return cut < cover ? cover : cut;
}
