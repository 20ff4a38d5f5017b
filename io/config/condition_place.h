/* SPDX-License-Identifier: Apache-2.0 */
/* Where in the file a part of a condition stands. */
#ifndef ADMF_IO_CONFIG_CONDITION_PLACE_H
#define ADMF_IO_CONFIG_CONDITION_PLACE_H

#include "io/config/reader.h"

/*
 * The place of bytes start … end - 1 of a node's text, start <= end <= its length, whatever
 * quotes, escapes and line breaks the file writes it with. A stretch that spans lines, or is
 * empty, has the length 1. What is asked for in the order of the file is found in one pass.
 */
struct place condition_place(struct reader *reader, const struct yaml_node *node, size_t start,
                             size_t end);

/* The same of a text that stands alone, in its own lines and columns. */
struct place condition_text_place(const char *text, size_t start, size_t end);

#endif
