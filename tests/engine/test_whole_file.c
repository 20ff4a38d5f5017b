/* SPDX-License-Identifier: Apache-2.0 */
/* Never half a file: what comes to the disk when, whose the name in the making is, what is left. */
#define _GNU_SOURCE /* mkdtemp */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "engine/base/whole_file.h"
#include "tests/io/cube_folder.h"

static bool is_taken; /* the name, by a file that came during the work */
static int synced_files, synced_folders, fsync_error; /* errno of every fsync; 0: none fails */

int __wrap_fsync(int fd); /* the linker puts it in front of the system's */
int __wrap_fsync(int fd)
{
    struct stat about;
    assert_int_equal(fstat(fd, &about), 0);
    /* The name is given in between. */
    assert_int_equal(access(path, F_OK) == 0, is_taken || S_ISDIR(about.st_mode));
    synced_files += S_ISREG(about.st_mode);
    synced_folders += S_ISDIR(about.st_mode);
    errno = fsync_error;
    return fsync_error ? -1 : 0;
}

static bool cannot_tell; /* the file system: whether a name is free when it is given */

int __real_renameat2(int from, const char *made, int to, const char *name, unsigned flags);
int __wrap_renameat2(int from, const char *made, int to, const char *name, unsigned flags);
int __wrap_renameat2(int from, const char *made, int to, const char *name, unsigned flags)
{
    errno = EINVAL;
    return cannot_tell ? -1 : __real_renameat2(from, made, to, name, flags);
}

static int enter(void **state)
{
    (void)state;
    is_taken = cannot_tell = false;
    synced_files = synced_folders = fsync_error = 0;
    unlink(path);
    return chdir(folder);
}

static bool is_making(void) { return access("cube.h5.writing", F_OK) == 0; }

static void put(const char *name, const char *text)
{
    FILE *file = fopen(name, "wb");
    assert_non_null(file);
    fputs(text, file);
    assert_int_equal(fclose(file), 0);
}

static void expect(const char *name, const char *text)
{
    char found[64] = "";
    FILE *file = fopen(name, "rb");
    assert_non_null(file);
    assert_int_equal(fread(found, 1, sizeof found - 1, file), strlen(text));
    fclose(file);
    assert_string_equal(found, text);
}

static admf_status make(const char *name, const char *text, admf_error *error)
{
    struct whole_file file;
    admf_status status = whole_file_begin(&file, name, true, error);
    if (!status) {
        put(file.making, text);
        status = whole_file_finish(&file, error);
    }
    whole_file_drop(&file);
    return status;
}

static void file_and_folder_come_to_the_disk(void **state)
{
    (void)state;
    admf_error error = {0};
    succeed(make("cube.h5", "whole", &error), &error);
    expect(path, "whole");
    assert_int_equal(synced_files, 1);
    assert_int_equal(synced_folders, 1);
    assert_false(is_making());
}

static void what_cannot_be_synced(void **state)
{
    static const int fine[] = {EINVAL, EROFS};
    (void)state;
    admf_error error = {0};
    for (size_t k = 0; k < sizeof fine / sizeof *fine; k++, unlink(path)) {
        fsync_error = fine[k]; /* a file system that has no such thing */
        succeed(make(path, "whole", &error), &error);
    }
    fsync_error = EIO;
    assert_int_equal(make(path, "lost", &error), ADMF_IO);
    assert_string_equal(error.file, path);
    assert_non_null(strstr(error.message, "cannot write"));
    assert_int_not_equal(access(path, F_OK), 0);
    assert_false(is_making());
}

static void one_writer_at_a_time(void **state)
{
    struct whole_file first, second;
    (void)state;
    admf_error error = {0};
    succeed(whole_file_begin(&first, path, true, &error), &error);
    put(first.making, "first");
    assert_int_equal(whole_file_begin(&second, "./cube.h5", true, &error), ADMF_IO);
    assert_non_null(strstr(error.message, "another run is writing this file"));
    whole_file_drop(&second);
    expect(first.making, "first");
    succeed(whole_file_finish(&first, &error), &error);
    whole_file_drop(&first);
    expect(path, "first");
    succeed(whole_file_begin(&second, path, true, &error), &error);
    whole_file_drop(&second); /* without a word of it */
    expect(path, "first");
    assert_false(is_making());
}

