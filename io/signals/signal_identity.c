/* SPDX-License-Identifier: Apache-2.0 */
#include "io/signals/signal_identity.h"

#include <string.h>

#include "engine/base/digest.h"
#include "engine/base/failure.h"
#include "engine/base/memory.h"
#include "io/cube/reader.h"
#include "io/cube/texts.h"
#include "io/hdf5/failure.h"

static const char *const plural[SIGNAL_AXES] = {"strategies", "classifiers"};
static const char *const singular[SIGNAL_AXES] = {"strategy", "classifier"};
static const char remedy[] = "make another with `admf signals`";

void policy_text(const struct instance *classifier, struct text *out)
{
    static const char *const words[] = {"flat", "long", "short", "both"};
    const admf_component *row = classifier->row;
    if (!row) {
        text_add(out, "both");
        return;
    }
    for (int code = 0; code <= row->n_labels; code++)
        text_format(out, "%s%s %s", code ? ", " : "", code ? row->labels[code - 1] : "unknown",
                    words[classifier->entry->allow[code]]);
    text_add(out, classifier->entry->block_entries ? "; block_entries" : "; close");
}

static void add_axis(const struct axis *axis, const char *name, struct text *out)
{
    struct digest digest;
    char digits[DIGEST_TEXT];
    digest_start(&digest);
    for (size_t i = 0; i < axis->count; i++) {
        const struct instance *instance = &axis->instances[i];
        const char *type = instance->row ? instance->row->name : "";
        digest_add(&digest, type, strlen(type) + 1);
        digest_add(&digest, instance->label, strlen(instance->label) + 1);
        if (instance->row && instance->params)
            digest_add_doubles(&digest, instance->params, (size_t)instance->row->n_params);
    }
    digest_to_text(digest_value(&digest), digits);
    text_format(out, "%s: %zu instances, digest %s\n", name, axis->count, digits);
}

void identity_of_axes(const struct signal_layout *layout, struct text *out)
{
    text_format(out, "format version: %d\n", SIGNALS_FORMAT_VERSION);
    for (int a = 0; a < SIGNAL_AXES; a++)
        add_axis(&layout->axes[a], plural[a], out);
}

/* Days and the length of a year are not in the bars' own digest, and features may count on both. */
void identity_of_data(const struct signal_layout *layout, struct text *out)
{
    for (size_t s = 0; s < layout->symbol_count; s++) {
        const struct bars *bars = layout->bars[s];
        struct digest digest;
        char data[DIGEST_TEXT], days[DIGEST_TEXT], year[NUMBER_MAX];
        digest_to_text(bars->digest, data);
        digest_start(&digest);
        for (size_t day = 0; day < bars->days; day++) {
            uint64_t end = bars->day_end[day];
            digest_add(&digest, &end, sizeof end);
        }
        digest_to_text(digest_value(&digest), days);
        number_to_text(bars->bars_per_year, year);
        text_format(out, "%s: %zu bars, digest %s; %s a year; %zu days, digest %s\n", bars->symbol,
                    bars->count, data, year, bars->days, days);
    }
}

/* ---- comparing ----------------------------------------------------------------------------*/

static admf_status differs(const char *path, enum axis_kind axis, size_t number, const char *there,
                           const char *here, admf_error *error)
{
    return fail_file(error, ADMF_BAD_CONFIG, path, 0,
                     "%s %zu is %.200s there and %.200s in the configuration; %s", singular[axis],
                     number, there, here, remedy);
}

/* Texts along an axis: the first that is not what the configuration says. */
static admf_status compare_texts(const struct signal_layout *layout, enum axis_kind kind,
                                 const char *variable, hid_t file, const char *path,
                                 admf_error *error)
{
    const struct axis *axis = &layout->axes[kind];
    struct text_list there = {0};
    bool policy = strstr(variable, "policy") != NULL;
    hid_t dataset = H5Dopen2(file, variable, H5P_DEFAULT);
    uint64_t dims[H5S_MAX_RANK] = {0};
    int rank = dataset < 0 ? -1 : cube_extent(dataset, dims);
    admf_status status = ADMF_OK;
    if (rank < 1 || !is_text_list(dataset, dims[0]))
        status =
            fail_file(error, ADMF_BAD_DATA, path, 0, "no store of signals: it lacks %s", variable);
    else if (dims[0] != axis->count)
        status = fail_file(error, ADMF_BAD_CONFIG, path, 0,
                           "%s: %llu there, %zu in the configuration; %s", plural[kind],
                           (unsigned long long)dims[0], axis->count, remedy);
    if (!status)
        status = read_text_list(dataset, 0, dims[0], path, &there, error);
    for (size_t i = 0; !status && i < axis->count; i++) {
        struct text here = {0};
        if (policy)
            policy_text(&axis->instances[i], &here);
        else
            text_add(&here, axis->instances[i].label);
        if (here.failed)
            status = fail_memory(error);
        else if (strcmp(here.chars, text_list_get(&there, i)) != 0)
            status = differs(path, kind, i, text_list_get(&there, i), here.chars, error);
        text_deinit(&here);
    }
    text_list_deinit(&there);
    hdf5_close(dataset);
    return status;
}

/* The rest of the first line in which both differ, cut to what a message has room for. */
static admf_status compare_lines(const char *there, const char *here, admf_status code,
                                 const char *path, const char *what, admf_error *error)
{
    size_t line = 0;
    if (!there)
        return fail_file(error, ADMF_BAD_DATA, path, 0,
                         "no store of signals: /provenance is incomplete");
    for (size_t k = 0; there[k] == here[k]; k++) {
        if (there[k] == '\0')
            return ADMF_OK;
        if (there[k] == '\n')
            line = k + 1;
    }
    return fail_file(error, code, path, 0, "is of %s: '%.*s' there, '%.*s' now; %s", what,
                     (int)strcspn(there + line, "\n"), there + line,
                     (int)strcspn(here + line, "\n"), here + line, remedy);
}

admf_status identity_agrees(const struct signal_layout *layout, hid_t file, const char *path,
                            admf_error *error)
{
    struct text axes = {0}, data = {0};
    char *stored_axes = NULL, *stored_data = NULL;
    identity_of_axes(layout, &axes);
    identity_of_data(layout, &data);
    admf_status status = axes.failed || data.failed ? fail_memory(error) : ADMF_OK;
    if (!status)
        status = compare_texts(layout, AXIS_STRATEGY, "strategy_name", file, path, error);
    if (!status)
        status = compare_texts(layout, AXIS_CLASSIFIER, "classifier_name", file, path, error);
    if (!status)
        status = compare_texts(layout, AXIS_CLASSIFIER, "classifier_policy", file, path, error);
    if (!status)
        status = read_scalar_text(file, "/provenance/identity", path, &stored_axes, error);
    if (!status)
        status = read_scalar_text(file, "/provenance/data_hashes", path, &stored_data, error);
    if (!status)
        status = compare_lines(stored_axes, axes.chars, ADMF_BAD_CONFIG, path,
                               "another configuration", error);
    if (!status)
        status = compare_lines(stored_data, data.chars, ADMF_BAD_DATA, path, "other data", error);
    memory_free(stored_axes);
    memory_free(stored_data);
    text_deinit(&axes);
    text_deinit(&data);
    return status;
}
