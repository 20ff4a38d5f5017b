/* SPDX-License-Identifier: Apache-2.0 */
/* Whoever does a job, its result is taken where it was given. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "engine/base/ordered_work.h"

struct squares {
    int threads;
    uint64_t in[ORDERED_SLOTS_MAX], out[ORDERED_SLOTS_MAX];
    unsigned busy[ORDERED_THREADS_MAX]; /* touched by its own thread alone: the sanitizers look */
    bool wrong_thread;
};

static void square(void *context, int thread, size_t slot)
{
    struct squares *s = context;
    uint64_t x = s->in[slot];
    if (thread < 0 || thread >= s->threads)
        s->wrong_thread = true;
    s->busy[thread]++;
    /* Some take much longer than others. */
    volatile uint64_t rest = x % 7 == 0 ? 20000 : x % 3 * 100;
    while (rest)
        rest--;
    s->out[slot] = x * x;
}

static void results_come_in_order(void **state)
{
    (void)state;
    for (int threads = 1; threads <= 9; threads += threads < 4 ? 1 : 5) {
        static struct squares s;
        struct ordered_work work;
        enum { JOBS = 3000 };
        uint64_t given = 0, taken = 0;
        unsigned random = 1, done = 0;
        s = (struct squares){.threads = threads};
        ordered_start(&work, threads, square, &s);
        while (taken < JOBS) {
            /* Now the ring runs full, now empty. */
            random = random * 1103515245 + 12345;
            while (given < JOBS && !ordered_full(&work) && (random >> 16) % 8) {
                s.in[ordered_next(&work)] = given++;
                ordered_give(&work);
                random = random * 1103515245 + 12345;
            }
            if (ordered_empty(&work))
                continue;
            assert_int_equal(s.out[ordered_take(&work)], taken * taken);
            taken++;
        }
        assert_true(ordered_empty(&work));
        ordered_stop(&work);
        for (int k = 0; k < threads; k++)
            done += s.busy[k];
        assert_int_equal(done, JOBS);
        assert_false(s.wrong_thread);
    }
}

/* Jobs that nobody takes are dropped or done, and stopping waits for no more than those begun. */
static void stops_with_jobs_left(void **state)
{
    (void)state;
    for (int threads = 1; threads <= 4; threads++) {
        static struct squares s;
        struct ordered_work work;
        s = (struct squares){.threads = threads};
        ordered_start(&work, threads, square, &s);
        int given = 0, done = 0;
        for (; !ordered_full(&work); given++) {
            s.in[ordered_next(&work)] = 7;
            ordered_give(&work);
        }
        ordered_stop(&work);
        for (int k = 0; k < threads; k++)
            done += s.busy[k];
        assert_true(given > 0 && done <= given);
        assert_false(s.wrong_thread);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(results_come_in_order),
        cmocka_unit_test(stops_with_jobs_left),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
