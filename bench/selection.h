/* SPDX-License-Identifier: Apache-2.0 */
/* Names on the command line, and which rows they mean. */
#ifndef ADMF_BENCH_SELECTION_H
#define ADMF_BENCH_SELECTION_H

#include <stdbool.h>
#include <stddef.h>

/*
 * Whether a name of dotted words is meant by any of `count` wanted ones: words that stand in it one
 * after the other, so that "feature", "rsi" and "feature.rsi" all mean feature.rsi.simple. By
 * none at all every name is.
 */
bool name_is_selected(const char *name, const char *const *wanted, size_t count);

/*
 * The first of the wanted names that means none of the `count` names; NULL: all mean something.
 * *like: the name or word that was perhaps meant; NULL: none.
 */
const char *unknown_name(const char *const *wanted, size_t wanted_count, const char *const *names,
                         size_t count, const char **like);

#endif
