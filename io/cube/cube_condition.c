/* SPDX-License-Identifier: Apache-2.0 */
/* The parser of configurations asks for each name that it meets, and what the cube holds of it is
 * looked up then. */
#include "io/cube/cube_condition.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "admf/catalog.h"
#include "engine/base/failure.h"
#include "engine/base/memory.h"
#include "io/config/condition.h"
#include "io/cube/variables.h"
#include "io/hdf5/failure.h"

enum { NAMES_MAX = 64, NAME_MAX_LENGTH = 128 };

enum source { FROM_METRIC, FROM_STATUS, FROM_INDEX, FROM_AXIS };

struct operand {
    char name[NAME_MAX_LENGTH];
    enum source source;
    int metric, axis;
    double *values;         /* owned: of the loaded cells, or along the axis; words by number */
    struct text_list texts; /* of labels */
    const char **words;     /* owned: the list, NULL for numbers; they are of `texts` or the cube */
    size_t word_count;
};

struct cube_condition {
    uint64_t room; /* cells loaded at most */
    admf_cube *cube;
    size_t count;
    struct operand operands[NAMES_MAX];
    struct arena arena;
    struct condition *condition;
    double now[NAMES_MAX];
    uint64_t symbol, window, first; /* of those loaded; combination of the first */
};

/* --- names ---------------------------------------------------------------------------- */

