/* SPDX-License-Identifier: Apache-2.0 */
/* How many units an order is for: sizing, lots, leverage. */
#include "engine/trace/run.h"

double scalar_floor_to_lot(double units, double lot)
{
    return lot > 0 ? floor(units / lot + 1e-9) * lot : units;
}

/* σ or ATR at the decision bar; 0 for the other ways of sizing, which read neither. */
static double measure_of(const struct run *run, size_t decided)
{
    switch ((int)run->risk[RISK_size_type]) {
    case SIZE_VOLATILITY_TARGET:
        return cell(run->in->sigma, decided);
    case SIZE_ATR_RISK:
        return cell(run->in->atr, decided);
    default:
        return 0;
    }
}

static double size_of(const struct run *run, size_t decided)
{
    double size = run->risk[RISK_size];
    if (run->risk[RISK_scale_by_strength] != 0 && run->in->strength)
        size = size * run->in->strength[decided];
    return size;
}

/* A measure of 0 asks for as much as there may be, unless nothing is asked for. */
static double by_volatility(const struct sizing *s, double d, double leverage)
{
    double m = leverage;
    if (s->measure != 0) {
        m = s->size / s->measure;
        m = m < leverage ? m : leverage;
    } else if (s->size == 0) {
        m = 0;
    }
    return ((d * m) * s->equity) / s->price;
}

static double by_range(const struct run *run, const struct sizing *s, double d, double leverage)
{
    if (s->measure != 0)
        return ((d * s->size) * s->equity) / (run->risk[RISK_atr_multiple] * s->measure);
    return s->size == 0 ? 0 : ((d * leverage) * s->equity) / s->price;
}

static double by_type(const struct run *run, const struct sizing *s, double d, double leverage)
{
    switch ((int)run->risk[RISK_size_type]) {
    case SIZE_FIXED_VALUE:
        return (d * s->size) / s->price;
    case SIZE_FIXED_UNITS:
        return d * s->size;
    case SIZE_VOLATILITY_TARGET:
        return by_volatility(s, d, leverage);
    case SIZE_ATR_RISK:
        return by_range(run, s, d, leverage);
    default:
        return ((d * s->size) * s->equity) / s->price;
    }
}

void scalar_size(const struct run *run, int direction, size_t decided, double price,
                 struct sizing *out)
{
    double leverage = run->risk[RISK_leverage];
    *out = (struct sizing){.size = size_of(run, decided),
                           .measure = measure_of(run, decided),
                           .equity = equity_at(run, price),
                           .price = price};
    if (isnan(out->size) || isnan(out->measure) || out->equity <= 0)
        return;
    double target = by_type(run, out, direction, leverage);
    double size = scalar_floor_to_lot(fabs(target), run->risk[RISK_lot]);
    double cap = (leverage * out->equity) / price;
    out->levered = size > cap * (1 + 1e-9);
    if (out->levered)
        size = cap;
    out->target = direction > 0 ? size : -size;
}
