/* SPDX-License-Identifier: Apache-2.0 */
/* Filling in errors; include/admf/error.h says what they are. */
#ifndef ADMF_ENGINE_BASE_FAILURE_H
#define ADMF_ENGINE_BASE_FAILURE_H

#include <stddef.h>

#include "admf/error.h"

/* Describes a failure without a place and returns `code`, so that callers can `return fail(…)`. */
admf_status fail(admf_error *error, admf_status code, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
/* The same for a file; errno is added where `number` is not 0: "cannot open: No such file…". */
admf_status fail_file(admf_error *error, admf_status code, const char *file, int number,
                      const char *format, ...) __attribute__((format(printf, 5, 6)));
admf_status fail_memory(admf_error *error); /* ADMF_INTERNAL, "out of memory" */

/* Appends a failure at a place; line 0: no place. Returns `code`. Memory exhausted while
 * appending is itself kept as the last item (room for it is reserved). */
admf_status report(admf_diagnostics *list, admf_status code, const char *file, int line, int column,
                   int length, const char *format, ...) __attribute__((format(printf, 7, 8)));
admf_status report_memory(admf_diagnostics *list); /* ADMF_INTERNAL, "out of memory", no place */
/* As report; but a stop, which was asked for and is no failure, is only returned. */
admf_status report_error(admf_diagnostics *list, const admf_error *error);

/*
 * The entry of `names` nearest to `name`: at edit distance <= 2 or a third of its length
 * (insert, delete, substitute, swap of neighbours). NULL where none is.
 */
const char *nearest_name(const char *name, const char *const *names, size_t count);

#endif
