/* SPDX-License-Identifier: Apache-2.0 */
/*
 * With m blocks there are C(m, m/2) halves, 12870 of 16. A half is a set of the first m/2 blocks
 * and a set of the others, so its sums are one addition of two prepared ones, and there is no
 * rounding that depends on the order in which halves are visited. Trials are the outer loop: once
 * to find each half's best, once to rank it among the others in the opposite half. Nothing is
 * kept per trial.
 */
#include "engine/analysis/cross_validation.h"

#include <math.h>

#include "engine/base/failure.h"
#include "engine/base/memory.h"
#include "kernels/math/log.h"

enum { SETS_MAX = 1 << (CROSS_BLOCKS_MAX / 2) };

struct cross {
    const struct kernel_table *kernels;
    const struct cross_sums *in;
    int half, sets;                      /* blocks of a half; 2^half */
    int set[SETS_MAX];                   /* all sets, by their number of blocks */
    int start[CROSS_BLOCKS_MAX / 2 + 2]; /* where those with k blocks start in it */
    uint64_t splits;
    /* [splits] */
    uint32_t *opposite;     /* the split whose half is the other one */
    double *weight, *score; /* 1/samples; of the trial at hand */
    double *best, *outside; /* highest score; that trial's score in the other half */
    double *twice_rank;     /* 2·(trials below) + (trials equal) */
};

/* Fills `set` and `start`: sets of 0, 1, … blocks. */
static void order_sets(struct cross *c)
{
    int k = 0;
    for (int size = 0; size <= c->half; size++) {
        c->start[size] = k;
        for (int set = 0; set < c->sets; set++)
            if (__builtin_popcount((unsigned)set) == size)
                c->set[k++] = set;
    }
    c->start[c->half + 1] = k;
}

/* The splits in their order: set[low] with each of set[from … to-1], for every `low`. */
struct run {
    int from, to;
};

static struct run run_of(const struct cross *c, int low)
{
    int others = c->half - __builtin_popcount((unsigned)c->set[low]);
    return (struct run){c->start[others], c->start[others + 1]};
}

/* out[k]: the sum over the blocks of set[k]. */
static void sum_sets(const struct cross *c, const double *block, double *out)
{
    double by_set[SETS_MAX];
    by_set[0] = 0;
    for (int set = 1; set < c->sets; set++)
        by_set[set] = by_set[set & (set - 1)] + block[__builtin_ctz((unsigned)set)];
    for (int k = 0; k < c->sets; k++)
        out[k] = by_set[c->set[k]];
}

static admf_status number_splits(struct cross *c, admf_error *error)
{
    uint32_t *number = memory_new((size_t)c->sets * (size_t)c->sets, sizeof *number);
    double low_n[SETS_MAX], high_n[SETS_MAX];
    uint32_t k = 0;
    if (!number)
        return fail_memory(error);
    sum_sets(c, c->in->n, low_n);
    sum_sets(c, c->in->n + c->half, high_n);
    for (int low = 0; low < c->sets; low++) {
        struct run run = run_of(c, low);
        for (int high = run.from; high < run.to; high++, k++) {
            c->weight[k] = 1 / (low_n[low] + high_n[high]);
            number[c->set[low] * c->sets + c->set[high]] = k;
        }
    }
    k = 0;
    for (int low = 0; low < c->sets; low++) {
        struct run run = run_of(c, low);
        const uint32_t *others = number + (c->sets - 1 - c->set[low]) * c->sets;
        for (int high = run.from; high < run.to; high++, k++)
            c->opposite[k] = others[c->sets - 1 - c->set[high]];
    }
    memory_free(number);
    return ADMF_OK;
}

