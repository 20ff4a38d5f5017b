/* SPDX-License-Identifier: Apache-2.0 */
/*
 * For each parameter the instances are sorted by a digest of everything else and then by its value:
 * neighbours come to stand next to one another.
 */
#include "engine/analysis/neighbours.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "engine/base/failure.h"
#include "engine/base/memory.h"

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

/* Those that have a value: all digests of everything, less this parameter's. */
static uint64_t find_places(const admf_cube *cube, int axis, size_t parameter,
                            const uint64_t *digests, struct place *places)
{
    uint64_t count = 0, instances = admf_cube_axis_size(cube, axis);
    for (uint64_t i = 0; i < instances; i++) {
        double value;
        uint64_t own = digest_of(cube, axis, parameter, i, &value);
        if (isfinite(value))
            places[count++] = (struct place){digests[i] - own, value, i};
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

admf_status neighbours_init(struct neighbours *neighbours, const admf_cube *cube, int axis,
                            admf_error *error)
{
    uint64_t instances = admf_cube_axis_size(cube, axis);
    size_t all = admf_cube_parameter_count(cube, axis), size;
    admf_status status = ADMF_OK;
    *neighbours = (struct neighbours){.instances = instances};
    if (instances < 2 || all == 0)
        return ADMF_OK;
    uint64_t *digests = memory_new(instances, sizeof *digests);
    struct place *places = memory_new(instances, sizeof *places);
    if (size_product(instances, 2 * all, &size))
        neighbours->table = memory_new(size, sizeof *neighbours->table);
    if (!digests || !places || !neighbours->table) {
        status = fail_memory(error);
        goto cleanup;
    }
    memset(neighbours->table, 0xff, size * sizeof *neighbours->table);
    for (uint64_t i = 0; i < instances; i++)
        digests[i] = digest_of_instance(cube, axis, i);
    for (size_t p = 0; p < all; p++) {
        if (!is_number(cube, axis, p))
            continue;
        uint64_t count = find_places(cube, axis, p, digests, places);
        qsort(places, count, sizeof *places, by_others_and_value);
        link_places(places, count, neighbours->table + 2 * instances * neighbours->parameters++);
    }
cleanup:
    memory_free(digests);
    memory_free(places);
    return status;
}

void neighbours_deinit(struct neighbours *neighbours)
{
    memory_free(neighbours->table);
    *neighbours = (struct neighbours){0};
}
