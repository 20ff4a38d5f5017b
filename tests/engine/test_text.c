/* SPDX-License-Identifier: Apache-2.0 */
/* Texts that cannot be had say so. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <wchar.h>

#include <cmocka.h>

#include "engine/base/text.h"

/* A wide character that there is none of in any locale. */
static void what_cannot_be_printed_fails(void **state)
{
    (void)state;
    static const wchar_t none[] = {(wchar_t)0x7fffffff, 0};
    struct text text = {0};
    text_format(&text, "%d", 1);
    assert_false(text.failed);
    text_format(&text, "%ls", none);
    assert_true(text.failed);
    text_add(&text, "2");
    assert_string_equal(text.chars, "1");
    text_deinit(&text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_cannot_be_printed_fails),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
