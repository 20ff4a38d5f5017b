/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Configurations drawn at random, as YAML: every strategy, classifier, sizing, limit, exit
 * and cost, tame and absurd values side by side, over short stretches of real and made bars.
 */
#ifndef ADMF_TESTS_RANDOM_CONFIGURATION_H
#define ADMF_TESTS_RANDOM_CONFIGURATION_H

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#include "engine/base/text.h"
#include "engine/catalog/catalog.h"

struct draw {
    uint64_t state;
    bool wild;  /* absurd values are possible */
    bool huge;  /* so are values whose products overflow */
    bool daily; /* bars of a day */
    struct text yaml;
};

static inline uint64_t draw_bits(struct draw *d)
{
    uint64_t z = (d->state += 0x9e3779b97f4a7c15u); /* splitmix64 */
    z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9u;
    z = (z ^ z >> 27) * 0x94d049bb133111ebu;
    return z ^ z >> 31;
}
static inline int draw_below(struct draw *d, int n) { return (int)(draw_bits(d) % (uint64_t)n); }
static inline bool draw_chance(struct draw *d, int percent) { return draw_below(d, 100) < percent; }

enum { POOL_MAX = 24, WORD_MAX = 32 };

/* Values separated by spaces; those after a `|` are absurd, those after a `#` huge. */
static inline int pool_words(struct draw *d, const char *pool, char words[][WORD_MAX])
{
    int n = 0;
    while (*pool && n < POOL_MAX) {
        pool += strspn(pool, " ");
        size_t length = strcspn(pool, " ");
        if ((*pool == '|' && !d->wild) || (*pool == '#' && !d->huge))
            break;
        if (*pool == '#' && draw_chance(d, 50))
            n = 0; /* nothing but huge ones */
        if (*pool != '|' && *pool != '#' && length) {
            memcpy(words[n], pool, length);
            words[n++][length] = '\0';
        }
        pool += length;
    }
    return n;
}

/* One value of the pool, or a list of up to `most` different ones; all of them for EVERY_VALUE. */
enum { EVERY_VALUE = POOL_MAX };
static inline void draw_value(struct draw *d, const char *pool, int most)
{
    char words[POOL_MAX][WORD_MAX], spare[WORD_MAX];
    int n = pool_words(d, pool, words), take = most == EVERY_VALUE ? n : 1;
    if (most > n)
        most = n;
    if (take == 1 && most > 1 && draw_chance(d, 35))
        take = 2 + draw_below(d, most - 1);
    text_add(&d->yaml, take > 1 ? "[" : "");
    for (int i = 0; i < take; i++) {
        int k = i + draw_below(d, n - i);
        memcpy(spare, words[i], sizeof spare);
        memcpy(words[i], words[k], sizeof spare);
        memcpy(words[k], spare, sizeof spare);
        text_format(&d->yaml, "%s%s", i ? ", " : "", words[i]);
    }
    text_add(&d->yaml, take > 1 ? "]" : "");
}

static inline void draw_key(struct draw *d, const char *key, const char *pool, int most)
{
    text_format(&d->yaml, "%s: ", key);
    draw_value(d, pool, most);
    text_add(&d->yaml, ", ");
}
static inline void maybe_key(struct draw *d, int percent, const char *key, const char *pool,
                             int most)
{
    if (draw_chance(d, percent))
        draw_key(d, key, pool, most);
}

struct drawn_param {
    const char *name, *pool;
};
struct drawn_component {
    const char *type;
    struct drawn_param params[4];
};

