/* SPDX-License-Identifier: Apache-2.0 */
/* Scores of a trial in halves of its time, and its ranks among the chosen ones. */
#include "bench/kernel_case.h"

/* No power of two: arrays that begin at one place of their pages hinder one another. */
enum { SPLITS = 900 };
enum kind { SCORE, RANK, KINDS };
static const char *const kind_names[KINDS] = {"score_halves", "rank_halves"};

struct halves_pass {
    enum kind kind;
    const struct kernel_table *table;
    size_t count;
    struct halves halves;
    double *sum, *sum2, *weight, *score, *chosen, *twice; /* [count] */
};

static void run(void *own)
{
    struct halves_pass *pass = own;
    if (pass->kind == SCORE)
        pass->table->score_halves(&pass->halves, pass->count, pass->score);
    else
        pass->table->rank_halves(pass->score, pass->chosen, pass->count, pass->twice);
}

static void release(void *own)
{
    struct halves_pass *pass = own;
    double *arrays[] = {pass->sum,   pass->sum2,   pass->weight,
                        pass->score, pass->chosen, pass->twice};
    for (size_t k = 0; k < sizeof arrays / sizeof *arrays; k++)
        free(arrays[k]);
    free(pass);
}

/* Some halves without returns, of which the variance is 0; scores that are equal, or none. */
static struct halves_pass *new_pass(const struct kernel_case *c, const struct kernel_table *table,
                                    size_t count, uint64_t seed)
{
    struct halves_pass *pass = allocate(sizeof *pass);
    double **arrays[] = {&pass->sum,   &pass->sum2,   &pass->weight,
                         &pass->score, &pass->chosen, &pass->twice};
    *pass = (struct halves_pass){.kind = (enum kind)c->variant, .table = table, .count = count};
    for (size_t k = 0; k < sizeof arrays / sizeof *arrays; k++)
        *arrays[k] = allocate(count * sizeof(double));
    bool flat = random_unit(&seed) < 0.3;
    for (size_t k = 0; k < count; k++) {
        bool none = random_unit(&seed) < 0.2;
        pass->sum[k] = none ? 0 : random_unit(&seed) - 0.5;
        pass->sum2[k] = none ? 0 : random_unit(&seed);
        pass->weight[k] = 1 / (100 + floor(100 * random_unit(&seed)));
        pass->score[k] = none ? -INFINITY : floor(8 * random_unit(&seed)) - 4;
        pass->chosen[k] = floor(8 * random_unit(&seed)) - 4;
        pass->twice[k] = floor(8 * random_unit(&seed));
    }
    pass->halves = (struct halves){.sum = flat ? 0 : random_unit(&seed) - 0.5,
                                   .sum2 = flat ? 0 : random_unit(&seed),
                                   .other_sum = pass->sum,
                                   .other_sum2 = pass->sum2,
                                   .weight = pass->weight,
                                   .risk_free = 0.0001 * random_unit(&seed)};
    return pass;
}

/* As the header of the kernels says it. */
static double expected(const struct halves_pass *pass, size_t k, double twice)
{
    if (pass->kind == RANK) {
        double score = isinf(pass->score[k]) ? 0 : pass->score[k];
        return twice + (score < pass->chosen[k] ? 2 : score == pass->chosen[k] ? 1 : 0);
    }
    double sum2 = pass->halves.sum2 + pass->sum2[k];
    double mean = (pass->halves.sum + pass->sum[k]) * pass->weight[k];
    double excess = mean - pass->halves.risk_free;
    double variance = sum2 * pass->weight[k] - mean * mean;
    return variance > 0x1p-51 * sum2 ? excess * fabs(excess) / variance : -INFINITY;
}

static bool check(const struct kernel_case *c, const struct kernel_table *table, size_t size,
                  uint64_t seed, char text[DIFFERENCE_MAX])
{
    struct halves_pass *pass = new_pass(c, table, size, seed);
    double *before = allocate(size * sizeof(double));
    const double *got = pass->kind == SCORE ? pass->score : pass->twice;
    bool same = true;
    memcpy(before, pass->twice, size * sizeof(double));
    run(pass);
    for (size_t k = 0; same && k < size; k++) {
        double right = expected(pass, k, before[k]);
        same = same_bits(got[k], right);
        if (!same)
            snprintf(text, DIFFERENCE_MAX, "%s on %s: half %zu of %zu is %.17g, not %.17g",
                     kind_names[pass->kind], table->name, k, size, got[k], right);
    }
    free(before);
    release(pass);
    return same;
}

static struct pass prepare(const struct kernel_case *c, const struct kernel_table *table,
                           size_t size)
{
    double bytes = (double)(size * sizeof(double));
    return (struct pass){.run = run,
                         .release = release,
                         .own = new_pass(c, table, size, 1),
                         .elements = (double)size,
                         .read = 3 * bytes,
                         .written = bytes};
}

void cases_of_analysis(struct case_list *list)
{
    for (int k = 0; k < KINDS; k++) {
        struct kernel_case *c = case_add(list, "analysis.%s", kind_names[k]);
        c->element = "half";
        c->size = SPLITS;
        c->counted = SPLITS;
        c->variant = k;
        c->check = check;
        c->prepare = prepare;
    }
}
