/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE /* O_CLOEXEC */
#include "io/hdf5/seal.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "engine/base/digest.h"
#include "engine/base/failure.h"
#include "engine/base/files.h"
#include "engine/base/memory.h"
#include "io/hdf5/failure.h"
#include "io/hdf5/file_access.h"

enum { BUFFER = 1 << 16, PIECES_MOST = 1 << 20, SMALL = 4 << 20 };
static const char mark[8] = {'A', 'D', 'M', 'F', 'S', 'E', 'A', 'L'};

/* What stands at the very end. */
struct tail {
    uint64_t count, sum;
    char mark[sizeof mark];
};
_Static_assert(sizeof(struct tail) == 24, "written as it lies in memory");

static admf_status cannot_read(const char *path, int number, admf_error *error)
{
    return fail_file(error, ADMF_IO, path, number, "cannot read");
}

/* Adds bytes begin … end-1 of the file. */
static int add_bytes(struct digest *digest, int fd, uint64_t begin, uint64_t end)
{
    unsigned char buffer[BUFFER];
    for (uint64_t n; begin < end; begin += n) {
        n = end - begin < BUFFER ? end - begin : BUFFER;
        int failed = files_read_at(fd, buffer, n, begin);
        if (failed)
            return failed;
        digest_add(digest, buffer, n);
    }
    return 0;
}

/* The sum over the first `length` bytes but the sorted pieces, which may overlap; 0 or errno. */
static int sum_file(int fd, uint64_t length, const struct file_piece *pieces, size_t count,
                    uint64_t *sum)
{
    struct digest digest;
    uint64_t at = 0;
    int failed = 0;
    digest_start(&digest);
    for (size_t k = 0; !failed && k < count; k++) {
        uint64_t begin = pieces[k].offset < length ? pieces[k].offset : length;
        uint64_t end = pieces[k].bytes < length - begin ? begin + pieces[k].bytes : length;
        failed = add_bytes(&digest, fd, at, begin);
        at = end > at ? end : at;
    }
    if (!failed)
        failed = add_bytes(&digest, fd, at, length);
    digest_add(&digest, pieces, count * sizeof *pieces);
    *sum = digest_value(&digest);
    return failed;
}

/* ---- sealing --------------------------------------------------------------------------------*/

static int by_offset(const void *a_, const void *b_)
{
    const struct file_piece *a = a_, *b = b_;
    return (a->offset > b->offset) - (a->offset < b->offset);
}

/* Makes one of pieces that touch; how many are left. */
static size_t join(struct file_piece *pieces, size_t count)
{
    size_t kept = 0;
    if (count)
        qsort(pieces, count, sizeof *pieces, by_offset);
    for (size_t k = 0; k < count; k++) {
        struct file_piece *last = kept ? &pieces[kept - 1] : NULL;
        if (last && last->offset + last->bytes == pieces[k].offset)
            last->bytes += pieces[k].bytes;
        else
            pieces[kept++] = pieces[k];
    }
    return kept;
}

admf_status hdf5_seal(const char *path, struct file_piece *pieces, size_t count, admf_error *error)
{
    struct stat about;
    struct tail tail = {.count = 0};
    count = join(pieces, count);
    if (count > PIECES_MOST)
        return ADMF_OK;
    int fd = open(path, O_RDWR | O_CLOEXEC), failed = 0;
    if (fd < 0 || fstat(fd, &about) != 0)
        failed = errno;
    uint64_t length = failed ? 0 : (uint64_t)about.st_size;
    if (!failed)
        failed = sum_file(fd, length, pieces, count, &tail.sum);
    tail.count = count;
    memcpy(tail.mark, mark, sizeof mark);
    if (!failed)
        failed = files_write_at(fd, pieces, count * sizeof *pieces, length);
    if (!failed)
        failed = files_write_at(fd, &tail, sizeof tail, length + count * sizeof *pieces);
    if (fd >= 0)
        close(fd);
    return failed ? fail_file(error, ADMF_IO, path, failed, "cannot write") : ADMF_OK;
}

bool file_pieces_add(struct file_pieces *pieces, uint64_t offset, uint64_t bytes)
{
    struct file_piece *last = pieces->count ? &pieces->list[pieces->count - 1] : NULL;
    if (last && last->offset + last->bytes == offset) {
        last->bytes += bytes;
        return true;
    }
    if (pieces->count == pieces->capacity) {
        size_t capacity = pieces->capacity ? 2 * pieces->capacity : 256;
        struct file_piece *more = memory_resize(pieces->list, capacity, sizeof *more);
        if (!more)
            return false;
        pieces->list = more;
        pieces->capacity = capacity;
    }
    pieces->list[pieces->count++] = (struct file_piece){offset, bytes};
    return true;
}

void file_pieces_drop(struct file_pieces *pieces)
{
    memory_free(pieces->list);
    *pieces = (struct file_pieces){0};
}

/* What of a file is left out. */
struct found {
    struct file_pieces *pieces;
    size_t known; /* of them, before any was looked for */
    bool failed;  /* no memory */
};

static bool is_known(const struct found *found, haddr_t offset)
{
    bool is = false;
    for (size_t k = 0; !is && k < found->known; k++)
        is = offset - found->pieces->list[k].offset < found->pieces->list[k].bytes;
    return is;
}

