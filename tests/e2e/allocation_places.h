/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Where the library allocates, and failing there. A place is a stack of calls, PLACE_CALLS deep, so
 * that each caller of a common helper counts; a worker's is not that of the thread that entered.
 * The linker gives the test these functions in front of those of engine/base/memory.h (--wrap).
 */
#ifndef ADMF_TESTS_ALLOCATION_PLACES_H
#define ADMF_TESTS_ALLOCATION_PLACES_H

#ifndef _GNU_SOURCE
#error define _GNU_SOURCE before any header
#endif
#include <execinfo.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include "engine/base/memory.h"

enum { PLACES_MAX = 4096, PLACE_CALLS = 6, PLACE_FRAMES = PLACE_CALLS + 4 /* its own */ };

struct place {
    uintptr_t caller; /* of memory_…: found faster than the stack, so looked at first */
    uint64_t stack;   /* digest of the return addresses */
    uint64_t count;   /* allocations there, of what was recorded */
    bool in_worker;   /* not by the thread that entered the library */
};

static struct {
    pthread_mutex_t mutex;
    pthread_t entered;
    bool inside, records;
    uintptr_t base; /* of what is inside: stacks end at this return address */
    size_t count;
    struct place place[PLACES_MAX];
    /* What is to fail: the `occurrence`-th allocation at `failing`; NULL: none. */
    const struct place *failing;
    uint64_t occurrence, met;
    bool failed;
} places = {.mutex = PTHREAD_MUTEX_INITIALIZER};

static inline bool in_worker(void) { return !pthread_equal(pthread_self(), places.entered); }

/* FNV-1a over the return addresses from `caller` on. */
static inline uint64_t place_stack(uintptr_t caller)
{
    void *frame[PLACE_FRAMES];
    int n = backtrace(frame, PLACE_FRAMES), k = 0;
    uint64_t digest = 14695981039346656037u + in_worker();
    while (k < n && (uintptr_t)frame[k] != caller)
        k++;
    if (k == n)
        abort();
    for (int last = k + PLACE_CALLS; k < n && k < last && (uintptr_t)frame[k] != places.base; k++)
        digest = (digest ^ (uintptr_t)frame[k]) * 1099511628211u;
    return digest;
}

static inline void place_note(uintptr_t caller)
{
    uint64_t stack = place_stack(caller);
    size_t k = 0;
    while (k < places.count && (places.place[k].stack != stack || places.place[k].caller != caller))
        k++;
    if (k == PLACES_MAX)
        abort();
    if (k == places.count)
        places.place[places.count++] =
            (struct place){.caller = caller, .stack = stack, .in_worker = in_worker()};
    places.place[k].count++;
}

/* Whether this allocation, which `caller` asks for, is to fail. */
static inline bool place_refuses(uintptr_t caller)
{
    bool refuses = false;
    if (!places.inside)
        return false;
    if (places.records) {
        pthread_mutex_lock(&places.mutex);
        place_note(caller);
        pthread_mutex_unlock(&places.mutex);
    } else if (places.failing && places.failing->caller == caller) {
        uint64_t stack = place_stack(caller);
        pthread_mutex_lock(&places.mutex);
        refuses = stack == places.failing->stack && ++places.met == places.occurrence;
        places.failed |= refuses;
        pthread_mutex_unlock(&places.mutex);
    }
    return refuses;
}

#define PLACE_REFUSES() place_refuses((uintptr_t)__builtin_return_address(0))

void *__real_memory_new(size_t count, size_t size);
void *__wrap_memory_new(size_t count, size_t size);
void *__wrap_memory_new(size_t count, size_t size)
{
    return PLACE_REFUSES() ? NULL : __real_memory_new(count, size);
}

void *__real_memory_resize(void *old, size_t count, size_t size);
void *__wrap_memory_resize(void *old, size_t count, size_t size);
void *__wrap_memory_resize(void *old, size_t count, size_t size)
{
    return PLACE_REFUSES() ? NULL : __real_memory_resize(old, count, size);
}

void *__real_memory_new_aligned(size_t count, size_t size);
void *__wrap_memory_new_aligned(size_t count, size_t size);
void *__wrap_memory_new_aligned(size_t count, size_t size)
{
    return PLACE_REFUSES() ? NULL : __real_memory_new_aligned(count, size);
}

void *__real_memory_new_uncleared(size_t count, size_t size);
void *__wrap_memory_new_uncleared(size_t count, size_t size);
void *__wrap_memory_new_uncleared(size_t count, size_t size)
{
    return PLACE_REFUSES() ? NULL : __real_memory_new_uncleared(count, size);
}

char *__real_memory_copy_text(const char *text);
char *__wrap_memory_copy_text(const char *text);
char *__wrap_memory_copy_text(const char *text)
{
    return PLACE_REFUSES() ? NULL : __real_memory_copy_text(text);
}

/*
 * The library is entered by a function of the test's that returns to `base`, and is left: what it
 * allocates outside is not recorded and does not fail.
 */
static inline void places_enter(uintptr_t base)
{
    places.entered = pthread_self();
    places.base = base;
    places.inside = true;
}

static inline void places_leave(void) { places.inside = false; }

#define PLACES_ENTER() places_enter((uintptr_t)__builtin_return_address(0))

/* What follows is recorded, from nothing. */
static inline void places_record(void)
{
    places.count = 0;
    places.failed = false;
    places.failing = NULL;
    places.records = true;
}

/* The `occurrence`-th allocation from now on at `place` fails (1: the next). */
static inline void places_fail(const struct place *place, uint64_t occurrence)
{
    places.records = false;
    places.occurrence = occurrence;
    places.met = 0;
    places.failed = false;
    places.failing = place;
}

#endif
