/* SPDX-License-Identifier: Apache-2.0 */
/* What the benchmark takes a machine's caches for, from folders like those of the system. */
#define _DEFAULT_SOURCE /* mkdtemp */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "bench/caches.h"

enum { KB = 1 << 10, MB = 1 << 20, PATH = 200 };

static void write_text(const char *folder, const char *name, const char *text)
{
    char path[PATH + 32];
    snprintf(path, sizeof path, "%s/%s", folder, name);
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    fprintf(file, "%s\n", text);
    fclose(file);
}

static void add_cache(const char *folder, int core, int cache, const char *type, const char *size,
                      const char *sharing)
{
    char path[PATH];
    snprintf(path, sizeof path, "%s/cpu%d", folder, core);
    mkdir(path, 0777);
    snprintf(path, sizeof path, "%s/cpu%d/cache", folder, core);
    mkdir(path, 0777);
    snprintf(path, sizeof path, "%s/cpu%d/cache/index%d", folder, core, cache);
    assert_int_equal(mkdir(path, 0777), 0);
    write_text(path, "type", type);
    write_text(path, "size", size);
    write_text(path, "shared_cpu_list", sharing);
}

static void remove_tree(const char *folder)
{
    char command[PATH];
    snprintf(command, sizeof command, "rm -r '%s'", folder);
    assert_int_equal(system(command), 0);
}

/* Two cores beside each other, and 16 threads on 8 cores at the shared cache. */
static void test_what_is_shared_is_parted(void **state)
{
    char folder[] = "caches_XXXXXX";
    (void)state;
    assert_non_null(mkdtemp(folder));
    for (int core = 0; core < 2; core++) {
        add_cache(folder, core, 0, "Data", "32K", core ? "1,9" : "0,8");
        add_cache(folder, core, 1, "Instruction", "64K", core ? "1,9" : "0,8");
        add_cache(folder, core, 2, "Unified", core ? "1024K" : "2M", core ? "1,9" : "0,8");
        add_cache(folder, core, 3, "Unified", "96M", "0-7,8-15");
    }
    assert_int_equal(cache_bytes(folder, 1), 32 * KB + 2 * MB + 96 * MB);
    assert_int_equal(cache_bytes(folder, 2), 16 * KB + 1 * MB + 48 * MB);
    assert_int_equal(cache_bytes(folder, 16), 16 * KB + 1 * MB + 6 * MB);
    assert_int_equal(cache_bytes(folder, 1000), 16 * KB + 1 * MB + 6 * MB);
    remove_tree(folder);
}

static void test_a_system_that_does_not_say(void **state)
{
    char folder[] = "caches_XXXXXX";
    (void)state;
    assert_int_equal(cache_bytes("/nowhere", 4), 0);
    assert_non_null(mkdtemp(folder));
    add_cache(folder, 0, 0, "Unified", "much", "all");
    assert_int_equal(cache_bytes(folder, 4), 0);
    remove_tree(folder);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_what_is_shared_is_parted),
                                       cmocka_unit_test(test_a_system_that_does_not_say)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
