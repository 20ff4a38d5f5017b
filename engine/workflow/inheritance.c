/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/workflow/inheritance.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "admf/cube.h"
#include "engine/base/failure.h"
#include "engine/base/memory.h"
#include "engine/catalog/catalog.h"

/* Combinations of any phase: all have the same axes. */
static uint64_t combinations_of(const struct plan *plan)
{
    uint64_t count = 1;
    for (int a = 0; a < AXIS_COUNT; a++)
        count *= plan->axes[a].count;
    return count;
}

static int compare_ids(const void *left, const void *right)
{
    uint64_t a = *(const uint64_t *)left, b = *(const uint64_t *)right;
    return (a > b) - (a < b);
}

/* The first n combinations of a ranking, each once, in ascending order; fewer where it ends or
 * the metric is undefined. `seen`: a flag for each combination, all false. */
static size_t take_best(const admf_ranking *ranking, uint64_t n, bool *seen, uint64_t *ids)
{
    size_t count = 0;
    for (uint64_t i = 0; i < ranking->count && count < n; i++) {
        const admf_ranked *entry = &ranking->entries[i];
        if (isnan(entry->by) || seen[entry->combo])
            continue;
        seen[entry->combo] = true;
        ids[count++] = entry->combo;
    }
    qsort(ids, count, sizeof *ids, compare_ids);
    return count;
}

static admf_status rank(const struct phase_entry *phase, uint64_t n, const char *cube_path,
                        admf_ranking **ranking, admf_error *error)
{
    admf_cube *cube = NULL;
    admf_rank_options options = {.by = catalog_metrics[phase->by].name,
                                 .min_trades = phase->min_trades};
    admf_status status = admf_cube_open(cube_path, &cube, error);
    if (status == ADMF_OK) {
        /* A combination may be among the best in every window of every symbol. */
        options.n = n * admf_cube_axis_size(cube, ADMF_AXIS_SYMBOL) *
                    admf_cube_axis_size(cube, ADMF_AXIS_WINDOW);
        status = admf_cube_rank(cube, &options, ranking, error);
    }
    admf_cube_close(&cube);
    return status;
}

enum { ENOUGH_TEXT = 64 };

/* What was asked for beside a value of the metric; nothing where no trades were. */
static void enough_text(const struct phase_entry *phase, char text[ENOUGH_TEXT])
{
    text[0] = 0;
    if (phase->min_trades)
        snprintf(text, ENOUGH_TEXT, " and %" PRIu64 " trade%s or more", phase->min_trades,
                 phase->min_trades == 1 ? "" : "s");
}

/* Lets phase->config run only the best of the phase it inherits from. *ids is the caller's to
 * free, after the phase. */
static admf_status inherit_best(const struct sequence *sequence, const struct phase_entry *phase,
                                uint64_t combinations, uint64_t **ids)
{
    const struct config *config = sequence->config;
    const char *cube = sequence->result->phases[phase->inherits].cube;
    uint64_t n = phase->n < combinations ? phase->n : combinations;
    admf_ranking *ranking = NULL;
    admf_error error = {0};
    bool *seen = memory_new(combinations, sizeof *seen);
    *ids = memory_new(n, sizeof **ids);
    admf_status status =
        seen && *ids ? rank(phase, n, cube, &ranking, &error) : fail_memory(&error);
    if (status == ADMF_OK)
        phase->config->combination_count = take_best(ranking, n, seen, *ids);
    memory_free(seen);
    admf_ranking_free(&ranking);
    if (status != ADMF_OK)
        return report_error(sequence->errors, &error);
    if (phase->config->combination_count) {
        phase->config->combinations = *ids;
        return ADMF_OK;
    }
    char enough[ENOUGH_TEXT];
    enough_text(phase, enough);
    return report(sequence->errors, ADMF_BAD_CONFIG, config->path, phase->inherit_place.line,
                  phase->inherit_place.column, phase->inherit_place.length,
                  "phase '%s' inherits nothing: no combination of '%s' has a %s%s", phase->name,
                  config->phases[phase->inherits].name, catalog_metrics[phase->by].name, enough);
}

