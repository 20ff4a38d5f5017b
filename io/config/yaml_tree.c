/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The tree is built from libyaml's events rather than from its documents: those drop the
 * style of a text (a quoted number is no number here) and the places of aliases.
 */
#include "io/config/yaml_tree.h"

#include <stdio.h>
#include <string.h>
#include <yaml.h>

#include "engine/base/failure.h"
#include "engine/base/memory.h"
#include "io/config/yaml_builder.h"

/* The parser takes the end of a last line without a line break for one more line. */
static struct place place_of(const struct yaml_builder *b, yaml_mark_t start, yaml_mark_t end)
{
    struct place place = {(int)start.line + 1, (int)start.column + 1, 1};
    if (place.line > b->end.line)
        return b->end;
    if (end.line == start.line && end.column > start.column)
        place.length = (int)(end.column - start.column);
    return place;
}

static bool next_event(struct yaml_builder *b, yaml_event_t *event)
{
    if (yaml_parser_parse(&b->parser, event))
        return true;
    memset(event, 0, sizeof *event);
    b->failed = true;
    if (b->parser.error == YAML_MEMORY_ERROR) {
        b->no_memory = true;
        return false;
    }
    const char *problem = b->parser.problem ? b->parser.problem : "not readable";
    struct place place = place_of(b, b->parser.problem_mark, b->parser.problem_mark);
    if (b->parser.context)
        report(b->errors, ADMF_BAD_CONFIG, b->path, place.line, place.column, 1,
               "YAML syntax: %s, %s (which starts in line %d)", problem, b->parser.context,
               place_of(b, b->parser.context_mark, b->parser.context_mark).line);
    else
        report(b->errors, ADMF_BAD_CONFIG, b->path, place.line, place.column, 1, "YAML syntax: %s",
               problem);
    return false;
}

static struct anchor *find_anchor(struct yaml_builder *b, const char *name)
{
    for (size_t i = b->anchor_count; i-- > 0;)
        if (strcmp(b->anchors[i].name, name) == 0)
            return &b->anchors[i];
    return NULL;
}

/* Notes an anchor; its index in *index, SIZE_MAX without one. */
static bool add_anchor(struct yaml_builder *b, const yaml_char_t *name, size_t *index)
{
    *index = SIZE_MAX;
    if (!name)
        return true;
    if (b->anchor_count == b->anchor_room) {
        size_t room = b->anchor_room ? 2 * b->anchor_room : 16;
        struct anchor *anchors = memory_resize(b->anchors, room, sizeof *anchors);
        if (!anchors)
            return builder_no_memory(b);
        b->anchors = anchors;
        b->anchor_room = room;
    }
    char *copy = arena_text(b->arena, (const char *)name, strlen((const char *)name));
    if (!copy)
        return builder_no_memory(b);
    *index = b->anchor_count;
    b->anchors[b->anchor_count++] = (struct anchor){copy, NULL};
    return true;
}

static void refuse_tag(struct yaml_builder *b, const yaml_char_t *tag, struct place place)
{
    static const char standard[] = "tag:yaml.org,2002:";
    char shown[64];
    if (!tag)
        return;
    bool is_standard = strncmp((const char *)tag, standard, sizeof standard - 1) == 0;
    snprintf(shown, sizeof shown, "%s%s", is_standard ? "!!" : "",
             (const char *)tag + (is_standard ? sizeof standard - 1 : 0));
    builder_complain(b, place, "the tag '%s' has no meaning here; remove it", shown);
}

static struct yaml_node *new_node(struct yaml_builder *b, struct place place)
{
    struct yaml_node *node = arena_new(b->arena, 1, sizeof *node);
    if (!node)
        return builder_no_memory(b);
    node->place = place;
    node->weight = 1;
    return node;
}

static struct yaml_node *read_node(struct yaml_builder *b, yaml_event_t *event, int level);

