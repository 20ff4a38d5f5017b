/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE /* O_CLOEXEC */
#include "io/hdf5/chunk_packer.h"

#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "engine/base/failure.h"
#include "engine/base/files.h"
#include "engine/base/memory.h"
#include "engine/base/ordered_work.h"
#include "io/hdf5/deflate.h"
#include "io/hdf5/room.h"
#include "io/hdf5/shuffle.h"

/* A chunk on its way. */
struct slot {
    struct room raw, packed;
    hid_t dataset; /* a reference of its own */
    hsize_t corner[CHUNK_RANK_MAX];
    size_t bytes, element, length; /* length: packed */
    bool repeats, failed;          /* failed: no memory, most likely */
};

/* What a thread needs for itself. */
struct bench {
    struct room shuffled;
    struct deflater *deflater; /* NULL: not made yet */
};

struct chunk_packer {
    const char *path;
    int deflate;
    int fd;       /* for reading what was written; -1: it cannot be */
    uint64_t end; /* of the chunk that was written last */
    struct file_pieces *packed;
    struct ordered_work work;
    struct slot slot[ORDERED_SLOTS_MAX];
    struct bench bench[ORDERED_THREADS_MAX];
};

/* ---- packing --------------------------------------------------------------------------------*/

static bool pack(struct bench *bench, int level, struct slot *slot)
{
    size_t count = slot->bytes / slot->element;
    if (!room_make(&slot->packed, deflate_bound(slot->bytes)) ||
        !room_make(&bench->shuffled, slot->bytes) ||
        (!bench->deflater && !(bench->deflater = deflater_new(level))))
        return false;
    shuffle_bytes(slot->raw.bytes, bench->shuffled.bytes, count, slot->element);
    slot->length = deflate_planes(bench->deflater,
                                  &(struct planes){.bytes = bench->shuffled.bytes,
                                                   .count = slot->element,
                                                   .each = count,
                                                   .repeats = slot->repeats},
                                  slot->packed.bytes);
    return slot->length > 0;
}

static void pack_slot(void *context, int thread, size_t index)
{
    struct chunk_packer *packer = context;
    struct slot *slot = &packer->slot[index];
    slot->failed = !pack(&packer->bench[thread], packer->deflate, slot);
}

/* ---- in order -------------------------------------------------------------------------------*/

admf_status chunk_packer_start(int threads, int deflate, const char *path,
                               struct file_pieces *packed, struct chunk_packer **out,
                               admf_error *error)
{
    struct chunk_packer *packer = *out = memory_new(1, sizeof *packer);
    if (!packer)
        return fail_memory(error);
    packer->path = path;
    packer->deflate = deflate;
    packer->fd = open(path, O_RDONLY | O_CLOEXEC);
    packer->packed = packed;
    for (size_t k = 0; k < ORDERED_SLOTS_MAX; k++)
        packer->slot[k].dataset = H5I_INVALID_HID;
    ordered_start(&packer->work, threads, pack_slot, packer);
    return ADMF_OK;
}

/* Whether the packed chunk that was just written lies behind the one before: the file says so. */
static bool follows(const struct chunk_packer *packer, struct slot *slot)
{
    size_t length = slot->length < slot->raw.capacity ? slot->length : slot->raw.capacity;
    return packer->end > 0 &&
           files_read_at(packer->fd, slot->raw.bytes, length, packer->end) == 0 &&
           memcmp(slot->raw.bytes, slot->packed.bytes, length) == 0;
}

/* HDF5 looks through all chunks of the dataset for one, so it is asked only of those that something
 * else lies before. One that it does not find is not left out of the seal. */
static admf_status note_place(struct chunk_packer *packer, struct slot *slot, admf_error *error)
{
    unsigned skipped;
    haddr_t place = packer->end;
    hsize_t bytes;
    if (packer->fd < 0)
        return ADMF_OK; /* to ask of each takes time with the square of their number */
    if (!follows(packer, slot) &&
        (H5Dget_chunk_info_by_coord(slot->dataset, slot->corner, &skipped, &place, &bytes) < 0 ||
         place == HADDR_UNDEF)) {
        hdf5_forget_failures();
        return ADMF_OK;
    }
    packer->end = place + slot->length;
    return file_pieces_add(packer->packed, place, slot->length) ? ADMF_OK : fail_memory(error);
}

