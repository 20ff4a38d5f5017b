/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One entry of a list, cell by cell in order: what passes `where` becomes an instance with its
 * parameters and its label. Sets that break a rule of their component are counted on the way.
 */
#include <stdio.h>
#include <string.h>

#include "engine/base/memory.h"
#include "engine/expand/expander.h"
#include "engine/expand/label.h"
#include "engine/expand/sample.h"
#include "io/config/arena.h"
#include "io/config/condition.h"

/* An axis is indexed by 31 bits; a larger grid is for `sample`. */
static const uint64_t INSTANCES_MAX = INT32_MAX;
enum { RULES_MAX = 8 };

/* Bytes that an instance takes, blocks of the arena rounded up. */
static uint64_t instance_bytes(const admf_component *row, size_t label)
{
    enum { ALIGNED = 16 };
    return sizeof(struct instance) + (uint64_t)row->n_params * sizeof(double) +
           (label + 1 + ALIGNED) / ALIGNED * ALIGNED + ALIGNED;
}

/* Adds the instance of a cell; false where no more can be added. */
static bool add_instance(struct expander *e, struct labeller *labeller, const struct grid *grid,
                         const uint64_t *digits, const double *params)
{
    const admf_component *row = grid->entry->row;
    struct instance *instance = expander_new_instance(e);
    size_t bytes = (size_t)row->n_params * sizeof *params;
    if (!instance)
        return false;
    double *copy = arena_new(e->axis->memory, (size_t)row->n_params, sizeof *params);
    const char *label = label_make(labeller, grid, digits, params);
    if (!copy || !label) {
        e->no_memory = true;
        return false;
    }
    if (bytes)
        memcpy(copy, params, bytes);
    *instance = (struct instance){grid->entry, row, grid->entry->id, copy, label};
    e->axis->count++;
    uint64_t taken = instance_bytes(row, strlen(label));
    e->axis->bytes += taken;
    e->bytes += taken;
    if (e->axis->count >= INSTANCES_MAX)
        complain_size(e, grid, "more than 2147483647 instances", "");
    else if (e->bytes > e->bytes_max)
        complain_memory(e, grid, e->axis->count, true, e->bytes);
    return e->axis->count < INSTANCES_MAX && e->bytes <= e->bytes_max;
}

/* What happened to the cells of one entry. */
struct tally {
    struct condition *rules[RULES_MAX];
    uint64_t broken[RULES_MAX], any_broken, passed;
    int rule_count;
};

static bool tally_init(struct expander *e, const admf_component *row, struct tally *tally)
{
    memset(tally, 0, sizeof *tally);
    for (int i = 0; i < row->n_rules && i < RULES_MAX; i++) {
        tally->rules[i] = condition_of_rule(e->axis->memory, row, row->rules[i]);
        if (!tally->rules[i]) {
            e->no_memory = true;
            return false;
        }
        tally->rule_count++;
    }
    return true;
}

/* One cell: counted, checked and, if nothing speaks against it, added. False to stop. */
static bool take_cell(struct expander *e, struct labeller *labeller, const struct grid *grid,
                      const uint64_t *digits, struct tally *tally, bool sampled)
{
    double params[ADMF_PARAMS_MAX];
    bool broken = false;
    grid_params(grid, digits, params);
    if (!sampled && !grid_passes(grid, params))
        return true;
    tally->passed++;
    for (int i = 0; i < tally->rule_count; i++)
        if (!condition_holds(tally->rules[i], params)) {
            tally->broken[i]++;
            broken = true;
        }
    tally->any_broken += broken;
    /* Once a set is broken there will be no axis; only the count matters still. */
    return tally->any_broken || add_instance(e, labeller, grid, digits, params);
}

