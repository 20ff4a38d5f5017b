/* SPDX-License-Identifier: Apache-2.0 */
/* What is packed is what HDF5 reads, and what HDF5 writes is what is read in pieces. */
#define _GNU_SOURCE /* mkdtemp */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>
#include <zlib.h>

#include "engine/base/files.h"
#include "io/hdf5/chunk_packer.h"
#include "io/hdf5/chunk_reader.h"
#include "io/hdf5/shuffle.h"
#include "tests/io/cube_folder.h"

enum { DATASETS = 40, RANK = 3 };

static uint64_t seed;

static uint64_t draw(uint64_t below)
{
    seed = seed * 6364136223846793005u + 1442695040888963407u;
    return (seed >> 33) % below;
}

/* A dataset of random shape, chunks and values: noise, runs, numbers that count up. */
struct sample {
    hid_t type, dataset;
    size_t element;
    hsize_t dims[RANK], chunk[RANK];
    size_t count, bytes; /* elements; bytes of a chunk */
    unsigned char *values;
};

static void draw_sample(struct sample *s)
{
    const hid_t type[] = {H5T_IEEE_F64LE, H5T_IEEE_F32LE, H5T_STD_I64LE, H5T_STD_U8LE,
                          H5T_STD_I16LE};
    uint64_t rows = draw(3), kind = draw(3);
    s->type = type[draw(5)];
    s->element = H5Tget_size(s->type);
    s->dims[0] = 1 + draw(4);
    s->dims[1] = 1 + draw(60);
    s->dims[2] = 1 + draw(300);
    /* Whole rows, some of them, or parts of one. */
    s->chunk[0] = rows == 2 ? 1 + draw(s->dims[0]) : 1;
    s->chunk[1] = rows == 2 ? s->dims[1] : rows == 1 ? 1 + draw(s->dims[1]) : 1;
    s->chunk[2] = rows ? s->dims[2] : 1 + draw(s->dims[2]);
    if (draw(6) == 0) /* or boxes */
        for (int d = 0; d < RANK; d++)
            s->chunk[d] = 1 + draw(s->dims[d]);
    s->count = s->dims[0] * s->dims[1] * s->dims[2];
    s->bytes = s->chunk[0] * s->chunk[1] * s->chunk[2] * s->element;
    s->values = malloc(s->count * s->element);
    for (size_t i = 0; i < s->count * s->element; i++)
        s->values[i] = (unsigned char)(kind == 0   ? draw(256)
                                       : kind == 1 ? i / 1000
                                                   : (i % s->element ? 0 : i / s->element));
}

static hid_t make_dataset_of(hid_t file, const char *name, const struct sample *s, int deflate,
                             bool shuffle)
{
    hid_t space = H5Screate_simple(RANK, s->dims, NULL), creation = H5Pcreate(H5P_DATASET_CREATE);
    H5Pset_chunk(creation, RANK, s->chunk);
    if (shuffle)
        H5Pset_shuffle(creation);
    if (deflate)
        H5Pset_deflate(creation, (unsigned)deflate);
    hid_t dataset = H5Dcreate2(file, name, s->type, space, H5P_DEFAULT, creation, H5P_DEFAULT);
    assert_true(dataset >= 0);
    H5Pclose(creation);
    H5Sclose(space);
    return dataset;
}

/* The elements of a chunk at the corner, with rubbish beyond the edge. */
static void fill_chunk(const struct sample *s, const hsize_t *corner, unsigned char *out)
{
    memset(out, 0xaa, s->bytes);
    for (hsize_t a = 0; a < s->chunk[0] && corner[0] + a < s->dims[0]; a++)
        for (hsize_t b = 0; b < s->chunk[1] && corner[1] + b < s->dims[1]; b++)
            for (hsize_t c = 0; c < s->chunk[2] && corner[2] + c < s->dims[2]; c++)
                memcpy(out + ((a * s->chunk[1] + b) * s->chunk[2] + c) * s->element,
                       s->values + (((corner[0] + a) * s->dims[1] + corner[1] + b) * s->dims[2] +
                                    corner[2] + c) *
                                       s->element,
                       s->element);
}

static void pack_sample(struct chunk_packer *packer, const struct sample *s)
{
    admf_error error = {0};
    hsize_t corner[RANK];
    for (corner[0] = 0; corner[0] < s->dims[0]; corner[0] += s->chunk[0])
        for (corner[1] = 0; corner[1] < s->dims[1]; corner[1] += s->chunk[1])
            for (corner[2] = 0; corner[2] < s->dims[2]; corner[2] += s->chunk[2]) {
                unsigned char *room = chunk_packer_room(packer, s->bytes, &error);
                assert_non_null(room);
                fill_chunk(s, corner, room);
                struct chunk chunk = {.dataset = s->dataset,
                                      .rank = RANK,
                                      .corner = corner,
                                      .bytes = s->bytes,
                                      .element = s->element,
                                      .repeats = draw(2)};
                succeed(chunk_packer_give(packer, &chunk, &error), &error);
            }
}

