/* SPDX-License-Identifier: Apache-2.0 */
/* Texts along an axis: strings or, where the axis is long, rows of bytes; the same to everyone. */
#define _GNU_SOURCE /* mkdtemp */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <stdlib.h>

#include <cmocka.h>

#include "admf/cube.h"
#include "tests/io/cube_fixture.h"
#include "tests/io/cube_folder.h"
#include "io/cube/dimensions.h"
#include "io/cube/text_columns.h"
#include "io/hdf5/failure.h"

static void make_cube(struct fixture *f)
{
    admf_error error = {0};
    struct cube_writer *cube;
    succeed(cube_create(path, &f->layout, true, &cube, &error), &error);
    succeed(fixture_write_rest(cube, &f->layout, &error), &error);
    succeed(cube_finish(&cube, NULL, NULL, &error), &error);
}

static int rank_of(hid_t file, const char *name)
{
    hid_t dataset = H5Dopen2(file, name, H5P_DEFAULT), space = H5Dget_space(dataset);
    int rank = H5Sget_simple_extent_ndims(space);
    hdf5_close(space);
    hdf5_close(dataset);
    return rank;
}

static void long_axes(void **state)
{
    (void)state;
    enum { LONG = TEXTS_OF_ANY_LENGTH + 2 };
    struct fixture f;
    admf_error error = {0};
    admf_cube *cube;
    admf_ranking *ranking;
    double number;
    const char *word;
    fixture_init(&f, 3, LONG, 1, 1);
    f.layout.symbol_count = f.layout.window_count = 1;
    f.layout.by_regime = false;
    f.layout.block_cells = 0;
    snprintf(f.labels[AXIS_CLASSIFIER] + FIXTURE_LABEL * (LONG - 2), FIXTURE_LABEL,
             "größte[model_type=hmm,lookback_days="
             "1]");
    make_cube(&f);
    hid_t file = H5Fopen(path, H5F_ACC_RDONLY, H5P_DEFAULT);
    assert_int_equal(rank_of(file, "strategy_name"), 1);
    assert_int_equal(rank_of(file, "classifier_name"), 2);
    assert_int_equal(rank_of(file, "classifier_type"), 2);
    assert_int_equal(rank_of(file, "hmm__model_type"), 2);
    assert_int_equal(rank_of(file, "hmm__lookback_days"), 1);
    hdf5_close(file);

    succeed(admf_cube_open(path, &cube, &error), &error);
    for (uint64_t i = 0; i < LONG; i += i + 2 < LONG ? 4096 + i : 1)
        assert_string_equal(admf_cube_label(cube, ADMF_AXIS_CLASSIFIER, i),
                            f.labels[AXIS_CLASSIFIER] + FIXTURE_LABEL * i);
    assert_string_equal(admf_cube_label(cube, ADMF_AXIS_CLASSIFIER, LONG - 2),
                        f.labels[AXIS_CLASSIFIER] + FIXTURE_LABEL * (LONG - 2));
    assert_int_equal(admf_cube_parameter_count(cube, ADMF_AXIS_CLASSIFIER), 2);
    admf_cube_parameter(cube, ADMF_AXIS_CLASSIFIER, 0, LONG - 1, &number, &word);
    assert_string_equal(word, LONG % 2 ? "hmm" : "svm");
    admf_cube_parameter(cube, ADMF_AXIS_CLASSIFIER, 0, 0, &number, &word);
    assert_string_equal(word, "");
    succeed(
        admf_cube_rank(cube,
                       &(admf_rank_options){
                           .by = "sharpe",
                           .n = 10,
                           .where = "hmm__model_type == 'svm' and classifier_type == 'hmm' and "
                                    "classifier_name == 'hmm[model_type=svm,lookback_days=60]'"},
                       &ranking, &error),
        &error);
    assert_int_equal(ranking->count, 3);
    assert_int_equal(ranking->entries[0].combo % LONG, 1);
    admf_ranking_free(&ranking);
    admf_cube_close(&cube);

    struct cube_writer *writer;
    succeed(cube_create(path, &f.layout, true, &writer, &error), &error);
    succeed(fixture_write_block(writer, &f.layout, 0, &error), &error);
    cube_abandon(&writer);
    succeed(cube_resume(path, &f.layout, &writer, &error), &error);
    succeed(cube_finish(&writer, NULL, NULL, &error), &error);
    fixture_deinit(&f);
}

