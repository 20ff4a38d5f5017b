/* SPDX-License-Identifier: Apache-2.0 */
/* A file system without locks, as some network file systems are: all is written and read there. */
#define _GNU_SOURCE /* mkdtemp */
#include <errno.h>
#include <sys/file.h>

#include "admf/cube.h"
#include "io/market/bars.h"
#include "tests/io/cube_fixture.h"
#include "tests/io/cube_folder.h"

static struct fixture f;
static int failure; /* errno of every lock */
static int locks;   /* that were asked for */

/* In place of the system's, for HDF5 too. */
int flock(int fd, int operation)
{
    (void)fd, (void)operation;
    locks++;
    errno = failure;
    return -1;
}

static int set_up(void **state)
{
    fixture_init(&f, 21, 3, 2, 2);
    return make_folder(state);
}

static int tear_down(void **state)
{
    fixture_deinit(&f);
    return remove_folder(state);
}

static void write_cube(void)
{
    struct cube_writer *cube = NULL;
    admf_error error = {0};
    succeed(cube_create(path, &f.layout, true, &cube, &error), &error);
    succeed(fixture_write_rest(cube, &f.layout, &error), &error);
    succeed(fixture_keep(cube, &error), &error);
    succeed(cube_finish(&cube, NULL, NULL, &error), &error);
}

static void cubes(void **state)
{
    static const int kinds[] = {ENOLCK, EOPNOTSUPP, ENOSYS};
    (void)state;
    for (size_t k = 0; k < sizeof kinds / sizeof *kinds; k++) {
        char digest[17];
        admf_error error = {0};
        admf_cube *cube = NULL;
        failure = kinds[k];
        write_cube();
        succeed(admf_cube_digest(path, digest, &error), &error);
        succeed(admf_cube_open(path, &cube, &error), &error);
        admf_cube_close(&cube);
        succeed(cube_matches(path, &f.layout, &error), &error);
    }
    assert_true(locks > 0);
}

/* What somebody writes at the moment is not read. */
static void locks_of_others(void **state)
{
    admf_error error = {0};
    admf_cube *cube = NULL;
    (void)state;
    write_cube();
    failure = EWOULDBLOCK;
    assert_int_equal(admf_cube_open(path, &cube, &error), ADMF_BAD_DATA);
    assert_null(cube);
}

static void market_data(void **state)
{
    struct synth_options options = {
        "SYN", 100, 7, INT64_C(1577836800000000000), INT64_C(60000000000), 100, 5e-4, NULL};
    struct series_source source = {
        .path = path, .symbol = (char *)"SYN", .periods_per_year = (double)NAN};
    struct bars *bars = NULL;
    admf_diagnostics errors = {0}, warnings = {0};
    admf_error error = {0};
    (void)state;
    failure = ENOLCK;
    succeed(bars_synthesise(&options, &bars, &error), &error);
    succeed(bars_write_hdf5(bars, path, true, NULL, &error), &error);
    bars_free(&bars);
    assert_int_equal(bars_load(&source, 1, &bars, &errors, &warnings), ADMF_OK);
    bars_free(&bars);
    admf_diagnostics_deinit(&errors);
    admf_diagnostics_deinit(&warnings);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(cubes), cmocka_unit_test(locks_of_others),
                                       cmocka_unit_test(market_data)};
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