static const struct drawn_component drawn_strategies[] = {
    {"buy_and_hold", {{0}}},
    {"momentum",
     {{"lookback_period", "1 2 5 20 60 300"}, {"signal_threshold", "0 0.001 0.02 0.2"}}},
    {"sma_crossover", {{"fast_period", "1 2 5 10"}, {"slow_period", "11 12 20 90"}}},
    {"ema_crossover", {{"fast_period", "1 2 5 10"}, {"slow_period", "11 12 20 90"}}},
    {"macd_crossover",
     {{"fast_period", "2 5 12"},
      {"slow_period", "13 26 40"},
      {"signal_period", "1 3 9"},
      {"min_histogram", "0 0.0001 1"}}},
    {"mean_reversion", {{"period", "2 5 20 50"}, {"entry_threshold", "0 0.5 1.5 3"}}},
    {"bollinger_breakout", {{"period", "2 5 20 50"}, {"k", "0.5 1 2 3"}}},
    {"donchian_breakout", {{"period", "1 2 10 55"}}},
    {"rsi_bands", {{"period", "2 5 14"}, {"lower", "10 30 49"}, {"upper", "51 70 90"}}},
    {"adx_trend", {{"period", "2 5 14"}, {"adx_threshold", "0 10 25 40"}}},
};
static const struct drawn_component drawn_classifiers[] = {
    {"trend",
     {{"fast_period", "1 3 10"}, {"slow_period", "11 20 60"}, {"threshold", "0 0.001 0.02"}}},
    {"volatility",
     {{"atr_period", "1 5 14"},
      {"average_period", "2 10 40"},
      {"low", "0.5 0.9"},
      {"high", "1.01 1.5"}}},
    {"hmm", {{"model_type", "hmm"}, {"lookback_days", "20 31"}, {"refit_days", "1 5 30"}}},
    {"hmm", {{"model_type", "svm"}, {"lookback_days", "30 35"}, {"refit_days", "5 30"}}},
};

static inline void draw_component(struct draw *d, const struct drawn_component *c, int most)
{
    text_format(&d->yaml, "  - type: %s\n", c->type);
    if (!c->params[0].name)
        return;
    text_add(&d->yaml, "    parameters: {");
    for (int k = 0; k < 4 && c->params[k].name; k++)
        draw_key(d, c->params[k].name, c->params[k].pool, most);
    text_add(&d->yaml, "}\n");
}

/* The n entries of a table and, with its defaults, every row of the catalogue that it lacks. */
enum { DRAWN_MOST = 128 };
static inline int drawn_rows(const struct drawn_component *table, int n, const admf_component *rows,
                             int row_count, struct drawn_component out[DRAWN_MOST])
{
    int count = n;
    memcpy(out, table, (size_t)n * sizeof *out);
    for (int i = 0; i < row_count; i++) {
        bool listed = false;
        for (int k = 0; k < n; k++)
            listed = listed || strcmp(table[k].type, rows[i].name) == 0;
        if (!listed)
            out[count++] = (struct drawn_component){.type = rows[i].name};
    }
    return count;
}

static inline void draw_strategies(struct draw *d)
{
    enum { N = sizeof drawn_strategies / sizeof *drawn_strategies };
    struct drawn_component rows[DRAWN_MOST];
    int n = drawn_rows(drawn_strategies, N, catalog_strategies, STRATEGY_COUNT, rows);
    int first = draw_below(d, n), count = 1 + draw_below(d, 2), most = 2;
    /* A grid has many pairs of few columns, which are compared in another way. */
    if (draw_chance(d, 20))
        most = EVERY_VALUE;
    text_add(&d->yaml, "strategies:\n");
    for (int i = 0; i < count; i++)
        draw_component(d, &rows[(first + i * 3) % n], most);
}

static inline void draw_policy(struct draw *d, const char *type)
{
    static const char *const words[] = {"both", "long", "short", "flat"};
    const admf_component *row = catalog_classifiers;
    while (strcmp(row->name, type) != 0)
        row++;
    if (draw_chance(d, 35))
        text_add(&d->yaml, "    policy_mode: block_entries\n");
    if (draw_chance(d, 20)) {
        text_add(&d->yaml, "    policy: observe\n");
    } else if (draw_chance(d, 60)) {
        text_add(&d->yaml, "    policy: {");
        for (int k = 0; k < row->n_labels; k++)
            if (draw_chance(d, 70))
                text_format(&d->yaml, "%s: %s, ", row->labels[k], words[draw_below(d, 4)]);
        text_format(&d->yaml, "unknown: %s}\n", words[draw_below(d, 4)]);
    }
}

static inline void draw_classifiers(struct draw *d)
{
    enum { N = sizeof drawn_classifiers / sizeof *drawn_classifiers };
    struct drawn_component rows[DRAWN_MOST];
    int n = drawn_rows(drawn_classifiers, N, catalog_classifiers, CLASSIFIER_COUNT, rows);
    if (draw_chance(d, 30))
        return;
    int first = draw_below(d, n), count = 1 + draw_below(d, 2);
    text_add(&d->yaml, "classifiers:\n");
    for (int i = 0; i < count; i++) {
        const struct drawn_component *c = &rows[(first + i) % n];
        draw_component(d, c, 1);
        text_format(&d->yaml, "    name: c%d\n", i);
        draw_policy(d, c->type);
    }
}

