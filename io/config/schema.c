/* SPDX-License-Identifier: Apache-2.0 */
#include "io/config/schema.h"

#include <math.h>

const struct schema_row schema_rows[KEY_COUNT] = {
#define KEY(section, name, kind, flags, min, max, fallback, unit, words, help)                     \
    {SECTION_##section, #name, KIND_##kind, flags, min, max, fallback, unit, words, help},
#include "io/config/keys.def"
#undef KEY
};

const char *const schema_section_names[SECTION_COUNT] = {
    "",           "workflow",    "phase",   "choice", "data",
    "strategies", "classifiers", "sample",  "risk",   "execution",
    "portfolio",  "metrics",     "windows", "window", "walk_forward",
    "k_fold",     "output",      "keep",    "best",   "resources"};