/* Puts rows of bytes, of some width, in the place of strategy_name. */
static void replace_names(const struct axis *axis, uint64_t width)
{
    admf_error error = {0};
    hid_t byte = byte_type(), dataset = H5I_INVALID_HID;
    struct cube_file file = {.path = path, .id = H5Fopen(path, H5F_ACC_RDWR, H5P_DEFAULT)};
    struct dimension dims[2] = {
        {.scale = H5Dopen2(file.id, "strategy", H5P_DEFAULT), .size = axis->count}};
    uint64_t size[] = {axis->count, width};
    char *bytes = calloc(axis->count, width);
    for (size_t i = 0; i < axis->count; i++)
        memcpy(bytes + i * width, axis->instances[i].label, strlen(axis->instances[i].label));
    assert_true(H5Rcreate(&dims[0].reference, dims[0].scale, ".", H5R_OBJECT, -1) >= 0);
    assert_true(H5Ldelete(file.id, "strategy_name", H5P_DEFAULT) >= 0);
    assert_true(H5Adelete(dims[0].scale, "REFERENCE_LIST") >= 0); /* written whole */
    succeed(make_bare_dimension(&file, file.id, "strategy_name" TEXT_DIMENSION_SUFFIX, width,
                                &dims[1], &error),
            &error);
    succeed(
        make_dataset(&file, file.id, "strategy_name", byte, 2, size, NULL, false, &dataset, &error),
        &error);
    assert_true(H5Dwrite(dataset, byte, H5S_ALL, H5S_ALL, H5P_DEFAULT, bytes) >= 0);
    succeed(put_text(&file, dataset, "_Encoding", "utf-8", &error), &error);
    succeed(attach_dimensions(&file, dataset, dims, 2, &error), &error);
    hdf5_close(dims[1].scale);
    hdf5_close(dims[0].scale);
    hdf5_close(dataset);
    hdf5_close(byte);
    succeed(cube_file_close(&file, &error), &error);
    cube_file_drop(&file);
    free(bytes);
}

static void one_digest_in_both_forms(void **state)
{
    (void)state;
    struct fixture f;
    admf_error error = {0};
    char strings[17], rows[17], other[17];
    fixture_init(&f, 21, 3, 2, 2);
    make_cube(&f);
    succeed(admf_cube_digest(path, strings, &error), &error);
    replace_names(&f.axes[AXIS_STRATEGY], 64);
    succeed(admf_cube_digest(path, rows, &error), &error);
    assert_string_equal(rows, strings);
    f.labels[AXIS_STRATEGY][FIXTURE_LABEL * 20] = 'B';
    make_cube(&f);
    replace_names(&f.axes[AXIS_STRATEGY], 64);
    succeed(admf_cube_digest(path, other, &error), &error);
    assert_string_not_equal(other, strings);
    fixture_deinit(&f);
}

/* A version that only says how things are stored is no part of what a digest is made of. */
static void one_digest_in_all_versions(void **state)
{
    (void)state;
    struct fixture f;
    admf_error error = {0};
    admf_cube *cube;
    char now[17], first[17];
    fixture_init(&f, 5, 2, 1, 1);
    make_cube(&f);
    succeed(admf_cube_digest(path, now, &error), &error);
    for (int version = 1; version <= CUBE_FORMAT_VERSION + 1; version++) {
        hid_t file = H5Fopen(path, H5F_ACC_RDWR, H5P_DEFAULT);
        hid_t attribute = H5Aopen(file, "format_version", H5P_DEFAULT);
        assert_true(H5Awrite(attribute, H5T_NATIVE_INT, &version) >= 0);
        hdf5_close(attribute);
        hdf5_close(file);
        succeed(admf_cube_digest(path, first, &error), &error);
        assert_string_equal(first, now);
        admf_status status = admf_cube_open(path, &cube, &error);
        assert_int_equal(status, version <= CUBE_FORMAT_VERSION ? ADMF_OK : ADMF_BAD_DATA);
        admf_cube_close(&cube);
    }
    assert_non_null(strstr(error.message, "a newer one is needed"));
    fixture_deinit(&f);
}

