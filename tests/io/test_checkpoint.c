/* SPDX-License-Identifier: Apache-2.0 */
/* How far a workflow has come: what is written is read back, never half, whoever was killed. */
#define _GNU_SOURCE /* mkdtemp */
#include <dirent.h>
#include <signal.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "io/cube/checkpoint.h"
#include "tests/io/cube_folder.h"

static char id[] = "workflow_20260102_150405_1a2b3c4d";

static struct checkpoint sample(struct checkpoint_phase *phase, const char *name)
{
    *phase = (struct checkpoint_phase){.name = name,
                                       .status = "finished",
                                       .cube = "out.\xc3\xa4 \"x\".h5",
                                       .digest = "0123456789abcdef",
                                       .seconds = 0.25,
                                       .combinations = 24};
    return (struct checkpoint){.correlation_id = id,
                               .configuration = "00112233445566ff",
                               .data = "ff66554433221100",
                               .count = 1,
                               .phases = phase};
}

static void write_sample(const char *name)
{
    struct checkpoint_phase phase;
    const struct checkpoint checkpoint = sample(&phase, name);
    admf_error error = {0};
    succeed(checkpoint_write(path, &checkpoint, &error), &error);
}

static void expect_sample(const char *name)
{
    struct checkpoint found;
    struct checkpoint_phase phase;
    const struct checkpoint wanted = sample(&phase, name);
    admf_error error = {0};
    succeed(checkpoint_read(path, &found, &error), &error);
    assert_string_equal(found.correlation_id, wanted.correlation_id);
    assert_string_equal(found.configuration, wanted.configuration);
    assert_string_equal(found.data, wanted.data);
    assert_int_equal(found.count, 1);
    assert_string_equal(found.phases[0].name, name);
    assert_string_equal(found.phases[0].status, phase.status);
    assert_string_equal(found.phases[0].cube, phase.cube);
    assert_string_equal(found.phases[0].digest, phase.digest);
    checkpoint_deinit(&found);
}

static int files_in_folder(void)
{
    DIR *list = opendir(folder);
    int count = 0;
    assert_non_null(list);
    for (const struct dirent *entry; (entry = readdir(list)) != NULL;)
        count += entry->d_name[0] != '.';
    closedir(list);
    return count;
}

static void what_is_written_is_read(void **state)
{
    (void)state;
    write_sample("search");
    expect_sample("search");
    write_sample("validate");
    expect_sample("validate");
    assert_int_equal(files_in_folder(), 1);
}

/* A process that a signal ends in the midst of writing: of a file it may write but 16 bytes. */
static void write_and_die(void)
{
    pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        struct checkpoint_phase phase;
        const struct checkpoint checkpoint = sample(&phase, "killed");
        const struct rlimit little = {16, 16}, none = {0, 0};
        admf_error error = {0};
        signal(SIGXFSZ, SIG_DFL);
        setrlimit(RLIMIT_CORE, &none);
        setrlimit(RLIMIT_FSIZE, &little);
        checkpoint_write(path, &checkpoint, &error);
        _exit(0);
    }
    int ended = 0;
    assert_int_equal(waitpid(child, &ended, 0), child);
    assert_true(WIFSIGNALED(ended));
}

static void what_a_kill_leaves_is_replaced(void **state)
{
    (void)state;
    write_sample("search");
    write_and_die();
    expect_sample("search");
    write_and_die();
    write_sample("validate");
    expect_sample("validate");
    assert_int_equal(files_in_folder(), 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_written_is_read),
        cmocka_unit_test(what_a_kill_leaves_is_replaced),
    };
    return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
