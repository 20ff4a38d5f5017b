/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/base/ordered_work.h"

#include <string.h>

size_t ordered_slots(int threads) { return threads > 1 ? 2 * (size_t)threads + 2 : 1; }

void ordered_start(struct ordered_work *work, int threads, ordered_job *job, void *context)
{
    memset(work, 0, sizeof *work);
    threads = threads < 1 ? 1 : threads > ORDERED_THREADS_MAX ? ORDERED_THREADS_MAX : threads;
    work->job = job;
    work->context = context;
    work->threads = threads;
    work->slots = ordered_slots(threads);
    pthread_mutex_init(&work->mutex, NULL);
    pthread_cond_init(&work->given_more, NULL);
    pthread_cond_init(&work->done_more, NULL);
}

bool ordered_full(const struct ordered_work *work)
{
    return work->given - work->taken == work->slots;
}

bool ordered_empty(const struct ordered_work *work) { return work->given == work->taken; }

size_t ordered_next(const struct ordered_work *work) { return work->given % work->slots; }

/* With the mutex held: begins the next job, does it without, and says that it is done. */
static void do_next(struct ordered_work *work, int thread)
{
    size_t slot = work->begun++ % work->slots;
    pthread_mutex_unlock(&work->mutex);
    work->job(work->context, thread, slot);
    pthread_mutex_lock(&work->mutex);
    work->done[slot] = true;
    pthread_cond_signal(&work->done_more);
}

static void *help(void *context)
{
    struct ordered_work *work = context;
    pthread_mutex_lock(&work->mutex);
    int thread = ++work->numbered;
    while (!work->stopped)
        if (work->begun < work->given)
            do_next(work, thread);
        else
            pthread_cond_wait(&work->given_more, &work->mutex);
    pthread_mutex_unlock(&work->mutex);
    return NULL;
}

void ordered_give(struct ordered_work *work)
{
    pthread_mutex_lock(&work->mutex);
    work->given++;
    /* One job alone is soon the caller's. */
    bool more = work->given - work->begun > 1 && work->made + 1 < work->threads;
    pthread_cond_signal(&work->given_more);
    pthread_mutex_unlock(&work->mutex);
    if (more && pthread_create(&work->thread[work->made], NULL, help, work) == 0)
        work->made++;
}

size_t ordered_take(struct ordered_work *work)
{
    size_t slot = work->taken % work->slots;
    pthread_mutex_lock(&work->mutex);
    while (!work->done[slot])
        if (work->begun < work->given)
            do_next(work, 0);
        else
            pthread_cond_wait(&work->done_more, &work->mutex);
    work->done[slot] = false;
    work->taken++;
    pthread_mutex_unlock(&work->mutex);
    return slot;
}

void ordered_stop(struct ordered_work *work)
{
    pthread_mutex_lock(&work->mutex);
    work->stopped = true;
    pthread_cond_broadcast(&work->given_more);
    pthread_mutex_unlock(&work->mutex);
    for (int k = 0; k < work->made; k++)
        pthread_join(work->thread[k], NULL);
    pthread_cond_destroy(&work->done_more);
    pthread_cond_destroy(&work->given_more);
    pthread_mutex_destroy(&work->mutex);
}
