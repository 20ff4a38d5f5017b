/* SPDX-License-Identifier: Apache-2.0 */
/*
 * random  draws cell numbers and throws away what was drawn before or does not pass `where`.
 * latin   cuts every parameter into n strata, each used once; cells that coincide or do not
 *         pass swap one digit with another cell, which keeps the strata.
 * sobol   follows the Sobol sequence, shifted by random bits.
 *
 * What latin and sobol leave open is filled by random draws, and where these find too little,
 * grids that are not too large are looked through cell by cell.
 */
#include "engine/expand/sample.h"

#include <stdlib.h>
#include <string.h>

#include "engine/base/memory.h"
#include "kernels/math/philox.h"

enum { SMALL_GRID = 1 << 20, SEARCHED_GRID = 1 << 26, DRAWS = 1 << 21, SWAPS = 200 };

/* What random numbers are for; part of Philox's counter. */
enum { FOR_SAMPLE = 0x53414d50 };

struct stream {
    uint64_t seed, next;
};

static uint64_t draw(struct stream *stream)
{
    return philox_u64(stream->seed, FOR_SAMPLE, stream->next++);
}

/* Uniform below `limit`, without bias: Lemire, Fast random integer generation in an interval,
 * ACM TOMACS 29, 2019. */
static uint64_t draw_below(struct stream *stream, uint64_t limit)
{
    unsigned __int128 product = (unsigned __int128)draw(stream) * limit;
    if ((uint64_t)product < limit) {
        uint64_t threshold = -limit % limit;
        while ((uint64_t)product < threshold)
            product = (unsigned __int128)draw(stream) * limit;
    }
    return (uint64_t)(product >> 64);
}

/* A set of cell numbers by open addressing; entries are number + 1, 0 is free. */
struct cell_set {
    uint64_t *slots;
    size_t mask;
};

static bool set_init(struct cell_set *set, size_t count)
{
    size_t size = 16;
    while (size < 2 * count)
        size *= 2;
    set->slots = memory_new(size, sizeof *set->slots);
    set->mask = size - 1;
    return set->slots != NULL;
}

static size_t home(const struct cell_set *set, uint64_t cell)
{
    cell ^= cell >> 32;
    return (size_t)(cell * UINT64_C(0x9E3779B97F4A7C15) >> 20) & set->mask;
}

static size_t slot_of(const struct cell_set *set, uint64_t cell)
{
    size_t slot = home(set, cell);
    while (set->slots[slot] && set->slots[slot] != cell + 1)
        slot = (slot + 1) & set->mask;
    return slot;
}

static bool set_has(const struct cell_set *set, uint64_t cell)
{
    return set->slots[slot_of(set, cell)] != 0;
}

static void set_add(struct cell_set *set, uint64_t cell)
{
    set->slots[slot_of(set, cell)] = cell + 1;
}

/* Removing moves later entries of the run up, so that no search stops short (Knuth 6.4 R). */
static void set_remove(struct cell_set *set, uint64_t cell)
{
    size_t hole = slot_of(set, cell);
    for (size_t i = (hole + 1) & set->mask; set->slots[i]; i = (i + 1) & set->mask) {
        size_t from_home = (i - home(set, set->slots[i] - 1)) & set->mask;
        if (from_home >= ((i - hole) & set->mask)) {
            set->slots[hole] = set->slots[i];
            hole = i;
        }
    }
    set->slots[hole] = 0;
}

struct sampler {
    const struct grid *grid;
    struct stream stream;
    struct cell_set taken;
    uint64_t *cells;
    size_t count, wanted;
    uint64_t looked;
};

static bool passes(const struct sampler *s, const uint64_t *digits)
{
    double params[ADMF_PARAMS_MAX];
    if (s->grid->entry->where_count == 0)
        return true;
    grid_params(s->grid, digits, params);
    return grid_passes(s->grid, params);
}

static void keep(struct sampler *s, uint64_t cell)
{
    set_add(&s->taken, cell);
    s->cells[s->count++] = cell;
}

/* Goes through the whole grid and keeps a uniform choice of what is not taken yet (Vitter's
 * algorithm R, ACM TOMS 11, 1985). */
static void choose_from_all(struct sampler *s)
{
    uint64_t digits[DIMENSIONS_MAX] = {0}, seen = 0;
    size_t first = s->count, needed = s->wanted - s->count;
    for (uint64_t cell = 0; cell < s->grid->cells; cell++, grid_advance(s->grid, digits)) {
        if ((first && set_has(&s->taken, cell)) || !passes(s, digits))
            continue;
        if (seen < needed) {
            s->cells[s->count++] = cell;
        } else {
            uint64_t place = draw_below(&s->stream, seen + 1);
            if (place < needed)
                s->cells[first + place] = cell;
        }
        seen++;
    }
}

static void fill_randomly(struct sampler *s)
{
    uint64_t digits[DIMENSIONS_MAX], draws = 0, limit = DRAWS + 64 * (uint64_t)s->wanted;
    if (s->grid->cells <= SMALL_GRID) {
        choose_from_all(s);
        return;
    }
    for (; s->count < s->wanted && draws < limit; draws++) {
        uint64_t cell = draw_below(&s->stream, s->grid->cells);
        grid_digits(s->grid, cell, digits);
        if (!set_has(&s->taken, cell) && passes(s, digits))
            keep(s, cell);
    }
    if (s->count == s->wanted)
        return;
    if (s->grid->cells <= SEARCHED_GRID)
        choose_from_all(s);
    else
        s->looked = draws;
}

