/* SPDX-License-Identifier: Apache-2.0 */
/* "Did you mean …?" */
#ifndef ADMF_CLI_SUGGESTION_H
#define ADMF_CLI_SUGGESTION_H

#include <stddef.h>

/*
 * The name most like `word`, if it is like enough to be meant: at most 2 edits or a third
 * of the word's length, else the beginning in common. name(context, i) gives the i-th of `count`
 * names. NULL: none.
 */
const char *cli_suggest(const char *word, const char *(*name)(const void *context, size_t i),
                        const void *context, size_t count);

/* The same over an array of strings. */
const char *cli_suggest_of(const char *word, const char *const *names, size_t count);

#endif