static bool check_key(struct yaml_builder *b, const struct yaml_node *key)
{
    if (key->kind == NODE_TEXT)
        return true;
    builder_complain(b, key->place, "a key must be a word");
    return false;
}

static struct yaml_node *read_collection(struct yaml_builder *b, yaml_event_t *start, int level)
{
    bool map = start->type == YAML_MAPPING_START_EVENT;
    struct yaml_node *node = new_node(b, place_of(b, start->start_mark, start->end_mark));
    size_t base = b->stack_count, anchor;
    bool keys_usable = true;
    if (!node)
        return NULL;
    node->kind = map ? NODE_MAP : NODE_LIST;
    if (level > YAML_LEVELS_MAX) {
        builder_complain(b, node->place, "more than %d levels inside one another", YAML_LEVELS_MAX);
        return NULL;
    }
    refuse_tag(b, map ? start->data.mapping_start.tag : start->data.sequence_start.tag,
               node->place);
    bool flow = map ? start->data.mapping_start.style == YAML_FLOW_MAPPING_STYLE
                    : start->data.sequence_start.style == YAML_FLOW_SEQUENCE_STYLE;
    if (!add_anchor(b, map ? start->data.mapping_start.anchor : start->data.sequence_start.anchor,
                    &anchor))
        return NULL;
    for (;;) {
        yaml_event_t event;
        if (!next_event(b, &event))
            return NULL;
        if (event.type == YAML_MAPPING_END_EVENT || event.type == YAML_SEQUENCE_END_EVENT) {
            if (flow)
                node->place = place_of(b, start->start_mark, event.end_mark);
            yaml_event_delete(&event);
            break;
        }
        struct yaml_node *entry = read_node(b, &event, level + 1);
        yaml_event_delete(&event);
        if (!entry)
            return NULL;
        if (map && (b->stack_count - base) % 2 == 0 && !check_key(b, entry))
            keys_usable = false;
        if (!builder_push(b, entry))
            return NULL;
    }
    if (!keys_usable || !builder_take(b, node, base))
        return NULL;
    if (!flow && node->count && node->place.line == (map ? node->keys : node->items)[0]->place.line)
        node->place.length = (map ? node->keys : node->items)[0]->place.column +
                             (map ? node->keys : node->items)[0]->place.length - node->place.column;
    if (map && (!builder_refuse_duplicates(b, node) || !builder_merge(b, node)))
        return NULL;
    if (anchor != SIZE_MAX)
        b->anchors[anchor].node = node;
    return node;
}

static struct yaml_node *read_scalar(struct yaml_builder *b, const yaml_event_t *event)
{
    struct yaml_node *node = new_node(b, place_of(b, event->start_mark, event->end_mark));
    size_t anchor;
    if (!node || !add_anchor(b, event->data.scalar.anchor, &anchor))
        return NULL;
    refuse_tag(b, event->data.scalar.tag, node->place);
    node->text =
        arena_text(b->arena, (const char *)event->data.scalar.value, event->data.scalar.length);
    if (!node->text)
        return builder_no_memory(b);
    node->length = event->data.scalar.length;
    if (memchr(node->text, '\0', node->length))
        builder_complain(b, node->place, "a NUL character in '%s'", node->text);
    yaml_scalar_style_t style = event->data.scalar.style;
    node->plain = style == YAML_PLAIN_SCALAR_STYLE;
    node->quote = style == YAML_SINGLE_QUOTED_SCALAR_STYLE   ? '\''
                  : style == YAML_DOUBLE_QUOTED_SCALAR_STYLE ? '"'
                  : node->plain                              ? 0
                                                             : 'b';
    if (anchor != SIZE_MAX)
        b->anchors[anchor].node = node;
    return node;
}