static void same_values(const struct sample *s, hid_t file, const char *name)
{
    unsigned char *read = malloc(s->count * s->element);
    hid_t dataset = H5Dopen2(file, name, H5P_DEFAULT);
    assert_true(H5Dread(dataset, s->type, H5S_ALL, H5S_ALL, H5P_DEFAULT, read) >= 0);
    assert_memory_equal(read, s->values, s->count * s->element);
    H5Dclose(dataset);
    free(read);
}

static void packed_as_hdf5_reads(void **state)
{
    (void)state;
    for (int turn = 0; turn < 8; turn++) {
        admf_error error = {0};
        struct chunk_packer *packer;
        struct sample sample[DATASETS];
        char name[16];
        int deflate = turn % 4 == 3 ? 0 : turn % 4 == 2 ? 6 : 1;
        seed = 100 + (uint64_t)turn;
        hid_t file = H5Fcreate(path, H5F_ACC_TRUNC, H5P_DEFAULT, H5P_DEFAULT);
        struct file_pieces packed = {0};
        uint64_t stored = 0, noted = 0;
        succeed(chunk_packer_start(1 + turn / 2, deflate, path, &packed, &packer, &error), &error);
        for (int k = 0; k < DATASETS; k++) {
            snprintf(name, sizeof name, "%d", k);
            draw_sample(&sample[k]);
            sample[k].dataset = make_dataset_of(file, name, &sample[k], deflate, deflate != 0);
            pack_sample(packer, &sample[k]);
            H5Dclose(sample[k].dataset); /* given is enough */
            if (draw(10) == 0)
                succeed(chunk_packer_flush(packer, &error), &error);
        }
        succeed(chunk_packer_flush(packer, &error), &error);
        chunk_packer_stop(&packer);
        H5Fclose(file);
        file = H5Fopen(path, H5F_ACC_RDONLY, H5P_DEFAULT);
        for (int k = 0; k < DATASETS; k++) {
            snprintf(name, sizeof name, "%d", k);
            same_values(&sample[k], file, name);
            free(sample[k].values);
            hid_t dataset = H5Dopen2(file, name, H5P_DEFAULT);
            stored += H5Dget_storage_size(dataset);
            H5Dclose(dataset);
        }
        for (size_t k = 0; k < packed.count; k++)
            noted += packed.list[k].bytes;
        assert_int_equal(noted, deflate ? stored : 0);
        file_pieces_drop(&packed);
        H5Fclose(file);
    }
}

/* All of datasets[k], in one piece. */
static void read_whole(struct chunk_reader *reader, size_t k, const struct sample *s)
{
    admf_error error = {0};
    size_t done = 0, count = 1;
    while (count) {
        const void *elements = NULL;
        succeed(chunk_reader_next(reader, k, &elements, &count, &error), &error);
        assert_true(done + count <= s->count);
        if (count)
            assert_memory_equal(elements, s->values + done * s->element, count * s->element);
        done += count;
    }
    assert_int_equal(done, s->count);
}

/* Of blocks of sixteen values the first is zero: the rest is noise, and what is mostly noise is
 * stored as it is, which takes a little more than the values themselves. */
static void noise_is_stored(void **state)
{
    (void)state;
    enum { VALUES = 1 << 16, BLOCKS = 16 };
    admf_error error = {0};
    struct chunk_packer *packer;
    struct sample s = {.type = H5T_IEEE_F64LE,
                       .element = 8,
                       .dims = {1, 1, VALUES},
                       .chunk = {1, 1, VALUES},
                       .count = VALUES,
                       .bytes = VALUES * 8};
    s.values = calloc(VALUES, 8);
    for (size_t i = 0; i < s.bytes; i++)
        if (i / 8 % BLOCKS)
            s.values[i] = (unsigned char)draw(256);
    hid_t file = H5Fcreate(path, H5F_ACC_TRUNC, H5P_DEFAULT, H5P_DEFAULT);
    struct file_pieces packed = {0};
    succeed(chunk_packer_start(1, 1, path, &packed, &packer, &error), &error);
    s.dataset = make_dataset_of(file, "noise", &s, 1, true);
    unsigned char *room = chunk_packer_room(packer, s.bytes, &error);
    memcpy(room, s.values, s.bytes);
    succeed(chunk_packer_give(packer,
                              &(struct chunk){.dataset = s.dataset,
                                              .rank = RANK,
                                              .corner = (hsize_t[]){0, 0, 0},
                                              .bytes = s.bytes,
                                              .element = s.element},
                              &error),
            &error);
    succeed(chunk_packer_flush(packer, &error), &error);
    chunk_packer_stop(&packer);
    file_pieces_drop(&packed);
    assert_true(H5Dget_storage_size(s.dataset) > s.bytes);
    H5Dclose(s.dataset);
    same_values(&s, file, "noise");
    H5Fclose(file);
    free(s.values);
}

