/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Jobs that several threads do and whose results are taken in the order in which they were
 * given, so that what comes of them does not depend on who was faster.
 *
 * Jobs wait in a ring of slots; what a slot holds is the caller's. One thread, the caller's,
 * gives and takes, and does jobs itself while it waits:
 *
 *     ordered_start(&ring, threads, work, context)
 *     for (;;) {
 *         while (!ordered_full(&ring) && there is more)
 *             fill slot ordered_next(&ring), then ordered_give(&ring);
 *         if (ordered_empty(&ring)) break;
 *         use slot ordered_take(&ring);
 *     }
 *     ordered_stop(&ring);
 */
#ifndef ADMF_ENGINE_BASE_ORDERED_WORK_H
#define ADMF_ENGINE_BASE_ORDERED_WORK_H

#include <pthread.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { ORDERED_THREADS_MAX = 64, ORDERED_SLOTS_MAX = 2 * ORDERED_THREADS_MAX + 2 };

/* Does what slot `slot` holds. `thread` is 0 for the caller's and smaller than the threads that
 * were asked for; no two calls at a time have the same `thread` or the same `slot`. */
typedef void ordered_job(void *context, int thread, size_t slot);

struct ordered_work {
    ordered_job *job;
    void *context;
    int threads, made, numbered; /* wanted, the caller's included; beside it */
    size_t slots;
    pthread_t thread[ORDERED_THREADS_MAX];
    pthread_mutex_t mutex;
    pthread_cond_t given_more, done_more;
    uint64_t given, begun, taken; /* jobs, counted from the start */
    bool done[ORDERED_SLOTS_MAX];
    bool stopped;
};

/* Slots that so many threads have: 1 for the caller's alone. */
size_t ordered_slots(int threads);
/* Threads are started when there are jobs for them; where that fails, fewer do the work. */
void ordered_start(struct ordered_work *work, int threads, ordered_job *job, void *context);
bool ordered_full(const struct ordered_work *work);
bool ordered_empty(const struct ordered_work *work);
/* The slot that the next job is put into. Not where the ring is full. */
size_t ordered_next(const struct ordered_work *work);
void ordered_give(struct ordered_work *work);
/* Waits for the oldest job and returns its slot, which is the caller's again. Not where the ring is
 * empty. */
size_t ordered_take(struct ordered_work *work);
/* Drops what was not begun and waits for the rest. */
void ordered_stop(struct ordered_work *work);

#endif