static struct yaml_node *read_alias(struct yaml_builder *b, const yaml_event_t *event, int level)
{
    const char *name = (const char *)event->data.alias.anchor;
    struct place place = place_of(b, event->start_mark, event->end_mark);
    const struct anchor *anchor = find_anchor(b, name);
    if (!anchor) {
        builder_complain(b, place, "there is no anchor '&%s' before this", name);
        return NULL;
    }
    if (!anchor->node) {
        builder_complain(b, place, "the anchor '&%s' contains itself", name);
        return NULL;
    }
    if (level + anchor->node->height - 1 > YAML_LEVELS_MAX) {
        builder_complain(b, place, "more than %d levels inside one another", YAML_LEVELS_MAX);
        return NULL;
    }
    b->aliased = true;
    return anchor->node;
}

/* The node that `event` starts. NULL after a failure that leaves nothing to go on with. */
static struct yaml_node *read_node(struct yaml_builder *b, yaml_event_t *event, int level)
{
    switch (event->type) {
    case YAML_SCALAR_EVENT:
        return read_scalar(b, event);
    case YAML_ALIAS_EVENT:
        return read_alias(b, event, level);
    case YAML_SEQUENCE_START_EVENT:
    case YAML_MAPPING_START_EVENT:
        return read_collection(b, event, level);
    default:
        return NULL;
    }
}

static struct yaml_node *read_document(struct yaml_builder *b)
{
    struct yaml_node *root = NULL;
    bool ended = false;
    while (!ended) {
        yaml_event_t event;
        if (!next_event(b, &event))
            return NULL;
        struct place place = place_of(b, event.start_mark, event.end_mark);
        switch (event.type) {
        case YAML_STREAM_START_EVENT:
        case YAML_DOCUMENT_END_EVENT:
            break;
        case YAML_DOCUMENT_START_EVENT:
            if (root) {
                builder_complain(b, place, "a second document begins; a file holds one");
                ended = true;
            }
            break;
        case YAML_STREAM_END_EVENT:
            ended = true;
            break;
        default:
            root = read_node(b, &event, 1);
            ended = !root;
        }
        yaml_event_delete(&event);
    }
    if (root && b->aliased && root->weight > YAML_NODES_MAX) {
        builder_complain(b, root->place, "the aliases expand to more than %d nodes",
                         YAML_NODES_MAX);
        return NULL;
    }
    if (!root && !b->failed && !b->no_memory)
        builder_complain(b, (struct place){1, 1, 0},
                         "the file is empty; at least 'strategies' is needed");
    return root;
}

admf_status yaml_tree_read(const char *path, const char *source, size_t length, struct arena *arena,
                           struct yaml_node **root, admf_diagnostics *errors)
{
    struct yaml_builder b = {.path = path, .arena = arena, .errors = errors};
    *root = NULL;
    if (length > YAML_BYTES_MAX)
        return report(errors, ADMF_BAD_CONFIG, path, 0, 0, 0,
                      "the file is larger than 16 MiB; a configuration is a page or two");
    if (length >= 3 && memcmp(source, "\xef\xbb\xbf", 3) == 0) {
        source += 3;
        length -= 3;
    }
    if (!builder_check_characters(&b, source, length))
        return ADMF_BAD_CONFIG;
    if (!yaml_parser_initialize(&b.parser)) {
        report(errors, ADMF_INTERNAL, path, 0, 0, 0, "out of memory");
        return ADMF_INTERNAL;
    }
    yaml_parser_set_encoding(&b.parser, YAML_UTF8_ENCODING);
    yaml_parser_set_input_string(&b.parser, (const unsigned char *)source, length);
    *root = read_document(&b);
    yaml_parser_delete(&b.parser);
    memory_free(b.anchors);
    memory_free(b.stack);
    if (b.no_memory) {
        *root = NULL;
        return report(errors, ADMF_INTERNAL, path, 0, 0, 0, "out of memory");
    }
    return b.failed ? ADMF_BAD_CONFIG : ADMF_OK;
}

const struct yaml_node *yaml_get(const struct yaml_node *map, const char *key)
{
    for (size_t i = 0; i < map->count; i++)
        if (strcmp(map->keys[i]->text, key) == 0)
            return map->items[i];
    return NULL;
}
