/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The names that stand in the condition become the parameters of a component made up for
 * it, so that the parser of configurations does the rest.
 */
#include "io/cube/cube_condition.h"

#include <ctype.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "engine/base/failure.h"
#include "engine/base/memory.h"
#include "engine/base/text.h"
#include "io/config/condition.h"
#include "io/cube/variables.h"
#include "io/hdf5/failure.h"

enum { NAMES_MAX = 64, WORDS_MAX = 4096, NAME_MAX_LENGTH = 128 };

enum source { FROM_METRIC, FROM_STATUS, FROM_INDEX, FROM_AXIS };

struct operand {
    char name[NAME_MAX_LENGTH];
    enum source source;
    int metric, axis;
    double *values;    /* owned: of the loaded cells, or along the axis; words by number */
    struct text words; /* "a|b|c" */
};

struct cube_condition {
    uint64_t room; /* cells loaded at most */
    size_t count;
    struct operand operands[NAMES_MAX];
    admf_param params[NAMES_MAX];
    admf_component row;
    struct arena arena;
    struct condition *condition;
    double now[NAMES_MAX];
    uint64_t symbol, window, first; /* of those loaded; combination of the first */
};

/* --- names ---------------------------------------------------------------------------- */

static bool is_word_of_grammar(const char *name)
{
    static const char *const words[] = {"and", "or", "not", "true", "false"};
    for (size_t k = 0; k < sizeof words / sizeof *words; k++)
        if (strcmp(name, words[k]) == 0)
            return true;
    return false;
}

static admf_status unknown_name(const admf_cube *cube, const char *name, admf_error *error)
{
    if (strcmp(name, "off") == 0)
        return fail(error, ADMF_USAGE,
                    "'off' in the condition: what is off is undefined, and no comparison with it "
                    "holds; name the instance: risk_name == 'risk[stop_loss=off]'");
    size_t count = 0, most = cube->metric_count + cube->parameter_count + ADMF_AXES;
    const char **names = memory_new(most, sizeof *names);
    if (!names)
        return fail_memory(error);
    for (size_t m = 0; m < cube->metric_count; m++)
        names[count++] = cube->metrics[m].name;
    for (size_t p = 0; p < cube->parameter_count; p++)
        names[count++] = cube->parameters[p].name;
    for (int a = 0; a < ADMF_AXES; a++)
        names[count++] = cube_dimension[a];
    const char *nearest = nearest_name(name, names, count);
    admf_status status =
        fail(error, ADMF_USAGE, "unknown name '%s' in the condition%s%s%s", name,
             nearest ? "; did you mean '"
                     : ": neither a metric nor a parameter of this cube; a word stands in quotes",
             nearest ? nearest : "", nearest ? "'?" : "");
    memory_free(names);
    return status;
}

/* The axis of "strategy_type", "risk_name", …; -1 for others. */
static int axis_with_suffix(const char *name, const char *suffix)
{
    size_t length = strlen(name), tail = strlen(suffix);
    if (length <= tail || strcmp(name + length - tail, suffix) != 0)
        return -1;
    for (int a = 2; a < ADMF_AXES; a++)
        if (strlen(cube_dimension[a]) == length - tail &&
            memcmp(cube_dimension[a], name, length - tail) == 0)
            return a;
    return -1;
}

/* --- words along an axis -------------------------------------------------------------- */

/* Number of a word in "a|b|c", appended if `may_add`; -1 when it is not there. */
static int word_number(struct text *words, const char *word, bool may_add)
{
    int number = 0;
    size_t length = strlen(word);
    for (const char *p = words->chars; p && *p; number++) {
        size_t here = strcspn(p, "|");
        if (here == length && memcmp(p, word, length) == 0)
            return number;
        p += here + (p[here] == '|');
    }
    if (!may_add || number >= WORDS_MAX)
        return -1;
    text_format(words, "%s%s", number ? "|" : "", word);
    return number;
}

/* "" is no word: what does not apply is undefined. */
static admf_status number_words(struct operand *o, const struct text_list *texts, bool may_add,
                                double other, admf_error *error)
{
    for (uint64_t i = 0; i < texts->count; i++) {
        const char *word = text_list_get(texts, i);
        int number = *word ? word_number(&o->words, word, may_add) : -1;
        o->values[i] = !*word ? NAN : number < 0 ? other : number;
    }
    return o->words.failed ? fail_memory(error) : ADMF_OK;
}

