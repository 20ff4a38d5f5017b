/* SPDX-License-Identifier: Apache-2.0 */
/*
 * For each parameter the instances are sorted by a digest of everything else and then by its value:
 * neighbours come to stand next to one another. Only those are sorted that agree with an instance
 * that was asked about: of a long axis a few.
 */
#include "engine/analysis/neighbours.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "engine/base/failure.h"
#include "engine/base/memory.h"
#include "io/cube/reader.h"

struct place {
    uint64_t others; /* digest of type and other parameters */
    double value;
    uint64_t instance;
};

static int by_others_and_value(const void *a, const void *b)
{
    const struct place *x = a, *y = b;
    if (x->others != y->others)
        return x->others < y->others ? -1 : 1;
    if (x->value != y->value)
        return x->value < y->value ? -1 : 1;
    return x->instance < y->instance ? -1 : x->instance > y->instance;
}

/* The finaliser of SplitMix64 (Steele, Lea, Flood, OOPSLA 2014). */
static uint64_t mix(uint64_t x)
{
    x = (x ^ x >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
    x = (x ^ x >> 27) * UINT64_C(0x94d049bb133111eb);
    return x ^ x >> 31;
}

static uint64_t digest_of_text(const char *text, size_t length)
{
    uint64_t digest = length;
    for (size_t k = 0; k < length; k++)
        digest = mix(digest + UINT64_C(0x9e3779b97f4a7c15) + (unsigned char)text[k]);
    return digest;
}

static uint64_t digest_of_number(double number)
{
    uint64_t bits = 0;
    if (number != 0) /* -0 is 0 */
        memcpy(&bits, &number, sizeof bits);
    return isnan(number) ? UINT64_MAX : bits;
}

/* Of one parameter's value; digests of an instance are summed, so that one can be taken away. */
static uint64_t digest_of(const admf_cube *cube, int axis, size_t parameter, uint64_t instance,
                          double *number)
{
    const char *word;
    admf_cube_parameter(cube, axis, parameter, instance, number, &word);
    uint64_t digest = word ? digest_of_text(word, strlen(word)) : digest_of_number(*number);
    return mix(digest ^ mix(parameter + 1));
}

static uint64_t digest_of_instance(const admf_cube *cube, int axis, uint64_t instance)
{
    const char *label = admf_cube_label(cube, axis, instance);
    uint64_t digest = digest_of_text(label, strcspn(label, "["));
    double number;
    for (size_t p = 0; p < admf_cube_parameter_count(cube, axis); p++)
        digest += digest_of(cube, axis, p, instance, &number);
    return digest;
}

static bool is_number(const admf_cube *cube, int axis, size_t parameter)
{
    double number;
    const char *word;
    admf_cube_parameter(cube, axis, parameter, 0, &number, &word);
    return !word;
}

/* What is being looked for along one axis. */
struct search {
    const admf_cube *cube;
    int axis;
    uint64_t instances, asked_count;
    const uint64_t *asked;
    uint64_t *digests;    /* [instances], of everything */
    uint64_t *lines;      /* [asked_count], sorted: of everything else than one parameter */
    struct place *places; /* [instances] */
};

static int ascending(const void *a, const void *b)
{
    const uint64_t *x = a, *y = b;
    return *x < *y ? -1 : *x > *y;
}

static void find_lines(struct search *s, size_t parameter)
{
    double value;
    for (uint64_t k = 0; k < s->asked_count; k++)
        s->lines[k] =
            s->digests[s->asked[k]] - digest_of(s->cube, s->axis, parameter, s->asked[k], &value);
    qsort(s->lines, s->asked_count, sizeof *s->lines, ascending);
}

/* Those in one of the lines that have a value. */
static uint64_t find_places(struct search *s, size_t parameter)
{
    uint64_t count = 0;
    for (uint64_t i = 0; i < s->instances; i++) {
        double value;
        uint64_t others = s->digests[i] - digest_of(s->cube, s->axis, parameter, i, &value);
        if (isfinite(value) &&
            bsearch(&others, s->lines, s->asked_count, sizeof *s->lines, ascending))
            s->places[count++] = (struct place){others, value, i};
    }
    return count;
}

static void link_places(const struct place *places, uint64_t count, int64_t *table)
{
    for (uint64_t k = 1; k < count; k++) {
        const struct place *below = &places[k - 1], *above = &places[k];
        if (below->others == above->others && below->value != above->value) {
            table[2 * below->instance + 1] = (int64_t)above->instance;
            table[2 * above->instance] = (int64_t)below->instance;
        }
    }
}

static admf_status load_parameters(const struct search *s, size_t parameters, admf_error *error)
{
    for (size_t p = 0; p < parameters; p++) {
        struct cube_parameter *parameter = parameter_of(s->cube, s->axis, p);
        if (!parameter_load(s->cube, parameter))
            return fail_file(error, ADMF_BAD_DATA, s->cube->path, 0,
                             "the variable %s cannot be read", parameter->name);
    }
    return ADMF_OK;
}

static void find_neighbours(struct search *s, size_t parameters, struct neighbours *out)
{
    for (uint64_t i = 0; i < s->instances; i++)
        s->digests[i] = digest_of_instance(s->cube, s->axis, i);
    for (size_t p = 0; p < parameters; p++) {
        if (!is_number(s->cube, s->axis, p))
            continue;
        find_lines(s, p);
        uint64_t count = find_places(s, p);
        qsort(s->places, count, sizeof *s->places, by_others_and_value);
        link_places(s->places, count, out->table + 2 * s->instances * out->parameters++);
    }
}

admf_status neighbours_init(struct neighbours *neighbours, const admf_cube *cube, int axis,
                            const uint64_t *asked, uint64_t count, admf_error *error)
{
    struct search s = {.cube = cube,
                       .axis = axis,
                       .instances = admf_cube_axis_size(cube, axis),
                       .asked_count = count,
                       .asked = asked};
    size_t all = admf_cube_parameter_count(cube, axis), size;
    *neighbours = (struct neighbours){.instances = s.instances};
    if (s.instances < 2 || all == 0)
        return ADMF_OK;
    s.digests = memory_new(s.instances, sizeof *s.digests);
    s.lines = memory_new(count, sizeof *s.lines);
    s.places = memory_new(s.instances, sizeof *s.places);
    if (size_product(s.instances, 2 * all, &size))
        neighbours->table = memory_new(size, sizeof *neighbours->table);
    bool enough = s.digests && s.lines && s.places && neighbours->table;
    admf_status status = enough ? load_parameters(&s, all, error) : fail_memory(error);
    if (!status) {
        memset(neighbours->table, 0xff, size * sizeof *neighbours->table);
        find_neighbours(&s, all, neighbours);
    }
    memory_free(s.digests);
    memory_free(s.lines);
    memory_free(s.places);
    return status;
}

void neighbours_deinit(struct neighbours *neighbours)
{
    memory_free(neighbours->table);
    *neighbours = (struct neighbours){0};
}