static void score_trial(struct cross *c, uint64_t trial)
{
    const double *sum = c->in->sum + trial * (uint64_t)c->in->blocks;
    const double *sum2 = c->in->sum2 + trial * (uint64_t)c->in->blocks;
    double low_sum[SETS_MAX], low_sum2[SETS_MAX], high_sum[SETS_MAX], high_sum2[SETS_MAX];
    uint64_t k = 0;
    sum_sets(c, sum, low_sum);
    sum_sets(c, sum2, low_sum2);
    sum_sets(c, sum + c->half, high_sum);
    sum_sets(c, sum2 + c->half, high_sum2);
    for (int l = 0; l < c->sets; l++) {
        struct run run = run_of(c, l);
        struct halves halves = {.sum = low_sum[l],
                                .sum2 = low_sum2[l],
                                .other_sum = high_sum + run.from,
                                .other_sum2 = high_sum2 + run.from,
                                .weight = c->weight + k,
                                .risk_free = c->in->risk_free};
        c->kernels->score_halves(&halves, (size_t)(run.to - run.from), c->score + k);
        k += (uint64_t)(run.to - run.from);
    }
}

/* A score as one to be compared with: rank_halves. */
static double compared(double score) { return score == -INFINITY ? 0 : score; }

static void choose(struct cross *c)
{
    for (uint64_t k = 0; k < c->splits; k++)
        c->best[k] = -INFINITY;
    for (uint64_t trial = 0; trial < c->in->trials; trial++) {
        score_trial(c, trial);
        for (uint64_t k = 0; k < c->splits; k++) {
            if (c->score[k] > c->best[k]) {
                c->best[k] = c->score[k];
                c->outside[c->opposite[k]] = compared(c->score[c->opposite[k]]);
            }
        }
    }
}

/* `outside` and `twice_rank` stand at the split of the half in which they are compared. */
static void rank(struct cross *c)
{
    for (uint64_t trial = 0; trial < c->in->trials; trial++) {
        score_trial(c, trial);
        c->kernels->rank_halves(c->score, c->outside, c->splits, c->twice_rank);
    }
}

/* Twice the rank, where ties share it, is 2·below + equal + 1 with itself among the equal. */
static void judge(const struct cross *c, struct cross_result *out)
{
    double places = 2 * ((double)c->in->trials + 1);
    for (uint64_t k = 0; k < c->splits; k++) {
        if (c->best[k] == -INFINITY)
            continue;
        double twice = c->twice_rank[c->opposite[k]] + 1;
        out->splits++;
        out->overfit += 2 * twice <= places;
        out->logits += math_log(twice / (places - twice));
    }
}

static admf_status cross_init(struct cross *c, admf_error *error)
{
    c->half = c->in->blocks / 2;
    c->sets = 1 << c->half;
    order_sets(c);
    for (int low = 0; low < c->sets; low++)
        c->splits += (uint64_t)(run_of(c, low).to - run_of(c, low).from);
    c->opposite = memory_new(c->splits, sizeof *c->opposite);
    c->weight = memory_new(c->splits, sizeof *c->weight);
    c->score = memory_new(c->splits, sizeof *c->score);
    c->best = memory_new(c->splits, sizeof *c->best);
    c->outside = memory_new(c->splits, sizeof *c->outside);
    c->twice_rank = memory_new(c->splits, sizeof *c->twice_rank);
    if (!c->opposite || !c->weight || !c->score || !c->best || !c->outside || !c->twice_rank)
        return fail_memory(error);
    return number_splits(c, error);
}

admf_status cross_validate(const struct kernel_table *kernels, const struct cross_sums *sums,
                           struct cross_result *out, admf_error *error)
{
    struct cross c = {.kernels = kernels, .in = sums};
    *out = (struct cross_result){0};
    admf_status status = cross_init(&c, error);
    if (!status) {
        choose(&c);
        rank(&c);
        judge(&c, out);
    }
    memory_free(c.opposite);
    memory_free(c.weight);
    memory_free(c.score);
    memory_free(c.best);
    memory_free(c.outside);
    memory_free(c.twice_rank);
    return status;
}
