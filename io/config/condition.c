/* SPDX-License-Identifier: Apache-2.0 */
#include "io/config/condition.h"

#include <ctype.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "engine/base/text.h"
#include "engine/catalog/catalog.h"
#include "io/config/condition_place.h"
#include "io/config/condition_term.h"
#include "io/config/utf8.h"

enum { NODES_MAX = 1000, LEVELS_MAX = 64 };

static const char *const type_names[] = {"a number", "true or false", "text"};

enum token_kind { TOKEN_END, TOKEN_NUMBER, TOKEN_STRING, TOKEN_NAME, TOKEN_SIGN, TOKEN_BAD };

struct token {
    enum token_kind kind;
    size_t start, end;
};

struct parser {
    struct reader *reader; /* NULL for a rule: nobody to complain to */
    struct arena *arena;
    const struct yaml_node *node;
    const admf_component *row;
    const char *text, *owner;
    size_t length;
    struct token token;
    int nodes, level;
    bool failed;
};

static struct term *wrong(struct parser *p, size_t start, size_t end, const char *format, ...)
    __attribute__((format(printf, 4, 5)));

static struct term *wrong(struct parser *p, size_t start, size_t end, const char *format, ...)
{
    if (p->failed || !p->reader) {
        p->failed = true;
        return NULL;
    }
    char message[512];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(message, sizeof message, format, arguments);
    va_end(arguments);
    p->failed = true;
    complain(p->reader, condition_place(p->reader, p->node, start, end), "%s", message);
    return NULL;
}

static bool name_start(char c)
{
    return (unsigned char)c < 0x80 && (isalpha((unsigned char)c) || c == '_');
}

static bool name_part(char c) { return name_start(c) || (c >= '0' && c <= '9'); }

static void advance(struct parser *p)
{
    size_t i = p->token.end;
    for (size_t space; (space = utf8_space(p->text + i, p->length - i));)
        i += space;
    size_t start = i;
    enum token_kind kind = TOKEN_BAD;
    char c = i < p->length ? p->text[i] : '\0', next = i + 1 < p->length ? p->text[i + 1] : '\0';
    if (i == p->length) {
        kind = TOKEN_END;
    } else if (name_start(c)) {
        kind = TOKEN_NAME;
        while (i < p->length && name_part(p->text[i]))
            i++;
    } else if ((c >= '0' && c <= '9') || (c == '.' && next >= '0' && next <= '9')) {
        kind = TOKEN_NUMBER;
        while (i < p->length && (name_part(p->text[i]) || p->text[i] == '.' ||
                                 ((p->text[i] == '-' || p->text[i] == '+') &&
                                  (p->text[i - 1] == 'e' || p->text[i - 1] == 'E'))))
            i++;
    } else if (c == '\'' || c == '"') {
        const char *close = memchr(p->text + i + 1, c, p->length - i - 1);
        kind = close ? TOKEN_STRING : TOKEN_BAD;
        i = close ? (size_t)(close - p->text) + 1 : p->length;
    } else if (strchr("<>=!", c) && next == '=') {
        kind = TOKEN_SIGN;
        i += 2;
    } else if (c && strchr("+-*/<>()", c)) {
        kind = TOKEN_SIGN;
        i++;
    } else {
        i += utf8_bytes(p->text[i]);
        i = i > p->length ? p->length : i;
    }
    p->token = (struct token){kind, start, i};
}

static bool at(const struct parser *p, enum token_kind kind, const char *word)
{
    size_t length = p->token.end - p->token.start;
    return p->token.kind == kind && length == strlen(word) &&
           memcmp(p->text + p->token.start, word, length) == 0;
}

static bool take(struct parser *p, enum token_kind kind, const char *word)
{
    if (!at(p, kind, word))
        return false;
    advance(p);
    return true;
}