static inline void draw_sizing(struct draw *d)
{
    static const struct drawn_param types[] = {
        {"percent_equity", "1 0.3 0.9 | 0 1.7 5 80"},
        {"fixed_value", "1000 30000 99000 | 0 1e7 # 1e200"},
        {"fixed_units", "3 20 1 | 0 1e6 # 1e90 1e300"},
        {"volatility_target", "0.1 0.3 | 0 2 50"},
        {"atr_risk", "0.005 0.02 | 0 0.5 9"},
        {"[percent_equity, volatility_target, atr_risk]", "0.2 0.02"},
    };
    if (draw_chance(d, 75)) {
        const struct drawn_param *type = &types[draw_below(d, 6)];
        text_format(&d->yaml, "size_type: %s, ", type->name);
        draw_key(d, "size", type->pool, 2);
        maybe_key(d, 20, "atr_multiple", "1 2 0.5 | 0.001", 1);
        maybe_key(d, 20, "atr_period", "1 5 14", 2);
        maybe_key(d, 20, "vol_period", "2 5 20", 2);
    }
    maybe_key(d, 25, "lot", "0 0.1 1 7 | 1000", 2);
    maybe_key(d, 35, "leverage", "0.5 1 2 3 | 20 500 # 1e80 1e300", 2);
    maybe_key(d, 20, "scale_by_strength", "true [true,false]", 1);
    maybe_key(d, 30, "rebalance", "every_bar on_change", 2);
}

static inline void draw_limits(struct draw *d)
{
    maybe_key(d, 30, "max_position_value", "off 20000 60000 | 0.01", 2);
    maybe_key(d, 30, "max_position_percent", "off 0.2 0.8 | 1e-9", 2);
    maybe_key(d, 20, "max_leverage", "off 0.5 1 1.5 | 0.001", 2);
    maybe_key(d, 25, "cooldown_bars", "off 0 1 5 | 1000000", 2);
    maybe_key(d, 60, "on_breach", "clip reject", 2);
    maybe_key(d, 30, "max_drawdown", "off 0.02 0.1 0.5 | 0.999 1e-6", 2);
    maybe_key(d, 30, "max_daily_loss", "off 0.005 0.02 | 0.9 1e-6", 2);
    maybe_key(d, 40, "halt", "liquidate entries", 2);
}

static inline void draw_exits(struct draw *d)
{
    maybe_key(d, 25, "stop_loss", "off 0.002 0.01 0.05 | 0.999 1e-7", 2);
    maybe_key(d, 25, "take_profit", "off 0.002 0.01 0.05 | 1e-7 3", 2);
    maybe_key(d, 25, "trailing_stop", "off 0.002 0.01 0.04 | 0.999 1e-7", 2);
    maybe_key(d, 20, "max_holding_bars", "off 1 3 20", 2);
    if (!d->daily)
        maybe_key(d, 20, "flat_at", "session_end [off,session_end]", 1);
    maybe_key(d, 45, "reentry", "immediate new_signal", 2);
}

static inline void draw_risk(struct draw *d)
{
    int count = draw_chance(d, 15) ? 0 : 1 + draw_chance(d, 25);
    text_add(&d->yaml, count ? "risk:\n" : "");
    for (int i = 0; i < count; i++) {
        text_format(&d->yaml, "  - {name: r%d, ", i);
        draw_sizing(d);
        if (draw_chance(d, 70))
            draw_limits(d);
        if (draw_chance(d, 70))
            draw_exits(d);
        text_add(&d->yaml, "}\n");
    }
}

static inline void draw_execution(struct draw *d)
{
    text_add(&d->yaml, "execution:\n  - {");
    maybe_key(d, 75, "fill", "next_open close next_close", 3);
    maybe_key(d, 45, "fee_rate", "0 0.0005 0.003 | 0.4 0.99", 2);
    maybe_key(d, 25, "fee_fixed", "0 1 20 | 60000", 2);
    maybe_key(d, 20, "fee_per_unit", "0 0.005 | 100 # 1e306", 2);
    maybe_key(d, 20, "fee_min", "0 2 15 | 60000", 2);
    maybe_key(d, 45, "slippage", "0 0.0001 0.002 | 0.5 0.99", 2);
    maybe_key(d, 40, "fee_in_cash", "false true", 2);
    text_add(&d->yaml, "}\n");
}

