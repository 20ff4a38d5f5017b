/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/expand/label.h"

#include <string.h>

#include "io/config/values_text.h"

/* Turning a number into its shortest decimal is slow, so each value of a short dimension is
 * turned once. */
static void add_value(struct labeller *labeller, const struct grid *grid, int dimension,
                      uint64_t digit, int param, double value)
{
    const admf_param *row = &grid->entry->row->params[param];
    struct text *text = &labeller->text;
    const struct dimension *d = dimension >= 0 ? &grid->dimension[dimension] : NULL;
    if (!d || !d->texts) {
        value_to_text(row, value, text);
        return;
    }
    if (!d->texts[digit]) {
        size_t start = text->length;
        value_to_text(row, value, text);
        if (!text->failed)
            d->texts[digit] =
                arena_text(labeller->arena, text->chars + start, text->length - start);
        text->failed = text->failed || !d->texts[digit];
        return;
    }
    text_add(text, d->texts[digit]);
}

const char *label_make(struct labeller *labeller, const struct grid *grid, const uint64_t *digits,
                       const double *params)
{
    const struct component_entry *entry = grid->entry;
    const admf_component *row = entry->row;
    struct text *text = &labeller->text;
    bool profile = labeller->kind == AXIS_RISK || labeller->kind == AXIS_EXECUTION, any = false;
    int dimension_of[ADMF_PARAMS_MAX];
    for (int i = 0; i < row->n_params; i++)
        dimension_of[i] = -1;
    for (int i = 0; i < grid->dimensions; i++)
        if (grid->dimension[i].given)
            dimension_of[grid->dimension[i].given->param] = i;
    text->length = 0;
    text_add(text, entry->name                          ? entry->name
                   : profile && entry->given_count == 0 ? "default"
                                                        : row->name);
    for (int i = 0; i < row->n_params; i++) {
        int dimension = dimension_of[i];
        if (profile && dimension < 0)
            continue;
        text_add(text, any ? "," : "[");
        text_add(text, row->params[i].name);
        text_add(text, "=");
        add_value(labeller, grid, dimension, dimension >= 0 ? digits[dimension] : 0, i, params[i]);
        any = true;
    }
    if (any)
        text_add(text, "]");
    return text->failed ? NULL : arena_text(labeller->arena, text->chars, text->length);
}

void label_deinit(struct labeller *labeller) { text_deinit(&labeller->text); }
