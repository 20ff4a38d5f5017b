/* SPDX-License-Identifier: Apache-2.0 */
#include "bench/caches.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

enum { CORES_MAX = 4096, CACHES_MAX = 16, TEXT_MAX = 4096 };

/* The one line of FOLDER/cpuN/cache/indexK/NAME. */
static bool read_line(const char *folder, int core, int cache, const char *name,
                      char text[TEXT_MAX])
{
    char path[TEXT_MAX];
    snprintf(path, sizeof path, "%s/cpu%d/cache/index%d/%s", folder, core, cache, name);
    FILE *file = fopen(path, "r");
    if (!file)
        return false;
    bool read = fgets(text, TEXT_MAX, file) != NULL;
    fclose(file);
    return read;
}

/* "512K", as the system writes it. */
static size_t bytes_of(const char *text)
{
    unsigned long long count = 0;
    char unit = 0;
    if (sscanf(text, "%llu%c", &count, &unit) < 1)
        return 0;
    return (size_t)count << (unit == 'K' ? 10 : unit == 'M' ? 20 : unit == 'G' ? 30 : 0);
}

/* How many are in "0-7,64-71". */
static int cores_in(const char *list)
{
    int count = 0;
    while (*list >= '0' && *list <= '9') {
        int first, last, length = 0;
        if (sscanf(list, "%d-%d%n", &first, &last, &length) < 2 || length == 0) {
            if (sscanf(list, "%d%n", &first, &length) < 1)
                break;
            last = first;
        }
        count += last - first + 1;
        list += length;
        list += *list == ',';
    }
    return count > 0 ? count : 1;
}

/* Of one core. */
static size_t bytes_at(const char *folder, int core, int threads)
{
    size_t bytes = 0;
    char text[TEXT_MAX];
    for (int k = 0; k < CACHES_MAX && read_line(folder, core, k, "type", text); k++) {
        size_t size = 0;
        int sharing = 1;
        if (strncmp(text, "Instruction", 11) == 0)
            continue;
        if (read_line(folder, core, k, "size", text))
            size = bytes_of(text);
        if (read_line(folder, core, k, "shared_cpu_list", text))
            sharing = cores_in(text);
        bytes += size / (size_t)(sharing < threads ? sharing : threads);
    }
    return bytes;
}

size_t cache_bytes(const char *folder, int threads)
{
    size_t most = 0;
    /* One that is switched off has none, and others may follow it. */
    for (int core = 0; core < CORES_MAX; core++) {
        size_t bytes = bytes_at(folder, core, threads);
        most = bytes > most ? bytes : most;
    }
    return most;
}