static inline void draw_portfolio(struct draw *d)
{
    text_add(&d->yaml, "portfolio: {");
    maybe_key(d, 40, "initial_cash", "100000 1000 20000 | 0.01 1e12 # 1e100 1e300", 1);
    maybe_key(d, 25, "allow_short", "false", 1);
    maybe_key(d, 25, "close_at_end", "true", 1);
    maybe_key(d, 10, "size", "0.5", 1);
    text_add(&d->yaml, "}\nmetrics: {");
    maybe_key(d, 40, "sampling", "bar day", 1);
    maybe_key(d, 30, "risk_free_rate", "0.03 -0.01", 1);
    maybe_key(d, 40, "blocks", "0 1 3 16 700", 1);
    maybe_key(d, 50, "by_regime", "true", 1);
    maybe_key(d, 10, "periods_per_year", "100", 1);
    text_add(&d->yaml, "}\n");
}

/* Minute bars made beforehand: FOLDER/minute_0.csv … minute_3.csv. */
enum { DRAWN_MINUTE_FILES = 4 };
static inline void draw_data(struct draw *d, const char *folder)
{
    static const char *const sessions[] = {"00:00-24:00", "09:30-16:00", "22:00-05:00", "24x7"};
    int kind = draw_below(d, 3);
    d->daily = kind == 0;
    if (kind == 0) {
        int year = 1999 + draw_below(d, 17), years = 1 + draw_below(d, 3);
        text_format(&d->yaml,
                    "data: [{symbol: SP500, path: " ADMF_SOURCE_DIR "/data/sp500_daily.csv, "
                    "start: %d-%02d-01, end: %d-06-30}]\n",
                    year, 1 + draw_below(d, 5), year + years);
    } else if (kind == 1) {
        int month = 1 + draw_below(d, 9);
        text_format(&d->yaml,
                    "data: [{symbol: EURUSD, path: " ADMF_SOURCE_DIR "/data/eurusd_hourly.csv, "
                    "session: \"%s\", start: 2017-%02d-03, end: 2017-%02d-20}]\n",
                    sessions[draw_below(d, 3)], month, month + 1 + draw_below(d, 2));
    } else {
        text_format(&d->yaml, "data: [{symbol: MADE, path: %s/minute_%d.csv, session: \"%s\"}]\n",
                    folder, draw_below(d, DRAWN_MINUTE_FILES), sessions[draw_below(d, 4)]);
    }
}

static inline void draw_lanes(struct draw *d)
{
    text_add(&d->yaml, "resources: {");
    draw_key(d, "lanes", "events events lockstep auto", 1);
    text_add(&d->yaml, "}\n");
}

/* Behind draw_configuration: now and then more than one window. */
static inline void draw_windows(struct draw *d)
{
    static const char *const lengths[] = {"0", "1", "7"};
    if (draw_chance(d, 15))
        text_format(&d->yaml, "windows: {split: 0.%d}\n", 1 + draw_below(d, 9));
    else if (draw_chance(d, 20))
        text_format(&d->yaml, "windows: {k_fold: {k: %d, purge: %s, embargo: %s}}\n",
                    2 + draw_below(d, 3), lengths[draw_below(d, 3)], lengths[draw_below(d, 3)]);
    else if (draw_chance(d, 10))
        text_add(&d->yaml, "windows: {whole: {}, again: {start: 1999-01-01}}\n");
}

/* The configuration of a seed; d->yaml is the caller's to deinit. */
static inline void draw_configuration(struct draw *d, uint64_t seed, const char *folder)
{
    *d = (struct draw){.state = seed * 0x9e3779b97f4a7c15u};
    d->wild = draw_chance(d, 35);
    d->huge = d->wild && draw_chance(d, 35);
    draw_data(d, folder);
    draw_strategies(d);
    draw_classifiers(d);
    draw_risk(d);
    draw_execution(d);
    draw_portfolio(d);
    draw_lanes(d);
}

#endif
