/* SPDX-License-Identifier: Apache-2.0 */
/* Limits of control groups, from folders made like theirs. */
#define _GNU_SOURCE /* mkdir */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <sys/stat.h>

#include "engine/cpu/cgroup.h"
#include "tests/text_file.h"

static void expect_room(const char *groups, uint64_t room)
{
    write_file("cgroup/self", groups);
    assert_int_equal(cgroup_memory_room("cgroup/self", "cgroup"), room);
}

static int make_groups(void **state)
{
    (void)state;
    static const char *const folders[] = {"cgroup",           "cgroup/slice",
                                          "cgroup/slice/job", "cgroup/slice/free",
                                          "cgroup/memory",    "cgroup/memory/old"};
    for (size_t i = 0; i < sizeof folders / sizeof *folders; i++)
        mkdir(folders[i], 0777);
    write_file("cgroup/slice/memory.max", "1000\n");
    write_file("cgroup/slice/memory.current", "700\n");
    write_file("cgroup/slice/memory.stat", "anon 400\ninactive_file 100\n");
    write_file("cgroup/slice/job/memory.max", "300\n");
    write_file("cgroup/slice/job/memory.current", "50\n");
    write_file("cgroup/slice/free/memory.max", "max\n");
    write_file("cgroup/memory/memory.limit_in_bytes", "9000\n");
    write_file("cgroup/memory/old/memory.limit_in_bytes", "500\n");
    write_file("cgroup/memory/old/memory.usage_in_bytes", "600\n");
    write_file("cgroup/memory/old/memory.stat", "total_inactive_file 200\n");
    return 0;
}

static void the_narrowest_group_counts(void **state)
{
    (void)state;
    expect_room("0::/slice/job\n", 250);
    expect_room("0::/slice/free\n", 400);
    expect_room("0::/slice\n", 400);
    expect_room("0::/\n", UINT64_MAX);
    expect_room("9:cpu,memory:/old\n", 100);
    expect_room("9:cpu,memory:/\n", 9000);
    expect_room("9:cpu:/old\n1:name=systemd:/old\n", UINT64_MAX);
    expect_room("4:memory:/old\n0::/slice/job\n", 100);
}

/* What a container sees of the path outside of it: nothing, but the root. */
static void a_group_that_is_not_there_leaves_those_above(void **state)
{
    (void)state;
    expect_room("0::/slice/elsewhere/deep\n", 400);
    expect_room("4:memory:/docker/1234\n", 9000);
    expect_room("nonsense\n\n:\n::\n", UINT64_MAX);
    assert_int_equal(cgroup_memory_room("cgroup/none", "cgroup"), UINT64_MAX);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_narrowest_group_counts),
        cmocka_unit_test(a_group_that_is_not_there_leaves_those_above),
    };
    return cmocka_run_group_tests(tests, make_groups, NULL);
}
