/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The tree is built from libyaml's events rather than from its documents: those drop the
 * style of a text (a quoted number is no number here) and the places of aliases.
 */
#include "io/config/yaml_tree.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <yaml.h>

#include "engine/base/failure.h"
#include "engine/base/memory.h"
#include "io/config/one_line.h"

struct anchor {
    char *name;
    struct yaml_node *node; /* NULL while the node is being read */
};

struct builder {
    const char *path;
    struct arena *arena;
    admf_diagnostics *errors;
    yaml_parser_t parser;
    struct anchor *anchors;
    size_t anchor_count, anchor_room;
    struct yaml_node **stack; /* entries of the collections being read */
    size_t stack_count, stack_room;
    bool aliased, failed, no_memory;
};

static void complain(struct builder *b, struct place place, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

static void complain(struct builder *b, struct place place, const char *format, ...)
{
    char message[ADMF_MESSAGE_MAX];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(message, sizeof message, format, arguments);
    va_end(arguments);
    make_one_line(message);
    b->failed = true;
    if (b->errors->total < 1000)
        report(b->errors, ADMF_BAD_CONFIG, b->path, place.line, place.column, place.length, "%s",
               message);
}

static struct yaml_node *out_of_memory(struct builder *b)
{
    b->no_memory = true;
    return NULL;
}

static struct place place_of(yaml_mark_t start, yaml_mark_t end)
{
    struct place place = {(int)start.line + 1, (int)start.column + 1, 1};
    if (end.line == start.line && end.column > start.column)
        place.length = (int)(end.column - start.column);
    return place;
}

static bool next_event(struct builder *b, yaml_event_t *event)
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
    yaml_mark_t mark = b->parser.problem_mark;
    struct place place = {(int)mark.line + 1, (int)mark.column + 1, 1};
    if (b->parser.context)
        report(b->errors, ADMF_BAD_CONFIG, b->path, place.line, place.column, 1,
               "YAML syntax: %s, %s (which starts in line %zu)", problem, b->parser.context,
               b->parser.context_mark.line + 1);
    else
        report(b->errors, ADMF_BAD_CONFIG, b->path, place.line, place.column, 1, "YAML syntax: %s",
               problem);
    return false;
}

static bool push(struct builder *b, struct yaml_node *node)
{
    if (b->stack_count == b->stack_room) {
        size_t room = b->stack_room ? 2 * b->stack_room : 64;
        struct yaml_node **stack = memory_resize(b->stack, room, sizeof *stack);
        if (!stack)
            return out_of_memory(b);
        b->stack = stack;
        b->stack_room = room;
    }
    b->stack[b->stack_count++] = node;
    return true;
}

static struct anchor *find_anchor(struct builder *b, const char *name)
{
    for (size_t i = b->anchor_count; i-- > 0;)
        if (strcmp(b->anchors[i].name, name) == 0)
            return &b->anchors[i];
    return NULL;
}

/* Notes an anchor; its index in *index, SIZE_MAX without one. */
static bool add_anchor(struct builder *b, const yaml_char_t *name, size_t *index)
{
    *index = SIZE_MAX;
    if (!name)
        return true;
    if (b->anchor_count == b->anchor_room) {
        size_t room = b->anchor_room ? 2 * b->anchor_room : 16;
        struct anchor *anchors = memory_resize(b->anchors, room, sizeof *anchors);
        if (!anchors)
            return out_of_memory(b);
        b->anchors = anchors;
        b->anchor_room = room;
    }
    char *copy = arena_text(b->arena, (const char *)name, strlen((const char *)name));
    if (!copy)
        return out_of_memory(b);
    *index = b->anchor_count;
    b->anchors[b->anchor_count++] = (struct anchor){copy, NULL};
    return true;
}

static void refuse_tag(struct builder *b, const yaml_char_t *tag, struct place place)
{
    static const char standard[] = "tag:yaml.org,2002:";
    char shown[64];
    if (!tag)
        return;
    bool is_standard = strncmp((const char *)tag, standard, sizeof standard - 1) == 0;
    snprintf(shown, sizeof shown, "%s%s", is_standard ? "!!" : "",
             (const char *)tag + (is_standard ? sizeof standard - 1 : 0));
    complain(b, place, "the tag '%s' has no meaning here; remove it", shown);
}

