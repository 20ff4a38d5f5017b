/* SPDX-License-Identifier: Apache-2.0 */
/* A folder of a test's own under /tmp, and the path of a cube in it. */
#ifndef ADMF_TESTS_IO_CUBE_FOLDER_H
#define ADMF_TESTS_IO_CUBE_FOLDER_H

#ifndef _GNU_SOURCE
#error define _GNU_SOURCE before any header: mkdtemp
#endif
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "admf/error.h"

static char folder[] = "/tmp/admf_cube_XXXXXX";
static char path[128]; /* of a cube that is not there yet */

/* Set-up and tear-down of cmocka. */
static inline int make_folder(void **state)
{
    (void)state;
    if (!mkdtemp(folder))
        return -1;
    snprintf(path, sizeof path, "%s/cube.h5", folder);
    return 0;
}

static inline int remove_folder(void **state)
{
    char command[160];
    (void)state;
    snprintf(command, sizeof command, "rm -rf '%s'", folder);
    return system(command);
}

static inline void succeed(admf_status status, const admf_error *error)
{
    if (status)
        print_error("%d: %s: %s\n", (int)status, error->file, error->message);
    assert_int_equal(status, ADMF_OK);
}

#endif
