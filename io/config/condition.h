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

/* What a text can be; the value of one is its number here. */
struct word_list {
    const char *const *list; /* "" is no word */
    size_t count;
};

/* What a name stands for. */
struct condition_name {
    int index; /* of its value in what condition_holds is given */
    admf_param_type type;
    struct word_list words; /* ADMF_WORD; they outlive the condition */
};

/* The names of a condition that is not about the parameters of a component. */
struct condition_names {
    void *context;
    /* ADMF_USAGE: there is none of that name; what the error says is told at its place. */
    admf_status (*find)(void *context, const char *name, struct condition_name *found,
                        admf_error *error);
};

struct condition {
    const admf_component *row; /* NULL: the names are other ones */
    const char *text;          /* as written */
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

/*
 * A condition over other names; it belongs to the arena and points into `text`, which must outlive
 * it. NULL after an error: ADMF_USAGE with line, column and length in `text` for one that is
 * wrong, what `find` failed with, or no memory.
 */
struct condition *condition_of_names(struct arena *arena, const struct condition_names *names,
                                     const char *text, admf_error *error);

/* Whether the condition holds for one set of the row's parameters, row->n_params of them, or of
 * what its names stand for. */
bool condition_holds(const struct condition *condition, const double *params);

#endif