static void complain_rules(struct expander *e, const struct grid *grid, const struct tally *tally)
{
    const struct component_entry *entry = grid->entry;
    char rules[400] = "", where[500] = "";
    for (int i = 0; i < tally->rule_count; i++)
        if (tally->broken[i]) {
            size_t used = strlen(rules), length = strlen(where);
            snprintf(rules + used, sizeof rules - used, "%s%s", used ? " and " : "",
                     tally->rules[i]->text);
            snprintf(where + length, sizeof where - length, "%s\"%s\"", length ? ", " : "",
                     tally->rules[i]->text);
        }
    if (tally->any_broken == tally->passed)
        COMPLAIN(e, entry->place, "%s '%s' needs %s; %s",
                 e->axis->kind == AXIS_STRATEGY ? "strategy" : "classifier", entry_name(entry),
                 rules, tally->passed == 1 ? "its parameters break that" : "every set breaks that");
    else
        COMPLAIN(e, entry->place,
                 "%llu of the %llu sets of '%s' break %s; remove them with where: [%s]",
                 (unsigned long long)tally->any_broken, (unsigned long long)tally->passed,
                 entry_name(entry), rules, where);
}

/* Sets that pass `where`, counted no further than `most`. */
static uint64_t count_passing(const struct grid *grid, uint64_t most)
{
    uint64_t digits[DIMENSIONS_MAX] = {0}, count = 0;
    double params[ADMF_PARAMS_MAX];
    for (uint64_t cell = 0; cell < grid->cells && count < most; cell++) {
        grid_params(grid, digits, params);
        count += grid_passes(grid, params);
        grid_advance(grid, digits);
    }
    return count;
}

/* Bytes that drawing takes for each set, beside the instance. */
static uint64_t sample_bytes(const struct grid *grid)
{
    enum { NUMBER = 8, SET = 32 }; /* sample.c: the cell, its slots in the set of those taken */
    if (grid->entry->sample == SAMPLE_NONE)
        return 0;
    uint64_t strata = grid->entry->sample == SAMPLE_LATIN ? (uint64_t)grid->dimensions + 1 : 0;
    return NUMBER + SET + strata * sizeof(uint64_t);
}

/*
 * Whether the memory allows that many sets more, as far as can be said before they are made:
 * by the label of the grid's first. False also when memory ran out.
 */
static bool has_room(struct expander *e, const struct grid *grid, struct labeller *labeller)
{
    uint64_t digits[DIMENSIONS_MAX] = {0}, sets = grid->cells;
    double params[ADMF_PARAMS_MAX];
    grid_params(grid, digits, params);
    const char *label = label_make(labeller, grid, digits, params);
    if (!label) {
        e->no_memory = true;
        return false;
    }
    uint64_t each = instance_bytes(grid->entry->row, strlen(label)) + sample_bytes(grid);
    uint64_t left = e->bytes < e->bytes_max ? e->bytes_max - e->bytes : 0;
    uint64_t most = left / each + 1;
    if (grid->entry->sample != SAMPLE_NONE)
        sets = grid->entry->sample_n;
    else if (sets > most && grid->entry->where_count)
        sets = count_passing(grid, most + 1);
    if (sets <= most)
        return true;
    uint64_t bytes;
    if (__builtin_mul_overflow(sets, each, &bytes) ||
        __builtin_add_overflow(bytes, e->bytes, &bytes))
        bytes = UINT64_MAX;
    complain_memory(e, grid, sets, sets == most + 1 && grid->entry->where_count, bytes);
    return false;
}

