/* SPDX-License-Identifier: Apache-2.0 */
#include "io/config/policy.h"

#include <stdio.h>
#include <string.h>

static bool ends_with(const char *text, const char *end)
{
    size_t length = strlen(text), tail = strlen(end);
    return length >= tail && strcmp(text + length - tail, end) == 0;
}

static bool is_any(const char *label, const char *const *names)
{
    for (; *names; names++)
        if (strcmp(label, *names) == 0)
            return true;
    return false;
}

/* What a label allows by its name, for every classifier. */
static enum allow allowed_by_name(const char *label)
{
    static const char *const rising[] = {"bull", "up", "strong_up", "weak_up", "markup", NULL};
    static const char *const falling[] = {"bear",      "down",     "strong_down",
                                          "weak_down", "markdown", NULL};
    if (is_any(label, rising) || ends_with(label, "_bullish") || strncmp(label, "bull_", 5) == 0)
        return ALLOW_LONG;
    if (is_any(label, falling) || ends_with(label, "_bearish") || strncmp(label, "bear_", 5) == 0)
        return ALLOW_SHORT;
    return ALLOW_BOTH;
}

static void read_allowed(struct reader *reader, const struct yaml_node *node, unsigned char *allow)
{
    static const char *const words[] = {"flat", "long", "short", "both"};
    struct candidates candidates = {.count = 0};
    char description[DESCRIPTION_MAX], what[128];
    for (size_t i = 0; i < 4; i++) {
        if (node->kind == NODE_TEXT && strcmp(node->text, words[i]) == 0) {
            *allow = (unsigned char)i;
            return;
        }
        candidates_add(&candidates, words[i]);
    }
    describe_node(node, description);
    if (node->kind != NODE_TEXT || node_is_null(node)) {
        complain(reader, node->place, "a label allows both, long, short or flat, not %s",
                 description);
        return;
    }
    snprintf(what, sizeof what, "policy '%.60s'", node->text);
    complain_unknown(reader, node->place, what, node->text, &candidates, NULL);
}

static int find_label(const admf_component *row, const char *label)
{
    for (int i = 0; i < row->n_labels; i++)
        if (strcmp(row->labels[i], label) == 0)
            return i + 1;
    return strcmp(label, "unknown") == 0 ? 0 : -1;
}

void policy_read(struct reader *reader, const struct yaml_node *node, struct component_entry *entry,
                 const char *owner)
{
    const admf_component *row = entry->row;
    entry->allow[0] = ALLOW_FLAT;
    for (int i = 0; i < row->n_labels; i++)
        entry->allow[i + 1] = (unsigned char)allowed_by_name(row->labels[i]);
    if (!node)
        return;
    if (node->kind == NODE_TEXT && strcmp(node->text, "observe") == 0) {
        memset(entry->allow, ALLOW_BOTH, (size_t)row->n_labels + 1);
        return;
    }
    if (node->kind != NODE_MAP) {
        char description[DESCRIPTION_MAX];
        describe_node(node, description);
        complain(reader, node->place,
                 "'policy' must be observe or a mapping (label: both, long, short or flat), not %s",
                 description);
        return;
    }
    struct candidates candidates = {.count = 0};
    for (int i = 0; i < row->n_labels; i++)
        candidates_add(&candidates, row->labels[i]);
    candidates_add(&candidates, "unknown");
    for (size_t i = 0; i < node->count; i++) {
        const struct yaml_node *key = node->keys[i];
        int label = find_label(row, key->text);
        char what[256];
        snprintf(what, sizeof what, "label '%.80s' of %s", key->text, owner);
        if (label < 0)
            complain_unknown(reader, key->place, what, key->text, &candidates, node);
        else if (node_is_null(node->items[i]))
            complain(reader, key->place,
                     "nothing stands after '%s:'; give a value or remove the key", key->text);
        else
            read_allowed(reader, node->items[i], &entry->allow[label]);
    }
}
