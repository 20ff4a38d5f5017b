/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/plan/plan.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "engine/base/failure.h"
#include "engine/base/memory.h"
#include "engine/base/stop.h"
#include "engine/base/text.h"
#include "engine/catalog/catalog.h"
#include "engine/plan/adaptive.h"
#include "engine/plan/columns_needed.h"
#include "engine/plan/disk.h"
#include "engine/plan/pattern.h"
#include "engine/plan/windows.h"

void plan_free(struct plan **plan_)
{
    struct plan *plan = *plan_;
    if (!plan)
        return;
    for (int a = 0; a < AXIS_COUNT; a++)
        axis_deinit(&plan->axes[a]);
    for (size_t s = 0; plan->bars && !plan->borrows_bars && s < plan->symbol_count; s++)
        bars_free(&plan->bars[s]);
    for (size_t f = 0; f < plan->feature_count; f++)
        memory_free(plan->features[f].params);
    memory_free(plan->bars);
    memory_free(plan->windows);
    memory_free(plan->columns);
    memory_free(plan->features);
    memory_free(plan->strategies);
    memory_free(plan->classifiers);
    memory_free(plan->scale_column);
    signal_store_close(&plan->store);
    memory_free(plan->adaptive);
    memory_free(plan);
    *plan_ = NULL;
}