static void expand_sample(struct expander *e, const struct grid *grid, struct labeller *labeller,
                          struct tally *tally)
{
    const struct component_entry *entry = grid->entry;
    struct sample sample = {NULL, 0, 0};
    uint64_t digits[DIMENSIONS_MAX];
    int wide = 0;
    for (int i = 0; i < grid->dimensions; i++)
        wide += grid->dimension[i].count > 1;
    if (entry->sample == SAMPLE_SOBOL && wide > SOBOL_DIMENSIONS_MAX) {
        COMPLAIN(e, entry->sample_place, "sobol covers %d parameters with several values, not %d",
                 SOBOL_DIMENSIONS_MAX, wide);
        return;
    }
    if (entry->sample_n > grid->cells) {
        COMPLAIN(e, entry->sample_place,
                 "the sample of '%s' wants %llu sets, but the grid has %llu", entry_name(entry),
                 (unsigned long long)entry->sample_n, (unsigned long long)grid->cells);
        return;
    }
    if (entry->sample_n > INSTANCES_MAX) {
        complain_size(e, grid, "more than 2147483647 instances", "");
        return;
    }
    if (!has_room(e, grid, labeller))
        return;
    if (!sample_draw(grid, &sample)) {
        e->no_memory = true;
        return;
    }
    if (sample.count < entry->sample_n && sample.looked)
        COMPLAIN(e, entry->sample_place,
                 "the sample of '%s' wants %llu sets, but only %zu that pass `where` were found in "
                 "%llu draws; lower 'n' or write a grid that fits `where` better",
                 entry_name(entry), (unsigned long long)entry->sample_n, sample.count,
                 (unsigned long long)sample.looked);
    else if (sample.count < entry->sample_n)
        COMPLAIN(e, entry->sample_place,
                 "the sample of '%s' wants %llu sets, but only %zu of %llu pass `where`",
                 entry_name(entry), (unsigned long long)entry->sample_n, sample.count,
                 (unsigned long long)grid->cells);
    bool going = sample.count == entry->sample_n;
    for (size_t i = 0; going && i < sample.count; i++) {
        grid_digits(grid, sample.cells[i], digits);
        going = take_cell(e, labeller, grid, digits, tally, true);
    }
    memory_free(sample.cells);
}

static void expand_all(struct expander *e, const struct grid *grid, struct labeller *labeller,
                       struct tally *tally)
{
    uint64_t digits[DIMENSIONS_MAX] = {0};
    if (grid->cells > INSTANCES_MAX) {
        char what[80];
        snprintf(what, sizeof what, "%llu sets are more than can be gone through",
                 (unsigned long long)grid->cells);
        complain_size(e, grid, what, "");
        return;
    }
    if (!has_room(e, grid, labeller))
        return;
    for (uint64_t cell = 0; cell < grid->cells; cell++, grid_advance(grid, digits))
        if (!take_cell(e, labeller, grid, digits, tally, false))
            return;
    if (tally->passed == 0)
        COMPLAIN(e, grid->entry->where_count ? grid->entry->where[0]->place : grid->entry->place,
                 "`where` removes all %llu sets of '%s'", (unsigned long long)grid->cells,
                 entry_name(grid->entry));
}

static bool entry_has_grid(const struct component_entry *entry)
{
    if (entry->sample != SAMPLE_NONE || entry->set_count > 1)
        return true;
    for (size_t i = 0; i < entry->given_count; i++)
        if (entry->given[i].values.form > VALUES_LIST || entry->given[i].values.count > 1)
            return true;
    return false;
}

void expand_entry(struct expander *e, const struct component_entry *entry)
{
    struct grid grid;
    struct tally tally;
    struct labeller labeller = {.arena = e->axis->memory, .kind = e->axis->kind};
    if (!grid_init(&grid, entry, e->config)) {
        complain_overflow(e, &grid);
        return;
    }
    if (__builtin_add_overflow(e->axis->before_where, grid.cells, &e->axis->before_where))
        e->axis->before_where = UINT64_MAX;
    e->axis->has_grid = e->axis->has_grid || entry_has_grid(entry);
    if (!grid_prepare(&grid, e->axis->memory) || !tally_init(e, entry->row, &tally)) {
        e->no_memory = true;
        return;
    }
    if (entry->sample == SAMPLE_NONE)
        expand_all(e, &grid, &labeller, &tally);
    else
        expand_sample(e, &grid, &labeller, &tally);
    if (tally.any_broken)
        complain_rules(e, &grid, &tally);
    label_deinit(&labeller);
}