static void follow_sobol(struct sampler *s)
{
    uint64_t directions[SOBOL_DIMENSIONS_MAX][64], x[SOBOL_DIMENSIONS_MAX];
    uint64_t digits[DIMENSIONS_MAX] = {0}, limit = DRAWS / 4 + 16 * (uint64_t)s->wanted;
    int used[SOBOL_DIMENSIONS_MAX], n = 0;
    for (int i = 0; i < s->grid->dimensions && n < SOBOL_DIMENSIONS_MAX; i++)
        if (s->grid->dimension[i].count > 1) {
            sobol_directions(n, directions[n]);
            x[n] = draw(&s->stream);
            used[n++] = i;
        }
    for (uint64_t point = 0; s->count < s->wanted && point < limit; point++) {
        for (int i = 0; i < n; i++)
            digits[used[i]] =
                (uint64_t)((unsigned __int128)x[i] * s->grid->dimension[used[i]].count >> 64);
        uint64_t cell = grid_index(s->grid, digits);
        if (!set_has(&s->taken, cell) && passes(s, digits))
            keep(s, cell);
        /* The next point in Gray code order differs in one direction number. */
        int bit = __builtin_ctzll(~point);
        for (int i = 0; i < n; i++)
            x[i] ^= directions[i][bit];
    }
}

/* Digits of all points, dimension by dimension: a random order of the strata in each. */
static void fill_strata(struct sampler *s, uint64_t *digits)
{
    size_t n = s->wanted;
    for (int i = 0; i < s->grid->dimensions; i++) {
        uint64_t *own = digits + (size_t)i * n, count = s->grid->dimension[i].count;
        for (size_t j = 0; j < n; j++)
            own[j] = (uint64_t)(((unsigned __int128)j * count + draw_below(&s->stream, count)) / n);
        for (size_t j = n; j-- > 1;) {
            size_t k = (size_t)draw_below(&s->stream, j + 1);
            uint64_t swapped = own[j];
            own[j] = own[k];
            own[k] = swapped;
        }
    }
}

static uint64_t point_at(const struct sampler *s, const uint64_t *digits, size_t point, bool *good)
{
    uint64_t own[DIMENSIONS_MAX];
    for (int i = 0; i < s->grid->dimensions; i++)
        own[i] = digits[(size_t)i * s->wanted + point];
    *good = passes(s, own);
    return grid_index(s->grid, own);
}

static void swap_digits(uint64_t *row, size_t a, size_t b)
{
    uint64_t digit = row[a];
    row[a] = row[b];
    row[b] = digit;
}

/* Looks for another point with which point `bad` can swap one digit so that both are usable. */
static bool repair(struct sampler *s, uint64_t *digits, unsigned char *usable, size_t bad)
{
    for (int attempt = 0; attempt < SWAPS; attempt++) {
        uint64_t *row = digits + draw_below(&s->stream, (uint64_t)s->grid->dimensions) * s->wanted;
        size_t other = (size_t)draw_below(&s->stream, s->wanted);
        bool good, other_good, before;
        if (other == bad || row[other] == row[bad])
            continue;
        uint64_t old = point_at(s, digits, other, &before);
        swap_digits(row, bad, other);
        uint64_t cell = point_at(s, digits, bad, &good);
        uint64_t other_cell = point_at(s, digits, other, &other_good);
        if (usable[other])
            set_remove(&s->taken, old);
        good = good && !set_has(&s->taken, cell);
        if (usable[other])
            good = good && other_good && other_cell != cell && !set_has(&s->taken, other_cell);
        if (good) {
            set_add(&s->taken, cell);
            usable[bad] = 1;
            if (usable[other])
                set_add(&s->taken, other_cell);
            return true;
        }
        swap_digits(row, bad, other);
        if (usable[other])
            set_add(&s->taken, old);
    }
    return false;
}

static bool place_latin(struct sampler *s)
{
    size_t n = s->wanted;
    uint64_t *digits = memory_new(n * (size_t)(s->grid->dimensions + 1), sizeof *digits);
    unsigned char *usable = memory_new(n, 1);
    if (digits && usable && s->grid->dimensions) {
        fill_strata(s, digits);
        for (size_t j = 0; j < n; j++) {
            bool good;
            uint64_t cell = point_at(s, digits, j, &good);
            usable[j] = good && !set_has(&s->taken, cell);
            if (usable[j])
                set_add(&s->taken, cell);
        }
        for (size_t j = 0; j < n; j++)
            if (!usable[j])
                repair(s, digits, usable, j);
        for (size_t j = 0; j < n; j++) {
            bool good;
            if (usable[j])
                s->cells[s->count++] = point_at(s, digits, j, &good);
        }
    }
    bool done = digits && usable;
    memory_free(digits);
    memory_free(usable);
    return done;
}

static int compare_cells(const void *left, const void *right)
{
    uint64_t a = *(const uint64_t *)left, b = *(const uint64_t *)right;
    return (a > b) - (a < b);
}

bool sample_draw(const struct grid *grid, struct sample *sample)
{
    const struct component_entry *entry = grid->entry;
    struct sampler s = {
        .grid = grid, .stream = {.seed = entry->sample_seed}, .wanted = (size_t)entry->sample_n};
    bool done = set_init(&s.taken, s.wanted);
    s.cells = memory_new(s.wanted, sizeof *s.cells);
    done = done && s.cells;
    if (done && entry->sample == SAMPLE_LATIN)
        done = place_latin(&s);
    if (done && entry->sample == SAMPLE_SOBOL)
        follow_sobol(&s);
    if (done && s.count < s.wanted)
        fill_randomly(&s);
    memory_free(s.taken.slots);
    if (!done) {
        memory_free(s.cells);
        return false;
    }
    qsort(s.cells, s.count, sizeof *s.cells, compare_cells);
    *sample = (struct sample){s.cells, s.count, s.looked};
    return true;
}