/* Ids below `id`. */
static size_t chosen_below(const struct config *config, uint64_t id)
{
    size_t low = 0, high = config->combination_count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (config->combinations[middle] < id)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

uint64_t plan_chosen(const struct plan *plan, uint64_t first, uint64_t count)
{
    const struct config *config = plan->config;
    if (!config->combinations)
        return count;
    return chosen_below(config, first + count) - chosen_below(config, first);
}

uint64_t plan_cells(const struct plan *plan)
{
    return plan->combinations * plan->symbol_count * plan->window_count;
}

uint64_t plan_chosen_cells(const struct plan *plan)
{
    return plan_chosen(plan, 0, plan->combinations) * plan->symbol_count * plan->window_count;
}

double plan_window_bars(const struct plan *plan, enum window_role role)
{
    double bars = 0;
    for (size_t w = 0; w < plan->symbol_count * plan->window_count; w++)
        if (role == WINDOW_PLAIN || plan->windows[w].role == role)
            bars += (double)(plan->windows[w].end - plan->windows[w].first);
    return bars;
}

double plan_mean_samples(const struct plan *plan)
{
    double samples = 0, windows = (double)(plan->symbol_count * plan->window_count);
    for (size_t w = 0; w < plan->symbol_count * plan->window_count; w++)
        samples += (double)plan->windows[w].samples / windows;
    return samples;
}

bool plan_strategy_runs(const struct plan *plan, size_t strategy)
{
    if (!plan->config->combinations || plan->mode == PLAN_GENERATE)
        return true;
    uint64_t each = plan->combinations / plan->axes[AXIS_STRATEGY].count;
    return plan_chosen(plan, strategy * each, each) > 0;
}

struct cell plan_cell(const struct plan *plan, uint64_t combo)
{
    struct cell cell;
    for (int a = AXIS_COUNT - 1; a >= 0; a--) {
        cell.index[a] = combo % plan->axes[a].count;
        combo /= plan->axes[a].count;
    }
    return cell;
}

bool plan_goes_short(const struct plan *plan)
{
    return plan->config->portfolio[PORTFOLIO_allow_short] != 0;
}

bool plan_wants_strength(const struct plan *plan)
{
    for (size_t i = 0; i < plan->axes[AXIS_RISK].count; i++)
        if (plan->axes[AXIS_RISK].instances[i].params[RISK_scale_by_strength] != 0)
            return true;
    return false;
}

uint64_t plan_instances(const struct plan *plan)
{
    uint64_t count = 0;
    for (int a = AXIS_STRATEGY; a <= AXIS_CLASSIFIER; a++)
        for (size_t i = 0; i < plan->axes[a].count; i++)
            count += plan->axes[a].instances[i].row != NULL &&
                     (a != AXIS_STRATEGY || plan_strategy_runs(plan, i));
    return count;
}

size_t plan_feature_columns(const struct plan *plan)
{
    size_t made = 0;
    for (size_t c = 0; c < plan->column_count; c++)
        made += plan->columns[c].computed;
    return made;
}

size_t plan_computed_features(const struct plan *plan)
{
    size_t made = 0;
    for (size_t f = 0; f < plan->feature_count; f++) {
        bool any = false;
        for (int m = 0; !any && m < ADMF_MEMBERS_MAX; m++) {
            int column = plan->features[f].column[m];
            any = column >= 0 && plan->columns[column].computed;
        }
        made += any;
    }
    return made;
}

uint64_t plan_triples(const struct plan *plan)
{
    return plan->combinations / plan->axes[AXIS_STRATEGY].count;
}

const struct instance *plan_classifier_of(const struct plan *plan, uint64_t triple)
{
    return &plan->axes[AXIS_CLASSIFIER].instances[plan_cell(plan, triple).index[AXIS_CLASSIFIER]];
}

static bool has_limits(const double *risk)
{
    bool any = false;
#define PARAM(...)
#define HALT PARAM
#define EXIT PARAM
#define VALIDATOR(name, ...) any |= !isnan(risk[RISK_##name]);
#include "kernels/catalog/risk.def"
#undef VALIDATOR
#undef EXIT
#undef HALT
#undef PARAM
    return any;
}

static bool has_costs(const double *e)
{
    return e[EXECUTION_fee_rate] != 0 || e[EXECUTION_fee_fixed] != 0 ||
           e[EXECUTION_fee_per_unit] != 0 || e[EXECUTION_fee_min] != 0 ||
           e[EXECUTION_slippage] != 0;
}

struct shape plan_shape(const struct plan *plan, const struct cell *cell)
{
    const double *r = plan->axes[AXIS_RISK].instances[cell->index[AXIS_RISK]].params;
    const double *e = plan->axes[AXIS_EXECUTION].instances[cell->index[AXIS_EXECUTION]].params;
    const struct instance *classifier =
        &plan->axes[AXIS_CLASSIFIER].instances[cell->index[AXIS_CLASSIFIER]];
    const double *portfolio = plan->config->portfolio;
    return (struct shape){
        .fill = (uint8_t)e[EXECUTION_fill],
        .size_type = (uint8_t)r[RISK_size_type],
        .on_breach = (uint8_t)r[RISK_on_breach],
        .halt = (uint8_t)r[RISK_halt],
        .reentry = (uint8_t)r[RISK_reentry],
        .rebalance = (uint8_t)r[RISK_rebalance],
        .fee_in_cash = e[EXECUTION_fee_in_cash] != 0,
        .scale_by_strength = r[RISK_scale_by_strength] != 0,
        .allow_short = plan_goes_short(plan),
        .close_at_end = portfolio[PORTFOLIO_close_at_end] != 0,
        .block_entries = classifier->row && classifier->entry->block_entries,
        .flat_at = !isnan(r[RISK_flat_at]),
        .has_exits = !isnan(r[RISK_stop_loss]) || !isnan(r[RISK_take_profit]) ||
                     !isnan(r[RISK_trailing_stop]),
        .has_trail = !isnan(r[RISK_trailing_stop]),
        .has_holding = !isnan(r[RISK_max_holding_bars]),
        .has_halts = !isnan(r[RISK_max_drawdown]) || !isnan(r[RISK_max_daily_loss]),
        .has_cooldown = !isnan(r[RISK_cooldown_bars]),
        .has_limits = has_limits(r),
        .has_lot = r[RISK_lot] > 0,
        .has_costs = has_costs(e),
        .by_regime = plan->config->by_regime,
    };
}

const double *plan_market_values(const struct bars *bars, int market)
{
    const double *const columns[MARKET_COUNT] = {bars->open, bars->high, bars->low, bars->close,
                                                 bars->volume};
    return columns[market];
}

void plan_column_name(const struct plan *plan, int column, char *out, size_t size)
{
    const struct plan_column *c = &plan->columns[column];
    if (c->market >= 0) {
        snprintf(out, size, "%s", market_column_names[c->market]);
        return;
    }
    const struct plan_feature *feature = &plan->features[c->feature];
    const admf_component *row = &catalog_features[feature->id];
    int used = snprintf(out, size, "%s", row->name), shown = row->n_params;
    /* A variant is named only where it is not the standard one. */
    while (shown && row->params[shown - 1].type == ADMF_WORD &&
           feature->params[shown - 1] == row->params[shown - 1].fallback)
        shown--;
    for (int k = 0; k < shown && (size_t)used < size; k++) {
        char number[NUMBER_MAX];
        const char *text = number;
        int length = -1;
        number_to_text(feature->params[k], number);
        if (row->params[k].type == ADMF_WORD) {
            size_t word_length;
            text = catalog_word(&row->params[k], (int)feature->params[k], &word_length);
            length = (int)word_length;
        }
        used += snprintf(out + used, size - (size_t)used, "%s%.*s%s", k ? "," : "(", length, text,
                         k + 1 == shown ? ")" : "");
    }
    if (row->n_members > 1 && (size_t)used < size)
        snprintf(out + used, size - (size_t)used, ".%s", row->members[c->member]);
}

/* ---- making ------------------------------------------------------------------------------*/

static admf_status load_bars(struct plan *plan, const struct plan_options *options,
                             admf_diagnostics *errors, admf_diagnostics *warnings)
{
    const struct plan *bars_of = options->bars_of;
    const struct config *config = plan->config;
    admf_status status = ADMF_OK;
    plan->bars = memory_new(config->series_count, sizeof *plan->bars);
    if (!plan->bars)
        return report_memory(errors);
    plan->symbol_count = config->series_count;
    plan->borrows_bars = bars_of != NULL;
    if (bars_of) {
        memcpy(plan->bars, bars_of->bars, plan->symbol_count * sizeof *plan->bars);
        return ADMF_OK;
    }
    /* All series are read, so that all their errors are seen at once. */
    for (size_t s = 0; s < plan->symbol_count; s++) {
        struct series_source source = config->series[s];
        source.stop = options->stop;
        admf_status one = bars_load(&source, plan->sizes.threads, &plan->bars[s], errors, warnings);
        if (stop_status(options->stop) != ADMF_OK)
            return stop_status(options->stop);
        if (one != ADMF_OK)
            status = one;
    }
    return status == ADMF_OK ? ADMF_OK : admf_diagnostics_status(errors);
}

/* Whether a column is the market's `market` or made from it, through any number of features. */
static bool comes_from(const struct plan *plan, int column, int market)
{
    const struct plan_column *c = &plan->columns[column];
    if (c->market >= 0)
        return c->market == market;
    const struct plan_feature *feature = &plan->features[c->feature];
    for (int k = 0; k < catalog_features[feature->id].n_needs; k++)
        if (comes_from(plan, feature->input[k], market))
            return true;
    return false;
}

/* Which key of a risk profile needs a market column that no component does. */
static const char *risk_key_that_needs(const struct plan *plan, int market)
{
    const unsigned tested = 1u << MARKET_OPEN | 1u << MARKET_HIGH | 1u << MARKET_LOW;
    static const int exits[] = {RISK_stop_loss, RISK_take_profit, RISK_trailing_stop};
    for (size_t i = 0; i < plan->axes[AXIS_RISK].count; i++) {
        const double *risk = plan->axes[AXIS_RISK].instances[i].params;
        for (size_t k = 0; tested >> market & 1 && k < sizeof exits / sizeof *exits; k++)
            if (!isnan(risk[exits[k]]))
                return catalog_risk.params[exits[k]].name;
        if (plan->scale_column[i] >= 0 && comes_from(plan, plan->scale_column[i], market))
            return catalog_risk.params[RISK_size_type].name;
    }
    return catalog_risk.name;
}

/* Who needs a market column, for the message when it is missing. */
static const char *who_needs(const struct plan *plan, int market)
{
    for (int a = AXIS_STRATEGY; plan->mode != PLAN_REPLAY && a <= AXIS_CLASSIFIER; a++) {
        const struct plan_service *services =
            a == AXIS_STRATEGY ? plan->strategies : plan->classifiers;
        for (size_t i = 0; i < plan->axes[a].count; i++) {
            const admf_component *row = plan->axes[a].instances[i].row;
            for (int k = 0; row && k < row->n_needs; k++)
                if (comes_from(plan, services[i].column[k], market))
                    return row->name;
        }
    }
    return risk_key_that_needs(plan, market);
}

static admf_status check_columns(const struct plan *plan, admf_diagnostics *errors)
{
    bool next_open = false, failed = false;
    for (size_t i = 0; plan->mode != PLAN_GENERATE && i < plan->axes[AXIS_EXECUTION].count; i++)
        next_open |=
            plan->axes[AXIS_EXECUTION].instances[i].params[EXECUTION_fill] == FILL_NEXT_OPEN;
    for (size_t s = 0; s < plan->symbol_count; s++)
        for (int m = 0; m < MARKET_COUNT; m++) {
            if (!(plan->market_needed >> m & 1) || plan_market_values(plan->bars[s], m))
                continue;
            failed = true;
            if (m == MARKET_OPEN && next_open)
                report(errors, ADMF_BAD_CONFIG, plan->bars[s]->source, 0, 0, 0,
                       "fill 'next_open' needs column 'open', which this file lacks; use fill "
                       "'close' or 'next_close' under execution");
            else
                report(errors, ADMF_BAD_CONFIG, plan->bars[s]->source, 0, 0, 0,
                       "%s needs column '%s', which this file lacks", who_needs(plan, m),
                       market_column_names[m]);
        }
    return failed ? ADMF_BAD_CONFIG : ADMF_OK;
}

/* flat_at has no meaning where every bar is a day. */
static admf_status check_sessions(const struct plan *plan, admf_diagnostics *errors)
{
    const struct axis *risk = &plan->axes[AXIS_RISK];
    for (size_t s = 0; s < plan->symbol_count; s++)
        for (size_t i = 0; plan->bars[s]->daily_or_longer && i < risk->count; i++)
            if (!isnan(risk->instances[i].params[RISK_flat_at]))
                return report(errors, ADMF_BAD_CONFIG, plan->config->path,
                              plan->config->risk.place.line, plan->config->risk.place.column,
                              plan->config->risk.place.length,
                              "flat_at: session_end needs bars shorter than a day; those of %s are "
                              "not",
                              plan->bars[s]->source);
    return ADMF_OK;
}

/* The store of a replay; it must be of these strategies, classifiers and bars. */
static admf_status open_store(struct plan *plan, const struct plan_options *options,
                              admf_diagnostics *errors)
{
    const struct signal_layout layout = {.symbol_count = plan->symbol_count,
                                         .bars = plan->bars,
                                         .axes = plan->axes,
                                         .strength = plan_wants_strength(plan)};
    admf_error error = {0};
    if (plan->mode != PLAN_REPLAY)
        return ADMF_OK;
    admf_status status = signal_store_open(plan->config->signals, &layout, &plan->store, &error);
    return status == ADMF_OK || options->store_later ? ADMF_OK : report_error(errors, &error);
}

static bool allocate_services(struct plan *plan)
{
    plan->strategies = memory_new(plan->axes[AXIS_STRATEGY].count, sizeof *plan->strategies);
    plan->classifiers = memory_new(plan->axes[AXIS_CLASSIFIER].count, sizeof *plan->classifiers);
    plan->scale_column = memory_new(plan->axes[AXIS_RISK].count, sizeof *plan->scale_column);
    return plan->strategies && plan->classifiers && plan->scale_column;
}

static admf_status refuse_id(const struct config *config, const struct place *place,
                             const char *key, uint64_t id, uint64_t combinations,
                             admf_diagnostics *errors)
{
    return report(errors, ADMF_BAD_CONFIG, config->path, place->line, place->column, place->length,
                  "'%s' names combination %" PRIu64 "; there are %" PRIu64 ", from 0 to %" PRIu64,
                  key, id, combinations, combinations - 1);
}

admf_status plan_check_ids(const struct config *config, uint64_t combinations,
                           admf_diagnostics *errors)
{
    size_t chosen = config->combination_count;
    admf_status status = ADMF_OK;
    /* Sorted: the last id is the largest. */
    if (chosen && config->combinations[chosen - 1] >= combinations)
        status = refuse_id(config, &config->combinations_place, "combinations",
                           config->combinations[chosen - 1], combinations, errors);
    for (size_t i = 0; i < config->choice_count; i++)
        if (config->choices[i].combo >= combinations)
            status = refuse_id(config, &config->choices[i].place, "regime_choice",
                               config->choices[i].combo, combinations, errors);
    if (config->keep != KEEP_LIST)
        return status;
    if (config->keep_ids[config->keep_count - 1] >= combinations)
        return refuse_id(config, &config->keep_place, "keep",
                         config->keep_ids[config->keep_count - 1], combinations, errors);
    for (size_t i = 0; chosen && i < config->keep_count; i++) {
        uint64_t id = config->keep_ids[i];
        size_t at = chosen_below(config, id);
        if (at == chosen || config->combinations[at] != id)
            return report(errors, ADMF_BAD_CONFIG, config->path, config->keep_place.line,
                          config->keep_place.column, config->keep_place.length,
                          "'keep' names combination %" PRIu64 ", which is not one of those that "
                          "run",
                          id);
    }
    return status;
}

/* Points at the longest axis. */
static admf_status refuse_combinations(const struct plan *plan, const char *count,
                                       const char *what_else, const char *instead,
                                       admf_diagnostics *errors)
{
    static const char *const names[AXIS_COUNT] = {"strategies", "classifiers", "risk profiles",
                                                  "execution models"};
    const struct config *config = plan->config;
    const struct place places[AXIS_COUNT] = {config->strategies.place, config->classifiers.place,
                                             config->risk.place, config->execution.place};
    int longest = 0;
    for (int a = 1; a < AXIS_COUNT; a++)
        if (plan->axes[a].count > plan->axes[longest].count)
            longest = a;
    return report(errors, ADMF_BAD_CONFIG, config->path, places[longest].line,
                  places[longest].column, places[longest].length,
                  "%s combinations%s are more than a cube can hold; use fewer %s (%zu), %sor "
                  "`sample`",
                  count, what_else, names[longest], plan->axes[longest].count, instead);
}

/* Combinations that a cube can hold may have more results than it can, in so many windows. */
static admf_status check_cells(const struct plan *plan, uint64_t windows, admf_diagnostics *errors)
{
    const struct config *config = plan->config;
    char count[24], what_else[96], advice[64];
    const bool cut = windows > 1, blocks = config->blocks > 0;
    uint64_t bytes;
    if (plan->mode == PLAN_GENERATE ||
        plan_cells_bytes(plan, config->series_count * windows, &bytes))
        return ADMF_OK;
    snprintf(count, sizeof count, "%" PRIu64, plan->combinations);
    snprintf(what_else, sizeof what_else,
             " for %zu symbol%s with %" PRIu64 " window%s and %d blocks", config->series_count,
             config->series_count == 1 ? "" : "s", windows, cut ? "s" : "", config->blocks);
    snprintf(advice, sizeof advice, "%s%s", cut ? "fewer windows, " : "",
             blocks ? "lower metrics.blocks, " : "");
    return refuse_combinations(plan, count, what_else, advice, errors);
}

/* A cube beyond any disk is refused before data are read and anything is sized after it. */
static admf_status count_combinations(struct plan *plan, admf_diagnostics *errors)
{
    static const double METRIC_BYTES_MOST = 0x1p46; /* 64 TiB; thousands of TiB for all */
    char count[24] = "2^63 or more";
    uint64_t n = 1;
    bool fits = true;
    for (int a = 0; a < AXIS_COUNT; a++) {
        plan->has_grid |= plan->axes[a].has_grid;
        fits =
            fits && !__builtin_mul_overflow(n, (uint64_t)plan->axes[a].count, &n) && n <= INT64_MAX;
    }
    if (fits)
        snprintf(count, sizeof count, "%" PRIu64, n);
    if (plan->mode == PLAN_GENERATE)
        return ADMF_OK; /* they are not combined */
    if (!fits || 8 * (double)n * (double)plan->config->series_count >= METRIC_BYTES_MOST)
        return refuse_combinations(plan, count, "", "", errors);
    plan->combinations = n;
    admf_status status = check_cells(plan, 1, errors);
    return status == ADMF_OK ? plan_check_ids(plan->config, n, errors) : status;
}

static admf_status fill_plan(struct plan *plan, const struct plan_options *options,
                             admf_diagnostics *errors, admf_diagnostics *warnings)
{
    admf_error error = {0};
    uint64_t memory = plan->sizes.memory_limit = plan_memory_limit(plan->config, options->memory);
    admf_status pattern = pattern_check(plan->config, errors);
    admf_status status = axes_expand(plan->config, memory, plan->axes, errors);
    status = pattern == ADMF_OK ? status : pattern;
    plan->mode = options->mode ? options->mode : pattern_mode(plan->config);
    plan_choose_threads(plan, options);
    if (status == ADMF_OK)
        status = count_combinations(plan, errors);
    if (status == ADMF_OK)
        plan_choose_pattern(plan);
    if (status == ADMF_OK)
        status = load_bars(plan, options, errors, warnings);
    if (status != ADMF_OK)
        return status;
    if (!allocate_services(plan))
        return report_memory(errors);
    if (plan_find_columns(plan, &error) != ADMF_OK)
        return report_error(errors, &error);
    status = check_columns(plan, errors);
    if (status == ADMF_OK)
        status = open_store(plan, options, errors);
    if (status == ADMF_OK)
        status = check_sessions(plan, errors);
    if (status == ADMF_OK)
        status = plan_make_windows(plan, errors);
    if (status == ADMF_OK)
        status = check_cells(plan, plan->window_count, errors);
    if (status == ADMF_OK)
        status = plan_find_adaptive(plan, errors);
    if (status == ADMF_OK && !options->unswept)
        status =
            (plan->mode == PLAN_GENERATE ? plan_size_signals : plan_size)(plan, options, errors);
    return status;
}

admf_status plan_new(const struct config *config, const struct plan_options *options,
                     struct plan **out, admf_diagnostics *errors, admf_diagnostics *warnings)
{
    struct plan *plan = *out = memory_new(1, sizeof *plan);
    if (!plan)
        return report_memory(errors);
    plan->config = config;
    plan->kernels = options->kernels;
    admf_status status = fill_plan(plan, options, errors, warnings);
    if (status != ADMF_OK)
        plan_free(out);
    return status;
}
