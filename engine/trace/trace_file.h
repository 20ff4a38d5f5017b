/* SPDX-License-Identifier: Apache-2.0 */
/* The file that events go to: whole or not at all, unless it is a pipe or a device. */
#ifndef ADMF_ENGINE_TRACE_TRACE_FILE_H
#define ADMF_ENGINE_TRACE_TRACE_FILE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#include "engine/base/whole_file.h"

/* Start from {.whole.claim.fd = -1}; not to be moved while it is open. */
struct trace_file {
    const char *path;         /* borrowed */
    const volatile int *stop; /* NULL, or where an end is asked for */
    FILE *stream;             /* NULL: not open */
    bool direct;              /* written under its own name */
    int fd;                   /* where it is: the descriptor, at which no write waits */
    struct whole_file whole;  /* where it is not */
    int error;                /* errno of the write that failed; 0: none */
};

/* Whether `path` is a pipe or a device, which nothing can take the place of. */
bool trace_file_is_direct(const char *path);
/*
 * Opens it for trace_file_close to close, also where this fails: ADMF_IO, or what `stop` (NULL:
 * none) asks for while a pipe has no reader, which is no error. `force`: whole, it replaces what is
 * at `path` by then.
 */
admf_status trace_file_open(struct trace_file *file, const char *path, bool force,
                            const volatile int *stop, admf_error *error);
/* Writes one line; false where that failed, which trace_file_close tells of. */
bool trace_file_line(struct trace_file *file, const char *json, size_t length);
/*
 * Closes it, and gives it its name where `keep` and all was written; else nothing is left of it.
 * ADMF_IO where something could not be written, without an error where that was because a pipe's
 * reader has left; what `stop` asks for, without one too, where that came before all was written.
 * Fine for one that is not open.
 */
admf_status trace_file_close(struct trace_file *file, bool keep, admf_error *error);

#endif
