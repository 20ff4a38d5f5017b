/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Every entry of a list is expanded by itself, cell by cell in order; what passes `where` becomes
 * an instance with its parameters and its label. Mistakes that only the values show are found on
 * the way: sets that break a rule of their component, instances made twice.
 */
#include "engine/expand/axis.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "engine/base/failure.h"
#include "engine/base/memory.h"
#include "engine/base/text.h"
#include "engine/catalog/catalog.h"
#include "engine/expand/grid.h"
#include "engine/expand/label.h"
#include "engine/expand/sample.h"
#include "io/config/condition.h"

/* An axis is indexed by 31 bits; a larger grid is for `sample`. */
static const uint64_t INSTANCES_MAX = INT32_MAX;
enum { RULES_MAX = 8 };

struct expander {
    const struct config *config;
    struct axis *axis;
    size_t room;
    admf_diagnostics *errors;
    bool no_memory, failed;
    uint64_t bytes, bytes_max; /* of the instances of all axes so far; what they may take */
};

static const struct component_list *list_of(const struct config *config, enum axis_kind kind)
{
    return kind == AXIS_STRATEGY     ? &config->strategies
           : kind == AXIS_CLASSIFIER ? &config->classifiers
           : kind == AXIS_RISK       ? &config->risk
                                     : &config->execution;
}

#define COMPLAIN(expander, place_, ...)                                                            \
    do {                                                                                           \
        (expander)->failed = true;                                                                 \
        report((expander)->errors, ADMF_BAD_CONFIG, (expander)->config->path, (place_).line,       \
               (place_).column, (place_).length, __VA_ARGS__);                                     \
    } while (0)

static const char *entry_name(const struct component_entry *entry)
{
    return entry->name ? entry->name : entry->row->name;
}

/* "'fast_period' (1000 values)", what to shorten; its place in *place. */
static void name_longest(const struct grid *grid, char out[160], struct place *place)
{
    const struct dimension *longest = grid_longest(grid);
    if (longest && longest->given) {
        snprintf(out, 160, "'%s' (%llu values)",
                 grid->entry->row->params[longest->given->param].name,
                 (unsigned long long)longest->count);
        *place = longest->given->key;
    } else {
        snprintf(out, 160, "the list of parameter sets");
        *place = grid->entry->place;
    }
}

/* What is wrong with the number of sets, and what to change; `more` adds to the remedies. */
static void complain_size(struct expander *e, const struct grid *grid, const char *what,
                          const char *more)
{
    char longest[160];
    struct place place;
    bool sampled = grid->entry->sample != SAMPLE_NONE;
    name_longest(grid, longest, &place);
    if (sampled)
        COMPLAIN(e, grid->entry->sample_place, "'%s': %s; lower 'n' of the sample%s",
                 entry_name(grid->entry), what, more);
    else
        COMPLAIN(e, place, "'%s': %s; shorten %s, or draw some with sample: {n: …}%s",
                 entry_name(grid->entry), what, longest, more);
}

/* `more`: where counting ended before the sets did. */
static void complain_memory(struct expander *e, const struct grid *grid, uint64_t count, bool more,
                            uint64_t bytes)
{
    char what[160];
    snprintf(what, sizeof what,
             "%s%llu sets take at least %.0f MiB of memory, and %.0f MiB may be used",
             more ? "more than " : "", (unsigned long long)(count - more),
             ceil((double)bytes / (1 << 20)), floor((double)e->bytes_max / (1 << 20)));
    complain_size(e, grid, what, ", or raise resources.memory (--memory)");
}

/* Bytes that an instance takes, blocks of the arena rounded up. */
static uint64_t instance_bytes(const admf_component *row, size_t label)
{
    enum { ALIGNED = 16 };
    return sizeof(struct instance) + (uint64_t)row->n_params * sizeof(double) +
           (label + 1 + ALIGNED) / ALIGNED * ALIGNED + ALIGNED;
}

static struct instance *new_instance(struct expander *e)
{
    struct axis *axis = e->axis;
    if (axis->count == e->room) {
        size_t room = e->room ? 2 * e->room : 16;
        struct instance *more = memory_resize(axis->instances, room, sizeof *more);
        if (!more) {
            e->no_memory = true;
            return NULL;
        }
        axis->instances = more;
        e->room = room;
    }
    return &axis->instances[axis->count];
}

