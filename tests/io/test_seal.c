/* SPDX-License-Identifier: Apache-2.0 */
/* Cubes of which bytes were changed: told, whatever HDF5 would do with them. */
#define _GNU_SOURCE /* mkdtemp, memmem */
#include <fcntl.h>
#include <stdbool.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <hdf5.h>

#include "admf/cube.h"
#include "engine/base/files.h"
#include "io/hdf5/chunk_packer.h"
#include "io/hdf5/seal.h"
#include "tests/io/cube_fixture.h"
#include "tests/io/cube_folder.h"

enum { LARGE = 250000 }; /* combinations: of more than is added up whole */

static void make_cube(struct fixture *f, bool finish)
{
    admf_error error = {0};
    struct cube_writer *cube;
    succeed(cube_create(path, &f->layout, true, &cube, &error), &error);
    succeed(fixture_write_rest(cube, &f->layout, &error), &error);
    if (finish)
        succeed(cube_finish(&cube, NULL, NULL, &error), &error);
    cube_abandon(&cube);
}

static uint64_t size_of(const char *file)
{
    struct stat about;
    assert_int_equal(stat(file, &about), 0);
    return (uint64_t)about.st_size;
}

static void change_byte(const char *file, uint64_t offset)
{
    unsigned char byte;
    int fd = open(file, O_RDWR);
    assert_int_equal(files_read_at(fd, &byte, 1, offset), 0);
    byte ^= 0x55;
    assert_int_equal(files_write_at(fd, &byte, 1, offset), 0);
    close(fd);
}

/* Bytes all over the heaps of texts and references, which HDF5 believes. */
static void changed_heaps_are_told(void **state)
{
    (void)state;
    struct fixture f;
    size_t heaps = 0;
    fixture_init(&f, 3, 2, 2, 1);
    make_cube(&f, true);
    uint64_t size = size_of(path);
    char *bytes = malloc(size);
    int fd = open(path, O_RDONLY);
    assert_non_null(bytes);
    assert_int_equal(files_read_at(fd, bytes, size, 0), 0);
    close(fd);
    for (char *heap = bytes; (heap = memmem(heap, size - (size_t)(heap - bytes), "GCOL", 4));
         heap++, heaps++) {
        uint64_t begin = (uint64_t)(heap - bytes);
        for (uint64_t offset = begin; offset < begin + 4096; offset += 111) {
            admf_error error = {0};
            admf_cube *cube = NULL;
            char digest[17];
            change_byte(path, offset);
            assert_int_equal(admf_cube_open(path, &cube, &error), ADMF_BAD_DATA);
            assert_non_null(strstr(error.message, "damaged"));
            assert_int_equal(admf_cube_digest(path, digest, &error), ADMF_BAD_DATA);
            change_byte(path, offset);
        }
    }
    assert_true(heaps > 0);
    free(bytes);
    fixture_deinit(&f);
}

/* A run that goes on does not begin with a file that is damaged. */
static void changed_partial_is_told(void **state)
{
    (void)state;
    struct fixture f;
    struct cube_writer *cube = NULL;
    admf_error error = {0};
    char partial[144];
    fixture_init(&f, 3, 2, 2, 1);
    make_cube(&f, false);
    snprintf(partial, sizeof partial, "%s.partial", path);
    succeed(hdf5_seal_check(partial, &error), &error);
    change_byte(partial, 600);
    assert_int_equal(cube_resume(path, &f.layout, &cube, &error), ADMF_BAD_DATA);
    assert_non_null(strstr(error.message, "damaged"));
    assert_non_null(strstr(error.message, "; start again with --force"));
    unlink(partial);
    fixture_deinit(&f);
}

/* HDF5 and whoever uses it may change a cube: it has no seal then, and is as good as before. */
static void others_may_change_it(void **state)
{
    (void)state;
    struct fixture f;
    admf_error error = {0};
    admf_cube *cube;
    fixture_init(&f, 3, 2, 2, 1);
    make_cube(&f, true);
    uint64_t sealed = size_of(path);
    hid_t file = H5Fopen(path, H5F_ACC_RDWR, H5P_DEFAULT);
    hid_t dataset = H5Dopen2(file, "sharpe", H5P_DEFAULT), space = H5Screate(H5S_SCALAR);
    hid_t note = H5Acreate2(dataset, "note", H5T_STD_I32LE, space, H5P_DEFAULT, H5P_DEFAULT);
    int one = 1;
    assert_true(H5Awrite(note, H5T_NATIVE_INT, &one) >= 0);
    H5Aclose(note);
    H5Sclose(space);
    H5Dclose(dataset);
    H5Fclose(file);
    assert_int_not_equal(size_of(path), sealed);
    succeed(admf_cube_open(path, &cube, &error), &error);
    admf_cube_close(&cube);
    fixture_deinit(&f);
}

/* The place of a chunk of a metric in a large cube. */
static uint64_t place_in_large(int deflate)
{
    struct fixture f;
    fixture_init(&f, LARGE, 1, 1, 1);
    f.layout.deflate = deflate;
    f.layout.block_cells = LARGE;
    make_cube(&f, true);
    fixture_deinit(&f);
    hid_t file = H5Fopen(path, H5F_ACC_RDONLY, H5P_DEFAULT);
    hid_t dataset = H5Dopen2(file, "sharpe", H5P_DEFAULT), space = H5Dget_space(dataset);
    unsigned skipped;
    haddr_t offset;
    hsize_t bytes;
    assert_true(H5Dget_chunk_info(dataset, space, 0, NULL, &skipped, &offset, &bytes) >= 0);
    H5Sclose(space);
    H5Dclose(dataset);
    H5Fclose(file);
    assert_true(size_of(path) > 4 << 20 && bytes > 2);
    return offset;
}

