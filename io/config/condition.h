/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Conditions between the parameters of a component: `where` of a configuration and the rules
 * of a catalogue row. The grammar of expressions, without series and calls:
 *
 *     expr    = and { "or" and }        and  = not { "and" not }    not = "not" not | compare
 *     compare = sum [ ("<"|"<="|">"|">="|"=="|"!=") sum ]
 *     sum     = term { ("+"|"-") term } term = unary { ("*"|"/") unary }
 *     unary   = "-" unary | primary
 *     primary = NUMBER | STRING | "true" | "false" | NAME | "(" expr ")"
 *
 * Types are checked when it is parsed. A value that is undefined (off, x/0, overflow) makes
 * the whole condition undefined, which does not hold.
 */
#ifndef ADMF_IO_CONFIG_CONDITION_H
#define ADMF_IO_CONFIG_CONDITION_H

#include "io/config/arena.h"
#include "io/config/reader.h"

struct condition {
    const admf_component *row;
    const char *text; /* as written */
    struct place place;
    struct term *root;
};

/*
 * The condition in a node of a file, `owner` being "strategy 'momentum'". It belongs to the
 * reader's arena. NULL after an error, which has been reported at its place in the text, or
 * when memory ran out, which the reader notes.
 */
struct condition *condition_read(struct reader *reader, const struct yaml_node *node,
                                 const admf_component *row, const char *owner);

/*
 * A rule of the catalogue; it belongs to the arena and points into `rule`, which must outlive
 * it. NULL when memory ran out or the rule is wrong.
 */
struct condition *condition_of_rule(struct arena *arena, const admf_component *row,
                                    const char *rule);

/* Whether the condition holds for one set of the row's parameters, row->n_params of them. */
bool condition_holds(const struct condition *condition, const double *params);

#endif