static struct yaml_node *new_node(struct builder *b, struct place place)
{
    struct yaml_node *node = arena_new(b->arena, 1, sizeof *node);
    if (!node)
        return out_of_memory(b);
    node->place = place;
    node->weight = 1;
    return node;
}

/* Takes the entries above `base` off the stack into `node`. */
static bool take_entries(struct builder *b, struct yaml_node *node, size_t base)
{
    size_t entries = b->stack_count - base, step = node->kind == NODE_MAP ? 2 : 1;
    node->count = entries / step;
    node->items = arena_new(b->arena, node->count, sizeof *node->items);
    if (step == 2)
        node->keys = arena_new(b->arena, node->count, sizeof *node->keys);
    if (!node->items || (step == 2 && !node->keys))
        return out_of_memory(b);
    for (size_t i = 0; i < node->count; i++) {
        if (step == 2)
            node->keys[i] = b->stack[base + 2 * i];
        node->items[i] = b->stack[base + step * i + step - 1];
        size_t weight = node->items[i]->weight + (step - 1);
        if (!size_sum(node->weight, weight, &node->weight))
            node->weight = SIZE_MAX;
        if (node->items[i]->height > node->height)
            node->height = node->items[i]->height;
    }
    node->height++;
    b->stack_count = base;
    return true;
}

/* Order by text, then by place: equal keys become neighbours, the first written first. */
static int compare_keys(const void *left, const void *right)
{
    const struct yaml_node *a = *(const struct yaml_node *const *)left;
    const struct yaml_node *b = *(const struct yaml_node *const *)right;
    size_t shorter = a->length < b->length ? a->length : b->length;
    int order = memcmp(a->text, b->text, shorter);
    if (order == 0)
        order = (a->length > b->length) - (a->length < b->length);
    if (order == 0)
        order = (a->place.line > b->place.line) - (a->place.line < b->place.line);
    if (order == 0)
        order = (a->place.column > b->place.column) - (a->place.column < b->place.column);
    return order;
}

static bool same_text(const struct yaml_node *a, const struct yaml_node *b)
{
    return a->length == b->length && memcmp(a->text, b->text, a->length) == 0;
}

static bool refuse_duplicates(struct builder *b, const struct yaml_node *map)
{
    struct yaml_node **keys = memory_new(map->count, sizeof *keys);
    if (!keys)
        return out_of_memory(b);
    if (map->count)
        memcpy(keys, map->keys, map->count * sizeof *keys);
    qsort(keys, map->count, sizeof *keys, compare_keys);
    for (size_t i = 1, first = 0; i < map->count; i++) {
        if (!same_text(keys[i], keys[first])) {
            first = i;
            continue;
        }
        complain(b, keys[i]->place, "duplicated key '%.100s'; it stands in line %d already",
                 keys[i]->text, keys[first]->place.line);
    }
    memory_free(keys);
    return true;
}

static bool is_merge(const struct yaml_node *key)
{
    return key->plain && key->length == 2 && memcmp(key->text, "<<", 2) == 0;
}

/* One mapping of a `<<`: its pairs go onto the stack unless a key is there already. */
static bool merge_one(struct builder *b, const struct yaml_node *own, const struct yaml_node *from,
                      size_t base)
{
    for (size_t i = 0; i < from->count; i++) {
        bool there = false;
        for (size_t j = 0; j < own->count && !there; j++)
            there = !is_merge(own->keys[j]) && same_text(own->keys[j], from->keys[i]);
        for (size_t j = base; j < b->stack_count && !there; j += 2)
            there = same_text(b->stack[j], from->keys[i]);
        if (!there && (!push(b, from->keys[i]) || !push(b, from->items[i])))
            return false;
    }
    return true;
}

