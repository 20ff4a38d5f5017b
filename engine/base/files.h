/* SPDX-License-Identifier: Apache-2.0 */
#ifndef ADMF_ENGINE_BASE_FILES_H
#define ADMF_ENGINE_BASE_FILES_H

#include <stdbool.h>

/* Whether two names, links followed, are of one file that exists. */
bool files_same(const char *a, const char *b);

#endif
