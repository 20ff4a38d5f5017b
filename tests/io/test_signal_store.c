/* SPDX-License-Identifier: Apache-2.0 */
/* Stores whose values somebody changed: each is refused, none is taken for something else. */
#define _GNU_SOURCE /* mkdtemp */
#include "io/signals/signal_store.h"

#include <hdf5.h>

#include "admf/cube.h"
#include "engine/base/digest.h"
#include "io/signals/signal_writer.h"
#include "tests/hdf5_leaks.h"
#include "tests/io/cube_fixture.h"
#include "tests/io/cube_folder.h"

enum { BARS = 5, STRATEGIES = 2, CLASSIFIERS = 2, CHANGES = 2 };

static struct fixture f;
static int64_t time_of[BARS] = {1, 2, 3, 4, 5};
static size_t day_end[] = {BARS - 1};
static struct bars bars = {.symbol = "SPY",
                           .count = BARS,
                           .time = time_of,
                           .days = 1,
                           .day_end = day_end,
                           .bars_per_year = 252};
static struct bars *const all_bars[] = {&bars};
static struct signal_layout layout;

static int set_up(void **state)
{
    static struct component_entry policy;
    fixture_init(&f, STRATEGIES, CLASSIFIERS, 1, 1);
    f.axes[AXIS_CLASSIFIER].instances[1].entry = &policy;
    layout = (struct signal_layout){
        .symbol_count = 1, .bars = all_bars, .axes = f.axes, .strength = true};
    return make_folder(state);
}

static int tear_down(void **state)
{
    fixture_deinit(&f);
    return remove_folder(state);
}

/* Every instance that can say something: 1 from bar 1 on, and 0 from bar 3 on. */
static void write_store(void)
{
    static const uint32_t bar[CHANGES] = {1, 3};
    static const int8_t value[CHANGES] = {1, 0};
    static const double strength[BARS] = {NAN, 0.25, 1, NAN, NAN};
    struct signal_writer *writer = NULL;
    admf_error error = {0};
    struct signal_written written;
    succeed(signal_writer_new(path, &layout, true, &writer, &error), &error);
    for (int axis = 0; axis < SIGNAL_AXES; axis++)
        for (size_t i = 0; i < f.axes[axis].count; i++) {
            struct signal_changes changes = {f.axes[axis].instances[i].row ? CHANGES : 0, bar,
                                             value};
            succeed(signal_writer_changes(writer, (enum axis_kind)axis, &changes, &error), &error);
        }
    for (size_t i = 0; i < STRATEGIES; i++)
        succeed(signal_writer_strength(writer, 0, i, strength, &error), &error);
    succeed(signal_writer_finish(&writer, "2026-01-02T15:04:05Z", &written, &error), &error);
    char digest[DIGEST_TEXT];
    succeed(admf_cube_digest(path, digest, &error), &error);
    assert_string_equal(written.digest, digest);
}

/* What somebody does who changes a store and hides it. */
static void write_digest(void)
{
    char digest[DIGEST_TEXT];
    const char *const text = digest;
    admf_error error = {0};
    succeed(admf_cube_digest(path, digest, &error), &error);
    hid_t file = H5Fopen(path, H5F_ACC_RDWR, H5P_DEFAULT);
    hid_t dataset = H5Dopen2(file, "provenance/content_digest", H5P_DEFAULT);
    hid_t type = H5Dget_type(dataset);
    assert_true(H5Dwrite(dataset, type, H5S_ALL, H5S_ALL, H5P_DEFAULT, &text) >= 0);
    H5Tclose(type);
    H5Dclose(dataset);
    H5Fclose(file);
}

static void drop(const char *variable)
{
    hid_t file = H5Fopen(path, H5F_ACC_RDWR, H5P_DEFAULT);
    assert_true(H5Ldelete(file, variable, H5P_DEFAULT) >= 0);
    H5Fclose(file);
}

/* Opens the store and reads all of it. */
static admf_status read_store(admf_error *error)
{
    struct signal_store *store = NULL;
    uint32_t bar[STRATEGIES * CHANGES];
    int8_t value[STRATEGIES * CHANGES];
    double strength[BARS];
    admf_status status = signal_store_open(path, &layout, &store, error);
    for (int axis = 0; !status && axis < SIGNAL_AXES; axis++)
        status = signal_store_read(store, (enum axis_kind)axis, 0, 0, f.axes[axis].count, bar,
                                   value, error);
    for (size_t i = 0; !status && i < STRATEGIES; i++)
        status = signal_store_read_strength(store, 0, i, strength, error);
    signal_store_close(&store);
    return status;
}

/* A value of the store, written over as a double, which HDF5 converts. */
static void put(const char *variable, hsize_t at, double value)
{
    hid_t file = H5Fopen(path, H5F_ACC_RDWR, H5P_DEFAULT);
    hid_t dataset = H5Dopen2(file, variable, H5P_DEFAULT), space = H5Dget_space(dataset);
    hid_t one = H5Screate(H5S_SCALAR);
    hsize_t dims[H5S_MAX_RANK], place[H5S_MAX_RANK];
    int rank = H5Sget_simple_extent_dims(space, dims, NULL);
    for (int d = rank - 1; d >= 0; d--) {
        place[d] = at % dims[d];
        at /= dims[d];
    }
    assert_true(H5Sselect_elements(space, H5S_SELECT_SET, 1, place) >= 0);
    assert_true(H5Dwrite(dataset, H5T_NATIVE_DOUBLE, one, space, H5P_DEFAULT, &value) >= 0);
    H5Sclose(one);
    H5Sclose(space);
    H5Dclose(dataset);
    H5Fclose(file);
}