static admf_status write_bytes(struct chunk_packer *packer, struct slot *slot, const void *bytes,
                               size_t length, admf_error *error)
{
    admf_status status = ADMF_OK;
    const char *path = packer->path;
    HDF5_TRY(H5Dwrite_chunk(slot->dataset, H5P_DEFAULT, 0, slot->corner, length, bytes), ADMF_IO,
             "cannot write");
    if (bytes == slot->packed.bytes)
        status = note_place(packer, slot, error);
cleanup:
    hdf5_close(slot->dataset);
    slot->dataset = H5I_INVALID_HID;
    return status;
}

static admf_status write_oldest(struct chunk_packer *packer, admf_error *error)
{
    struct slot *slot = &packer->slot[ordered_take(&packer->work)];
    return slot->failed ? fail_memory(error)
                        : write_bytes(packer, slot, slot->packed.bytes, slot->length, error);
}

void *chunk_packer_room(struct chunk_packer *packer, size_t bytes, admf_error *error)
{
    if (ordered_full(&packer->work) && write_oldest(packer, error))
        return NULL;
    struct slot *slot = &packer->slot[ordered_next(&packer->work)];
    if (room_make(&slot->raw, bytes))
        return slot->raw.bytes;
    fail_memory(error);
    return NULL;
}

admf_status chunk_packer_give(struct chunk_packer *packer, const struct chunk *chunk,
                              admf_error *error)
{
    admf_status status = ADMF_OK;
    const char *path = packer->path;
    struct slot *slot = &packer->slot[ordered_next(&packer->work)];
    HDF5_TRY(H5Iinc_ref(chunk->dataset), ADMF_INTERNAL, "cannot write");
    slot->dataset = chunk->dataset;
    slot->bytes = chunk->bytes;
    slot->element = chunk->element;
    slot->repeats = chunk->repeats;
    memcpy(slot->corner, chunk->corner, (size_t)chunk->rank * sizeof *chunk->corner);
    if (packer->deflate == 0)
        return write_bytes(packer, slot, slot->raw.bytes, slot->bytes, error);
    ordered_give(&packer->work);
cleanup:
    return status;
}

/* Between chunks only: threads may not be at work. */
static void drop_memory(struct chunk_packer *packer)
{
    for (size_t k = 0; k < ORDERED_SLOTS_MAX; k++) {
        room_drop(&packer->slot[k].raw);
        room_drop(&packer->slot[k].packed);
    }
    for (int k = 0; k < ORDERED_THREADS_MAX; k++)
        room_drop(&packer->bench[k].shuffled);
}

admf_status chunk_packer_flush(struct chunk_packer *packer, admf_error *error)
{
    admf_status status = ADMF_OK;
    while (!status && !ordered_empty(&packer->work))
        status = write_oldest(packer, error);
    if (!status)
        drop_memory(packer);
    return status;
}

void chunk_packer_stop(struct chunk_packer **out)
{
    struct chunk_packer *packer = *out;
    *out = NULL;
    if (!packer)
        return;
    ordered_stop(&packer->work);
    drop_memory(packer);
    for (size_t k = 0; k < ORDERED_SLOTS_MAX; k++)
        hdf5_close(packer->slot[k].dataset);
    for (int k = 0; k < ORDERED_THREADS_MAX; k++)
        deflater_free(packer->bench[k].deflater);
    if (packer->fd >= 0)
        close(packer->fd);
    memory_free(packer);
}

uint64_t chunk_packer_bytes(uint64_t room, int threads)
{
    uint64_t bench = room + DEFLATER_BYTES, slot = room + deflate_bound(room);
    return (uint64_t)threads * bench + ordered_slots(threads) * slot;
}
