/* SPDX-License-Identifier: Apache-2.0 */
/* What the labels of a classifier allow: both, long, short or flat. */
#ifndef ADMF_IO_CONFIG_POLICY_H
#define ADMF_IO_CONFIG_POLICY_H

#include "io/config/reader.h"

/*
 * Fills entry->allow for every label of the entry's row from `policy:`, or from the labels'
 * names where `node` is NULL or does not name them; `unknown` is flat unless it is named.
 * `owner` is "classifier 'hmm'". Errors are reported.
 */
void policy_read(struct reader *reader, const struct yaml_node *node, struct component_entry *entry,
                 const char *owner);

#endif