/* A column of changes stored anew as numbers with fractions. */
static void make_fractions(const char *variable, size_t count)
{
    const double values[] = {1.5, 3, 1, 3};
    hsize_t size = count;
    hid_t file = H5Fopen(path, H5F_ACC_RDWR, H5P_DEFAULT);
    hid_t space = H5Screate_simple(1, &size, NULL);
    assert_true(H5Ldelete(file, variable, H5P_DEFAULT) >= 0);
    hid_t dataset =
        H5Dcreate2(file, variable, H5T_IEEE_F64LE, space, H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT);
    assert_true(H5Dwrite(dataset, H5T_NATIVE_DOUBLE, H5S_ALL, H5S_ALL, H5P_DEFAULT, values) >= 0);
    H5Dclose(dataset);
    H5Sclose(space);
    H5Fclose(file);
}

static void refuse(const char *what)
{
    admf_error error = {0};
    admf_status status = read_store(&error);
    if (status != ADMF_BAD_DATA || !error.message[0])
        fail_msg("%s: status %d, '%s'", what, (int)status, error.message);
}

static void a_whole_store_is_read(void **state)
{
    (void)state;
    admf_error error = {0};
    write_store();
    succeed(read_store(&error), &error);
}

static void values_that_cannot_be_are_refused(void **state)
{
    static const struct {
        const char *variable;
        hsize_t at;
        double value;
    } cases[] = {
        {"strategy_changes/bar", 0, -1},
        {"strategy_changes/bar", 0, 3},
        {"strategy_changes/bar", 1, BARS},
        {"strategy_changes/bar", 1, 4294967296.0 + 4},
        {"strategy_changes/bar", 3, 1e18},
        {"strategy_changes/signal", 0, 2},
        {"strategy_changes/signal", 0, -2},
        {"strategy_changes/signal", 1, 1},
        {"classifier_changes/bar", 0, -1},
        {"classifier_changes/label", 0, 4},
        {"classifier_changes/label", 0, -1},
        {"strategy_offset", 0, 1},
        {"strategy_offset", 1, -1},
        {"strategy_count", 0, -1},
        {"strategy_count", 0, 1e18},
        {"classifier_count", 1, BARS + 1},
        {"strength", 1, -0.25},
        {"strength", BARS + 2, INFINITY},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char what[96];
        write_store();
        put(cases[i].variable, cases[i].at, cases[i].value);
        snprintf(what, sizeof what, "%s[%d] = %g", cases[i].variable, (int)cases[i].at,
                 cases[i].value);
        refuse(what);
        write_digest();
        refuse(what);
    }
}

static void bars_with_fractions_are_refused(void **state)
{
    (void)state;
    write_store();
    make_fractions("strategy_changes/bar", STRATEGIES * CHANGES);
    refuse("bar 1.5");
    write_digest();
    refuse("bar 1.5, with its digest");
}

/* Each could be, but is not what was stored. */
static void a_changed_store_is_refused(void **state)
{
    static const struct {
        const char *variable;
        hsize_t at;
        double value;
    } cases[] = {{"strategy_changes/signal", 0, -1},
                 {"strategy_changes/bar", 0, 2},
                 {"classifier_changes/label", 0, 2},
                 {"strength", 1, 0.5}};
    static const char *const dropped[] = {"classifier_labels", "symbol", "strategy_type",
                                          "strategy_changes/time", "provenance/content_digest"};
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        admf_error error = {0};
        write_store();
        put(cases[i].variable, cases[i].at, cases[i].value);
        refuse(cases[i].variable);
        write_digest(); /* no other reason */
        succeed(read_store(&error), &error);
    }
    for (size_t i = 0; i < sizeof dropped / sizeof *dropped; i++) {
        write_store();
        drop(dropped[i]);
        refuse(dropped[i]);
    }
}

/* Not even by a run that may replace what is there. */
static void a_store_in_the_making_is_left_alone(void **state)
{
    (void)state;
    struct signal_writer *writer = NULL, *second = NULL;
    admf_error error = {0};
    succeed(signal_writer_new(path, &layout, true, &writer, &error), &error);
    assert_int_equal(signal_writer_new(path, &layout, true, &second, &error), ADMF_IO);
    assert_non_null(strstr(error.message, "another run"));
    assert_null(second);
    signal_writer_abandon(&writer);
    write_store();
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(a_whole_store_is_read),
                                       cmocka_unit_test(values_that_cannot_be_are_refused),
                                       cmocka_unit_test(bars_with_fractions_are_refused),
                                       cmocka_unit_test(a_changed_store_is_refused),
                                       cmocka_unit_test(a_store_in_the_making_is_left_alone)};
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