static void read_as_hdf5_writes(void **state)
{
    (void)state;
    for (int turn = 0; turn < 6; turn++) {
        admf_error error = {0};
        struct chunk_reader *reader;
        struct sample sample[DATASETS];
        hid_t dataset[DATASETS];
        char name[16];
        size_t readable = 0;
        seed = 200 + (uint64_t)turn;
        hid_t file = H5Fcreate(path, H5F_ACC_TRUNC, H5P_DEFAULT, H5P_DEFAULT);
        for (int k = 0; k < DATASETS; k++) {
            snprintf(name, sizeof name, "%d", k);
            draw_sample(&sample[k]);
            dataset[k] = make_dataset_of(file, name, &sample[k], (int)draw(3), draw(3) != 0);
            assert_true(H5Dwrite(dataset[k], sample[k].type, H5S_ALL, H5S_ALL, H5P_DEFAULT,
                                 sample[k].values) >= 0);
            H5Dclose(dataset[k]);
        }
        H5Fclose(file);
        file = H5Fopen(path, H5F_ACC_RDONLY, H5P_DEFAULT);
        for (int k = 0; k < DATASETS; k++) {
            snprintf(name, sizeof name, "%d", k);
            dataset[k] = k == 5 ? H5I_INVALID_HID : H5Dopen2(file, name, H5P_DEFAULT);
        }
        succeed(chunk_reader_start(dataset, NULL, DATASETS, 1 + turn, path, &reader, &error),
                &error);
        for (int k = 0; k < DATASETS; k++) {
            /* Runs of neighbours only. */
            const struct sample *s = &sample[k];
            bool run = s->chunk[2] == s->dims[2] ? s->chunk[1] == s->dims[1] || s->chunk[0] == 1
                                                 : s->chunk[1] == 1 && s->chunk[0] == 1;
            assert_int_equal(chunk_reader_can(reader, (size_t)k), k != 5 && run);
            if (k != 5 && run) {
                read_whole(reader, (size_t)k, s);
                readable++;
            }
        }
        assert_true(readable > DATASETS / 2);
        chunk_reader_stop(&reader);
        for (int k = 0; k < DATASETS; k++) {
            H5Dclose(dataset[k]);
            free(sample[k].values);
        }
        H5Fclose(file);
    }
}

/* Chunks that were never written leave a dataset to HDF5; a broken one is an error. */
static void holes_and_damage(void **state)
{
    (void)state;
    enum { CHUNKS = 3 };
    static double zeros[10000];
    admf_error error = {0};
    struct chunk_reader *reader;
    const void *elements;
    size_t count;
    hsize_t dims = 25000, chunk = 10000;
    hid_t file = H5Fcreate(path, H5F_ACC_TRUNC, H5P_DEFAULT, H5P_DEFAULT);
    hid_t space = H5Screate_simple(1, &dims, NULL), creation = H5Pcreate(H5P_DATASET_CREATE);
    H5Pset_chunk(creation, 1, &chunk);
    H5Pset_deflate(creation, 1);
    hid_t dataset =
        H5Dcreate2(file, "x", H5T_IEEE_F64LE, space, H5P_DEFAULT, creation, H5P_DEFAULT);
    for (hsize_t k = 0, corner; k < CHUNKS; k++) {
        succeed(chunk_reader_start(&dataset, NULL, 1, 2, path, &reader, &error), &error);
        assert_false(chunk_reader_can(reader, 0));
        chunk_reader_stop(&reader);
        corner = k * chunk;
        if (k == 1) /* stored as it is, the filter left out */
            assert_true(H5Dwrite_chunk(dataset, H5P_DEFAULT, 1, &corner, sizeof zeros, zeros) >= 0);
        else
            assert_true(H5Dwrite_chunk(dataset, H5P_DEFAULT, 0, &corner, 9, "no stream") >= 0);
    }
    hsize_t first = 0;
    unsigned char empty[200];
    uLongf length = sizeof empty;
    assert_int_equal(compress(empty, &length, (const Bytef *)zeros, sizeof zeros), Z_OK);
    assert_true(H5Dwrite_chunk(dataset, H5P_DEFAULT, 0, &first, length, empty) >= 0);
    succeed(chunk_reader_start(&dataset, NULL, 1, 2, path, &reader, &error), &error);
    for (int k = 0; k < 2; k++) {
        succeed(chunk_reader_next(reader, 0, &elements, &count, &error), &error);
        assert_int_equal(count, chunk);
        assert_memory_equal(elements, zeros, sizeof zeros);
    }
    assert_int_equal(chunk_reader_next(reader, 0, &elements, &count, &error), ADMF_BAD_DATA);
    assert_non_null(strstr(error.message, "' cannot be read"));
    chunk_reader_stop(&reader);
    H5Dclose(dataset);
    H5Pclose(creation);
    H5Sclose(space);
    H5Fclose(file);
}