static void what_a_kill_leaves_goes(void **state)
{
    (void)state;
    admf_error error = {0};
    pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        struct whole_file file;
        if (whole_file_begin(&file, path, true, &error) == ADMF_OK) {
            put(file.making, "half of something longer");
            kill(getpid(), SIGKILL);
        }
        _exit(0);
    }
    int ended = 0;
    assert_int_equal(waitpid(child, &ended, 0), child);
    assert_true(WIFSIGNALED(ended));
    assert_true(is_making());
    succeed(make(path, "whole", &error), &error);
    expect(path, "whole");
    assert_false(is_making());
}

static void what_is_not_ours_stays(void **state)
{
    (void)state;
    admf_error error = {0};
    put("other", "mine");
    assert_int_equal(symlink("other", "cube.h5.writing"), 0);
    assert_int_equal(make(path, "lost", &error), ADMF_IO);
    assert_non_null(strstr(error.message, "in the way"));
    expect("other", "mine");
    assert_int_equal(unlink("cube.h5.writing"), 0);
    assert_true(whole_file_spoils("other", "./other"));
    assert_false(whole_file_spoils("other", path));
    put("cube.h5.writing", "an input");
    assert_true(whole_file_spoils(path, "cube.h5.writing"));
    unlink("cube.h5.writing");
}

static void long_paths_are_refused(void **state)
{
    char name[ADMF_PATH_MAX + 16];
    (void)state;
    for (size_t length = ADMF_PATH_MAX - 16; length < sizeof name; length++) {
        admf_error error = {0};
        memset(name, '/', length);
        memcpy(name + length - 4, "a.h5", 5);
        assert_int_equal(whole_file_allow(name, true, &error), ADMF_IO);
        assert_non_null(strstr(error.message, "the path of the file is too long"));
        assert_int_equal(make(name, "lost", &error), ADMF_IO);
    }
}

static void what_is_there_is_replaced_by_force(void **state)
{
    (void)state;
    admf_error error = {0};
    succeed(whole_file_allow("new.h5", false, &error), &error);
    put("there.h5", "mine");
    assert_int_equal(whole_file_allow("there.h5", false, &error), ADMF_IO);
    assert_non_null(strstr(error.message, "--force"));
    succeed(whole_file_allow("there.h5", true, &error), &error);
    assert_int_equal(symlink("nowhere", "dangling.h5"), 0);
    assert_int_equal(whole_file_allow("dangling.h5", false, &error), ADMF_IO);
    succeed(whole_file_allow("dangling.h5", true, &error), &error);
    assert_int_equal(whole_file_allow("no/new.h5", true, &error), ADMF_IO);
    assert_non_null(strstr(error.message, "cannot create a file in no: No such file"));
    expect("there.h5", "mine");
}

/* Between the look at what is there and the end of the work. */
static void what_comes_meanwhile_is_replaced_by_force(void **state)
{
    (void)state;
    for (int k = 0; k < 6; k++) {
        const bool force = k % 3 == 2;
        struct whole_file file;
        admf_error error = {0};
        cannot_tell = k / 3;
        is_taken = k % 3 != 0;
        succeed(whole_file_begin(&file, path, force, &error), &error);
        put(file.making, "ours");
        if (is_taken)
            put(path, "theirs");
        const bool kept = is_taken && !force;
        assert_int_equal(whole_file_finish(&file, &error), kept ? ADMF_IO : ADMF_OK);
        whole_file_drop(&file);
        assert_true(!kept || strstr(error.message, "another file has come to be here"));
        expect(path, kept ? "theirs" : "ours");
        assert_false(is_making());
        unlink(path);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(file_and_folder_come_to_the_disk, enter),
        cmocka_unit_test_setup(what_cannot_be_synced, enter),
        cmocka_unit_test_setup(one_writer_at_a_time, enter),
        cmocka_unit_test_setup(what_a_kill_leaves_goes, enter),
        cmocka_unit_test_setup(what_is_not_ours_stays, enter),
        cmocka_unit_test_setup(long_paths_are_refused, enter),
        cmocka_unit_test_setup(what_is_there_is_replaced_by_force, enter),
        cmocka_unit_test_setup(what_comes_meanwhile_is_replaced_by_force, enter),
    };
    return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
