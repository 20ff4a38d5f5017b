/* SPDX-License-Identifier: Apache-2.0 */
/* `workflow.regime_choice`: what adaptive portfolios trade in each regime. */
#include <math.h>
#include <string.h>

#include "io/config/reader.h"

static void read_choice(struct reader *reader, const struct yaml_node *node)
{
    struct config *config = reader->config;
    struct regime_choice *choice = &config->choices[config->choice_count];
    struct found found;
    *choice = (struct regime_choice){.place = node->place, .profit = NAN, .objective = NAN};
    if (!read_section(reader, node, SECTION_choice, NULL, 0, NULL, "a choice", &found))
        return;
    bool whole = read_text(reader, &found, KEY_choice_symbol, &choice->symbol);
    whole = read_text(reader, &found, KEY_choice_label, &choice->label) && whole;
    whole = read_whole(reader, &found, KEY_choice_combo, &choice->combo) && whole;
    read_number(reader, &found, KEY_choice_profit, &choice->profit);
    read_number(reader, &found, KEY_choice_objective, &choice->objective);
    config->choice_count += whole;
}

void read_choices(struct reader *reader, const struct found *workflow)
{
    static const char *const sequences[] = {"multi_phase", "train_test", "regime_adaptive",
                                            "signal_generation"};
    struct config *config = reader->config;
    const struct yaml_node *node = workflow->value[KEY_workflow_regime_choice];
    char description[DESCRIPTION_MAX];
    if (!node)
        return;
    for (size_t i = 0; i < sizeof sequences / sizeof *sequences; i++)
        if (strcmp(config->workflow_type, sequences[i]) == 0)
            complain(reader, workflow->key[KEY_workflow_regime_choice]->place,
                     "'regime_choice' is for a workflow of one phase that trades; type %s is none",
                     sequences[i]);
    if (node->kind != NODE_LIST || node->count == 0) {
        describe_node(node, description);
        complain(reader, node->place,
                 "'regime_choice' must be a list of choices (- {symbol: …, label: …, combo: …}), "
                 "not %s",
                 node->kind == NODE_LIST ? "an empty list" : description);
        return;
    }
    config->adaptive = true;
    config->choices = reader_new(reader, node->count, sizeof *config->choices);
    for (size_t i = 0; config->choices && i < node->count; i++)
        read_choice(reader, node->items[i]);
}
