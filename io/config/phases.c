/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The phases of a workflow. Each is a configuration of its own: that of the file, with what the
 * phase changes. Ready-made sequences are phases that nobody had to write.
 */
#include <stdio.h>
#include <string.h>

#include "engine/base/failure.h"
#include "engine/catalog/catalog.h"
#include "io/config/reader.h"

/* A copy of the file's configuration for a phase to change; NULL without memory. */
static struct config *copy_config(struct reader *reader)
{
    const struct config *file = reader->config;
    struct config *copy = reader_new(reader, 1, sizeof *copy);
    struct series_source *series = reader_new(reader, file->series_count, sizeof *series);
    if (!copy || !series)
        return NULL;
    *copy = *file;
    /* Series hold what `metrics` says of their year. */
    if (file->series_count)
        memcpy(series, file->series, file->series_count * sizeof *series);
    copy->series = series;
    copy->workflow_type = "optimization";
    copy->phase_count = 0;
    copy->phases = NULL;
    return copy;
}

static void read_phase_metrics(struct reader *reader, const struct yaml_node *node,
                               struct config *config)
{
    struct config *file = reader->config;
    if (!node)
        return;
    reader->config = config;
    read_metrics(reader, node);
    reader->config = file;
    if (config->keep == KEEP_BEST && !config->metric_selected[config->keep_by])
        complain(reader, node->place, "output.keep chooses by '%s', which select leaves out here",
                 catalog_metrics[config->keep_by].name);
}

static int find_phase(const struct config *config, size_t count, const char *name)
{
    for (size_t i = 0; i < count; i++)
        if (config->phases[i].name && strcmp(config->phases[i].name, name) == 0)
            return (int)i;
    return -1;
}

/* A name that no earlier phase has. */
static void name_phase(struct reader *reader, size_t count, const struct yaml_node *node,
                       const char *name)
{
    const struct config *file = reader->config;
    char what[160];
    struct candidates candidates = {.count = 0};
    for (size_t i = 0; i < count; i++)
        if (file->phases[i].name)
            candidates_add(&candidates, file->phases[i].name);
    snprintf(what, sizeof what, "earlier phase '%.100s'", name);
    complain_unknown(reader, node->place, what, name, &candidates, NULL);
}

/* The best of an earlier phase. */
static void read_inheritance(struct reader *reader, const struct found *found,
                             struct phase_entry *phase, size_t index)
{
    static const enum schema_key needs[] = {KEY_phase_by, KEY_phase_n, KEY_phase_min_trades};
    const struct config *file = reader->config;
    char *from = NULL;
    phase->by = catalog_find_metric(file->objective);
    read_metric(reader, found, KEY_phase_by, &phase->by);
    read_whole(reader, found, KEY_phase_n, &phase->n);
    read_whole(reader, found, KEY_phase_min_trades, &phase->min_trades);
    if (!found->value[KEY_phase_inherit_best_from]) {
        for (size_t k = 0; k < sizeof needs / sizeof *needs; k++)
            if (found->key[needs[k]])
                complain(reader, found->key[needs[k]]->place,
                         "'%s' says which of the best to take over; 'inherit_best_from' is missing",
                         schema_rows[needs[k]].name);
        return;
    }
    phase->inherit_place = found->value[KEY_phase_inherit_best_from]->place;
    if (!read_text(reader, found, KEY_phase_inherit_best_from, &from))
        return;
    phase->inherits = find_phase(file, index, from);
    if (phase->inherits < 0) {
        name_phase(reader, index, found->value[KEY_phase_inherit_best_from], from);
        return;
    }
    if (strcmp(file->phases[phase->inherits].config->base_pattern, "signal_generation") == 0) {
        complain(reader, phase->inherit_place, "'%s' stores signals and has no combinations", from);
        return;
    }
    const bool *selected = file->phases[phase->inherits].config->metric_selected;
    if (!selected[phase->by])
        complain(reader, phase->inherit_place, "the best are chosen by '%s', which '%s' leaves out",
                 catalog_metrics[phase->by].name, from);
    if (phase->min_trades && !selected[METRIC_trades])
        complain(reader, found->value[KEY_phase_min_trades]->place,
                 "'min_trades' needs the metric 'trades', which '%s' leaves out", from);
}

