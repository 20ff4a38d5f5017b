/* SPDX-License-Identifier: Apache-2.0 */
/* What is made of columns of a tile for all portfolios: codes, defined bars, ranges. */
#include "bench/code_rows.h"
#include "bench/kernel_case.h"
#include "tests/kernels/signal_rows.h"

enum { ENCODE, DEFINED, RANGES, KINDS };
static const char *const kind_names[KINDS] = {"encode", "defined", "ranges"};

struct column_pass {
    int kind;
    const struct kernel_table *table;
    size_t bars;
    struct padded x;
    struct code_row row;
    uint64_t *word;
    struct range_entry *rows;
    struct range_table ranges;
};

static struct column_pass *new_pass(const struct kernel_case *c, const struct kernel_table *table,
                                    size_t bars, uint64_t seed, bool holes)
{
    struct column_pass *pass = allocate(sizeof *pass);
    struct bars b = random_bars(bars, 100, 0.02, seed);
    if (holes)
        punch_holes(&b, CLOSE, true, seed);
    *pass = (struct column_pass){.kind = c->variant, .table = table, .bars = bars};
    pass->x = pad(&b.column[CLOSE], 1, bars);
    pass->row = new_codes(pass->x.words);
    pass->word = allocate(pass->x.words * sizeof(uint64_t));
    pass->rows = allocate(range_entries(bars) * sizeof *pass->rows);
    pass->ranges.low = pass->ranges.high = pass->x.column[0];
    free_bars(&b);
    return pass;
}

static void release(void *own)
{
    struct column_pass *pass = own;
    free_padded(&pass->x, 1);
    free_codes(&pass->row);
    free(pass->word);
    free(pass->rows);
    free(pass);
}

static void run(void *own)
{
    struct column_pass *pass = own;
    const struct kernel_table *table = pass->table;
    if (pass->kind == ENCODE)
        table->encode(pass->x.column[0], pass->x.words, 80, 65535.0 / 40, &pass->row);
    else if (pass->kind == DEFINED)
        table->defined(pass->x.column[0], pass->x.words, pass->word);
    else
        table->ranges(&pass->ranges, pass->bars, pass->rows);
}

/* The code of a value, as the page on numerics has it. */
static int16_t code_of(double x)
{
    double code = (x - 80) * (65535.0 / 40) - 32768;
    return (int16_t)(code < -32768 ? -32768 : code > 32767 ? 32767 : code);
}

static bool extremes_are_right(const struct column_pass *pass)
{
    int16_t least, greatest;
    for (size_t w = 0; w < pass->x.words; w++) {
        extremes_of_word(&pass->row, w, &least, &greatest);
        if (pass->row.least[w] != least || pass->row.greatest[w] != greatest)
            return false;
    }
    return true;
}

/* Codes keep the order of the column, and none is further off than its rounding. */
static bool codes_are_right(const struct column_pass *pass)
{
    for (size_t t = 0; t < pass->bars; t++) {
        double x = pass->x.column[0][t];
        int off = isnan(x) ? 0 : pass->row.code[t] - code_of(x);
        if (off < -1 || off > 1)
            return false;
        double last = t > 0 ? pass->x.column[0][t - 1] : x;
        if ((x > last && pass->row.code[t] < pass->row.code[t - 1]) ||
            (x < last && pass->row.code[t] > pass->row.code[t - 1]))
            return false;
    }
    return true;
}

static bool defined_are_right(const struct column_pass *pass)
{
    for (size_t t = 0; t < pass->x.words * WORD_BARS; t++)
        if (bit_of(pass->word, t) == isnan(pass->x.column[0][t]))
            return false;
    return true;
}

/* Stretches of every length about as often, drawn at random, against a loop over them. */
static bool ranges_are_right(const struct column_pass *pass, uint64_t *seed)
{
    const double *x = pass->x.column[0];
    if (!pass->ranges.has_rows)
        return false;
    for (int k = 0; k < 2000; k++) {
        size_t begin = (size_t)((double)pass->bars * random_unit(seed));
        size_t end = begin + (size_t)pow((double)(pass->bars - begin), random_unit(seed));
        end = end > begin ? end : begin + 1;
        double low = x[begin], high = x[begin];
        for (size_t t = begin; t < end; t++) {
            low = x[t] < low ? x[t] : low;
            high = x[t] > high ? x[t] : high;
        }
        struct price_range found = range_of(&pass->ranges, begin, end);
        if (found.low != low || found.high != high)
            return false;
    }
    return true;
}

static bool check(const struct kernel_case *c, const struct kernel_table *table, size_t size,
                  uint64_t seed, char text[DIFFERENCE_MAX])
{
    struct column_pass *pass = new_pass(c, table, size, seed, c->variant != RANGES);
    run(pass);
    bool right = c->variant == ENCODE    ? codes_are_right(pass) && extremes_are_right(pass)
                 : c->variant == DEFINED ? defined_are_right(pass)
                                         : ranges_are_right(pass, &seed);
    if (!right)
        snprintf(text, DIFFERENCE_MAX, "%s on %s: wrong on %zu bars", kind_names[c->variant],
                 table->name, size);
    release(pass);
    return right;
}

static struct pass prepare(const struct kernel_case *c, const struct kernel_table *table,
                           size_t size)
{
    double bars = (double)size;
    double written[KINDS] = {bars * sizeof(int16_t) * (1 + 2.0 / WORD_BARS), bars / 8,
                             (double)(range_entries(size) * sizeof(struct range_entry))};
    return (struct pass){.run = run,
                         .release = release,
                         .own = new_pass(c, table, size, 1, false),
                         .elements = bars,
                         .read = bars * sizeof(double),
                         .written = written[c->variant]};
}

void cases_of_columns(struct case_list *list)
{
    for (int k = 0; k < KINDS; k++) {
        struct kernel_case *c = case_add(list, "columns.%s", kind_names[k]);
        c->element = "bar";
        c->size = TILE_BARS;
        c->counted = TILE_BARS;
        c->variant = k;
        c->check = check;
        c->prepare = prepare;
    }
}
