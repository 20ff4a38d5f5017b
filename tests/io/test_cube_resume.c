/* SPDX-License-Identifier: Apache-2.0 */
/* A run killed at any instant goes on from its .partial and ends with the same digest. */
#define _GNU_SOURCE /* mkdtemp, usleep */
#include <errno.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>
#include <hdf5.h>

#include "admf/cube.h"
#include "tests/io/cube_fixture.h"
#include "tests/io/cube_folder.h"

/* The library's own calls of it come here. */
static bool disk_fails; /* once: that is how a system tells of it */
int fdatasync(int fd)
{
    (void)fd;
    bool fails = disk_fails;
    disk_fails = false;
    errno = fails ? EIO : 0;
    return fails ? -1 : 0;
}

static char expected[17];
static struct fixture f;

static int set_up(void **state)
{
    fixture_init(&f, 101, 3, 4, 2);
    f.layout.block_cells = 97;
    return make_folder(state);
}

static int tear_down(void **state)
{
    fixture_deinit(&f);
    return remove_folder(state);
}

/* What `admf run --resume` does. */
static admf_status run(admf_error *error)
{
    struct cube_writer *cube = NULL;
    admf_status status = cube_state(path) == CUBE_PARTIAL
                             ? cube_resume(path, &f.layout, &cube, error)
                             : cube_create(path, &f.layout, true, &cube, error);
    if (!status)
        status = fixture_write_rest(cube, &f.layout, error);
    if (!status)
        status = fixture_keep(cube, error);
    if (!status)
        status = cube_finish(&cube, NULL, NULL, error);
    cube_abandon(&cube);
    return status;
}

static void check_digest(void)
{
    char digest[17];
    admf_error error = {0};
    succeed(admf_cube_digest(path, digest, &error), &error);
    if (expected[0])
        assert_string_equal(digest, expected);
    else
        memcpy(expected, digest, sizeof digest);
}

static void uninterrupted(void **state)
{
    (void)state;
    admf_error error = {0};
    succeed(run(&error), &error);
    check_digest();
}

/* One kill after a while that grows from kill to kill, so that all steps are hit. */
static void killed_at_any_instant(void **state)
{
    (void)state;
    int killed = 0;
    for (int round = 0; round < 40; round++) {
        admf_error error = {0};
        unlink(path);
        for (int kill_number = 0; kill_number < 3; kill_number++) {
            pid_t child = fork();
            if (child == 0)
                _exit(run(&error) ? 1 : 0);
            usleep((useconds_t)(round * 1000 + kill_number * 377));
            kill(child, SIGKILL);
            int how;
            assert_int_equal(waitpid(child, &how, 0), child);
            if (!WIFSIGNALED(how))
                break;
            killed++;
            admf_cube *cube;
            char partial[144];
            snprintf(partial, sizeof partial, "%s.partial", path);
            if (access(partial, F_OK) == 0) { /* always readable */
                succeed(admf_cube_open(partial, &cube, &error), &error);
                assert_string_equal(admf_cube_label(cube, ADMF_AXIS_SYMBOL, 0), "SPY");
                admf_cube_close(&cube);
            }
        }
        if (cube_state(path) != CUBE_FINISHED)
            succeed(run(&error), &error);
        check_digest();
    }
    assert_true(killed > 10);
}

/* Writes 12345 over the cells of a range in a dataset of the .partial. */
static void spoil(const char *name, const struct cube_range *range)
{
    char partial[144];
    uint64_t cells = 101 * 3 * 4 * 2, series = range->symbol * 2 + range->window;
    double *values = malloc(4 * cells * sizeof *values);
    snprintf(partial, sizeof partial, "%s.partial", path);
    hid_t file = H5Fopen(partial, H5F_ACC_RDWR, H5P_DEFAULT);
    hid_t dataset = H5Dopen2(file, name, H5P_DEFAULT);
    assert_non_null(values);
    assert_true(H5Dread(dataset, H5T_NATIVE_DOUBLE, H5S_ALL, H5S_ALL, H5P_DEFAULT, values) >= 0);
    for (uint64_t i = 0; i < range->count; i++)
        values[series * cells + range->first + i] = 12345;
    assert_true(H5Dwrite(dataset, H5T_NATIVE_DOUBLE, H5S_ALL, H5S_ALL, H5P_DEFAULT, values) >= 0);
    H5Dclose(dataset);
    H5Fclose(file);
    free(values);
}

/* A block without its bit may hold anything: nothing of it survives. */
static void garbage_in_unfinished_blocks(void **state)
{
    (void)state;
    admf_error error = {0};
    struct cube_writer *cube;
    unlink(path);
    succeed(cube_create(path, &f.layout, true, &cube, &error), &error);
    struct cube_range unfinished = cube_block_range(cube, 1);
    for (uint64_t b = 0; b < cube_blocks(cube); b += 2)
        succeed(fixture_write_block(cube, &f.layout, b, &error), &error);
    cube_abandon(&cube);
    spoil("sharpe", &unfinished);
    spoil("trades", &unfinished);
    succeed(cube_resume(path, &f.layout, &cube, &error), &error);
    for (uint64_t b = 0; b < cube_blocks(cube); b++)
        assert_true(cube_block_done(cube, b) == (b % 2 == 0));
    cube_abandon(&cube);
    succeed(run(&error), &error);
    check_digest();
}

