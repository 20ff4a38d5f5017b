/* SPDX-License-Identifier: Apache-2.0 */
/* The line of a file that an error speaks of, with its place underlined. */
#ifndef ADMF_CLI_EXCERPT_H
#define ADMF_CLI_EXCERPT_H

#include <stdbool.h>
#include <stdio.h>

#include "admf/error.h"

/* A file being read line by line; errors of one file, in order, read it once. */
typedef struct cli_source {
    char path[ADMF_PATH_MAX];
    FILE *file; /* NULL: none open */
    bool yaml;  /* lines end as in YAML: more than line feeds end them */
    int line;   /* of `text`       */
    char *text;
    size_t length, capacity;
} cli_source;

#define CLI_SOURCE_INIT                                                                            \
    {                                                                                              \
        {0}, 0, 0, 0, 0, 0, 0                                                                      \
    }

void cli_source_deinit(cli_source *source);

/* Lets `text` be what is shown of a file `name` that there is not. It is borrowed. */
void cli_source_of_text(cli_source *source, const char *name, const char *text);

/*
 * Prints the excerpt for `error`; nothing where the file is gone, is not text, or has no
 * such line.
 */
void cli_excerpt(cli_source *source, const admf_error *error, bool colour, FILE *out);

#endif
