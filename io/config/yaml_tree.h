/* SPDX-License-Identifier: Apache-2.0 */
/*
 * YAML as a tree of texts, lists and mappings, each with its place.
 *
 * The part of YAML that a configuration may use: UTF-8, one document, no tags; anchors,
 * aliases and `<<` merge keys are resolved here (an alias is the same node, a merge a new
 * mapping), so that what reads the tree never meets them.
 */
#ifndef ADMF_IO_CONFIG_YAML_TREE_H
#define ADMF_IO_CONFIG_YAML_TREE_H

#include <stdbool.h>
#include <stddef.h>

#include "admf/error.h"
#include "io/config/arena.h"
#include "io/config/config.h"

struct yaml_node {
    enum { NODE_TEXT, NODE_LIST, NODE_MAP } kind;
    bool plain; /* text without quotes, which may be a number, a boolean or nothing */
    char quote; /* ' or " of a quoted text; 0 otherwise, 'b' for a block */
    struct place place;
    char *text; /* NODE_TEXT: NUL-terminated; NULs inside it are reported */
    size_t length;
    size_t count;                     /* entries of a list or mapping */
    struct yaml_node **items, **keys; /* keys: of a mapping, in the order written */
    size_t weight;                    /* nodes in it, aliases counted as often as they stand */
    int height;                       /* levels of it */
};

enum {
    YAML_BYTES_MAX = 16 << 20, /* largest file */
    YAML_LEVELS_MAX = 64,
    YAML_NODES_MAX = 1000000 /* what aliases may expand to */
};

/*
 * The tree of `source`, in `arena`. Failures go to `errors`; *root is NULL where there is no
 * tree to look at, and a tree although a duplicated key or a tag was reported.
 */
admf_status yaml_tree_read(const char *path, const char *source, size_t length, struct arena *arena,
                           struct yaml_node **root, admf_diagnostics *errors);

/* The value of a key of a mapping; NULL where it has none. */
const struct yaml_node *yaml_get(const struct yaml_node *map, const char *key);

#endif