static struct term *unexpected(struct parser *p)
{
    struct token t = p->token;
    char word[64];
    snprintf(word, sizeof word, "%.*s", (int)(t.end - t.start < 60 ? t.end - t.start : 60),
             p->text + t.start);
    if (t.kind == TOKEN_END)
        return wrong(p, t.start, t.start, "the condition ends too early");
    if (t.kind == TOKEN_BAD && (*word == '\'' || *word == '"'))
        return wrong(p, t.start, t.end, "the quotation mark is never closed");
    if (t.kind == TOKEN_BAD && *word == '=')
        return wrong(p, t.start, t.end, "'=' compares nothing; write ==");
    if (t.kind == TOKEN_BAD && strchr("&|!", *word))
        return wrong(p, t.start, t.end, "'%s' is not known here; write and, or, not", word);
    return wrong(p, t.start, t.end, "unexpected '%s' in a condition", word);
}

static struct term *new_term(struct parser *p, enum op op, enum type type, size_t start, size_t end)
{
    if (++p->nodes > NODES_MAX)
        return wrong(p, start, end, "the condition has more than %d nodes", NODES_MAX);
    struct term *term = arena_new(p->arena, 1, sizeof *term);
    if (!term) {
        p->failed = true;
        if (p->reader)
            p->reader->no_memory = true;
        return NULL;
    }
    term->op = op;
    term->type = type;
    term->start = start;
    term->end = end;
    return term;
}

static bool expect(struct parser *p, const struct term *term, enum type type, const char *what)
{
    if (term->type == type)
        return true;
    wrong(p, term->start, term->end, "%s takes %s; this is %s", what, type_names[type],
          type_names[term->type]);
    return false;
}

static struct term *join(struct parser *p, enum op op, enum type type, struct term *left,
                         struct term *right)
{
    struct term *term = new_term(p, op, type, left->start, right->end);
    if (term) {
        term->left = left;
        term->right = right;
    }
    return term;
}

static struct term *parse_or(struct parser *p);

static struct term *parse_name(struct parser *p, struct token t)
{
    char name[128], what[320];
    size_t length = t.end - t.start;
    snprintf(name, sizeof name, "%.*s", (int)(length < 100 ? length : 100), p->text + t.start);
    if (strcmp(name, "true") == 0 || strcmp(name, "false") == 0) {
        struct term *term = new_term(p, OP_NUMBER, TYPE_BOOLEAN, t.start, t.end);
        if (term)
            term->number = *name == 't';
        return term;
    }
    if (strcmp(name, "and") == 0 || strcmp(name, "or") == 0 || strcmp(name, "not") == 0) {
        p->token = t;
        return unexpected(p);
    }
    if (at(p, TOKEN_SIGN, "("))
        return wrong(p, t.start, t.end,
                     "'%s(…)': a condition between parameters has no functions or features", name);
    int index = catalog_find_param(p->row, name);
    if (index < 0) {
        struct candidates candidates = {.count = 0};
        candidates_add_params(&candidates, p->row, p->row->n_params);
        if (p->reader && !p->failed) {
            snprintf(what, sizeof what, "parameter '%s' of %.120s", name, p->owner);
            complain_unknown(p->reader, condition_place(p->reader, p->node, t.start, t.end), what,
                             name, &candidates, NULL);
        }
        p->failed = true;
        return NULL;
    }
    const admf_param *param = &p->row->params[index];
    enum type type = param->type == ADMF_WORD   ? TYPE_TEXT
                     : param->type == ADMF_BOOL ? TYPE_BOOLEAN
                                                : TYPE_NUMBER;
    struct term *term = new_term(p, OP_PARAM, type, t.start, t.end);
    if (term) {
        term->param = param;
        term->index = index;
    }
    return term;
}

