/* SPDX-License-Identifier: Apache-2.0 */
/* What the files behind axes_expand share while they work. Private to engine/expand. */
#ifndef ADMF_ENGINE_EXPAND_EXPANDER_H
#define ADMF_ENGINE_EXPAND_EXPANDER_H

#include "engine/base/failure.h"
#include "engine/expand/axis.h"
#include "engine/expand/grid.h"

struct expander {
    const struct config *config;
    struct axis *axis;
    size_t room;
    admf_diagnostics *errors;
    bool no_memory, failed;
    uint64_t bytes, bytes_max; /* of the instances of all axes so far; what they may take */
};

/* Reports a failure at a place of the configuration. */
#define COMPLAIN(expander, place_, ...)                                                            \
    do {                                                                                           \
        (expander)->failed = true;                                                                 \
        report((expander)->errors, ADMF_BAD_CONFIG, (expander)->config->path, (place_).line,       \
               (place_).column, (place_).length, __VA_ARGS__);                                     \
    } while (0)

/* axis.c: room for one more instance, at axis->instances[axis->count]; NULL: out of memory. */
struct instance *expander_new_instance(struct expander *e);

/* entry.c: adds the instances of one entry of a list. */
void expand_entry(struct expander *e, const struct component_entry *entry);

/* repeated.c: reports every instance of the axis that stands there a second time. */
void refuse_repeated(struct expander *e, const struct component_list *list);

/* complaint.c: its `name:`, else its type. */
const char *entry_name(const struct component_entry *entry);
/* What is wrong with the number of sets, and what to change; `more` adds to the remedies. */
void complain_size(struct expander *e, const struct grid *grid, const char *what, const char *more);
/* `count` sets take `bytes`, too many; `more`: where counting ended before the sets did. */
void complain_memory(struct expander *e, const struct grid *grid, uint64_t count, bool more,
                     uint64_t bytes);
void complain_overflow(struct expander *e, const struct grid *grid);

#endif
