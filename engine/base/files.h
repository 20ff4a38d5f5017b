/* SPDX-License-Identifier: Apache-2.0 */
#ifndef ADMF_ENGINE_BASE_FILES_H
#define ADMF_ENGINE_BASE_FILES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "admf/error.h"

/* Whether two names, links followed, are of one file that exists. */
bool files_same(const char *a, const char *b);

/*
 * The name under which a file is to be made, so that a link stays one and what it points to is
 * written: the end of a chain of links, which need not exist yet, in `room`; or `path` itself,
 * also where links lead round or to a name that is too long.
 */
const char *files_followed(const char *path, char room[ADMF_PATH_MAX]);

/* Whole reads and writes at an offset; 0 or errno (EIO where the file ends too early). */
int files_read_at(int fd, void *bytes, size_t count, uint64_t offset);
int files_write_at(int fd, const void *bytes, size_t count, uint64_t offset);

#endif
