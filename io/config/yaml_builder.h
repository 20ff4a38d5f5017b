/* SPDX-License-Identifier: Apache-2.0 */
/* What the parts that build a tree of YAML share; the tree is made by yaml_tree.c. */
#ifndef ADMF_IO_CONFIG_YAML_BUILDER_H
#define ADMF_IO_CONFIG_YAML_BUILDER_H

#include <yaml.h>

#include "io/config/yaml_tree.h"

struct anchor {
    char *name;
    struct yaml_node *node; /* NULL while the node is being read */
};

struct yaml_builder {
    const char *path;
    struct arena *arena; /* owns the nodes; the rest here is freed once the tree is built */
    admf_diagnostics *errors;
    yaml_parser_t parser;
    struct place end; /* behind the last character of the file */
    struct anchor *anchors;
    size_t anchor_count, anchor_room;
    struct yaml_node **stack; /* entries of the collections being read */
    size_t stack_count, stack_room;
    bool aliased, failed, no_memory;
};

/* Reports an error in the file; the tree goes on where it can. */
void builder_complain(struct yaml_builder *b, struct place place, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* Notes that memory ran out; NULL, which is false, too. */
struct yaml_node *builder_no_memory(struct yaml_builder *b);

/* Puts an entry onto the stack; false when memory ran out. */
bool builder_push(struct yaml_builder *b, struct yaml_node *node);
/* Takes the entries above `base` off the stack into `node`; false when memory ran out. */
bool builder_take(struct yaml_builder *b, struct yaml_node *node, size_t base);

/* yaml_map.c; false when memory ran out, errors in the file are reported. */
bool builder_refuse_duplicates(struct yaml_builder *b, const struct yaml_node *map);
/* A mapping with `<<` becomes one without: the merged pairs stand where the `<<` stood. */
bool builder_merge(struct yaml_builder *b, struct yaml_node *map);

/*
 * yaml_characters.c: whether all of a text may stand in YAML; if not, it is reported. Sets b->end.
 */
bool builder_check_characters(struct yaml_builder *b, const char *source, size_t length);

#endif