/* What a block wrote and its bit says is kept, not computed again. */
static void finished_blocks_are_kept(void **state)
{
    (void)state;
    admf_error error = {0};
    struct cube_writer *cube;
    char digest[17];
    unlink(path);
    succeed(cube_create(path, &f.layout, true, &cube, &error), &error);
    struct cube_range finished = cube_block_range(cube, 0);
    succeed(fixture_write_block(cube, &f.layout, 0, &error), &error);
    cube_abandon(&cube);
    spoil("sharpe", &finished);
    succeed(run(&error), &error);
    succeed(admf_cube_digest(path, digest, &error), &error);
    assert_string_not_equal(digest, expected);
}

/* As if the machine had been started anew since the run. */
static void start_anew(void)
{
    char partial[144];
    snprintf(partial, sizeof partial, "%s.partial", path);
    hid_t file = H5Fopen(partial, H5F_ACC_RDWR, H5P_DEFAULT);
    hid_t boot = H5Dopen2(file, "/progress/boot", H5P_DEFAULT);
    uint8_t bytes[40] = "another";
    assert_true(H5Dwrite(boot, H5T_NATIVE_UINT8, H5S_ALL, H5S_ALL, H5P_DEFAULT, bytes) >= 0);
    H5Dclose(boot);
    H5Fclose(file);
}

static uint64_t blocks_done(void)
{
    admf_error error = {0};
    struct cube_writer *cube;
    uint64_t done = 0;
    succeed(cube_resume(path, &f.layout, &cube, &error), &error);
    for (uint64_t b = 0; b < cube_blocks(cube); b++)
        done += cube_block_done(cube, b);
    cube_abandon(&cube);
    return done;
}

/* Three blocks of a run that is killed, or that ends in good order, and goes on later. */
static void write_three_blocks(bool killed)
{
    unlink(path);
    pid_t child = fork();
    if (child == 0) {
        admf_error error = {0};
        struct cube_writer *cube;
        bool failed = cube_create(path, &f.layout, true, &cube, &error) != ADMF_OK;
        for (uint64_t b = 0; !failed && b < 3; b++)
            failed = fixture_write_block(cube, &f.layout, b, &error) != ADMF_OK;
        if (!killed)
            cube_abandon(&cube);
        _exit(failed);
    }
    int how;
    assert_int_equal(waitpid(child, &how, 0), child);
    assert_int_equal(how, 0);
}

/* What a machine that stopped had not brought to the disk is not believed. */
static void only_what_was_synced_outlives_the_machine(void **state)
{
    (void)state;
    admf_error error = {0};
    write_three_blocks(true);
    assert_int_equal(blocks_done(), 3);
    write_three_blocks(true);
    start_anew();
    assert_int_equal(blocks_done(), 0);
    assert_int_equal(blocks_done(), 0); /* also not by the run after the next */
    write_three_blocks(false);
    start_anew();
    assert_int_equal(blocks_done(), 3);
    succeed(run(&error), &error);
    check_digest();
}

/* What the system could not write it forgets; a later try that succeeds says nothing of it. */
static void nothing_is_believed_after_a_failed_sync(void **state)
{
    (void)state;
    admf_error error = {0};
    struct cube_writer *cube;
    unlink(path);
    succeed(cube_create(path, &f.layout, true, &cube, &error), &error);
    succeed(fixture_write_block(cube, &f.layout, 0, &error), &error);
    cube_abandon(&cube);
    assert_int_equal(blocks_done(), 1);
    succeed(cube_resume(path, &f.layout, &cube, &error), &error);
    succeed(fixture_write_block(cube, &f.layout, 1, &error), &error);
    disk_fails = true;
    cube_abandon(&cube);
    assert_false(disk_fails);
    assert_int_equal(blocks_done(), 1);
    succeed(run(&error), &error);
    check_digest();
}

/* Until a run goes on, cells that are lost may look computed; then they do not. */
static void lost_cells_are_cleared(void **state)
{
    (void)state;
    admf_error error = {0};
    admf_cube *cube;
    admf_ranking *ranking;
    char partial[144];
    write_three_blocks(true);
    start_anew();
    assert_int_equal(blocks_done(), 0);
    snprintf(partial, sizeof partial, "%s.partial", path);
    succeed(admf_cube_open(partial, &cube, &error), &error);
    const admf_rank_options options = {.by = "sharpe", .n = 5};
    succeed(admf_cube_rank(cube, &options, &ranking, &error), &error);
    assert_int_equal(ranking->tried, 0);
    admf_ranking_free(&ranking);
    admf_cube_close(&cube);
    succeed(run(&error), &error);
    check_digest();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(uninterrupted),
        cmocka_unit_test(killed_at_any_instant),
        cmocka_unit_test(garbage_in_unfinished_blocks),
        cmocka_unit_test(finished_blocks_are_kept),
        cmocka_unit_test(only_what_was_synced_outlives_the_machine),
        cmocka_unit_test(nothing_is_believed_after_a_failed_sync),
        cmocka_unit_test(lost_cells_are_cleared),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
