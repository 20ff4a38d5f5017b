/* SPDX-License-Identifier: Apache-2.0 */
#include "bench/kernel_rounds.h"

/* Seconds of a run, from so many; those in which another process had the processor left out. */
static double time_runs(const struct pass *pass, size_t times)
{
    double start = seconds_running();
    for (size_t i = 0; i < times; i++)
        pass->run(pass->own);
    return (seconds_running() - start) / (double)times;
}

void kernel_begin(struct timed_kernel *timed, const struct kernel_case *c,
                  const struct kernel_table *table, double seconds)
{
    timed->c = c;
    timed->table = table;
    timed->pass = c->prepare(c, table, c->size);
    timed->frequency = core_frequency();
    size_t times = 1;
    double each = time_runs(&timed->pass, times); /* the first one warms up */
    while (each * (double)times < seconds / 4) {
        times *= 2;
        each = time_runs(&timed->pass, times);
    }
    timed->times = (size_t)(seconds / each) + 1;
}

void kernel_round(struct timed_kernel *timed, int round)
{
    double frequency = core_frequency();
    timed->frequency = frequency > timed->frequency ? frequency : timed->frequency;
    time_runs(&timed->pass, 1);
    timed->rounds[round] = time_runs(&timed->pass, timed->times) / timed->pass.elements;
}

struct kernel_result kernel_end(struct timed_kernel *timed, int rounds)
{
    const struct pass *pass = &timed->pass;
    struct kernel_result result = {.name = timed->c->name,
                                   .isa = timed->table->name,
                                   .element = timed->c->element,
                                   .frequency = timed->frequency,
                                   .time = spread_of(timed->rounds, rounds),
                                   .read = pass->read / pass->elements,
                                   .written = pass->written / pass->elements};
    pass->release(pass->own);
    return result;
}
