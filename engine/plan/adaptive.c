/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/plan/adaptive.h"

#include <inttypes.h>
#include <math.h>
#include <string.h>

#include "engine/base/failure.h"
#include "engine/base/memory.h"

static admf_status refuse(const struct plan *plan, const struct regime_choice *choice,
                          const char *what, const char *name, admf_diagnostics *errors)
{
    const struct place *place = &choice->place;
    return report(errors, ADMF_BAD_CONFIG, plan->config->path, place->line, place->column,
                  place->length, "'regime_choice' of combination %" PRIu64 ": %s '%s'",
                  choice->combo, what, name);
}

static int find_label(const struct plan *plan, uint64_t triple, const char *label)
{
    const struct instance *classifier = plan_classifier_of(plan, triple);
    for (size_t code = 0; code < regime_labels(classifier); code++)
        if (strcmp(label, regime_label(classifier, code)) == 0)
            return (int)code;
    return -1;
}

static bool is_before(const struct plan_adaptive *adaptive, size_t symbol, uint64_t triple)
{
    return adaptive->symbol < symbol || (adaptive->symbol == symbol && adaptive->triple < triple);
}

/* Where a portfolio stands among the others, in order of symbol and triple, or would. */
static size_t place_of(const struct plan *plan, size_t symbol, uint64_t triple)
{
    size_t first = 0, end = plan->adaptive_count;
    while (first < end) {
        size_t middle = first + (end - first) / 2;
        if (is_before(&plan->adaptive[middle], symbol, triple))
            first = middle + 1;
        else
            end = middle;
    }
    return first;
}

/* The portfolio that a choice is of: one that is there, or a new one. A run hands on its choices in
 * this order, so that a new one comes last. */
static struct plan_adaptive *portfolio_of(struct plan *plan, size_t symbol, uint64_t triple)
{
    size_t place = place_of(plan, symbol, triple), behind = plan->adaptive_count - place;
    struct plan_adaptive *adaptive = &plan->adaptive[place];
    if (behind && adaptive->symbol == symbol && adaptive->triple == triple)
        return adaptive;
    memmove(adaptive + 1, adaptive, behind * sizeof *adaptive);
    plan->adaptive_count++;
    *adaptive = (struct plan_adaptive){.symbol = symbol, .triple = triple, .objective = NAN};
    for (int code = 0; code < ADMF_LABELS_MAX; code++) {
        adaptive->strategy[code] = -1;
        adaptive->profit[code] = NAN;
    }
    return adaptive;
}

static admf_status add_choice(struct plan *plan, const struct regime_choice *choice,
                              admf_diagnostics *errors)
{
    uint64_t triple = choice->combo % plan_triples(plan);
    size_t symbol = 0;
    while (symbol < plan->symbol_count && strcmp(plan->bars[symbol]->symbol, choice->symbol) != 0)
        symbol++;
    int code = find_label(plan, triple, choice->label);
    if (symbol == plan->symbol_count)
        return refuse(plan, choice, "there is no symbol", choice->symbol, errors);
    if (code < 0)
        return refuse(plan, choice, "its classifier has no label", choice->label, errors);
    struct plan_adaptive *adaptive = portfolio_of(plan, symbol, triple);
    if (adaptive->strategy[code] >= 0)
        return refuse(plan, choice, "there is a choice already for", choice->label, errors);
    adaptive->strategy[code] = (int64_t)(choice->combo / plan_triples(plan));
    adaptive->profit[code] = choice->profit;
    adaptive->objective = choice->objective;
    return ADMF_OK;
}

admf_status plan_find_adaptive(struct plan *plan, admf_diagnostics *errors)
{
    const struct config *config = plan->config;
    admf_status status = ADMF_OK;
    if (config->choice_count == 0 || plan->mode == PLAN_GENERATE)
        return ADMF_OK;
    plan->adaptive = memory_new(config->choice_count, sizeof *plan->adaptive);
    if (!plan->adaptive)
        return report_memory(errors);
    for (size_t i = 0; i < config->choice_count; i++) {
        admf_status one = add_choice(plan, &config->choices[i], errors);
        status = status == ADMF_OK ? one : status;
    }
    return status;
}

/* Where the portfolios of the symbol end that portfolio `first` is of. */
static size_t end_of_symbol(const struct plan *plan, size_t first)
{
    size_t symbol = plan->adaptive[first].symbol, last = first, end = plan->adaptive_count;
    while (end - last > 1) {
        size_t middle = last + (end - last) / 2;
        if (plan->adaptive[middle].symbol == symbol)
            last = middle;
        else
            end = middle;
    }
    return end;
}

const struct plan_adaptive *plan_adaptive_at(const struct plan *plan, uint64_t row, size_t *window)
{
    for (size_t first = 0, end; first < plan->adaptive_count; first = end) {
        end = end_of_symbol(plan, first);
        uint64_t portfolios = end - first, rows = portfolios * plan->window_count;
        if (row < rows) {
            *window = (size_t)(row / portfolios);
            return &plan->adaptive[first + (size_t)(row % portfolios)];
        }
        row -= rows;
    }
    return NULL;
}
