/* SPDX-License-Identifier: Apache-2.0 */
/* Grids that are too large: what to shorten, and where it stands. */
#include <math.h>
#include <stdio.h>

#include "engine/expand/expander.h"

const char *entry_name(const struct component_entry *entry)
{
    return entry->name ? entry->name : entry->row->name;
}

/* "'fast_period' (1000 values)", what to shorten; its place in *place. */
static void name_longest(const struct grid *grid, char out[160], struct place *place)
{
    const struct dimension *longest = grid_longest(grid);
    if (longest && longest->given) {
        snprintf(out, 160, "'%s' (%llu values)",
                 grid->entry->row->params[longest->given->param].name,
                 (unsigned long long)longest->count);
        *place = longest->given->key;
    } else {
        snprintf(out, 160, "the list of parameter sets");
        *place = grid->entry->place;
    }
}

void complain_size(struct expander *e, const struct grid *grid, const char *what, const char *more)
{
    char longest[160];
    struct place place;
    bool sampled = grid->entry->sample != SAMPLE_NONE;
    name_longest(grid, longest, &place);
    if (sampled)
        COMPLAIN(e, grid->entry->sample_place, "'%s': %s; lower 'n' of the sample%s",
                 entry_name(grid->entry), what, more);
    else
        COMPLAIN(e, place, "'%s': %s; shorten %s, or draw some with sample: {n: …}%s",
                 entry_name(grid->entry), what, longest, more);
}

void complain_memory(struct expander *e, const struct grid *grid, uint64_t count, bool more,
                     uint64_t bytes)
{
    char what[160];
    snprintf(what, sizeof what,
             "%s%llu sets take at least %.0f MiB of memory, and %.0f MiB may be used",
             more ? "more than " : "", (unsigned long long)(count - more),
             ceil((double)bytes / (1 << 20)), floor((double)e->bytes_max / (1 << 20)));
    complain_size(e, grid, what, ", or raise resources.memory (--memory)");
}

void complain_overflow(struct expander *e, const struct grid *grid)
{
    char longest[160];
    struct place place;
    name_longest(grid, longest, &place);
    COMPLAIN(e, place, "the grid of '%s' has 2^63 sets or more; shorten %s",
             entry_name(grid->entry), longest);
}