/* Lets phase->config trade what does best in each regime of the phase it inherits from, whose plan
 * is `first`. *choices are the caller's to give back, after the phase. */
static admf_status inherit_regimes(const struct sequence *sequence, const struct phase_entry *phase,
                                   const struct plan *first, struct regime_choices *choices)
{
    struct config *config = phase->config;
    const struct regime_wanted wanted = {
        .by = phase->by, .n = phase->n, .min_trades = phase->min_trades};
    const char *cube = sequence->result->phases[phase->inherits].cube;
    admf_error error = {0};
    char enough[ENOUGH_TEXT];
    enough_text(phase, enough);
    admf_status status =
        regime_choices_make(choices, first, cube, &wanted, sequence->options->stop, &error);
    if (status != ADMF_OK)
        return error.code ? report_error(sequence->errors, &error) : status;
    if (choices->count == 0)
        return report(sequence->errors, ADMF_BAD_CONFIG, sequence->config->path,
                      phase->inherit_place.line, phase->inherit_place.column,
                      phase->inherit_place.length,
                      "phase '%s' has nothing to trade: no choice by regime has a %s in '%s'%s",
                      phase->name, catalog_metrics[phase->by].name,
                      sequence->config->phases[phase->inherits].name, enough);
    config->choices = choices->choices;
    config->choice_count = choices->count;
    config->combinations = choices->combinations;
    config->combination_count = choices->combination_count;
    return ADMF_OK;
}

static bool inherits_id(const struct config *config, uint64_t id)
{
    return bsearch(&id, config->combinations, config->combination_count, sizeof id, compare_ids) !=
           NULL;
}

/* Whoever listed combinations to keep could not know which of them would be inherited. */
static admf_status narrow_list(struct inheritance *out, struct config *config,
                               admf_diagnostics *errors)
{
    if (config->keep != KEEP_LIST)
        return ADMF_OK;
    uint64_t *kept = memory_new(config->keep_count, sizeof *kept);
    size_t count = 0;
    if (!kept)
        return report_memory(errors);
    for (size_t i = 0; i < config->keep_count; i++)
        if (inherits_id(config, config->keep_ids[i]))
            kept[count++] = config->keep_ids[i];
    out->kept = kept;
    out->listed = config->keep_ids;
    out->listed_count = config->keep_count;
    config->keep = count ? KEEP_LIST : KEEP_NONE;
    config->keep_ids = kept;
    config->keep_count = count;
    return ADMF_OK;
}

admf_status inheritance_take(struct inheritance *out, const struct sequence *sequence,
                             const struct phase_entry *phase, const struct plan *first)
{
    admf_status status = ADMF_OK;
    if (phase->adapts)
        status = inherit_regimes(sequence, phase, first, &out->choices);
    else if (phase->inherits >= 0)
        status = inherit_best(sequence, phase, combinations_of(first), &out->ids);
    return status == ADMF_OK && phase->config->combinations
               ? narrow_list(out, phase->config, sequence->errors)
               : status;
}

static void widen_list(const struct inheritance *inheritance, struct config *config)
{
    if (!inheritance->kept)
        return;
    config->keep = KEEP_LIST;
    config->keep_ids = inheritance->listed;
    config->keep_count = inheritance->listed_count;
    memory_free(inheritance->kept);
}

void inheritance_drop(struct inheritance *inheritance, const struct phase_entry *phase)
{
    widen_list(inheritance, phase->config);
    phase->config->combinations = NULL;
    phase->config->combination_count = 0;
    phase->config->choices = NULL;
    phase->config->choice_count = 0;
    memory_free(inheritance->ids);
    regime_choices_deinit(&inheritance->choices);
    *inheritance = (struct inheritance){0};
}
