/* SPDX-License-Identifier: Apache-2.0 */
#include <math.h>
#include <string.h>

#include "io/config/condition.h"
#include "io/config/condition_term.h"

static const char *text_value(const struct term *term, const double *params)
{
    if (term->op == OP_TEXT)
        return term->text;
    double value = params[term->index];
    bool word = value >= 0 && value < (double)term->words.count;
    return word ? term->words.list[(size_t)value] : NULL;
}

static double same_text(const struct term *term, const double *params)
{
    const char *left = text_value(term->left, params), *right = text_value(term->right, params);
    return left && right ? strcmp(left, right) == 0 : NAN;
}

static double finite_or_undefined(double value) { return isfinite(value) ? value : NAN; }

/* The value; NaN is undefined, whatever the other operand. */
static double evaluate(const struct term *term, const double *params)
{
    if (term->op == OP_NUMBER)
        return term->number;
    if (term->op == OP_PARAM)
        return params[term->index];
    if (term->op >= OP_EQUAL && term->left->type == TYPE_TEXT) {
        double same = same_text(term, params);
        return isnan(same) || term->op == OP_EQUAL ? same : 1 - same;
    }
    double a = evaluate(term->left, params), b = term->right ? evaluate(term->right, params) : 0;
    if (isnan(a) || isnan(b))
        return NAN;
    switch (term->op) {
    case OP_NOT:
        return a == 0;
    case OP_NEGATE:
        return -a;
    case OP_AND:
        return a != 0 && b != 0;
    case OP_OR:
        return a != 0 || b != 0;
    case OP_ADD:
        return finite_or_undefined(a + b);
    case OP_SUBTRACT:
        return finite_or_undefined(a - b);
    case OP_MULTIPLY:
        return finite_or_undefined(a * b);
    case OP_DIVIDE:
        return finite_or_undefined(a / b);
    case OP_LESS:
        return a < b;
    case OP_LESS_EQUAL:
        return a <= b;
    case OP_GREATER:
        return a > b;
    case OP_GREATER_EQUAL:
        return a >= b;
    case OP_EQUAL:
        return a == b;
    default:
        return a != b;
    }
}

bool condition_holds(const struct condition *condition, const double *params)
{
    double value = evaluate(condition->root, params);
    return !isnan(value) && value != 0;
}
