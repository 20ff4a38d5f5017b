/* SPDX-License-Identifier: Apache-2.0 */
#include "bench/selection.h"

#include <stdio.h>
#include <string.h>

#include "cli/suggestion.h"

enum { NAMES_MAX = 256, NAME_MAX_LENGTH = 48 };

static bool is_meant(const char *name, const char *wanted)
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
        if (is_meant(name, wanted[k]))
            return true;
    return count == 0;
}

/* Groups first ("feature"), then whole names, then what follows their first dot. */
static const char *similar(const char *wanted, const char *const *names, size_t count)
{
    static char first[NAMES_MAX][NAME_MAX_LENGTH];
    const char *groups[NAMES_MAX], *rests[NAMES_MAX];
    size_t rest_count = 0;
    count = count < NAMES_MAX ? count : NAMES_MAX;
    for (size_t k = 0; k < count; k++) {
        size_t length = strcspn(names[k], ".");
        snprintf(first[k], sizeof first[k], "%.*s", (int)length, names[k]);
        groups[k] = first[k];
        if (names[k][length])
            rests[rest_count++] = names[k] + length + 1;
    }
    const char *like = cli_suggest_of(wanted, groups, count);
    if (!like)
        like = cli_suggest_of(wanted, names, count);
    return like ? like : cli_suggest_of(wanted, rests, rest_count);
}

const char *unknown_name(const char *const *wanted, size_t wanted_count, const char *const *names,
                         size_t count, const char **like)
{
    for (size_t w = 0; w < wanted_count; w++) {
        bool known = false;
        for (size_t k = 0; k < count && !known; k++)
            known = is_meant(names[k], wanted[w]);
        if (known)
            continue;
        *like = similar(wanted[w], names, count);
        return wanted[w];
    }
    return NULL;
}