/* What is stored are the signals of all strategies over all bars. */
static void refuse_choices(struct reader *reader, const struct found *found)
{
    static const enum schema_key keys[] = {KEY_phase_window, KEY_phase_inherit_best_from,
                                           KEY_phase_metrics};
    for (size_t k = 0; k < sizeof keys / sizeof *keys; k++)
        if (found->key[keys[k]])
            complain(reader, found->key[keys[k]]->place,
                     "'%s' has no say in what a phase of pattern signal_generation stores",
                     schema_rows[keys[k]].name);
}

/* Pattern signal_replay and the phase whose signals it replays go together. */
static void read_phase_signals(struct reader *reader, const struct found *found,
                               struct phase_entry *phase, size_t index)
{
    static char signal_replay[] = "signal_replay", signal_generation[] = "signal_generation";
    const struct yaml_node *node = found->value[KEY_phase_signals];
    struct phase_entry *phases = reader->config->phases;
    char *from = NULL;
    bool replays = strcmp(phase->config->base_pattern, signal_replay) == 0;
    if (replays)
        phase->config->workflow_type = signal_replay;
    if (strcmp(phase->config->base_pattern, signal_generation) == 0) {
        phase->config->workflow_type = signal_generation;
        refuse_choices(reader, found);
    }
    /* The pattern may be the workflow's. */
    const struct yaml_node *pattern = found->value[KEY_phase_pattern];
    if (replays && !node)
        complain(reader, pattern ? pattern->place : phase->place,
                 "pattern signal_replay needs 'signals', the name of an earlier phase");
    if (!read_text(reader, found, KEY_phase_signals, &from))
        return;
    if (!replays) {
        complain(reader, found->key[KEY_phase_signals]->place,
                 "'signals' of a phase goes with pattern: signal_replay");
        return;
    }
    phase->signals = find_phase(reader->config, index, from);
    if (phase->signals < 0) {
        name_phase(reader, index, node, from);
        return;
    }
    struct phase_entry *source = &phases[phase->signals];
    if (source->signals >= 0)
        complain(reader, node->place, "'%s' replays signals itself; name '%s', which stores them",
                 from, phases[source->signals].name);
    source->stores_signals = true;
}

static void read_phase(struct reader *reader, const struct yaml_node *node, size_t index)
{
    struct phase_entry *phase = &reader->config->phases[index];
    struct found found;
    *phase = (struct phase_entry){.place = node->place, .inherits = -1, .signals = -1, .n = 10};
    phase->config = copy_config(reader);
    if (!phase->config ||
        !read_section(reader, node, SECTION_phase, NULL, 0, NULL, "a phase", &found))
        return;
    if (read_name(reader, &found, KEY_phase_name, &phase->name) &&
        find_phase(reader->config, index, phase->name) >= 0)
        complain(reader, found.value[KEY_phase_name]->place, "there is a phase '%s' already",
                 phase->name);
    read_pattern(reader, &found, KEY_phase_pattern, &phase->config->base_pattern);
    if (read_text(reader, &found, KEY_phase_window, &phase->config->window)) {
        phase->config->window_place = found.value[KEY_phase_window]->place;
        check_window(reader, phase->config->window, phase->config->window_place);
    }
    read_phase_metrics(reader, found.value[KEY_phase_metrics], phase->config);
    read_inheritance(reader, &found, phase, index);
    read_phase_signals(reader, &found, phase, index);
}

static bool make_room(struct reader *reader, size_t count)
{
    struct config *config = reader->config;
    config->phases = reader_new(reader, count, sizeof *config->phases);
    config->phase_count = config->phases ? count : 0;
    return config->phases != NULL;
}

/*
 * `train_test`: the best of train over test. `regime_adaptive`: profits by regime in train, and
 * over test what they chose.
 */
static void make_train_test(struct reader *reader, bool adapts)
{
    static const char *const windows[] = {"train", "test"};
    struct config *config = reader->config;
    uint64_t n = config->best_n, min_trades = config->best_min_trades;
    if (!make_room(reader, 2))
        return;
    for (int i = 0; i < 2; i++) {
        struct phase_entry *phase = &config->phases[i];
        *phase = (struct phase_entry){.place = config->windows.place,
                                      .inherit_place = config->windows.place,
                                      .inherits = i - 1,
                                      .signals = -1,
                                      .by = catalog_find_metric(config->objective),
                                      .n = n,
                                      .min_trades = min_trades,
                                      .adapts = adapts && i == 1,
                                      .config = copy_config(reader)};
        phase->name = reader_text(reader, windows[i], strlen(windows[i]));
        if (!phase->config || !phase->name)
            return;
        phase->config->adaptive = adapts;
        phase->config->by_regime = phase->config->by_regime || (adapts && i == 0);
        phase->config->window = phase->name;
        phase->config->window_place = config->windows.place;
    }
}