/* Of a large cube packed values are left out: they have a sum of their own. */
static void packed_values_of_large_ones_are_left_out(void **state)
{
    (void)state;
    admf_error error = {0};
    uint64_t offset = place_in_large(1);
    succeed(hdf5_seal_check(path, &error), &error);
    change_byte(path, offset + 2);
    succeed(hdf5_seal_check(path, &error), &error);
    change_byte(path, offset - 1);
    assert_int_equal(hdf5_seal_check(path, &error), ADMF_BAD_DATA);
}

/* So are those of a dataset of very many chunks, and nothing but them. */
static void many_chunks_are_left_out(void **state)
{
    (void)state;
    enum { CHUNKS = 1500, VALUES = 512 };
    admf_error error = {0};
    struct file_pieces packed = {0};
    struct chunk_packer *packer;
    char many[144];
    hsize_t dims[] = {CHUNKS, VALUES}, chunk[] = {1, VALUES}, bytes, at = 0;
    snprintf(many, sizeof many, "%s/many", folder);
    hid_t file = H5Fcreate(many, H5F_ACC_TRUNC, H5P_DEFAULT, H5P_DEFAULT);
    hid_t space = H5Screate_simple(2, dims, NULL), creation = H5Pcreate(H5P_DATASET_CREATE);
    assert_true(H5Pset_chunk(creation, 2, chunk) >= 0 && H5Pset_shuffle(creation) >= 0 &&
                H5Pset_deflate(creation, 1) >= 0);
    hid_t dataset =
        H5Dcreate2(file, "noise", H5T_IEEE_F64LE, space, H5P_DEFAULT, creation, H5P_DEFAULT);
    succeed(chunk_packer_start(1, 1, many, &packed, &packer, &error), &error);
    for (hsize_t k = 0; k < CHUNKS; k++) {
        uint64_t *noise = chunk_packer_room(packer, VALUES * 8, &error);
        for (size_t i = 0; i < VALUES; i++)
            noise[i] = at = at * 6364136223846793005U + 1442695040888963407U;
        succeed(chunk_packer_give(packer,
                                  &(struct chunk){.dataset = dataset,
                                                  .rank = 2,
                                                  .corner = (hsize_t[]){k, 0},
                                                  .bytes = VALUES * 8,
                                                  .element = 8},
                                  &error),
                &error);
    }
    succeed(chunk_packer_flush(packer, &error), &error);
    chunk_packer_stop(&packer);
    haddr_t offset = 0;
    unsigned skipped;
    assert_true(H5Dget_chunk_info(dataset, space, CHUNKS - 1, NULL, &skipped, &offset, &bytes) >=
                0);
    H5Pclose(creation);
    H5Sclose(space);
    H5Dclose(dataset);
    H5Fclose(file);
    succeed(hdf5_seal_finished(many, &packed, &error), &error);
    assert_true(packed.count > 1 && packed.count < CHUNKS);
    succeed(hdf5_seal_check(many, &error), &error);
    change_byte(many, offset + 2);
    succeed(hdf5_seal_check(many, &error), &error);
    change_byte(many, packed.list[1].offset - 1);
    assert_int_equal(hdf5_seal_check(many, &error), ADMF_BAD_DATA);
    file_pieces_drop(&packed);
    unlink(many);
}

static void bare_values_of_large_ones_are_not(void **state)
{
    (void)state;
    admf_error error = {0};
    change_byte(path, place_in_large(0) + 2);
    assert_int_equal(hdf5_seal_check(path, &error), ADMF_BAD_DATA);
}

/* A tail that promises more than there is, or a file that is nothing but one. */
static void tails_are_not_believed(void **state)
{
    (void)state;
    admf_error error = {0};
    char odd[144];
    snprintf(odd, sizeof odd, "%s/odd", folder);
    const uint64_t counts[] = {0, 1, 2, 3, 1 << 20, UINT64_MAX, UINT64_MAX / 16 + 1};
    for (size_t k = 0; k < sizeof counts / sizeof *counts; k++)
        for (size_t before = 0; before < 40; before += 8) {
            FILE *file = fopen(odd, "wb");
            uint64_t tail[8] = {0};
            tail[before / 8] = counts[k];
            memcpy(&tail[before / 8 + 2], "ADMFSEAL", 8);
            assert_int_equal(fwrite(tail, 1, before + 24, file), before + 24);
            fclose(file);
            admf_status status = hdf5_seal_check(odd, &error);
            assert_true(status == ADMF_OK || status == ADMF_BAD_DATA);
        }
    unlink(odd);
    assert_int_equal(hdf5_seal_check(odd, &error), ADMF_IO);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(changed_heaps_are_told),
        cmocka_unit_test(changed_partial_is_told),
        cmocka_unit_test(others_may_change_it),
        cmocka_unit_test(packed_values_of_large_ones_are_left_out),
        cmocka_unit_test(many_chunks_are_left_out),
        cmocka_unit_test(bare_values_of_large_ones_are_not),
        cmocka_unit_test(tails_are_not_believed),
    };
    return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