/* Adds the instance of a cell; false where no more can be added. */
static bool add_instance(struct expander *e, struct labeller *labeller, const struct grid *grid,
                         const uint64_t *digits, const double *params)
{
    const admf_component *row = grid->entry->row;
    struct instance *instance = new_instance(e);
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
    uint64_t each = instance_bytes(grid->entry->row, strlen(label));
    uint64_t most = (e->bytes_max - e->bytes) / each + 1;
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

static void complain_overflow(struct expander *e, const struct grid *grid)
{
    char longest[160];
    struct place place;
    name_longest(grid, longest, &place);
    COMPLAIN(e, place, "the grid of '%s' has 2^63 sets or more; shorten %s",
             entry_name(grid->entry), longest);
}

static void expand_entry(struct expander *e, const struct component_entry *entry)
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

/* ---- duplicates ------------------------------------------------------------------------- */

static bool same_name(const struct component_entry *a, const struct component_entry *b)
{
    return a->row == b->row &&
           (a->name == b->name || (a->name && b->name && strcmp(a->name, b->name) == 0));
}

static uint64_t bits_of(double value)
{
    uint64_t bits;
    if (isnan(value))
        value = NAN;
    memcpy(&bits, &value, sizeof bits);
    return bits;
}

static uint64_t hash_instance(const struct instance *instance)
{
    uint64_t hash = (uint64_t)instance->id + 1;
    for (int i = 0; i < instance->row->n_params; i++)
        hash = (hash ^ bits_of(instance->params[i])) * UINT64_C(0x9E3779B97F4A7C15) ^ hash >> 29;
    return hash ^ hash >> 32;
}

static bool same_instance(const struct instance *a, const struct instance *b)
{
    if (!same_name(a->entry, b->entry))
        return false;
    for (int i = 0; i < a->row->n_params; i++)
        if (bits_of(a->params[i]) != bits_of(b->params[i]))
            return false;
    return true;
}

/* Within one entry only sets can give an instance twice. */
static bool may_repeat(const struct component_list *list)
{
    for (size_t i = 0; i < list->count; i++) {
        if (list->entries[i].set_count > 1)
            return true;
        for (size_t j = 0; j < i && i < 1000; j++)
            if (same_name(&list->entries[i], &list->entries[j]))
                return true;
    }
    return list->count > 1000;
}

/* The place of the set that makes an instance, else of its entry; from the last set backwards. */
static struct place place_of_instance(const struct instance *instance, const struct config *config,
                                      bool last)
{
    const struct component_entry *entry = instance->entry;
    struct grid grid;
    if (!grid_init(&grid, entry, config))
        return entry->place;
    for (size_t k = 0; k < entry->set_count; k++) {
        const struct param_set *set = &entry->sets[last ? entry->set_count - 1 - k : k];
        double params[ADMF_PARAMS_MAX];
        bool same = true;
        memcpy(params, grid.defaults, sizeof params);
        for (size_t j = 0; j < entry->given_count; j++)
            params[entry->given[j].param] = instance->params[entry->given[j].param];
        for (size_t j = 0; j < set->count; j++)
            params[set->given[j].param] = set->given[j].values.list[0];
        for (int i = 0; i < instance->row->n_params; i++)
            same = same && bits_of(params[i]) == bits_of(instance->params[i]);
        if (same)
            return set->place;
    }
    return entry->place;
}

static void refuse_repeated(struct expander *e, const struct component_list *list)
{
    const struct axis *axis = e->axis;
    size_t size = 16;
    const struct component_entry *told = NULL;
    if (!may_repeat(list))
        return;
    while (size < 2 * axis->count)
        size *= 2;
    uint32_t *table = memory_new(size, sizeof *table);
    if (!table) {
        e->no_memory = true;
        return;
    }
    for (size_t i = 0; i < axis->count; i++) {
        const struct instance *instance = &axis->instances[i];
        size_t slot = (size_t)hash_instance(instance) & (size - 1);
        while (table[slot] && !same_instance(&axis->instances[table[slot] - 1], instance))
            slot = (slot + 1) & (size - 1);
        if (!table[slot]) {
            table[slot] = (uint32_t)i + 1;
            continue;
        }
        const struct instance *first = &axis->instances[table[slot] - 1];
        struct place place = place_of_instance(instance, e->config, true);
        struct place before = place_of_instance(first, e->config, false);
        if (instance->entry == told && instance->entry->set_count < 2)
            continue; /* once an entry is enough */
        told = instance->entry;
        COMPLAIN(e, place, "duplicated instance %.300s; line %d makes it already", instance->label,
                 before.line);
    }
    memory_free(table);
}

/* ---- axes ------------------------------------------------------------------------------- */

/* `none` of the classifiers, `default` of the profiles. */
static void add_implicit(struct expander *e)
{
    const admf_component *row = e->axis->kind == AXIS_RISK        ? &catalog_risk
                                : e->axis->kind == AXIS_EXECUTION ? &catalog_execution
                                                                  : NULL;
    struct instance *instance = new_instance(e);
    size_t count = row ? (size_t)row->n_params : 0;
    double *params = arena_new(e->axis->memory, count, sizeof *params);
    if (!instance || !params) {
        e->no_memory = true;
        return;
    }
    for (size_t i = 0; i < count; i++)
        params[i] = row == &catalog_risk && i < SIZING_COUNT ? e->config->sizing[i]
                                                             : row->params[i].fallback;
    *instance = (struct instance){NULL, row, row ? 0 : -1, params, row ? "default" : "none"};
    e->axis->count = 1;
    e->axis->before_where = 1;
}

static void expand_axis(struct expander *e, enum axis_kind kind)
{
    const struct component_list *list = list_of(e->config, kind);
    e->axis->kind = kind;
    e->axis->memory = memory_new(1, sizeof *e->axis->memory);
    e->room = 0;
    if (!e->axis->memory) {
        e->no_memory = true;
        return;
    }
    if (list->count == 0)
        add_implicit(e);
    for (size_t i = 0; i < list->count && !e->no_memory; i++)
        expand_entry(e, &list->entries[i]);
    e->axis->has_grid = e->axis->has_grid || list->count > 1;
    if (list->count && !e->no_memory)
        refuse_repeated(e, list);
}

admf_status axes_expand(const struct config *config, uint64_t memory, struct axis axes[AXIS_COUNT],
                        admf_diagnostics *errors)
{
    struct expander e = {
        .config = config, .errors = errors, .bytes_max = memory ? memory : UINT64_MAX};
    memset(axes, 0, AXIS_COUNT * sizeof *axes);
    for (int kind = 0; kind < AXIS_COUNT && !e.no_memory; kind++) {
        e.axis = &axes[kind];
        expand_axis(&e, (enum axis_kind)kind);
    }
    if (!e.no_memory && !e.failed)
        return ADMF_OK;
    for (int kind = 0; kind < AXIS_COUNT; kind++)
        axis_deinit(&axes[kind]);
    if (e.no_memory)
        return report(errors, ADMF_INTERNAL, config->path, 0, 0, 0, "out of memory");
    return ADMF_BAD_CONFIG;
}

void axis_deinit(struct axis *axis)
{
    if (axis->memory)
        arena_deinit(axis->memory);
    memory_free(axis->memory);
    memory_free(axis->instances);
    memset(axis, 0, sizeof *axis);
}

admf_status axes_count(const struct config *config, uint64_t cells[AXIS_COUNT],
                       admf_diagnostics *errors)
{
    struct axis axis = {0};
    struct expander e = {.config = config, .axis = &axis, .errors = errors};
    int64_t combinations = 1;
    bool fits = true;
    for (int kind = 0; kind < AXIS_COUNT; kind++) {
        const struct component_list *list = list_of(config, (enum axis_kind)kind);
        int64_t count = list->count == 0;
        for (size_t i = 0; i < list->count; i++) {
            const struct component_entry *entry = &list->entries[i];
            struct grid grid;
            if (!grid_init(&grid, entry, config))
                complain_overflow(&e, &grid);
            uint64_t own = entry->sample == SAMPLE_NONE || entry->sample_n > grid.cells
                               ? grid.cells
                               : entry->sample_n;
            fits = !__builtin_add_overflow(count, (int64_t)own, &count) && fits;
        }
        cells[kind] = (uint64_t)count;
        fits = !__builtin_mul_overflow(combinations, count, &combinations) && fits;
    }
    if (!fits && !e.failed) {
        int longest = 0;
        for (int kind = 1; kind < AXIS_COUNT; kind++)
            longest = cells[kind] > cells[longest] ? kind : longest;
        COMPLAIN(&e, list_of(config, (enum axis_kind)longest)->place,
                 "the combinations are 2^63 or more; shorten the longest axis, which has %llu",
                 (unsigned long long)cells[longest]);
    }
    return e.failed ? ADMF_BAD_CONFIG : ADMF_OK;
}
