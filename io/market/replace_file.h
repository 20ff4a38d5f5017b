/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Never half a file under the final name: write to `temporary`, then let it take the place
 * of `path` once it is on the disk.
 */
#ifndef ADMF_IO_MARKET_REPLACE_FILE_H
#define ADMF_IO_MARKET_REPLACE_FILE_H

#include "admf/error.h"

/* A name beside `path`, to be freed with memory_free; NULL when memory ran out. */
char *temporary_name(const char *path);
/* Syncs the closed file `temporary` and renames it to `path`; removes it where that fails. */
admf_status replace_file(const char *temporary, const char *path, admf_error *error);

#endif