/*
 * Sequences that go on with the best need what ranks them; without, as in a single phase, an
 * objective that is given ranks what a run ends with. Folds are checked where they are read.
 */
static void check_objective(struct reader *reader, struct place place)
{
    const struct config *config = reader->config;
    const char *type = config->workflow_type;
    bool selected = config->metric_selected[catalog_find_metric(config->objective)];
    bool folds = config->windows.form > WINDOWS_NAMED;
    bool phases = strcmp(type, "multi_phase") == 0; /* each may select for itself */
    bool sequence = strcmp(type, "train_test") == 0 || strcmp(type, "regime_adaptive") == 0;
    if (!sequence && !config->paths) {
        if (!selected && config->objective_place.line && !folds && !phases)
            complain(reader, config->objective_place,
                     "the objective is '%s', which metrics.select leaves out", config->objective);
        return;
    }
    if (!selected)
        complain(reader, place,
                 "type %s chooses by the objective '%s', which metrics.select leaves "
                 "out",
                 type, config->objective);
    if (config->best_min_trades && !config->metric_selected[METRIC_trades])
        complain(reader, place,
                 "'min_trades' needs the metric 'trades', which metrics.select leaves out");
}

/* What each type of workflow needs of the rest of the file. */
static void check_type(struct reader *reader, struct place place)
{
    const struct config *config = reader->config;
    const char *type = config->workflow_type;
    bool walks = config->windows.form == WINDOWS_WALK_FORWARD;
    bool folds = config->windows.form == WINDOWS_K_FOLD;
    bool split = config->windows.form == WINDOWS_SPLIT, named = false;
    for (size_t i = 0; i < config->windows.count; i++)
        for (size_t j = 0; j < config->windows.count; j++)
            named = named || (strcmp(config->windows.named[i].name, "train") == 0 &&
                              strcmp(config->windows.named[j].name, "test") == 0);
    bool adapts = strcmp(type, "regime_adaptive") == 0;
    if ((adapts || strcmp(type, "train_test") == 0) && !split && !named)
        complain(reader, place,
                 "type %s needs two windows: windows: {split: 0.7}, or train and test by name",
                 type);
    if (config->window && (adapts || strcmp(type, "train_test") == 0))
        complain(reader, config->window_place,
                 "type %s has windows of its own, train and test; remove 'window'", type);
    else if (config->window)
        check_window(reader, config->window, config->window_place);
    if (adapts && config->classifiers.count == 0)
        complain(reader, place, "type regime_adaptive needs 'classifiers', which tell the regimes");
    if (strcmp(type, "walk_forward") == 0 && !walks)
        complain(reader, place,
                 "type walk_forward needs windows: {walk_forward: {train: 500d, test: 100d}}");
    if (strcmp(type, "k_fold") == 0 && !folds)
        complain(reader, place, "type k_fold needs windows: {k_fold: {k: 5}}");
}

void read_phases(struct reader *reader, const struct yaml_node *workflow)
{
    struct config *config = reader->config;
    const struct yaml_node *node = NULL, *type = NULL;
    char description[DESCRIPTION_MAX];
    bool several = strcmp(config->workflow_type, "multi_phase") == 0;
    if (workflow && workflow->kind == NODE_MAP) {
        node = yaml_get(workflow, "phases");
        type = yaml_get(workflow, "type");
    }
    struct place place = type ? type->place : (struct place){1, 1, 1};
    check_type(reader, place);
    check_objective(reader, place);
    bool adapts = strcmp(config->workflow_type, "regime_adaptive") == 0;
    if (adapts || strcmp(config->workflow_type, "train_test") == 0)
        make_train_test(reader, adapts);
    if (!several && node && !reader->type_unread)
        complain(reader, node->place, "'phases' belong to type multi_phase");
    if (several && !node)
        complain(reader, place, "type multi_phase needs 'phases', a list: - {name: search, …}");
    if (!several || !node || node_is_null(node))
        return;
    if (node->kind != NODE_LIST || node->count == 0) {
        describe_node(node, description);
        complain(reader, node->place, "'phases' must be a list of phases (- {name: …}), not %s",
                 node->kind == NODE_LIST ? "an empty list" : description);
        return;
    }
    if (make_room(reader, node->count))
        for (size_t i = 0; i < node->count; i++)
            read_phase(reader, node->items[i], i);
}