/* A mapping with `<<` becomes one without: the merged pairs stand where the `<<` stood. */
static bool resolve_merge(struct builder *b, struct yaml_node *map)
{
    size_t merges = 0, base = b->stack_count;
    for (size_t i = 0; i < map->count; i++)
        merges += is_merge(map->keys[i]);
    if (!merges)
        return true;
    for (size_t i = 0; i < map->count; i++) {
        struct yaml_node *value = map->items[i];
        if (!is_merge(map->keys[i])) {
            if (!push(b, map->keys[i]) || !push(b, value))
                return false;
            continue;
        }
        bool usable = value->kind == NODE_MAP || value->kind == NODE_LIST;
        for (size_t j = 0; value->kind == NODE_LIST && j < value->count; j++)
            usable = usable && value->items[j]->kind == NODE_MAP;
        if (!usable) {
            complain(b, map->keys[i]->place, "'<<' takes a mapping or a list of mappings");
            continue;
        }
        size_t sources = value->kind == NODE_MAP ? 1 : value->count;
        for (size_t j = 0; j < sources; j++)
            if (!merge_one(b, map, value->kind == NODE_MAP ? value : value->items[j], base))
                return false;
    }
    map->weight = 1;
    map->height = 0;
    return take_entries(b, map, base);
}

static struct yaml_node *read_node(struct builder *b, yaml_event_t *event, int level);

static bool check_key(struct builder *b, const struct yaml_node *key)
{
    if (key->kind == NODE_TEXT)
        return true;
    complain(b, key->place, "a key must be a word");
    return false;
}

static struct yaml_node *read_collection(struct builder *b, yaml_event_t *start, int level)
{
    bool map = start->type == YAML_MAPPING_START_EVENT;
    struct yaml_node *node = new_node(b, place_of(start->start_mark, start->end_mark));
    size_t base = b->stack_count, anchor;
    bool keys_usable = true;
    if (!node)
        return NULL;
    node->kind = map ? NODE_MAP : NODE_LIST;
    if (level > YAML_LEVELS_MAX) {
        complain(b, node->place, "more than %d levels inside one another", YAML_LEVELS_MAX);
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
                node->place = place_of(start->start_mark, event.end_mark);
            yaml_event_delete(&event);
            break;
        }
        struct yaml_node *entry = read_node(b, &event, level + 1);
        yaml_event_delete(&event);
        if (!entry)
            return NULL;
        if (map && (b->stack_count - base) % 2 == 0 && !check_key(b, entry))
            keys_usable = false;
        if (!push(b, entry))
            return NULL;
    }
    if (!keys_usable || !take_entries(b, node, base))
        return NULL;
    if (!flow && node->count && node->place.line == (map ? node->keys : node->items)[0]->place.line)
        node->place.length = (map ? node->keys : node->items)[0]->place.column +
                             (map ? node->keys : node->items)[0]->place.length - node->place.column;
    if (map && (!refuse_duplicates(b, node) || !resolve_merge(b, node)))
        return NULL;
    if (anchor != SIZE_MAX)
        b->anchors[anchor].node = node;
    return node;
}