static struct term *parse_primary(struct parser *p)
{
    struct token t = p->token;
    struct term *term;
    if (take(p, TOKEN_SIGN, "(")) {
        term = parse_or(p);
        if (!term)
            return NULL;
        if (!at(p, TOKEN_SIGN, ")"))
            return p->token.kind == TOKEN_END
                       ? wrong(p, t.start, t.end, "the parenthesis is never closed")
                       : unexpected(p);
        term->start = t.start;
        term->end = p->token.end;
        advance(p);
        return term;
    }
    if (t.kind == TOKEN_NAME) {
        advance(p);
        return parse_name(p, t);
    }
    if (t.kind == TOKEN_NUMBER) {
        double number;
        if (!number_from_text(p->text + t.start, t.end - t.start, &number))
            return wrong(p, t.start, t.end, "'%.*s' is not a decimal number",
                         (int)(t.end - t.start < 60 ? t.end - t.start : 60), p->text + t.start);
        advance(p);
        term = new_term(p, OP_NUMBER, TYPE_NUMBER, t.start, t.end);
        if (term)
            term->number = number;
        return term;
    }
    if (t.kind == TOKEN_STRING) {
        advance(p);
        term = new_term(p, OP_TEXT, TYPE_TEXT, t.start, t.end);
        if (!term)
            return NULL;
        term->text = arena_text(p->arena, p->text + t.start + 1, t.end - t.start - 2);
        if (!term->text && p->reader)
            p->reader->no_memory = true;
        p->failed = p->failed || !term->text;
        return term->text ? term : NULL;
    }
    return unexpected(p);
}

static bool deeper(struct parser *p)
{
    if (++p->level <= LEVELS_MAX)
        return true;
    wrong(p, p->token.start, p->token.end, "the condition has more than %d levels", LEVELS_MAX);
    return false;
}

static struct term *parse_unary(struct parser *p)
{
    struct term *term = NULL;
    size_t start = p->token.start;
    if (!deeper(p))
        return NULL;
    if (take(p, TOKEN_SIGN, "-")) {
        struct term *operand = parse_unary(p);
        if (operand && expect(p, operand, TYPE_NUMBER, "'-'"))
            term = new_term(p, OP_NEGATE, TYPE_NUMBER, start, operand->end);
        if (term)
            term->left = operand;
    } else {
        term = parse_primary(p);
    }
    p->level--;
    return term;
}

/* Operands joined by operators of one precedence, from left to right. */
static struct term *parse_chain(struct parser *p, struct term *(*operand)(struct parser *),
                                enum token_kind kind, const char *const *signs, const enum op *ops,
                                enum type type)
{
    struct term *left = operand(p);
    while (left) {
        int sign = at(p, kind, signs[0]) ? 0 : signs[1] && at(p, kind, signs[1]) ? 1 : -1;
        char what[16];
        if (sign < 0)
            break;
        snprintf(what, sizeof what, "'%s'", signs[sign]);
        advance(p);
        struct term *right = operand(p);
        if (!right || !expect(p, left, type, what) || !expect(p, right, type, what))
            return NULL;
        left = join(p, ops[sign], type, left, right);
    }
    return left;
}

static struct term *parse_term(struct parser *p)
{
    static const char *const signs[] = {"*", "/"};
    static const enum op ops[] = {OP_MULTIPLY, OP_DIVIDE};
    return parse_chain(p, parse_unary, TOKEN_SIGN, signs, ops, TYPE_NUMBER);
}

static struct term *parse_sum(struct parser *p)
{
    static const char *const signs[] = {"+", "-"};
    static const enum op ops[] = {OP_ADD, OP_SUBTRACT};
    return parse_chain(p, parse_term, TOKEN_SIGN, signs, ops, TYPE_NUMBER);
}

/* A text compared with a parameter must be one of its words. */
static bool check_words(struct parser *p, const struct term *param, const struct term *text)
{
    if (param->op != OP_PARAM || text->op != OP_TEXT ||
        catalog_find_word(param->param, text->text) >= 0)
        return true;
    if (p->reader && !p->failed) {
        char what[256];
        struct candidates candidates = {.count = 0};
        candidates_add_words(&candidates, p->reader, param->param->words);
        snprintf(what, sizeof what, "value '%.60s' for '%.60s'", text->text, param->param->name);
        complain_unknown(p->reader, condition_place(p->reader, p->node, text->start, text->end),
                         what, text->text, &candidates, NULL);
    }
    p->failed = true;
    return false;
}

