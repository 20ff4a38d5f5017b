/* SPDX-License-Identifier: Apache-2.0 */
/* What control groups leave of the machine's memory. */
#ifndef ADMF_ENGINE_CPU_CGROUP_H
#define ADMF_ENGINE_CPU_CGROUP_H

#include <stdint.h>

/*
 * Bytes that this process's group and those above it still allow: the least of limit less use,
 * where file caches count as free. `groups` is /proc/self/cgroup or a file like it, `mount` where
 * the hierarchies are mounted (/sys/fs/cgroup); version 1 and 2. UINT64_MAX: no limit known.
 */
uint64_t cgroup_memory_room(const char *groups, const char *mount);

#endif
