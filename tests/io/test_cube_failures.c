/* SPDX-License-Identifier: Apache-2.0 */
/* Full disks, missing folders, vanished files, exhausted memory. */
#define _GNU_SOURCE /* mkdtemp */
#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "admf/cube.h"
#include "tests/io/cube_fixture.h"
#include "tests/io/cube_folder.h"
#include "engine/base/memory.h"

static char partial[144], fresh[144];
static struct fixture f;

static int set_up(void **state)
{
    if (make_folder(state) != 0)
        return -1;
    snprintf(partial, sizeof partial, "%s.partial", path);
    snprintf(fresh, sizeof fresh, "%s.new", path);
    fixture_init(&f, 21, 3, 2, 2);
    return 0;
}

static int tear_down(void **state)
{
    fixture_deinit(&f);
    return remove_folder(state);
}

static admf_status run(admf_error *error)
{
    struct cube_writer *cube = NULL;
    admf_status status = cube_create(path, &f.layout, true, &cube, error);
    if (!status)
        status = fixture_write_rest(cube, &f.layout, error);
    if (!status)
        status = fixture_keep(cube, error);
    if (!status)
        status = cube_finish(&cube, "2026-01-02T15:04:05Z", NULL, error);
    cube_abandon(&cube);
    return status;
}

static void limit_files(rlim_t bytes)
{
    struct rlimit limit;
    getrlimit(RLIMIT_FSIZE, &limit);
    limit.rlim_cur = bytes;
    setrlimit(RLIMIT_FSIZE, &limit);
}

/* In a child: HDF5 keeps what it could not write of a file until the process ends. */
static admf_status run_limited(rlim_t bytes)
{
    pid_t child = fork();
    if (child == 0) {
        admf_error error = {0};
        limit_files(bytes);
        admf_status status = run(&error);
        _exit(status && !error.message[0] ? 99 : (int)status);
    }
    int how;
    assert_int_equal(waitpid(child, &how, 0), child);
    assert_true(WIFEXITED(how));
    return (admf_status)WEXITSTATUS(how);
}

/* A limit on the size of files stands for a full disk: writes fail half-way. */
static void full_disk(void **state)
{
    (void)state;
    admf_error error = {0};
    signal(SIGXFSZ, SIG_IGN);
    unlink(path);
    succeed(run(&error), &error);
    struct stat about;
    stat(path, &about);
    off_t whole = about.st_size;
    unlink(path);
    int failures = 0;
    for (off_t room = 0; room < 2 * whole; room += whole / 29 + 1) {
        admf_status status = run_limited((rlim_t)room);
        if (status) {
            failures++;
            assert_int_equal(status, ADMF_IO);
            assert_int_not_equal(access(path, F_OK), 0);
            assert_int_not_equal(access(fresh, F_OK), 0);
        }
        if (status && access(partial, F_OK) == 0) {
            admf_cube *cube;
            memset(&error, 0, sizeof error);
            succeed(admf_cube_open(partial, &cube, &error), &error);
            admf_cube_close(&cube);
        }
        unlink(path);
    }
    assert_true(failures > 5);
    unlink(partial);
}

static void no_folder(void **state)
{
    (void)state;
    admf_error error = {0};
    struct cube_writer *cube;
    assert_int_equal(cube_create("/nonexistent/cube.h5", &f.layout, false, &cube, &error), ADMF_IO);
    assert_null(cube);
    assert_int_equal(cube_create("/proc/cube.h5", &f.layout, false, &cube, &error), ADMF_IO);
    admf_cube *reader;
    char digest[17];
    assert_int_equal(admf_cube_open("/nonexistent/cube.h5", &reader, &error), ADMF_NO_INPUT);
    assert_null(reader);
    /* A folder is no cube, and --force does not make it one. */
    assert_int_equal(admf_cube_open("/tmp", &reader, &error), ADMF_NO_INPUT);
    assert_int_equal(admf_cube_digest("/tmp", digest, &error), ADMF_NO_INPUT);
    assert_int_equal(cube_create("/tmp", &f.layout, true, &cube, &error), ADMF_IO);
    assert_null(cube);
    /* Nor is a pipe, and nobody waits for its other end. */
    assert_int_equal(mkfifo(path, 0600), 0);
    assert_int_equal(admf_cube_open(path, &reader, &error), ADMF_NO_INPUT);
    assert_non_null(strstr(error.message, "no regular file"));
    assert_int_equal(admf_cube_digest(path, digest, &error), ADMF_NO_INPUT);
    assert_int_equal(unlink(path), 0);
}

/* A device or pipe (-o /dev/null) is nothing that a cube may take the place of. */
static void no_plain_file(void **state)
{
    (void)state;
    admf_error error = {0};
    struct cube_writer *cube;
    struct stat about;
    unlink(path);
    assert_int_equal(mkfifo(path, 0600), 0);
    assert_int_equal(cube_create(path, &f.layout, true, &cube, &error), ADMF_IO);
    assert_null(cube);
    assert_int_equal(cube_resume(path, &f.layout, &cube, &error), ADMF_IO);
    assert_int_equal(cube_matches(path, &f.layout, &error), ADMF_IO);
    assert_int_equal(stat(path, &about), 0);
    assert_true(S_ISFIFO(about.st_mode));
    unlink(path);
}

