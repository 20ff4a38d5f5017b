/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Risk validators: each says how many units a position may have; the smallest counts.
 * They never stand in the way of closing.
 */
#include "engine/trace/run.h"

bool scalar_cools(const struct run *run, size_t lost_bar, size_t bar)
{
    double n = run->risk[RISK_cooldown_bars];
    return !isnan(n) && (double)(bar - lost_bar) <= n;
}

/* Units that each validator allows; NaN where it is off. */
static void allowances(const struct run *run, const struct sizing *s, double allowed[LIMIT_COUNT])
{
    const double *risk = run->risk;
    allowed[LIMIT_POSITION_VALUE] = risk[RISK_max_position_value] / s->price;
    allowed[LIMIT_POSITION_PERCENT] = (risk[RISK_max_position_percent] * s->equity) / s->price;
    allowed[LIMIT_LEVERAGE] = (risk[RISK_max_leverage] * s->equity) / s->price;
    bool cooling = run->lost && scalar_cools(run, run->lost_bar, run->t);
    allowed[LIMIT_COOLDOWN] = cooling ? 0 : NAN;
}

/* The smallest allowance, and the first one that `size` exceeds. */
static void find_breach(struct decision *decision, double size)
{
    decision->reason = LIMIT_NONE;
    decision->smallest = INFINITY;
    for (int i = 0; i < LIMIT_COUNT; i++) {
        double allowed = decision->allowed[i];
        if (allowed < decision->smallest)
            decision->smallest = allowed;
        if (decision->reason == LIMIT_NONE && size > allowed * (1 + 1e-9))
            decision->reason = (enum validator)i;
    }
}

/* Leaves out what opens: a reversal still closes, an addition leaves the position. */
static void reject(struct decision *decision, double units)
{
    bool same_side = sign_of(units) == sign_of(decision->asked);
    if (same_side && fabs(decision->asked) <= fabs(units))
        return; /* nothing opens */
    decision->verdict = REJECTED;
    decision->target = same_side ? units : 0;
}

void scalar_validate(const struct run *run, const struct sizing *sizing, struct decision *out)
{
    double lot = run->risk[RISK_lot], size = fabs(sizing->target);
    *out =
        (struct decision){.verdict = APPROVED, .asked = sizing->target, .target = sizing->target};
    allowances(run, sizing, out->allowed);
    find_breach(out, size);
    if (out->reason != LIMIT_NONE) {
        double clipped = 0;
        if ((int)run->risk[RISK_on_breach] == BREACH_CLIP)
            clipped = scalar_floor_to_lot(out->smallest, lot);
        if (clipped > 0) {
            out->verdict = CLIPPED;
            out->target = sizing->target > 0 ? clipped : -clipped;
            return;
        }
        reject(out, run->units);
    }
    if (out->verdict == APPROVED && sizing->levered) {
        size = scalar_floor_to_lot(size, lot);
        out->target = sizing->target > 0 ? size : -size;
    }
}