static int comparison_at(const struct parser *p)
{
    static const char *const signs[] = {"<", "<=", ">", ">=", "==", "!="};
    for (int i = 0; i < 6; i++)
        if (at(p, TOKEN_SIGN, signs[i]))
            return i;
    return -1;
}

static struct term *parse_compare(struct parser *p)
{
    struct term *left = parse_sum(p);
    int sign = left ? comparison_at(p) : -1;
    if (sign < 0)
        return left;
    enum op op = OP_LESS + (enum op)sign;
    advance(p);
    struct term *right = parse_sum(p);
    if (!right)
        return NULL;
    if (comparison_at(p) >= 0)
        return wrong(p, p->token.start, p->token.end,
                     "comparisons do not chain; write a < b and b < c");
    if (op != OP_EQUAL && op != OP_UNEQUAL &&
        (!expect(p, left, TYPE_NUMBER, "a comparison of size") ||
         !expect(p, right, TYPE_NUMBER, "a comparison of size")))
        return NULL;
    if (left->type != right->type)
        return wrong(p, right->start, right->end, "%s cannot equal %s", type_names[left->type],
                     type_names[right->type]);
    if (!check_words(p, left, right) || !check_words(p, right, left))
        return NULL;
    return join(p, op, TYPE_BOOLEAN, left, right);
}

static struct term *parse_not(struct parser *p)
{
    struct term *term = NULL;
    size_t start = p->token.start;
    if (!take(p, TOKEN_NAME, "not"))
        return parse_compare(p);
    if (!deeper(p))
        return NULL;
    struct term *operand = parse_not(p);
    if (operand && expect(p, operand, TYPE_BOOLEAN, "'not'"))
        term = new_term(p, OP_NOT, TYPE_BOOLEAN, start, operand->end);
    if (term)
        term->left = operand;
    p->level--;
    return term;
}

static struct term *parse_and(struct parser *p)
{
    static const char *const words[] = {"and", NULL};
    static const enum op ops[] = {OP_AND};
    return parse_chain(p, parse_not, TOKEN_NAME, words, ops, TYPE_BOOLEAN);
}

static struct term *parse_or(struct parser *p)
{
    static const char *const words[] = {"or", NULL};
    static const enum op ops[] = {OP_OR};
    struct term *term = NULL;
    if (deeper(p))
        term = parse_chain(p, parse_and, TOKEN_NAME, words, ops, TYPE_BOOLEAN);
    p->level--;
    return term;
}

static struct condition *parse(struct parser *p)
{
    struct condition *condition = arena_new(p->arena, 1, sizeof *condition);
    if (!condition) {
        if (p->reader)
            p->reader->no_memory = true;
        return NULL;
    }
    advance(p);
    condition->root = parse_or(p);
    if (condition->root && p->token.kind != TOKEN_END)
        unexpected(p);
    if (condition->root && !p->failed)
        expect(p, condition->root, TYPE_BOOLEAN, "a condition");
    condition->row = p->row;
    condition->text = p->text;
    return condition->root && !p->failed ? condition : NULL;
}

struct condition *condition_read(struct reader *reader, const struct yaml_node *node,
                                 const admf_component *row, const char *owner)
{
    char *text = text_of(reader, node, "where");
    if (!text)
        return NULL;
    struct parser p = {.reader = reader,
                       .arena = reader->arena,
                       .node = node,
                       .row = row,
                       .owner = owner,
                       .text = text,
                       .length = node->length};
    struct condition *condition = parse(&p);
    if (condition)
        condition->place = node->place;
    return condition;
}

struct condition *condition_of_rule(struct arena *arena, const admf_component *row,
                                    const char *rule)
{
    struct parser p = {
        .arena = arena, .row = row, .owner = row->name, .text = rule, .length = strlen(rule)};
    return parse(&p);
}
