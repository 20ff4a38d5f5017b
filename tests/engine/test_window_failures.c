/* SPDX-License-Identifier: Apache-2.0 */
/* The disk is full when a window's books are closed while the sweep goes on in the others. */
#define _GNU_SOURCE
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>
#include <unistd.h>

#include "admf/workflow.h"
#include "tests/text_file.h"

static long writes, failing; /* of values and of what is done; the one that fails, or 0 */

int __real_files_write_at(int fd, const void *bytes, size_t count, uint64_t offset);
int __wrap_files_write_at(int fd, const void *bytes, size_t count, uint64_t offset);
int __wrap_files_write_at(int fd, const void *bytes, size_t count, uint64_t offset)
{
    long n = __atomic_add_fetch(&writes, 1, __ATOMIC_RELAXED);
    return n == failing ? ENOSPC : __real_files_write_at(fd, bytes, count, offset);
}

static admf_status run(bool resume, char digest[17], char *message)
{
    admf_options options = {.config_path = "window_failures.yaml",
                            .output = "window_failures.h5",
                            .threads = 2,
                            .tile_bars = 64,
                            .resume = resume,
                            .force = !resume};
    admf_diagnostics errors = ADMF_DIAGNOSTICS_INIT, warnings = ADMF_DIAGNOSTICS_INIT;
    admf_workflow_result *result = NULL;
    writes = 0;
    admf_status status = admf_workflow_run(&options, &result, &errors, &warnings);
    if (status == ADMF_OK)
        memcpy(digest, result->phases[0].digest, 17);
    strcpy(message, errors.count ? errors.items[0].message : "");
    admf_workflow_result_free(&result);
    admf_diagnostics_deinit(&errors);
    admf_diagnostics_deinit(&warnings);
    return status;
}

static void a_full_disk_ends_the_sweep_in_order(void **state)
{
    (void)state;
    char whole[17], digest[17], message[ADMF_MESSAGE_MAX];
    write_file("window_failures.yaml",
               "windows: {k_fold: {k: 5, purge: 5d, embargo: 5d}}\n"
               "data: [{symbol: SP500, path: " ADMF_SOURCE_DIR "/data/sp500_daily.csv}]\n"
               "strategies: [{type: momentum, parameters: {lookback_period: [10, 20, 30]}}]\n");
    assert_int_equal(run(false, whole, message), ADMF_OK);
    long all = writes;
    unlink("window_failures.h5");
    assert_true(all > 6);
    for (long n = 1; n <= all; n += 1 + all / 40) {
        failing = n;
        admf_status status = run(false, digest, message);
        failing = 0;
        if (status != ADMF_IO)
            fail_msg("write %ld of %ld failed: status %d", n, all, status);
        assert_non_null(strstr(message, "No space left"));
        assert_int_not_equal(access("window_failures.h5", F_OK), 0);
        bool resumes = access("window_failures.h5.partial", F_OK) == 0;
        assert_int_equal(run(resumes, digest, message), ADMF_OK);
        assert_string_equal(digest, whole);
        unlink("window_failures.h5");
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(a_full_disk_ends_the_sweep_in_order)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
