/* SPDX-License-Identifier: Apache-2.0 */
/* A piece of work that a thread of its own does beside what its starter does meanwhile. */
#ifndef ADMF_ENGINE_BASE_BESIDE_H
#define ADMF_ENGINE_BASE_BESIDE_H

#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>

#include "admf/error.h"

typedef admf_status beside_work(void *context, admf_error *error);

/* All zero: nothing was started. It stays where it is until beside_end, which has to come. */
struct beside {
    pthread_t thread;
    bool has_thread; /* to wait for */
    atomic_bool over;
    beside_work *work;
    void *context;
    admf_status status;
    admf_error error;
};

/* Where no thread is to be had, the work is done before this returns. */
void beside_start(struct beside *beside, beside_work *work, void *context);
/* Whether beside_end has nothing to wait for. */
bool beside_is_over(const struct beside *beside);
/* Waits for the work and returns its status, with *error set where it failed; ADMF_OK where nothing
 * was started. May be called again, and says the same. */
admf_status beside_end(struct beside *beside, admf_error *error);

#endif
