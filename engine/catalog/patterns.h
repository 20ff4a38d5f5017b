/* SPDX-License-Identifier: Apache-2.0 */
/* Patterns: the rows of kernels/catalog/patterns.def, and those a program has registered. */
#ifndef ADMF_ENGINE_CATALOG_PATTERNS_H
#define ADMF_ENGINE_CATALOG_PATTERNS_H

#include <stdbool.h>

#include "admf/catalog.h"

/* NULL where there is none of this name. */
const admf_pattern *pattern_find(const char *name);

/* Whether a configuration may name it: the others are made from these. */
bool pattern_is_base(const admf_pattern *pattern);

#endif
