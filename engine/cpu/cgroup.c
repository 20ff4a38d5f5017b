/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A service or a batch job is limited in a group of its own, anywhere below the root of the
 * hierarchy, and by all groups above it. In a container the root itself is the group; there
 * the path that /proc/self/cgroup names may not exist, and its parents up to the root are
 * what is left to look at.
 */
#include "engine/cpu/cgroup.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "engine/cpu/system_number.h"

enum { PATH_LONGEST = 4096 };

/* The files of a hierarchy, below its mount. */
struct hierarchy {
    const char *folder, *limit, *use, *cache;
};
static const struct hierarchy version1 = {"/memory", "memory.limit_in_bytes",
                                          "memory.usage_in_bytes", "total_inactive_file "};
static const struct hierarchy version2 = {"", "memory.max", "memory.current", "inactive_file "};

static uint64_t number_of(const char *folder, const char *name, const char *key, uint64_t none)
{
    char path[PATH_LONGEST + 64];
    snprintf(path, sizeof path, "%s/%s", folder, name);
    return system_number(path, key, none);
}

static uint64_t room_of(const struct hierarchy *h, const char *folder)
{
    uint64_t limit = number_of(folder, h->limit, "", UINT64_MAX);
    if (limit == UINT64_MAX)
        return UINT64_MAX;
    uint64_t use = number_of(folder, h->use, "", 0);
    uint64_t cache = number_of(folder, "memory.stat", h->cache, 0);
    use -= cache < use ? cache : use;
    return limit > use ? limit - use : 0;
}

/* The group `group` ("/a/b") and all above it, the root included. */
static uint64_t room_up(const struct hierarchy *h, const char *mount, const char *group)
{
    char path[PATH_LONGEST];
    size_t root = strlen(mount) + strlen(h->folder);
    int length = snprintf(path, sizeof path, "%s%s%s", mount, h->folder, group);
    uint64_t room = UINT64_MAX;
    if (length < 0 || (size_t)length >= sizeof path)
        return room;
    for (;;) {
        uint64_t here = room_of(h, path);
        room = here < room ? here : room;
        char *slash = strrchr(path, '/');
        if (!slash || (size_t)(slash - path) < root)
            return room;
        *slash = '\0';
    }
}

/* "memory" in "cpu,memory". */
static bool names_memory(const char *controllers, size_t length)
{
    for (const char *word = controllers; word < controllers + length;) {
        size_t own = strcspn(word, ",:");
        if (own == strlen("memory") && memcmp(word, "memory", own) == 0)
            return true;
        word += own + 1;
    }
    return false;
}

uint64_t cgroup_memory_room(const char *groups, const char *mount)
{
    char line[PATH_LONGEST];
    uint64_t room = UINT64_MAX;
    FILE *file = fopen(groups, "r");
    if (!file)
        return room;
    /* "0::/user.slice/job" of version 2; "7:cpu,memory:/job" of version 1. */
    while (fgets(line, sizeof line, file)) {
        char *controllers = strchr(line, ':'), *group = NULL;
        if (controllers)
            group = strchr(++controllers, ':');
        if (!group)
            continue;
        size_t length = (size_t)(group++ - controllers);
        group[strcspn(group, "\n")] = '\0';
        uint64_t here = UINT64_MAX;
        if (length == 0)
            here = room_up(&version2, mount, group);
        else if (names_memory(controllers, length))
            here = room_up(&version1, mount, group);
        room = here < room ? here : room;
    }
    fclose(file);
    return room;
}
