/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Seeded bars of any length, the same bits on every machine: Philox for the numbers, the
 * project's own log and exp, and otherwise + − × ÷ √ and conversions within range.
 *
 * A bar's log return is normal with the asked-for deviation and mean −σ²/2, so that the
 * price has no drift. The open is the previous close; high and low reach beyond open and
 * close by up to 1.5 σ of the price, small reaches being likelier. Prices are whole ticks
 * of about 1/10000 of the first price, never below one.
 */
#include "io/market/bars.h"

#include <math.h>
#include <stdio.h>

#include "engine/base/failure.h"
#include "engine/base/memory.h"
#include "engine/base/stop.h"
#include "io/market/bars_digest.h"
#include "io/market/periods.h"
#include "io/market/session_days.h"
#include "io/market/timestamp.h"
#include "kernels/math/exp.h"
#include "kernels/math/philox.h"

/* Purposes keep the streams apart; the letters are 'SYN' and a number. */
enum { PURPOSE_RETURN = 0x53594e00, PURPOSE_RANGE };

struct walk {
    const struct synth_options *options;
    double ticks; /* ticks in one unit of price, a power of ten */
    double price; /* before rounding to ticks                   */
    double close; /* of the previous bar                        */
};

/* A power of ten that gives the first price five digits: 100 has ticks of 0.01. */
static double ticks_for(double price)
{
    double ticks = 1;
    while (price * ticks < 10000)
        ticks *= 10;
    return ticks;
}

static double to_tick(double price, double ticks)
{
    enum { LARGEST = 1000000000 };
    double n = price * ticks + 0.5;
    if (n < (double)LARGEST * LARGEST) /* beyond, a double has no finer ticks anyway */
        n = (double)(int64_t)n;
    return (n >= 1 ? n : 1) / ticks;
}

/* The price stays where doubles are exact enough, whatever the volatility. */
static double next_price(double price, double log_return)
{
    double next = price * math_exp(log_return);
    return next > 1e-9 ? next < 1e15 ? next : 1e15 : 1e-9;
}

/* One bar from a normal number and 64 bits: 21 for the high, 21 for the low, 22 for volume. */
static void make_bar(struct walk *walk, struct bars *bars, size_t i, double normal, uint64_t bits)
{
    const struct synth_options *o = walk->options;
    double s = o->volatility, open = walk->close;
    double up = (double)(int64_t)(bits >> 43) * 0x1p-21;
    double down = (double)(int64_t)(bits >> 22 & 0x1fffff) * 0x1p-21;
    walk->price = next_price(walk->price, s * normal - 0.5 * s * s);
    double close = to_tick(walk->price, walk->ticks);
    double top = open > close ? open : close, bottom = open < close ? open : close;
    double fall = 1.5 * s * (down * down);
    double high = to_tick(top * (1 + 1.5 * s * (up * up)), walk->ticks);
    double low = to_tick(bottom * (1 - (fall < 0.99 ? fall : 0.99)), walk->ticks);
    bars->time[i] = o->start + (int64_t)i * o->bar_length;
    bars->open[i] = open;
    bars->high[i] = high > top ? high : top;
    bars->low[i] = low < bottom ? low : bottom;
    bars->close[i] = close;
    bars->volume[i] = (double)(100 + (uint32_t)(bits & 0x3fffff) % 9901);
    walk->close = close;
}

static admf_status make_bars(struct walk *walk, struct bars *bars, admf_error *error)
{
    enum { OFTEN = 1 << 16 };
    double normal[2];
    for (size_t i = 0; i < bars->count; i += 2) {
        if (i % OFTEN == 0 && stop_fail(walk->options->stop, error))
            return error->code;
        philox_normals(walk->options->seed, PURPOSE_RETURN, i, normal);
        struct philox draw = philox_draw(walk->options->seed, PURPOSE_RANGE, i, 0);
        make_bar(walk, bars, i, normal[0], philox_half(draw, 0));
        if (i + 1 < bars->count)
            make_bar(walk, bars, i + 1, normal[1], philox_half(draw, 1));
    }
    return ADMF_OK;
}

static admf_status check_options(const struct synth_options *o, admf_error *error)
{
    int64_t span, end;
    if (o->count == 0)
        return fail(error, ADMF_USAGE, "a series needs at least one bar");
    if (o->bar_length <= 0)
        return fail(error, ADMF_USAGE, "a bar's length must be positive");
    if (!(o->price > 0 && o->price < 1e9) || !(o->price >= 1e-6))
        return fail(error, ADMF_USAGE, "the first price must be from 0.000001 to 1e9");
    if (!(o->volatility >= 0 && o->volatility <= 1))
        return fail(error, ADMF_USAGE, "the volatility of a bar must be from 0 to 1");
    if (o->count > BARS_MOST || __builtin_mul_overflow((int64_t)o->count, o->bar_length, &span) ||
        __builtin_add_overflow(o->start, span, &end) || !stamp_in_range(end - 1))
        return fail(error, ADMF_USAGE, "%zu bars are too many: they would end after %d", o->count,
                    STAMP_LAST_YEAR);
    return ADMF_OK;
}

static bool new_columns(struct bars *bars, const struct synth_options *options)
{
    size_t n = options->count;
    bars->symbol = memory_copy_text(options->symbol ? options->symbol : "SYNTH");
    bars->time = memory_resize(NULL, n, sizeof *bars->time);
    double **columns[] = {&bars->open, &bars->high, &bars->low, &bars->close, &bars->volume};
    bool fine = bars->symbol && bars->time;
    for (size_t k = 0; k < sizeof columns / sizeof *columns && fine; k++)
        fine = (*columns[k] = memory_resize(NULL, n, sizeof **columns[k])) != NULL;
    bars->count = n;
    return fine;
}

admf_status bars_synthesise(const struct synth_options *options, struct bars **out,
                            admf_error *error)
{
    struct zone *utc = NULL;
    struct session all_week = {.close = 86400, .all_week = true, .given = true};
    struct bars *bars = NULL;
    admf_status status = check_options(options, error);
    if (status)
        return status;
    status = zone_open("UTC", &utc, error);
    if (status)
        goto cleanup;
    bars = memory_new(1, sizeof *bars);
    if (!bars || !new_columns(bars, options)) {
        status = fail_memory(error);
        goto cleanup;
    }
    struct walk walk = {.options = options, .price = options->price};
    walk.ticks = ticks_for(options->price);
    walk.close = to_tick(options->price, walk.ticks);
    status = make_bars(&walk, bars, error);
    if (status)
        goto cleanup;
    bars->has_session = true;
    /* A length that says nothing about a year gives NaN: the user sets periods_per_year. */
    bars_set_periods(bars, &all_week, options->bar_length, NAN);
    status = bars_set_days(bars, utc, &all_week, INT64_MIN, INT64_MAX, error);
    if (status)
        goto cleanup;
    bars->digest = bars_make_digest(bars);
    snprintf(bars->source, sizeof bars->source, "synthetic, seed %llu",
             (unsigned long long)options->seed);
    *out = bars;
    bars = NULL;
cleanup:
    bars_free(&bars);
    zone_close(&utc);
    return status;
}
