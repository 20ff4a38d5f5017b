/* SPDX-License-Identifier: Apache-2.0 */
#include "suggestion.h"

#include <string.h>

enum { LONGEST = 63 };

static size_t least(size_t a, size_t b) { return a < b ? a : b; }

/*
 * Insertions, deletions, substitutions and swaps of neighbours that turn a into b, each
 * place changed once (optimal string alignment; Boytsov 2011, section 2.1).
 */
static size_t edits(const char *a, const char *b)
{
    size_t rows[3][LONGEST + 1], n = strlen(a), m = strlen(b);
    if (n > LONGEST || m > LONGEST)
        return LONGEST + 1;
    size_t *before = rows[0], *last = rows[1], *row = rows[2];
    for (size_t j = 0; j <= m; j++)
        last[j] = j;
    for (size_t i = 1; i <= n; i++) {
        row[0] = i;
        for (size_t j = 1; j <= m; j++) {
            row[j] = least(least(last[j], row[j - 1]) + 1, last[j - 1] + (a[i - 1] != b[j - 1]));
            if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
                row[j] = least(row[j], before[j - 2] + 1);
        }
        size_t *free_row = before;
        before = last, last = row, row = free_row;
    }
    return last[m];
}

/* Letters that two words begin with alike. */
static size_t shared(const char *a, const char *b)
{
    size_t length = 0;
    while (a[length] && a[length] == b[length])
        length++;
    return length;
}

/* "strategy" for "strategies", "mem" for "memory": most of the word, and three letters of it. */
static const char *same_stem(const char *word, const char *(*name)(const void *, size_t),
                             const void *context, size_t count)
{
    size_t most = 2 * strlen(word) / 3;
    const char *found = NULL;
    most = most < 2 ? 2 : most;
    for (size_t i = 0; i < count; i++) {
        const char *candidate = name(context, i);
        if (candidate && shared(word, candidate) > most) {
            most = shared(word, candidate);
            found = candidate;
        }
    }
    return found;
}

const char *cli_suggest(const char *word, const char *(*name)(const void *context, size_t i),
                        const void *context, size_t count)
{
    size_t length = strlen(word), limit = length / 3 > 2 ? length / 3 : 2;
    size_t best = limit + 1;
    const char *found = NULL;
    for (size_t i = 0; i < count; i++) {
        const char *candidate = name(context, i);
        size_t distance = candidate ? edits(word, candidate) : LONGEST;
        if (distance < best && distance < length) {
            best = distance;
            found = candidate;
        }
    }
    return found ? found : same_stem(word, name, context, count);
}

static const char *name_at(const void *names, size_t i) { return ((const char *const *)names)[i]; }

const char *cli_suggest_of(const char *word, const char *const *names, size_t count)
{
    return cli_suggest(word, name_at, names, count);
}
