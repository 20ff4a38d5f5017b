/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/cpu/system_number.h"

#include <stdio.h>
#include <string.h>

uint64_t system_number(const char *path, const char *key, uint64_t none)
{
    char line[256];
    uint64_t value = none;
    FILE *file = fopen(path, "r");
    if (!file)
        return none;
    while (fgets(line, sizeof line, file)) {
        unsigned long long found;
        size_t skip = strlen(key);
        if (strncmp(line, key, skip) == 0 && sscanf(line + skip, "%llu", &found) == 1) {
            value = found;
            break;
        }
    }
    fclose(file);
    return value;
}
