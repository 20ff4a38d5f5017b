/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/simulate/samples.h"

#include <string.h>

#include "engine/base/memory.h"
#include "kernels/signal_types.h"

bool samples_init(struct samples *s, const struct plan *plan, const struct plan_window *window,
                  size_t tile_bars)
{
    /* Lanes read words by the vector. */
    size_t words = (tile_bars + WORD_BARS * LANES - 1) / (WORD_BARS * LANES) * LANES;
    *s = (struct samples){.bars = plan->bars[window->symbol],
                          .window = window,
                          .blocks = plan->config->blocks,
                          .last_close = plan->bars[window->symbol]->close[window->first]};
    s->bar = memory_new(tile_bars, sizeof *s->bar);
    s->benchmark = memory_new(tile_bars, sizeof *s->benchmark);
    s->block_end = memory_new(tile_bars, sizeof *s->block_end);
    s->block_last = memory_new(tile_bars, sizeof *s->block_last);
    s->day_end = memory_new(words, sizeof *s->day_end);
    if (s->bar && s->benchmark && s->block_end && s->block_last && s->day_end)
        return true;
    samples_deinit(s);
    return false;
}

void samples_deinit(struct samples *s)
{
    memory_free(s->bar);
    memory_free(s->benchmark);
    memory_free(s->block_end);
    memory_free(s->block_last);
    memory_free(s->day_end);
    *s = (struct samples){0};
}

/* floor(j*N/B) without overflow: N < 2^31 bars and B <= 10^6. */
static uint64_t block_begin(const struct plan_window *window, int blocks, int j)
{
    return (uint64_t)j * (uint64_t)window->samples / (uint64_t)blocks;
}

double samples_in_block(const struct plan_window *window, int blocks, int j)
{
    return (double)(block_begin(window, blocks, j + 1) - block_begin(window, blocks, j));
}

/* The stretch that sample k is the last of. A stretch without samples ends nowhere. */
static int32_t block_ended(const struct samples *s, uint64_t k)
{
    if (!s->blocks)
        return -1;
    uint64_t n = s->window->samples, j = ((k + 1) * (uint64_t)s->blocks - 1) / n;
    /* j is the last stretch that begins at or before sample k. */
    return block_begin(s->window, s->blocks, (int)j + 1) == k + 1 ? (int32_t)j : -1;
}

static void take(struct samples *s, size_t t, double close)
{
    double r = close / s->last_close - 1;
    int32_t ended = block_ended(s, s->taken);
    s->bar[s->count] = (uint32_t)t;
    s->benchmark[s->count] = r;
    s->block_end[s->count] = ended;
    if (ended >= 0) {
        s->first_block = ended < s->first_block ? ended : s->first_block;
        s->last_block = ended;
    }
    s->benchmark_sum += r;
    s->benchmark_sum2 += r * r;
    s->last_close = close;
    s->taken++;
    s->count++;
}

/* Bits of the bars begin … end-1, at most a word of them, that are the last of their day. */
static uint64_t day_ends(const struct bars *bars, size_t begin, size_t end)
{
    const int32_t *day = bars->session_day;
    uint64_t word = 0;
    /* Days never go back: most words are within one. */
    if (end < bars->count && day[begin] == day[end])
        return 0;
    for (size_t bar = begin; bar < end; bar++)
        word |= (uint64_t)(bar + 1 == bars->count || day[bar + 1] != day[bar]) << (bar - begin);
    return word;
}

void samples_advance(struct samples *s, size_t first, size_t begin, size_t end)
{
    const struct bars *bars = s->bars;
    s->count = 0;
    s->first_block = INT32_MAX;
    s->last_block = -1;
    for (size_t t = 0; t < end; t += WORD_BARS) {
        size_t word_end = t + WORD_BARS < end ? t + WORD_BARS : end;
        uint64_t ends = day_ends(bars, first + t, first + word_end);
        s->day_end[t / WORD_BARS] = ends;
        uint64_t sampled = s->window->daily_samples ? ends : UINT64_MAX;
        if (first + word_end == s->window->end) /* a partial last day counts */
            sampled |= (uint64_t)1 << (word_end - 1 - t);
        for (; sampled; sampled &= sampled - 1) {
            size_t bar = t + (size_t)__builtin_ctzll(sampled);
            if (bar >= begin && bar < word_end)
                take(s, bar, bars->close[first + bar]);
        }
    }
    for (size_t k = s->count; k-- > 0;) {
        bool ends = s->block_end[k] >= 0 || k + 1 == s->count;
        s->block_last[k] = ends ? (uint32_t)k : s->block_last[k + 1];
    }
}
