/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/catalog/patterns.h"

#include <ctype.h>
#include <string.h>

#include "engine/base/failure.h"

enum { PATTERNS_MOST = 64 };

static admf_pattern patterns[PATTERNS_MOST] = {
#define PATTERN(name_, help_, stateful_, shared_, expand_, cascade_, stateless_, nesting_, route_) \
    {.name = #name_,                                                                               \
     .help = help_,                                                                                \
     .stateful = stateful_,                                                                        \
     .shared = shared_,                                                                            \
     .expand = expand_,                                                                            \
     .cascade = cascade_,                                                                          \
     .stateless = stateless_,                                                                      \
     .nesting = nesting_,                                                                          \
     .route = route_},
#include "kernels/catalog/patterns.def"
#undef PATTERN
};

static size_t pattern_count = 0
#define PATTERN(...) +1
#include "kernels/catalog/patterns.def"
#undef PATTERN
    ;

const admf_pattern *admf_patterns(size_t *count)
{
    *count = pattern_count;
    return patterns;
}

const admf_pattern *pattern_find(const char *name)
{
    for (size_t i = 0; i < pattern_count; i++)
        if (strcmp(patterns[i].name, name) == 0)
            return &patterns[i];
    return NULL;
}

bool pattern_is_base(const admf_pattern *pattern)
{
    return strcmp(pattern->name, "auto_stateless_optimization") != 0;
}

static bool is_name(const char *text)
{
    if (!isalpha((unsigned char)*text) && *text != '_')
        return false;
    for (; *text; text++)
        if (!isalnum((unsigned char)*text) && *text != '_')
            return false;
    return true;
}

admf_status admf_pattern_register(const admf_pattern *row, admf_error *error)
{
    const char *const texts[] = {row->name,      row->help,    row->stateful,
                                 row->shared,    row->expand,  row->cascade,
                                 row->stateless, row->nesting, row->route};
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        if (!texts[i])
            return fail(error, ADMF_USAGE, "a text of the pattern%s%s is NULL",
                        row->name ? " " : "", row->name ? row->name : "");
    if (!is_name(row->name))
        return fail(error, ADMF_USAGE, "'%.60s' is no name for a pattern", row->name);
    if (pattern_find(row->name))
        return fail(error, ADMF_USAGE, "there is a pattern '%s' already", row->name);
    if (pattern_count == PATTERNS_MOST)
        return fail(error, ADMF_USAGE, "there are %d patterns already", (int)PATTERNS_MOST);
    patterns[pattern_count++] = *row;
    return ADMF_OK;
}
