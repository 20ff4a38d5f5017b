/* SPDX-License-Identifier: Apache-2.0 */
/* Files of a text, for programs to read. */
#ifndef ADMF_TESTS_TEXT_FILE_H
#define ADMF_TESTS_TEXT_FILE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

static inline void write_file(const char *path, const char *text)
{
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    assert_true(fputs(text, file) >= 0);
    assert_int_equal(fclose(file), 0);
}

#endif