static bool is_deflated(hid_t creation)
{
    unsigned flags, config;
    size_t values = 0;
    return H5Pget_filter_by_id2(creation, H5Z_FILTER_DEFLATE, &flags, &values, NULL, 0, NULL,
                                &config) >= 0;
}

/* HDF5 looks for a chunk by its number from the first one on: of very many it is faster to add up
 * what they hold, if whoever wrote them did not note where they are. References into a heap, which
 * texts are, it believes. */
static uint64_t chunks_left_out(hid_t dataset, hid_t space)
{
    enum { CHUNKS_MOST = 1024 };
    hsize_t count = 0;
    hid_t creation = H5Dget_create_plist(dataset), type = H5Dget_type(dataset);
    bool leaves = creation >= 0 && H5Pget_layout(creation) == H5D_CHUNKED && type >= 0 &&
                  is_deflated(creation) && H5Tdetect_class(type, H5T_VLEN) == 0 &&
                  H5Tis_variable_str(type) == 0 && H5Dget_num_chunks(dataset, space, &count) >= 0 &&
                  count <= CHUNKS_MOST;
    hdf5_close_type(type);
    hdf5_close_list(creation);
    return leaves ? count : 0;
}

static herr_t add_link(hid_t group, const char *name, const H5L_info_t *about, void *found_)
{
    struct found *found = found_;
    hid_t object = about->type == H5L_TYPE_HARD ? H5Oopen(group, name, H5P_DEFAULT) : -1;
    bool is_dataset = object >= 0 && H5Iget_type(object) == H5I_DATASET;
    hid_t space = is_dataset ? H5Dget_space(object) : H5I_INVALID_HID;
    uint64_t count = is_dataset ? chunks_left_out(object, space) : 0;
    for (uint64_t k = 0; !found->failed && k < count; k++) {
        unsigned skipped;
        haddr_t offset;
        hsize_t bytes;
        if (H5Dget_chunk_info(object, space, k, NULL, &skipped, &offset, &bytes) < 0 || skipped)
            continue;
        if (k == 0 && is_known(found, offset))
            break;
        found->failed = !file_pieces_add(found->pieces, offset, bytes);
    }
    hdf5_close_space(space);
    hdf5_close(object);
    return found->failed ? -1 : 0;
}

admf_status hdf5_seal_finished(const char *path, struct file_pieces *packed, admf_error *error)
{
    admf_status status = ADMF_OK;
    struct stat about;
    hid_t file = H5I_INVALID_HID;
    packed->count = join(packed->list, packed->count);
    struct found found = {.pieces = packed, .known = packed->count};
    if (stat(path, &about) != 0)
        return cannot_read(path, errno, error);
    if (about.st_size <= SMALL) {
        packed->count = 0;
    } else {
        status = hdf5_open_own(path, "cannot read", &file, error);
        if (!status)
            HDF5_TRY(H5Lvisit(file, H5_INDEX_NAME, H5_ITER_NATIVE, add_link, &found), ADMF_IO,
                     "cannot read");
    }
cleanup:
    hdf5_close(file);
    if (found.failed)
        status = fail_memory(error);
    if (!status)
        status = hdf5_seal(path, packed->list, packed->count, error);
    return status;
}

/* ---- checking -------------------------------------------------------------------------------*/

/* Of a file of `size` bytes whose tail was read. */
static admf_status check_sum(int fd, const char *path, uint64_t size, const struct tail *tail,
                             admf_error *error)
{
    const uint64_t list = tail->count * sizeof(struct file_piece),
                   length = size - sizeof *tail - list;
    uint64_t sum = 0;
    struct file_piece *pieces = memory_new_uncleared(tail->count, sizeof *pieces);
    if (!pieces)
        return fail_memory(error);
    int failed = files_read_at(fd, pieces, list, length);
    if (!failed)
        failed = sum_file(fd, length, pieces, tail->count, &sum);
    memory_free(pieces);
    if (failed)
        return cannot_read(path, failed, error);
    return sum == tail->sum
               ? ADMF_OK
               : fail_file(error, ADMF_BAD_DATA, path, 0,
                           "the file is damaged: its check sum is not that of what was written");
}

admf_status hdf5_seal_check(const char *path, admf_error *error)
{
    struct stat about;
    struct tail tail;
    admf_status status = ADMF_OK;
    int fd = open(path, O_RDONLY | O_CLOEXEC), failed = 0;
    if (fd < 0 || fstat(fd, &about) != 0)
        failed = errno;
    uint64_t size = failed ? 0 : (uint64_t)about.st_size;
    bool sealed = size > sizeof tail;
    if (!failed && sealed)
        failed = files_read_at(fd, &tail, sizeof tail, size - sizeof tail);
    if (failed)
        status = cannot_read(path, failed, error);
    else if (sealed && memcmp(tail.mark, mark, sizeof mark) == 0 && tail.count <= PIECES_MOST &&
             tail.count * sizeof(struct file_piece) <= size - sizeof tail)
        status = check_sum(fd, path, size, &tail, error);
    if (fd >= 0)
        close(fd);
    return status;
}
