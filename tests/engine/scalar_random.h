/* SPDX-License-Identifier: Apache-2.0 */
/* Seeded random scenarios: prices, signals, regimes and terms of every kind. */
#ifndef ADMF_TESTS_SCALAR_RANDOM_H
#define ADMF_TESTS_SCALAR_RANDOM_H

#include "tests/engine/scalar_scenario.h"

static inline uint64_t random_bits(uint64_t *state)
{
    uint64_t z = (*state += 0x9e3779b97f4a7c15u); /* splitmix64 */
    z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9u;
    z = (z ^ z >> 27) * 0x94d049bb133111ebu;
    return z ^ z >> 31;
}
static inline double uniform(uint64_t *state)
{
    return (double)(random_bits(state) >> 11) * 0x1p-53;
}
static inline int below(uint64_t *state, int n) { return (int)(random_bits(state) % (uint64_t)n); }
static inline bool chance(uint64_t *state, double p) { return uniform(state) < p; }

static inline void random_prices(struct scenario *s, size_t count, uint64_t *state)
{
    double spread = chance(state, 0.3) ? 0.08 : 0.015, price = 20 + 200 * uniform(state);
    for (size_t t = 0; t < count; t++) {
        s->open[t] = price * (1 + spread * 0.4 * (uniform(state) - 0.5));
        price = price * (1 + spread * (uniform(state) - 0.5));
        double top = fmax(s->open[t], price), bottom = fmin(s->open[t], price);
        s->close[t] = price;
        s->high[t] = top * (1 + 0.3 * spread * uniform(state));
        s->low[t] = bottom * (1 - 0.3 * spread * uniform(state));
        s->atr[t] = chance(state, 0.05) ? 0 : price * spread * uniform(state);
        s->sigma[t] = chance(state, 0.05) ? NAN : 0.02 + uniform(state);
        s->strength[t] = chance(state, 0.05) ? NAN : uniform(state);
    }
}

static inline void random_signals(struct scenario *s, size_t count, uint64_t *state)
{
    double change = (double[]){0.02, 0.1, 0.5}[below(state, 3)];
    int now = 0, label = 0;
    for (size_t t = 0; t < count; t++) {
        if (chance(state, change))
            now = below(state, 3) - 1;
        if (chance(state, 0.05))
            label = below(state, SCENARIO_LABELS);
        s->signal[t] = (int8_t)now;
        s->label[t] = (uint8_t)label;
    }
    for (int i = 0; i < SCENARIO_LABELS; i++)
        s->allow[i] = (unsigned char)(i == 0 ? 0 : below(state, 4));
}

static inline void random_sizing(struct terms *terms, uint64_t *state)
{
    static const double sizes[] = {1, 500, 12, 0.3, 0.01};
    int type = below(state, 5);
    terms->risk[RISK_size_type] = type;
    terms->risk[RISK_size] = sizes[type] * (chance(state, 0.3) ? 1 : uniform(state));
    if (chance(state, 0.2))
        terms->risk[RISK_lot] = (double[]){0.1, 1, 3}[below(state, 3)];
    if (chance(state, 0.3))
        terms->risk[RISK_leverage] = 0.5 + 3 * uniform(state);
    terms->risk[RISK_scale_by_strength] = chance(state, 0.2);
    terms->risk[RISK_rebalance] = chance(state, 0.3);
}

static inline void random_limits(struct terms *terms, uint64_t *state)
{
    double *risk = terms->risk;
    if (chance(state, 0.2))
        risk[RISK_max_position_value] = 100 + 1200 * uniform(state);
    if (chance(state, 0.2))
        risk[RISK_max_position_percent] = 0.1 + uniform(state);
    if (chance(state, 0.2))
        risk[RISK_max_leverage] = 0.1 + uniform(state);
    if (chance(state, 0.3))
        risk[RISK_cooldown_bars] = below(state, 6);
    risk[RISK_on_breach] = below(state, 2);
    if (chance(state, 0.15))
        risk[RISK_max_drawdown] = 0.05 + 0.3 * uniform(state);
    if (chance(state, 0.25))
        risk[RISK_max_daily_loss] = 0.002 + 0.05 * uniform(state);
    risk[RISK_halt] = below(state, 2);
}

static inline void random_exits(struct scenario *s, uint64_t *state)
{
    double *risk = s->terms.risk;
    if (chance(state, 0.35))
        risk[RISK_stop_loss] = 0.005 + 0.05 * uniform(state);
    if (chance(state, 0.35))
        risk[RISK_take_profit] = 0.005 + 0.08 * uniform(state);
    if (chance(state, 0.35))
        risk[RISK_trailing_stop] = 0.005 + 0.06 * uniform(state);
    if (chance(state, 0.3))
        risk[RISK_max_holding_bars] = 1 + below(state, 20);
    if (!s->bars.daily_or_longer && chance(state, 0.3))
        risk[RISK_flat_at] = 0;
    risk[RISK_reentry] = below(state, 2);
}

static inline void random_costs(struct terms *terms, uint64_t *state)
{
    double *e = terms->execution;
    e[EXECUTION_fill] = below(state, 3);
    if (chance(state, 0.6))
        e[EXECUTION_fee_rate] = 0.003 * uniform(state);
    if (chance(state, 0.3))
        e[EXECUTION_fee_fixed] = 3 * uniform(state);
    if (chance(state, 0.2))
        e[EXECUTION_fee_per_unit] = 0.05 * uniform(state);
    if (chance(state, 0.2))
        e[EXECUTION_fee_min] = 3 * uniform(state);
    if (chance(state, 0.6))
        e[EXECUTION_slippage] = 0.003 * uniform(state);
    e[EXECUTION_fee_in_cash] = chance(state, 0.7);
    terms->portfolio[PORTFOLIO_allow_short] = chance(state, 0.8);
    terms->portfolio[PORTFOLIO_close_at_end] = chance(state, 0.2);
}

/* Everything drawn from the seed; s->result keeps its arrays. */
static inline void random_scenario(struct scenario *s, uint64_t seed)
{
    static const double zero[SCENARIO_BARS];
    uint64_t state = seed;
    size_t count = 20 + (size_t)below(&state, SCENARIO_BARS - 20);
    scenario_start(s, count, zero, NULL);
    random_prices(s, count, &state);
    random_signals(s, count, &state);
    if (chance(&state, 0.6))
        set_days(s, 3 + (size_t)below(&state, 30));
    random_sizing(&s->terms, &state);
    random_limits(&s->terms, &state);
    random_exits(s, &state);
    random_costs(&s->terms, &state);
    s->terms.sample_daily = !s->bars.daily_or_longer && chance(&state, 0.7);
    s->terms.risk_free_rate = 0.05 * uniform(&state);
    s->terms.blocks = below(&state, SCENARIO_BLOCKS + 1);
    s->terms.block_entries = chance(&state, 0.3);
    s->input.strength = s->strength;
    s->input.atr = s->atr;
    s->input.sigma = s->sigma;
    if (chance(&state, 0.6)) {
        s->input.label = s->label;
        s->input.labels = SCENARIO_LABELS;
        s->input.allow = chance(&state, 0.8) ? s->allow : NULL;
    }
    if (chance(&state, 0.2))
        s->open[below(&state, (int)count)] = NAN;
}

#endif