/* Trades of less than a chunk: their texts are packed as their numbers are. */
static void texts_of_tables_are_packed(void **state)
{
    (void)state;
    enum { TRADES = 30000 };
    struct fixture f;
    admf_error error = {0};
    struct cube_writer *cube;
    struct cube_cell cell = {0, 0, 0};
    struct cube_trade *trades = calloc(TRADES, sizeof *trades);
    assert_non_null(trades);
    for (int k = 0; k < TRADES; k++)
        trades[k] = (struct cube_trade){.direction = 1, .reason = k % 3 ? "signal" : "stop_loss"};
    fixture_init(&f, 3, 2, 1, 1);
    succeed(cube_create(path, &f.layout, true, &cube, &error), &error);
    succeed(fixture_write_rest(cube, &f.layout, &error), &error);
    succeed(cube_collect(cube, &error), &error);
    succeed(cube_keep_trades(cube, &cell, TRADES, trades, &error), &error);
    succeed(cube_finish(&cube, NULL, NULL, &error), &error);
    hid_t file = H5Fopen(path, H5F_ACC_RDONLY, H5P_DEFAULT);
    for (int k = 0; k < 3; k++) {
        const char *const names[] = {"trade_list/symbol", "trade_list/window", "trade_list/reason"};
        hid_t dataset = H5Dopen2(file, names[k], H5P_DEFAULT);
        hsize_t bytes = H5Dget_storage_size(dataset);
        hdf5_close(dataset);
        assert_in_range(bytes, 1, TRADES * 16 / 4);
    }
    hdf5_close(file);
    free(trades);
    fixture_deinit(&f);
}

/* The first byte of the first strategy's name, where PATH.partial has it as a row of bytes; and the
 * last of the seal, or the file would be refused. */
static void spoil_name_in_partial(void)
{
    char partial[144];
    snprintf(partial, sizeof partial, "%s.partial", path);
    hid_t file = H5Fopen(partial, H5F_ACC_RDONLY, H5P_DEFAULT);
    assert_int_equal(rank_of(file, "strategy_name"), 2);
    hid_t dataset = H5Dopen2(file, "strategy_name", H5P_DEFAULT);
    haddr_t offset = H5Dget_offset(dataset);
    hdf5_close(dataset);
    hdf5_close(file);
    FILE *bytes = fopen(partial, "r+b");
    assert_non_null(bytes);
    assert_int_equal(fseek(bytes, (long)offset, SEEK_SET), 0);
    fputc('!', bytes);
    assert_int_equal(fseek(bytes, -1, SEEK_END), 0);
    fputc('!', bytes);
    assert_int_equal(fclose(bytes), 0);
}

/* A run need not read its own texts again; those that an earlier run has left it has to. */
static void a_run_says_the_digest_of_its_file(void **state)
{
    (void)state;
    enum { STRATEGIES = TEXTS_OF_ANY_LENGTH_IN_PARTIAL + 300 };
    struct fixture f;
    admf_error error = {0};
    struct cube_writer *cube;
    char said[2][17], found[17];
    fixture_init(&f, STRATEGIES, 2, 1, 1);
    snprintf(f.labels[AXIS_STRATEGY] + FIXTURE_LABEL, FIXTURE_LABEL, "größte");
    for (int resumed = 0; resumed < 2; resumed++) {
        succeed(cube_create(path, &f.layout, true, &cube, &error), &error);
        succeed(fixture_write_block(cube, &f.layout, 0, &error), &error);
        if (resumed) {
            cube_abandon(&cube);
            spoil_name_in_partial();
            succeed(cube_resume(path, &f.layout, &cube, &error), &error);
        }
        succeed(fixture_write_rest(cube, &f.layout, &error), &error);
        succeed(cube_finish(&cube, NULL, said[resumed], &error), &error);
        succeed(admf_cube_digest(path, found, &error), &error);
        assert_string_equal(found, said[resumed]);
    }
    assert_string_equal(said[0], said[1]);
    fixture_deinit(&f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(long_axes),
        cmocka_unit_test(one_digest_in_both_forms),
        cmocka_unit_test(one_digest_in_all_versions),
        cmocka_unit_test(texts_of_tables_are_packed),
        cmocka_unit_test(a_run_says_the_digest_of_its_file),
    };
    return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