/* Elements that also lie in another file come from there; one that is too short is told. */
static void plain_places(void **state)
{
    (void)state;
    enum { COUNT = 300000, OFFSET = 24 };
    static double values[COUNT];
    char plain[160];
    admf_error error = {0};
    struct chunk_reader *reader;
    const void *elements;
    size_t count = 1, done = 0;
    hsize_t dims = COUNT, chunk = 100000;
    for (size_t i = 0; i < COUNT; i++)
        values[i] = (double)i;
    snprintf(plain, sizeof plain, "%s/plain", folder);
    hid_t file = H5Fcreate(path, H5F_ACC_TRUNC, H5P_DEFAULT, H5P_DEFAULT);
    hid_t space = H5Screate_simple(1, &dims, NULL), creation = H5Pcreate(H5P_DATASET_CREATE);
    H5Pset_chunk(creation, 1, &chunk);
    hid_t dataset =
        H5Dcreate2(file, "x", H5T_IEEE_F64LE, space, H5P_DEFAULT, creation, H5P_DEFAULT);
    int fd = open(plain, O_RDWR | O_CREAT | O_TRUNC, 0600);
    assert_int_equal(files_write_at(fd, values, sizeof values, OFFSET), 0);
    const struct plain_place place = {fd, plain, OFFSET};
    succeed(chunk_reader_start(&dataset, &place, 1, 3, path, &reader, &error), &error);
    for (; count; done += count) {
        succeed(chunk_reader_next(reader, 0, &elements, &count, &error), &error);
        if (count)
            assert_memory_equal(elements, values + done, count * sizeof *values);
    }
    assert_int_equal(done, COUNT);
    chunk_reader_stop(&reader);
    assert_int_equal(ftruncate(fd, OFFSET + 8 * 250000), 0);
    succeed(chunk_reader_start(&dataset, &place, 1, 3, path, &reader, &error), &error);
    for (int k = 0; k < 2; k++)
        succeed(chunk_reader_next(reader, 0, &elements, &count, &error), &error);
    assert_int_equal(chunk_reader_next(reader, 0, &elements, &count, &error), ADMF_IO);
    assert_string_equal(error.file, plain);
    chunk_reader_stop(&reader);
    close(fd);
    H5Dclose(dataset);
    H5Pclose(creation);
    H5Sclose(space);
    H5Fclose(file);
}

static void shuffled_there_and_back(void **state)
{
    (void)state;
    enum { COUNT = 1000, ELEMENT = 8 };
    unsigned char from[COUNT * ELEMENT], to[COUNT * ELEMENT], back[COUNT * ELEMENT];
    seed = 5;
    for (size_t i = 0; i < sizeof from; i++)
        from[i] = (unsigned char)draw(256);
    for (size_t element = 1; element <= ELEMENT; element++)
        for (size_t count = 0; count < COUNT; count += 1 + draw(50)) {
            shuffle_bytes(from, to, count, element);
            for (size_t b = 0; b < element; b++)
                for (size_t i = 0; i < count; i++)
                    assert_int_equal(to[b * count + i], from[i * element + b]);
            unshuffle_bytes(to, back, count, element);
            assert_memory_equal(back, from, count * element);
        }
}

int main(void)
{
    hdf5_quiet();
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(shuffled_there_and_back), cmocka_unit_test(packed_as_hdf5_reads),
        cmocka_unit_test(noise_is_stored),         cmocka_unit_test(read_as_hdf5_writes),
        cmocka_unit_test(holes_and_damage),        cmocka_unit_test(plain_places),
    };
    return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
