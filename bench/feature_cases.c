/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Features: every row, once for each word of its variant, tile after tile over columns that
 * the second cache holds, as a run has them.
 */
#include "bench/kernel_case.h"
#include "tests/kernels/feature_reference.h"

enum { BARS = 2 * TILE_BARS };

struct feature_pass {
    const struct kernel_case *c;
    const struct kernel_table *table;
    size_t bars;
    double *in[ADMF_NEEDS_MAX], *out[ADMF_MEMBERS_MAX];
    void *state;
};

/* Periods a whole number of times as long as the row's, so that rules between them hold. */
static void draw_params(const struct kernel_case *c, uint64_t *seed, double *p)
{
    const admf_component *row = &feature_rows[c->id];
    double times = 1 + floor(8 * random_unit(seed));
    for (int k = 0; k < row->n_params; k++)
        p[k] = row->params[k].type == ADMF_INT ? c->params[k] * times : c->params[k];
}

static bool same_in_tiles(const struct kernel_case *c, const struct kernel_table *table,
                          const double *p, const struct bars *b, size_t tile,
                          char text[DIFFERENCE_MAX])
{
    double *expected[ADMF_MEMBERS_MAX], *got[ADMF_MEMBERS_MAX];
    bool same = true;
    compute_feature(case_baseline(), c->id, p, b, 0, expected);
    compute_feature(table, c->id, p, b, tile, got);
    for (int k = 0; k < feature_rows[c->id].n_members; k++) {
        for (size_t t = 0; same && t < b->count; t++) {
            same = same_bits(expected[k][t], got[k][t]);
            if (!same)
                snprintf(text, DIFFERENCE_MAX,
                         "bar %zu of %zu in tiles of %zu is %.17g on %s and %.17g on %s", t,
                         b->count, tile, got[k][t], table->name, expected[k][t],
                         case_baseline()->name);
        }
        free(expected[k]);
        free(got[k]);
    }
    return same;
}

static bool check(const struct kernel_case *c, const struct kernel_table *table, size_t size,
                  uint64_t seed, char text[DIFFERENCE_MAX])
{
    double p[ADMF_PARAMS_MAX];
    struct bars b = random_bars(size, 100, 0.02, seed);
    draw_params(c, &seed, p);
    bool right = near_reference(table, c->id, p, &b, text) &&
                 same_in_tiles(c, table, p, &b, 1 + (size_t)(300 * random_unit(&seed)), text) &&
                 (size <= TILE_BARS || same_in_tiles(c, table, p, &b, TILE_BARS, text));
    free_bars(&b);
    return right;
}

static void run(void *own)
{
    struct feature_pass *pass = own;
    const admf_component *row = &feature_rows[pass->c->id];
    const struct kernel_table *table = pass->table;
    memset(pass->state, 0, table->feature[pass->c->id].bytes(pass->c->params));
    for (size_t t = 0; t < pass->bars; t += TILE_BARS) {
        struct stretch s = {.first = t, .bars_per_year = BARS_PER_YEAR};
        s.count = pass->bars - t < TILE_BARS ? pass->bars - t : TILE_BARS;
        for (int k = 0; k < row->n_needs; k++)
            s.in[k] = pass->in[k] + t;
        for (int k = 0; k < row->n_members; k++)
            s.out[k] = pass->out[k];
        table->feature[pass->c->id].advance(pass->c->params, &s, pass->state);
    }
}

static void release(void *own)
{
    struct feature_pass *pass = own;
    for (int k = 0; k < ADMF_NEEDS_MAX; k++)
        free(pass->in[k]);
    for (int k = 0; k < ADMF_MEMBERS_MAX; k++)
        free(pass->out[k]);
    free(pass->state);
    free(pass);
}

static struct pass prepare(const struct kernel_case *c, const struct kernel_table *table,
                           size_t size)
{
    const admf_component *row = &feature_rows[c->id];
    struct feature_pass *pass = allocate(sizeof *pass);
    struct bars b = random_bars(size, 100, 0.002, 1);
    *pass = (struct feature_pass){.c = c, .table = table, .bars = size};
    for (int k = 0; k < row->n_needs; k++)
        pass->in[k] = compute_column(table, row->needs[k], row, c->params, &b, 0);
    for (int k = 0; k < row->n_members; k++)
        pass->out[k] = allocate(TILE_BARS * sizeof(double));
    pass->state = allocate(table->feature[c->id].bytes(c->params));
    free_bars(&b);
    double bytes = (double)size * sizeof(double);
    return (struct pass){.run = run,
                         .release = release,
                         .own = pass,
                         .elements = (double)size,
                         .read = bytes * row->n_needs,
                         .written = bytes * row->n_members};
}

/* The word of a row's last parameter, if that is one; its length in *length. */
static const char *variant_word(const admf_component *row, int variant, int *length)
{
    const admf_param *last = &row->params[row->n_params - 1];
    if (row->n_params == 0 || last->type != ADMF_WORD)
        return NULL;
    const char *word = last->words;
    for (int k = 0; k < variant && word; k++) {
        word = strchr(word, '|');
        word = word ? word + 1 : NULL;
    }
    *length = word ? (int)strcspn(word, "|") : 0;
    return word;
}

void cases_of_features(struct case_list *list)
{
    for (int f = 0; f < FEATURE_COUNT; f++) {
        const admf_component *row = &feature_rows[f];
        int length = 0;
        for (int v = 0; v == 0 || variant_word(row, v, &length); v++) {
            const char *word = v == 0 ? NULL : variant_word(row, v, &length);
            struct kernel_case *c = case_add(list, "feature.%s%s%.*s", row->name, word ? "." : "",
                                             word ? length : 0, word ? word : "");
            c->element = "bar";
            c->size = BARS;
            c->counted = TILE_BARS;
            c->id = f;
            for (int k = 0; k < row->n_params; k++)
                c->params[k] = row->params[k].fallback;
            if (word)
                c->params[row->n_params - 1] = v;
            c->check = check;
            c->prepare = prepare;
        }
    }
}
