/* SPDX-License-Identifier: Apache-2.0 */
#include "bench/selection.h"

#include <stdio.h>
#include <string.h>

#include "cli/suggestion.h"

bool name_is_meant(const char *name, const char *wanted)
{
    size_t length = strlen(wanted);
    for (; length > 0; name++) {
        if (strncmp(name, wanted, length) == 0 && (name[length] == '.' || !name[length]))
            return true;
        name = strchr(name, '.');
        if (!name)
            break;
    }
    return false;
}

bool name_is_selected(const char *name, const char *const *wanted, size_t count)
{
    for (size_t k = 0; k < count; k++)
        if (name_is_meant(name, wanted[k]))
            return true;
    return count == 0;
}

const char *unknown_name(const char *const *wanted, size_t wanted_count, const char *const *names,
                         size_t count, const char **like)
{
    for (size_t w = 0; w < wanted_count; w++) {
        bool known = false;
        for (size_t k = 0; k < count && !known; k++)
            known = name_is_meant(names[k], wanted[w]);
        if (known)
            continue;
        /* Whole names first, then what follows their first dot. */
        *like = cli_suggest_of(wanted[w], names, count);
        const char *rest[256];
        size_t rests = 0;
        for (size_t k = 0; k < count && rests < sizeof rest / sizeof *rest; k++) {
            const char *dot = strchr(names[k], '.');
            if (dot)
                rest[rests++] = dot + 1;
        }
        if (!*like)
            *like = cli_suggest_of(wanted[w], rest, rests);
        return wanted[w];
    }
    return NULL;
}