static struct yaml_node *read_scalar(struct builder *b, const yaml_event_t *event)
{
    struct yaml_node *node = new_node(b, place_of(event->start_mark, event->end_mark));
    size_t anchor;
    if (!node || !add_anchor(b, event->data.scalar.anchor, &anchor))
        return NULL;
    refuse_tag(b, event->data.scalar.tag, node->place);
    node->text =
        arena_text(b->arena, (const char *)event->data.scalar.value, event->data.scalar.length);
    if (!node->text)
        return out_of_memory(b);
    node->length = event->data.scalar.length;
    if (memchr(node->text, '\0', node->length))
        complain(b, node->place, "a NUL character in '%s'", node->text);
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

static struct yaml_node *read_alias(struct builder *b, const yaml_event_t *event, int level)
{
    const char *name = (const char *)event->data.alias.anchor;
    struct place place = place_of(event->start_mark, event->end_mark);
    const struct anchor *anchor = find_anchor(b, name);
    if (!anchor) {
        complain(b, place, "there is no anchor '&%s' before this", name);
        return NULL;
    }
    if (!anchor->node) {
        complain(b, place, "the anchor '&%s' contains itself", name);
        return NULL;
    }
    if (level + anchor->node->height - 1 > YAML_LEVELS_MAX) {
        complain(b, place, "more than %d levels inside one another", YAML_LEVELS_MAX);
        return NULL;
    }
    b->aliased = true;
    return anchor->node;
}

/* The node that `event` starts. NULL after a failure that leaves nothing to go on with. */
static struct yaml_node *read_node(struct builder *b, yaml_event_t *event, int level)
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

static struct yaml_node *read_document(struct builder *b)
{
    struct yaml_node *root = NULL;
    bool ended = false;
    while (!ended) {
        yaml_event_t event;
        if (!next_event(b, &event))
            return NULL;
        struct place place = place_of(event.start_mark, event.end_mark);
        switch (event.type) {
        case YAML_STREAM_START_EVENT:
        case YAML_DOCUMENT_END_EVENT:
            break;
        case YAML_DOCUMENT_START_EVENT:
            if (root) {
                complain(b, place, "a second document begins; a file holds one");
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
        complain(b, root->place, "the aliases expand to more than %d nodes", YAML_NODES_MAX);
        return NULL;
    }
    if (!root && !b->failed && !b->no_memory)
        complain(b, (struct place){1, 1, 0}, "the file is empty; at least 'strategies' is needed");
    return root;
}

/* Bytes of the character at p, 0 where it is no UTF-8 or not allowed in YAML. */
static size_t character_length(const unsigned char *p, size_t left)
{
    if (p[0] < 0x80)
        return p[0] >= 0x20 ? p[0] != 0x7f : p[0] == '\t' || p[0] == '\n' || p[0] == '\r';
    size_t n = p[0] >= 0xf0 ? 4 : p[0] >= 0xe0 ? 3 : 2;
    if (p[0] < 0xc2 || p[0] > 0xf4 || left < n)
        return 0;
    unsigned code = p[0] & (0xffu >> (n + 1));
    for (size_t i = 1; i < n; i++) {
        if ((p[i] & 0xc0) != 0x80)
            return 0;
        code = code << 6 | (p[i] & 0x3f);
    }
    bool overlong = code < (n == 4 ? 0x10000u : n == 3 ? 0x800u : 0x80u);
    bool allowed = code == 0x85 || (code >= 0xa0 && code < 0xd800) ||
                   (code >= 0xe000 && code <= 0xfffd && code != 0xfeff) ||
                   (code >= 0x10000 && code <= 0x10ffff);
    return overlong || !allowed ? 0 : n;
}

static bool check_characters(struct builder *b, const char *source, size_t length)
{
    struct place place = {1, 1, 1};
    for (size_t i = 0; i < length;) {
        size_t n = character_length((const unsigned char *)source + i, length - i);
        if (n == 0) {
            unsigned byte = (unsigned char)source[i];
            if (byte < 0x80)
                complain(b, place, "the control character 0x%02x is not allowed", byte);
            else
                complain(b, place, "byte 0x%02x is not UTF-8 text", byte);
            return false;
        }
        place.column++;
        if (source[i] == '\n') {
            place.line++;
            place.column = 1;
        }
        i += n;
    }
    return true;
}

admf_status yaml_tree_read(const char *path, const char *source, size_t length, struct arena *arena,
                           struct yaml_node **root, admf_diagnostics *errors)
{
    struct builder b = {.path = path, .arena = arena, .errors = errors};
    *root = NULL;
    if (length > YAML_BYTES_MAX)
        return report(errors, ADMF_BAD_CONFIG, path, 0, 0, 0,
                      "the file is larger than 16 MiB; a configuration is a page or two");
    if (length >= 3 && memcmp(source, "\xef\xbb\xbf", 3) == 0) {
        source += 3;
        length -= 3;
    }
    if (!check_characters(&b, source, length))
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
