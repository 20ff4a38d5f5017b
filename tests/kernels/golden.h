/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Golden files: fields between one separator, an empty field is NaN. Lines of names and
 * oracles are kept as text.
 */
#ifndef ADMF_TESTS_GOLDEN_H
#define ADMF_TESTS_GOLDEN_H

#include "tests/kernels/feature_rows.h"

enum { GOLDEN_FIELDS = 64, GOLDEN_LINE = 8192 };

struct golden {
    int columns;
    size_t rows;
    char *names[GOLDEN_FIELDS], *oracles[GOLDEN_FIELDS]; /* into header, second */
    double *value[GOLDEN_FIELDS];
    char header[GOLDEN_LINE], second[GOLDEN_LINE];
};

/* Cuts a line at its separators, in place; empty fields count. */
static inline int split(char *line, char separator, char **fields)
{
    int n = 0;
    line[strcspn(line, "\r\n")] = '\0';
    for (char *at = line; at && n < GOLDEN_FIELDS; n++) {
        fields[n] = at;
        at = strchr(at, separator);
        if (at)
            *at++ = '\0';
    }
    return n;
}

static inline void free_golden(struct golden *g)
{
    for (int k = 0; k < g->columns; k++)
        free(g->value[k]);
    free(g);
}

/* Reads a file below the root of the sources; NULL if there is none. */
static inline struct golden *read_golden(const char *path, char separator, bool has_oracles)
{
    char full[1024], line[GOLDEN_LINE], *fields[GOLDEN_FIELDS];
    snprintf(full, sizeof full, "%s/%s", ADMF_SOURCE_DIR, path);
    FILE *file = fopen(full, "r");
    if (!file)
        return NULL;
    struct golden *g = allocate(sizeof *g);
    size_t room = 0;
    if (!fgets(g->header, sizeof g->header, file))
        give_up("%s is empty", path);
    g->columns = split(g->header, separator, g->names);
    if (has_oracles && (!fgets(g->second, sizeof g->second, file) ||
                        split(g->second, separator, g->oracles) != g->columns))
        give_up("%s: its second line does not fit the header", path);
    while (fgets(line, sizeof line, file)) {
        if (split(line, separator, fields) != g->columns)
            give_up("%s: row %zu has not %d fields", path, g->rows, g->columns);
        if (g->rows == room) {
            room = room ? 2 * room : 1024;
            for (int k = 0; k < g->columns; k++)
                if (!(g->value[k] = realloc(g->value[k], room * sizeof(double))))
                    give_up("out of memory");
        }
        for (int k = 0; k < g->columns; k++)
            g->value[k][g->rows] = *fields[k] ? strtod(fields[k], NULL) : NAN;
        g->rows++;
    }
    fclose(file);
    return g;
}

/* timestamp,open,high,low,close,volume; the timestamps are not kept. */
static inline struct bars read_bars(const char *path)
{
    struct golden *g = read_golden(path, ',', false);
    if (!g || g->columns != COLUMNS + 1)
        give_up("%s: no bars", path);
    struct bars b = new_bars(g->rows);
    for (int k = 0; k < COLUMNS; k++)
        memcpy(b.column[k], g->value[k + 1], g->rows * sizeof(double));
    free_golden(g);
    return b;
}

#endif
