/* SPDX-License-Identifier: Apache-2.0 */
/* How large this machine's caches are: what is to be measured from memory must not fit them. */
#ifndef ADMF_BENCH_CACHES_H
#define ADMF_BENCH_CACHES_H

#include <stddef.h>

#define CACHES_OF_SYSTEM "/sys/devices/system/cpu"

/*
 * Bytes of cache that each of so many threads may have to itself: of every cache of a core, what is
 * left where those that share it run as many of the threads as they can; the most of all cores.
 * `folder` is CACHES_OF_SYSTEM, or like it. 0: the system does not say.
 */
size_t cache_bytes(const char *folder, int threads);

#endif
