/* SPDX-License-Identifier: Apache-2.0 */
/* A condition as the parser leaves it: a tree of terms whose types have been checked. */
#ifndef ADMF_IO_CONFIG_CONDITION_TERM_H
#define ADMF_IO_CONFIG_CONDITION_TERM_H

#include <stddef.h>

#include "io/config/condition.h"

enum op {
    OP_NUMBER,
    OP_TEXT,
    OP_PARAM,
    OP_NOT,
    OP_NEGATE,
    OP_AND,
    OP_OR,
    OP_ADD,
    OP_SUBTRACT,
    OP_MULTIPLY,
    OP_DIVIDE,
    OP_LESS,
    OP_LESS_EQUAL,
    OP_GREATER,
    OP_GREATER_EQUAL,
    OP_EQUAL,
    OP_UNEQUAL
};

enum type { TYPE_NUMBER, TYPE_BOOLEAN, TYPE_TEXT };

/* A node of the tree; it, its operands and its text belong to the condition's arena. */
struct term {
    enum op op;
    enum type type;
    double number;          /* OP_NUMBER; booleans are 1 and 0 */
    const char *text;       /* OP_TEXT */
    int index;              /* OP_PARAM: of its value, … */
    struct word_list words; /* … which is the number of one of these where it is text */
    size_t start, end;      /* bytes of the text it was made from */
    struct term *left, *right;
};

#endif
