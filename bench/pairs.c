/* SPDX-License-Identifier: Apache-2.0 */
#include "bench/pairs.h"

#include <math.h>
#include <string.h>

#include "bench/counterpart.h"

static const double least_noise = 0.03, deviations = 3, of_normal = 1.4826;
static const double memory_wavers = 1.1, memory_wavers_bytes = 2 << 20;
enum { ROUNDS_LEAST = 3 };

const char *const verdict_words[VERDICTS] = {"faster", "slower", "same", "too few rounds"};

static void judge_time(struct pair *pair)
{
    const struct spread *old_time = &pair->before->time, *new_time = &pair->now->time;
    double a = of_normal * old_time->deviation / old_time->median;
    double b = of_normal * new_time->deviation / new_time->median;
    double expected = deviations * sqrt(a * a + b * b);
    pair->ratio = new_time->median / old_time->median;
    pair->noise = expected < least_noise ? least_noise : expected;
    pair->verdict = SAME;
    if (old_time->rounds < ROUNDS_LEAST || new_time->rounds < ROUNDS_LEAST)
        pair->verdict = TOO_FEW;
    else if (pair->ratio > 1 + pair->noise)
        pair->verdict = SLOWER;
    else if (1 / pair->ratio > 1 + pair->noise)
        pair->verdict = FASTER;
}

static void judge_memory(struct pair *pair)
{
    double before = pair->before->memory, now = pair->now->memory;
    pair->memory_ratio = before > 0 && now > 0 ? now / before : NAN;
    pair->larger = pair->memory_ratio > memory_wavers && now - before > memory_wavers_bytes;
}

bool pairs_next(const struct timings *old_ones, const struct timings *new_ones, size_t *row,
                struct pair *pair)
{
    for (; *row < new_ones->count; ++*row) {
        *pair = (struct pair){.now = &new_ones->items[*row],
                              .before = counterpart_of(new_ones, *row, old_ones)};
        if (!pair->before)
            continue;
        pair->alike = strcmp(pair->before->name, pair->now->name) == 0;
        judge_time(pair);
        judge_memory(pair);
        ++*row;
        return true;
    }
    return false;
}

struct tally pairs_count(const struct timings *old_ones, const struct timings *new_ones, bool alike)
{
    struct tally tally = {0};
    struct pair pair;
    for (size_t row = 0; pairs_next(old_ones, new_ones, &row, &pair);)
        if (pair.alike == alike) {
            tally.pairs++;
            tally.of[pair.verdict]++;
            tally.sized += !isnan(pair.memory_ratio);
            tally.larger += pair.larger;
        }
    return tally;
}

size_t pairs_lacking(const struct timings *these, const struct timings *others)
{
    size_t count = 0;
    for (size_t k = 0; k < these->count; k++)
        count += !counterpart_of(these, k, others);
    return count;
}
