/* SPDX-License-Identifier: Apache-2.0 */
#include "io/config/reader.h"

#include <stdio.h>
#include <string.h>

#include "engine/base/text.h"

bool node_is_null(const struct yaml_node *node)
{
    static const char *const words[] = {"", "~", "null", "Null", "NULL"};
    for (size_t i = 0; node->kind == NODE_TEXT && node->plain && i < sizeof words / sizeof *words;
         i++)
        if (strcmp(node->text, words[i]) == 0)
            return true;
    return false;
}

bool node_is_number(const struct yaml_node *node, double *number)
{
    return node->kind == NODE_TEXT && node->plain &&
           number_from_text(node->text, node->length, number);
}

bool node_is_boolean(const struct yaml_node *node, bool *value)
{
    if (node->kind != NODE_TEXT || !node->plain)
        return false;
    *value = strcmp(node->text, "true") == 0;
    return *value || strcmp(node->text, "false") == 0;
}

void describe_node(const struct yaml_node *node, char out[DESCRIPTION_MAX])
{
    double number;
    bool value;
    if (node->kind != NODE_TEXT)
        snprintf(out, DESCRIPTION_MAX, "%s", node->kind == NODE_LIST ? "a list" : "a mapping");
    else if (node_is_null(node))
        snprintf(out, DESCRIPTION_MAX, "nothing");
    else if (node_is_number(node, &number))
        snprintf(out, DESCRIPTION_MAX, "the number %.40s", node->text);
    else if (node_is_boolean(node, &value))
        snprintf(out, DESCRIPTION_MAX, "%s", value ? "true" : "false");
    else
        snprintf(out, DESCRIPTION_MAX, "'%.48s'", node->text);
}