static admf_status unknown_name(const admf_cube *cube, const char *name, admf_error *error)
{
    if (strcmp(name, "off") == 0)
        return fail(error, ADMF_USAGE,
                    "'off' is no value here: what is off is undefined, and no comparison with it "
                    "holds; name the instance: risk_name == 'risk[stop_loss=off]'");
    static const char *const more[] = {"status", "symbol", "window"};
    enum { MORE = sizeof more / sizeof *more };
    char forms[2 * ADMF_AXES][NAME_MAX_LENGTH];
    size_t count = 0, most = cube->metric_count + cube->parameter_count + 3 * ADMF_AXES + MORE;
    const char **names = memory_new(most, sizeof *names);
    if (!names)
        return fail_memory(error);
    for (size_t m = 0; m < cube->metric_count; m++)
        names[count++] = cube->metrics[m].name;
    for (size_t p = 0; p < cube->parameter_count; p++)
        names[count++] = cube->parameters[p].name;
    for (size_t k = 0; k < MORE; k++)
        names[count++] = more[k];
    for (int a = ADMF_AXIS_STRATEGY; a < ADMF_AXES; a++) {
        snprintf(forms[2 * a], sizeof *forms, "%s_name", cube_dimension[a]);
        snprintf(forms[2 * a + 1], sizeof *forms, "%s_type", cube_dimension[a]);
        names[count++] = cube_dimension[a];
        names[count++] = forms[2 * a];
        names[count++] = forms[2 * a + 1];
    }
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

/* A word's number is its place along the axis, so equal ones may have several. "" is no word: what
 * does not apply is undefined. */
static admf_status take_words(struct operand *o, const struct text_list *texts, admf_error *error)
{
    o->words = memory_new(texts->count, sizeof *o->words);
    if (!o->words)
        return fail_memory(error);
    o->word_count = texts->count;
    for (uint64_t i = 0; i < texts->count; i++) {
        o->words[i] = text_list_get(texts, i);
        o->values[i] = *o->words[i] ? (double)i : NAN;
    }
    return ADMF_OK;
}

static admf_status take_labels(struct operand *o, const admf_cube *cube, const char *variable,
                               admf_error *error)
{
    uint64_t count = cube->dims[o->axis];
    o->source = FROM_AXIS;
    o->values = memory_new(count, sizeof *o->values);
    if (!o->values)
        return fail_memory(error);
    hid_t dataset = H5Dopen2(cube->file, variable, H5P_DEFAULT);
    admf_status status =
        is_text_list(dataset, count)
            ? read_text_list(dataset, 0, count, cube->path, &o->texts, error)
            : fail_file(error, ADMF_BAD_DATA, cube->path, 0, "'%s' is missing", variable);
    hdf5_close(dataset);
    return status ? status : take_words(o, &o->texts, error);
}

/* The words of `status` in the order of admf_cell_status. */
static admf_status take_fates(struct operand *o, uint64_t room, admf_error *error)
{
    o->source = FROM_STATUS;
    o->values = memory_new(room, sizeof *o->values);
    while (admf_cell_status_name((int)o->word_count))
        o->word_count++;
    o->words = memory_new(o->word_count, sizeof *o->words);
    if (!o->values || !o->words)
        return fail_memory(error);
    for (size_t k = 0; k < o->word_count; k++)
        o->words[k] = admf_cell_status_name((int)k);
    return ADMF_OK;
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
        return take_words(o, &p->texts, error);
    memcpy(o->values, p->numbers, count * sizeof *o->values);
    return ADMF_OK;
}

static admf_status find_operand(struct operand *o, admf_cube *cube, uint64_t room,
                                admf_error *error)
{
    o->metric = admf_cube_metric_index(cube, o->name);
    if (o->metric >= 0) {
        o->source = FROM_METRIC;
        o->values = memory_new(room, sizeof *o->values);
        return o->values ? ADMF_OK : fail_memory(error);
    }
    for (size_t p = 0; p < cube->parameter_count; p++)
        if (strcmp(cube->parameters[p].name, o->name) == 0)
            return take_parameter(o, cube, &cube->parameters[p], error);
    for (o->axis = 2; o->axis < ADMF_AXES; o->axis++)
        if (strcmp(cube_dimension[o->axis], o->name) == 0) {
            o->source = FROM_INDEX;
            return ADMF_OK;
        }
    if (strcmp(o->name, "status") == 0)
        return take_fates(o, room, error);
    o->axis = strcmp(o->name, "symbol") == 0   ? ADMF_AXIS_SYMBOL
              : strcmp(o->name, "window") == 0 ? ADMF_AXIS_WINDOW
                                               : axis_with_suffix(o->name, "_name");
    if (o->axis < 0)
        o->axis = axis_with_suffix(o->name, "_type");
    return o->axis < 0 ? unknown_name(cube, o->name, error) : take_labels(o, cube, o->name, error);
}

/* A name that stands twice is one operand. */
static admf_status find_name(void *context, const char *name, struct condition_name *found,
                             admf_error *error)
{
    struct cube_condition *c = context;
    size_t k = 0;
    admf_status status = ADMF_OK;
    while (k < c->count && strcmp(c->operands[k].name, name) != 0)
        k++;
    if (k == NAMES_MAX)
        return fail(error, ADMF_USAGE, "the condition has more than %d names", NAMES_MAX);
    struct operand *o = &c->operands[k];
    if (k == c->count) {
        c->count++;
        snprintf(o->name, sizeof o->name, "%s", name);
        status = find_operand(o, c->cube, c->room, error);
    }
    *found = (struct condition_name){.index = (int)k,
                                     .type = o->words ? ADMF_WORD : ADMF_FLOAT,
                                     .words = {o->words, o->word_count}};
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
    c->cube = cube;
    struct condition_names names = {c, find_name};
    c->condition = condition_of_names(&c->arena, &names, text, error);
    if (c->condition)
        return ADMF_OK;
    cube_condition_free(out);
    return error->code;
}

void cube_condition_free(struct cube_condition **condition)
{
    struct cube_condition *c = *condition;
    if (!c)
        return;
    *condition = NULL;
    for (size_t k = 0; k < c->count; k++) {
        memory_free(c->operands[k].values);
        memory_free(c->operands[k].words);
        text_list_deinit(&c->operands[k].texts);
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

admf_status cube_condition_load(struct cube_condition *c, const struct cube_rows *rows,
                                admf_error *error)
{
    admf_status status = ADMF_OK;
    admf_cube *cube = c->cube;
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

bool cube_condition_holds(struct cube_condition *c, uint64_t combo)
{
    const admf_cube *cube = c->cube;
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
