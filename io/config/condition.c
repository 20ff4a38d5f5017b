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
    const struct yaml_node *node; /* NULL: the text stands in no file */
    const admf_component *row;
    const struct condition_names *names; /* NULL: those of the row */
    admf_error *unfound;                 /* why names->find failed, if it is no wrong name */
    const char *text, *owner;
    size_t length;
    struct token token;
    int nodes, level;
    bool failed;
};

static struct place place_of(const struct parser *p, size_t start, size_t end)
{
    return p->node ? condition_place(p->reader, p->node, start, end)
                   : condition_text_place(p->text, start, end);
}

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
    complain(p->reader, place_of(p, start, end), "%s", message);
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

/* What may stand at some place. */
static const char an_operand[] = "a name, a number, 'a word' or '('";
static const char an_operator_or_end[] = "an operator or the end";
static const char an_operator_or_close[] = "an operator or ')'";

static struct term *unexpected(struct parser *p, const char *expected)
{
    struct token t = p->token;
    char word[64];
    snprintf(word, sizeof word, "%.*s", (int)(t.end - t.start < 60 ? t.end - t.start : 60),
             p->text + t.start);
    if (t.kind == TOKEN_END)
        return wrong(p, t.start, t.start, "the condition ends too early; expected %s", expected);
    if (t.kind == TOKEN_BAD && (*word == '\'' || *word == '"'))
        return wrong(p, t.start, t.end, "the quotation mark is never closed");
    if (t.kind == TOKEN_BAD && *word == '=')
        return wrong(p, t.start, t.end, "'=' compares nothing; write ==");
    if (t.kind == TOKEN_BAD && strchr("&|!", *word))
        return wrong(p, t.start, t.end, "'%s' is not known here; write and, or, not", word);
    return wrong(p, t.start, t.end, "unexpected '%s' in a condition; expected %s", word, expected);
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

/* The words of a parameter, "first|second|…", as a list. */
static bool split_words(struct parser *p, const char *words, struct word_list *out)
{
    size_t count = *words != '\0';
    for (const char *bar = words; (bar = strchr(bar, '|')); bar++)
        count++;
    const char **list = arena_new(p->arena, count ? count : 1, sizeof *list);
    *out = (struct word_list){list, count};
    for (size_t k = 0; list && k < count; k++) {
        size_t length = strcspn(words, "|");
        list[k] = arena_text(p->arena, words, length);
        if (!list[k])
            list = NULL;
        words += length + (words[length] == '|');
    }
    if (!list && p->reader)
        p->reader->no_memory = true;
    p->failed = p->failed || !list;
    return list != NULL;
}

static bool find_parameter(struct parser *p, struct token t, const char *name,
                           struct condition_name *found)
{
    int index = catalog_find_param(p->row, name);
    if (index >= 0) {
        const admf_param *param = &p->row->params[index];
        *found = (struct condition_name){.index = index, .type = param->type};
        return param->type != ADMF_WORD || split_words(p, param->words, &found->words);
    }
    struct candidates candidates = {.count = 0};
    candidates_add_params(&candidates, p->row, p->row->n_params);
    if (p->reader && !p->failed) {
        char what[320];
        snprintf(what, sizeof what, "parameter '%s' of %.120s", name, p->owner);
        complain_unknown(p->reader, place_of(p, t.start, t.end), what, name, &candidates, NULL);
    }
    p->failed = true;
    return false;
}

static bool find_name(struct parser *p, struct token t, const char *name,
                      struct condition_name *found)
{
    admf_error error = {0};
    admf_status status = p->names->find(p->names->context, name, found, &error);
    if (status == ADMF_USAGE)
        wrong(p, t.start, t.end, "%s", error.message);
    else if (status)
        *p->unfound = error;
    p->failed = p->failed || status;
    return !status;
}

static struct term *parse_name(struct parser *p, struct token t)
{
    char name[128];
    struct condition_name found = {0};
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
        return unexpected(p, an_operand);
    }
    if (at(p, TOKEN_SIGN, "("))
        return wrong(p, t.start, t.end, "'%s(…)': a condition%s has no functions or features", name,
                     p->names ? "" : " between parameters");
    if (!(p->names ? find_name : find_parameter)(p, t, name, &found))
        return NULL;
    enum type type = found.type == ADMF_WORD   ? TYPE_TEXT
                     : found.type == ADMF_BOOL ? TYPE_BOOLEAN
                                               : TYPE_NUMBER;
    struct term *term = new_term(p, OP_PARAM, type, t.start, t.end);
    if (term) {
        term->index = found.index;
        term->words = found.words;
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
                       : unexpected(p, an_operator_or_close);
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
    return unexpected(p, an_operand);
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

static bool has_word(const struct word_list *words, const char *text)
{
    for (size_t k = 0; *text && k < words->count; k++)
        if (strcmp(words->list[k], text) == 0)
            return true;
    return false;
}

/* The nearest of a million labels would take seconds to find: of so many, only those that are
 * different and come first are looked at. */
static void unknown_word(struct parser *p, const struct term *param, const struct term *text)
{
    enum { COMPARED_MOST = 10000 };
    char what[256];
    struct candidates candidates = {.count = 0};
    const size_t room = sizeof candidates.names / sizeof *candidates.names;
    const struct word_list *words = &param->words;
    const char *nearest =
        words->count <= COMPARED_MOST ? nearest_name(text->text, words->list, words->count) : NULL;
    if (nearest)
        candidates_add(&candidates, nearest);
    for (size_t k = 0; !nearest && candidates.count < room && k < words->count; k++) {
        bool again = !*words->list[k];
        for (size_t j = 0; !again && j < candidates.count; j++)
            again = strcmp(candidates.names[j], words->list[k]) == 0;
        if (!again)
            candidates_add(&candidates, words->list[k]);
    }
    snprintf(what, sizeof what, "value '%.80s' for '%.*s'", text->text,
             (int)(param->end - param->start < 60 ? param->end - param->start : 60),
             p->text + param->start);
    complain_unknown(p->reader, place_of(p, text->start, text->end), what, text->text, &candidates,
                     NULL);
}

/* A text compared with a parameter must be one of its words. */
static bool check_words(struct parser *p, const struct term *param, const struct term *text)
{
    if (param->op != OP_PARAM || text->op != OP_TEXT || has_word(&param->words, text->text))
        return true;
    if (p->reader && !p->failed)
        unknown_word(p, param, text);
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
        unexpected(p, an_operator_or_end);
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

struct condition *condition_of_names(struct arena *arena, const struct condition_names *names,
                                     const char *text, admf_error *error)
{
    char nowhere[] = "";
    struct config config = {.path = nowhere};
    admf_diagnostics errors = ADMF_DIAGNOSTICS_INIT;
    admf_error unfound = {0};
    struct reader reader = {.config = &config, .arena = arena, .errors = &errors};
    struct parser p = {.reader = &reader,
                       .arena = arena,
                       .names = names,
                       .unfound = &unfound,
                       .text = text,
                       .length = strlen(text)};
    struct condition *condition = parse(&p);
    if (!condition && unfound.code) {
        *error = unfound;
    } else if (!condition && (reader.no_memory || !errors.count)) {
        fail_memory(error);
    } else if (!condition) {
        *error = errors.items[0];
        if (error->code == ADMF_BAD_CONFIG) /* not where there was no memory to say more */
            error->code = ADMF_USAGE;
    }
    admf_diagnostics_deinit(&errors);
    return condition;
}