/* Names of instances may be a million: only those that the condition quotes get a number. */
static void add_quoted(struct operand *o, const char *condition)
{
    for (const char *p = condition; *p; p++) {
        if (*p != '\'' && *p != '"')
            continue;
        const char *end = strchr(p + 1, *p);
        if (!end)
            return;
        char *word = memory_new((size_t)(end - p), 1);
        if (word) {
            memcpy(word, p + 1, (size_t)(end - p) - 1);
            if (*word)
                word_number(&o->words, word, true);
        }
        o->words.failed = o->words.failed || !word;
        memory_free(word);
        p = end;
    }
}

static admf_status take_texts(struct operand *o, const admf_cube *cube, const char *variable,
                              bool quoted_only, const char *condition, admf_error *error)
{
    struct text_list texts = {0};
    uint64_t count = cube->dims[o->axis];
    o->source = FROM_AXIS;
    o->values = memory_new(count, sizeof *o->values);
    if (!o->values)
        return fail_memory(error);
    hid_t dataset = H5Dopen2(cube->file, variable, H5P_DEFAULT);
    admf_status status =
        is_text_list(dataset, count)
            ? read_text_list(dataset, 0, count, cube->path, &texts, error)
            : fail_file(error, ADMF_BAD_DATA, cube->path, 0, "'%s' is missing", variable);
    if (quoted_only) {
        add_quoted(o, condition);
        text_format(&o->words, "%s\x01", o->words.length ? "|" : ""); /* all others */
    }
    if (!status)
        status = number_words(o, &texts, !quoted_only,
                              quoted_only ? word_number(&o->words, "\x01", false) : NAN, error);
    text_list_deinit(&texts);
    hdf5_close(dataset);
    return status;
}

static admf_status take_parameter(struct operand *o, admf_cube *cube, struct cube_parameter *p,
                                  admf_error *error)
{
    uint64_t count = cube->dims[p->axis];
    o->source = FROM_AXIS;
    o->axis = p->axis;
    if (!parameter_load(cube, p))
        return fail_file(error, ADMF_BAD_DATA, cube->path, 0, "'%s' cannot be read", p->name);
    o->values = memory_new(count, sizeof *o->values);
    if (!o->values)
        return fail_memory(error);
    if (p->is_text)
        return number_words(o, &p->texts, true, NAN, error);
    memcpy(o->values, p->numbers, count * sizeof *o->values);
    return ADMF_OK;
}

static admf_status find_operand(struct operand *o, admf_cube *cube, uint64_t room,
                                const char *condition, bool *is_text, admf_error *error)
{
    *is_text = false;
    o->metric = admf_cube_metric_index(cube, o->name);
    if (o->metric >= 0) {
        o->source = FROM_METRIC;
        o->values = memory_new(room, sizeof *o->values);
        return o->values ? ADMF_OK : fail_memory(error);
    }
    for (size_t p = 0; p < cube->parameter_count; p++)
        if (strcmp(cube->parameters[p].name, o->name) == 0) {
            *is_text = cube->parameters[p].is_text;
            return take_parameter(o, cube, &cube->parameters[p], error);
        }
    for (o->axis = 2; o->axis < ADMF_AXES; o->axis++)
        if (strcmp(cube_dimension[o->axis], o->name) == 0) {
            o->source = FROM_INDEX;
            return ADMF_OK;
        }
    *is_text = true;
    if (strcmp(o->name, "status") == 0) {
        o->source = FROM_STATUS;
        text_add(&o->words, "not_computed|ok|no_trades|bankrupt|invalid"); /* admf_cell_status */
        o->values = memory_new(room, sizeof *o->values);
        return o->values && !o->words.failed ? ADMF_OK : fail_memory(error);
    }
    bool quoted = true;
    o->axis = strcmp(o->name, "symbol") == 0   ? ADMF_AXIS_SYMBOL
              : strcmp(o->name, "window") == 0 ? ADMF_AXIS_WINDOW
                                               : axis_with_suffix(o->name, "_name");
    if (o->axis < 0) {
        quoted = false;
        o->axis = axis_with_suffix(o->name, "_type");
    }
    if (o->axis < 0)
        return unknown_name(cube, o->name, error);
    return take_texts(o, cube, o->name, quoted && o->axis >= 2, condition, error);
}

static admf_status add_operand(struct cube_condition *c, admf_cube *cube, const char *name,
                               size_t length, const char *condition, admf_error *error)
{
    char copy[NAME_MAX_LENGTH];
    bool is_text;
    snprintf(copy, sizeof copy, "%.*s", (int)(length < sizeof copy ? length : sizeof copy), name);
    if (is_word_of_grammar(copy))
        return ADMF_OK;
    for (size_t k = 0; k < c->count; k++)
        if (strcmp(c->operands[k].name, copy) == 0)
            return ADMF_OK;
    if (c->count == NAMES_MAX)
        return fail(error, ADMF_USAGE, "the condition has more than %d names", NAMES_MAX);
    struct operand *o = &c->operands[c->count];
    memcpy(o->name, copy, sizeof copy);
    admf_status status = find_operand(o, cube, c->room, condition, &is_text, error);
    c->params[c->count] = (admf_param){.name = o->name,
                                       .help = "",
                                       .type = is_text ? ADMF_WORD : ADMF_FLOAT,
                                       .unit = "",
                                       .words = o->words.chars ? o->words.chars : ""};
    c->count++;
    return status;
}