/* It was replaced, which nobody had asked for. */
static void link_to_itself(void **state)
{
    (void)state;
    admf_error error = {0};
    struct cube_writer *cube;
    struct stat about;
    assert_int_equal(symlink(path, path), 0);
    assert_int_equal(cube_create(path, &f.layout, false, &cube, &error), ADMF_IO);
    assert_null(cube);
    assert_non_null(strstr(error.message, strerror(ELOOP)));
    assert_int_equal(cube_create(path, &f.layout, true, &cube, &error), ADMF_IO);
    assert_int_equal(lstat(path, &about), 0);
    assert_true(S_ISLNK(about.st_mode));
    unlink(path);
}

static void vanished_file(void **state)
{
    (void)state;
    admf_error error = {0};
    struct cube_writer *cube;
    unlink(path);
    succeed(cube_create(path, &f.layout, true, &cube, &error), &error);
    succeed(fixture_write_block(cube, &f.layout, 0, &error), &error);
    unlink(partial);
    assert_int_equal(fixture_write_block(cube, &f.layout, 1, &error), ADMF_IO);
    assert_non_null(strstr(error.message, "removed"));
    cube_abandon(&cube);
}

static int failing_fsync; /* counted from 1 down to the one that fails; 0: none */

int __real_fsync(int fd);
int __wrap_fsync(int fd); /* the linker puts it in front of the system's */
int __wrap_fsync(int fd)
{
    struct stat about;
    /* Those of the finished file and of its folder: the writer syncs others meanwhile. */
    bool last = fstat(fd, &about) == 0 &&
                (S_ISDIR(about.st_mode) || (fcntl(fd, F_GETFL) & O_ACCMODE) == O_RDONLY);
    if (!last || failing_fsync == 0 || --failing_fsync > 0)
        return __real_fsync(fd);
    errno = EIO;
    return -1;
}

/* What cannot be brought to the disk does not get the name of a finished cube. */
static void unsynced_file(void **state)
{
    (void)state;
    admf_error error = {0};
    unlink(path);
    failing_fsync = 1;
    assert_int_equal(run(&error), ADMF_IO);
    assert_int_equal(failing_fsync, 0);
    assert_non_null(strstr(error.message, "cannot write"));
    assert_int_not_equal(access(path, F_OK), 0);
    assert_int_not_equal(access(fresh, F_OK), 0);
    assert_int_equal(access(partial, F_OK), 0);
    memset(&error, 0, sizeof error);
    succeed(run(&error), &error);
    assert_int_equal(access(path, F_OK), 0);
    unlink(path);
}

/* The n-th allocation fails, for every n: an error each time, and never half a cube. */
static void exhausted_memory(void **state)
{
    (void)state;
    admf_error error = {0};
    f.layout.threads = 1; /* which thread allocates when must not matter here */
    unlink(path);
    memory_fail_at(0);
    succeed(run(&error), &error);
    uint64_t count = memory_allocations();
    for (uint64_t n = 1; n <= count; n += 1 + n / 40) {
        unlink(path);
        memset(&error, 0, sizeof error);
        memory_fail_at(n);
        admf_status status = run(&error);
        memory_fail_at(0);
        if (status != ADMF_INTERNAL)
            print_error("allocation %d of %d: %d %s\n", (int)n, (int)count, (int)status,
                        error.message);
        assert_int_equal(status, ADMF_INTERNAL);
        assert_int_not_equal(access(path, F_OK), 0);
    }
    unlink(path);
    succeed(run(&error), &error);
    for (uint64_t n = 1;; n++) {
        admf_cube *cube;
        admf_ranking *ranking = NULL;
        memset(&error, 0, sizeof error);
        memory_fail_at(n);
        admf_status status = admf_cube_open(path, &cube, &error);
        if (!status)
            status = admf_cube_rank(cube,
                                    &(admf_rank_options){.by = "sharpe",
                                                         .n = 5,
                                                         .min_trades = 1,
                                                         .where = "momentum__lookback_period > 10"},
                                    &ranking, &error);
        uint64_t made = memory_allocations();
        memory_fail_at(0);
        admf_ranking_free(&ranking);
        admf_cube_close(&cube);
        if (made < n)
            break;
        assert_int_not_equal(status, ADMF_OK);
    }
    f.layout.threads = 2;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(full_disk),        cmocka_unit_test(no_folder),
        cmocka_unit_test(no_plain_file),    cmocka_unit_test(link_to_itself),
        cmocka_unit_test(vanished_file),    cmocka_unit_test(unsynced_file),
        cmocka_unit_test(exhausted_memory),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