/* Every name outside quotes. */
static admf_status find_names(struct cube_condition *c, admf_cube *cube, const char *text,
                              admf_error *error)
{
    admf_status status = ADMF_OK;
    for (const char *p = text; !status && *p;) {
        size_t length = 1;
        if (*p == '\'' || *p == '"') {
            const char *end = strchr(p + 1, *p);
            length = end ? (size_t)(end - p) + 1 : strlen(p);
        } else if (isalpha((unsigned char)*p) || *p == '_') {
            while (isalnum((unsigned char)p[length]) || p[length] == '_')
                length++;
            status = add_operand(c, cube, p, length, text, error);
        } else if (isdigit((unsigned char)*p) || *p == '.') { /* 1e5 holds no name */
            while (isalnum((unsigned char)p[length]) || p[length] == '_' || p[length] == '.')
                length++;
        }
        p += length;
    }
    return status;
}

/* --- the condition -------------------------------------------------------------------- */

admf_status cube_condition_new(admf_cube *cube, const char *text, uint64_t cells,
                               struct cube_condition **out, admf_error *error)
{
    struct cube_condition *c = memory_new(1, sizeof *c);
    *out = c;
    if (!c)
        return fail_memory(error);
    c->room = cells;
    admf_status status = find_names(c, cube, text, error);
    c->row = (admf_component){
        .name = "cube", .help = "", .n_params = (int)c->count, .params = c->params};
    if (!status) {
        c->condition = condition_of_rule(&c->arena, &c->row, text);
        if (!c->condition)
            status = fail(error, ADMF_USAGE,
                          "cannot read the condition '%.300s': it compares numbers (< <= > >= == "
                          "!=) or words that occur in the cube ('hmm'), joined by and, or, not",
                          text);
    }
    if (status)
        cube_condition_free(out);
    return status;
}

void cube_condition_free(struct cube_condition **condition)
{
    struct cube_condition *c = *condition;
    if (!c)
        return;
    *condition = NULL;
    for (size_t k = 0; k < c->count; k++) {
        memory_free(c->operands[k].values);
        text_deinit(&c->operands[k].words);
    }
    arena_deinit(&c->arena);
    memory_free(c);
}

static admf_status load_fates(admf_cube *cube, const struct cube_rows *rows, double *out,
                              admf_error *error)
{
    uint64_t cells = rows->count * cube_row_cells(cube);
    uint8_t *fate = memory_new(cells, sizeof *fate);
    if (!fate)
        return fail_memory(error);
    admf_status status = cube_read_status_rows(cube, rows, fate, error);
    for (uint64_t i = 0; !status && i < cells; i++)
        out[i] = fate[i];
    memory_free(fate);
    return status;
}

admf_status cube_condition_load(struct cube_condition *c, admf_cube *cube,
                                const struct cube_rows *rows, admf_error *error)
{
    admf_status status = ADMF_OK;
    c->symbol = rows->symbol;
    c->window = rows->window;
    c->first = rows->first * cube_row_cells(cube);
    for (size_t k = 0; !status && k < c->count; k++)
        if (c->operands[k].source == FROM_METRIC)
            status = cube_read_metric_rows(cube, c->operands[k].metric, rows, c->operands[k].values,
                                           error);
        else if (c->operands[k].source == FROM_STATUS)
            status = load_fates(cube, rows, c->operands[k].values, error);
    return status;
}

bool cube_condition_holds(struct cube_condition *c, const admf_cube *cube, uint64_t combo)
{
    uint64_t index[ADMF_AXES] = {c->symbol, c->window}, rest = combo;
    for (int a = ADMF_AXES - 1; a >= 2; a--) {
        index[a] = rest % cube->dims[a];
        rest /= cube->dims[a];
    }
    for (size_t k = 0; k < c->count; k++) {
        const struct operand *o = &c->operands[k];
        bool of_cell = o->source == FROM_METRIC || o->source == FROM_STATUS;
        c->now[k] = of_cell                   ? o->values[combo - c->first]
                    : o->source == FROM_INDEX ? (double)index[o->axis]
                                              : o->values[index[o->axis]];
    }
    return condition_holds(c->condition, c->now);
}
