/* SPDX-License-Identifier: Apache-2.0 */
#include "io/hdf5/chunk_packer.h"

#include <string.h>

#include "engine/base/failure.h"
#include "engine/base/memory.h"
#include "engine/base/ordered_work.h"
#include "io/hdf5/room.h"
#include "io/hdf5/shuffle.h"
#include "io/hdf5/zlib_memory.h"

enum { MEMORY_LEVEL = 8 };

/* A chunk on its way. */
struct slot {
    struct room raw, packed;
    hid_t dataset; /* a reference of its own */
    hsize_t corner[CHUNK_RANK_MAX];
    size_t bytes, element, length; /* length: packed */
    bool repeats, failed;          /* failed: no memory */
};

/* What a thread needs for itself. */
struct bench {
    struct room shuffled;
    z_stream stream;
    bool has_stream;
};

struct chunk_packer {
    const char *path;
    int deflate;
    struct ordered_work work;
    struct slot slot[ORDERED_SLOTS_MAX];
    struct bench bench[ORDERED_THREADS_MAX];
};

/* ---- packing --------------------------------------------------------------------------------*/

static bool start_stream(struct bench *bench, int deflate)
{
    zlib_memory(&bench->stream);
    bench->has_stream = deflateInit2(&bench->stream, deflate, Z_DEFLATED, MAX_WBITS, MEMORY_LEVEL,
                                     Z_DEFAULT_STRATEGY) == Z_OK;
    return bench->has_stream;
}

/*
 * Whether bytes look like noise, from a sample: the sum of the squared counts of n even
 * bytes is about n + n·n/256. Up to 3.5 times the second term there is little to gain: of a cube's
 * planes some 3 %, for two thirds of the time that packing the whole cube takes. The step is odd:
 * else all of a sample may be values of one block of sixteen.
 */
static bool is_noise(const unsigned char *bytes, size_t length)
{
    enum { SAMPLE = 4096 };
    uint32_t count[256] = {0};
    uint64_t squares = 0;
    size_t step = length / SAMPLE;
    if (step == 0)
        return false;
    step -= step % 2 == 0;
    for (size_t i = 0; i < SAMPLE; i++)
        count[bytes[i * step]]++;
    for (int b = 0; b < 256; b++)
        squares += (uint64_t)count[b] * count[b];
    return squares < SAMPLE + (uint64_t)SAMPLE * SAMPLE / 256 * 7 / 2;
}

/*
 * One plane of bytes. At level 1 it has the run-length strategy: shuffled planes of doubles are
 * either noise or runs, and on both it is 2 to 2.5 times as fast as the search for matches, at the
 * same size within 3 %. Noise is stored as it is, which packing and reading like. Any inflater
 * reads it.
 */
static bool deflate_plane(z_stream *stream, bool quick, const unsigned char *bytes, size_t length,
                          bool last)
{
    if (quick && deflateParams(stream, is_noise(bytes, length) ? 0 : 1, Z_RLE) != Z_OK)
        return false;
    stream->next_in = (unsigned char *)bytes;
    stream->avail_in = (uInt)length;
    int result = deflate(stream, last ? Z_FINISH : Z_NO_FLUSH);
    return result == (last ? Z_STREAM_END : Z_OK) && stream->avail_in == 0;
}

/* Bytes at most of a packed chunk: stored blocks, or what zlib says. */
static size_t packed_bound(size_t bytes)
{
    size_t stored = bytes + bytes / 256 + 4096, deflated = compressBound((uLong)bytes);
    return stored > deflated ? stored : deflated;
}

static bool pack(struct bench *bench, int level, struct slot *slot)
{
    size_t planes = slot->element, each = slot->bytes / planes;
    if (!room_make(&slot->packed, packed_bound(slot->bytes)) ||
        !room_make(&bench->shuffled, slot->bytes) ||
        (!bench->has_stream && !start_stream(bench, level)))
        return false;
    shuffle_bytes(slot->raw.bytes, bench->shuffled.bytes, slot->bytes / slot->element,
                  slot->element);
    z_stream *stream = &bench->stream;
    bool quick = level == 1 && !slot->repeats;
    deflateReset(stream);
    stream->next_out = slot->packed.bytes;
    stream->avail_out = (uInt)slot->packed.capacity;
    if (!quick && deflateParams(stream, level, Z_DEFAULT_STRATEGY) != Z_OK)
        return false;
    for (size_t plane = 0; plane < planes; plane++)
        if (!deflate_plane(stream, quick, bench->shuffled.bytes + plane * each, each,
                           plane + 1 == planes))
            return false;
    slot->length = stream->total_out;
    return true;
}

static void pack_slot(void *context, int thread, size_t index)
{
    struct chunk_packer *packer = context;
    struct slot *slot = &packer->slot[index];
    slot->failed = !pack(&packer->bench[thread], packer->deflate, slot);
}

/* ---- in order -------------------------------------------------------------------------------*/

admf_status chunk_packer_start(int threads, int deflate, const char *path,
                               struct chunk_packer **out, admf_error *error)
{
    struct chunk_packer *packer = *out = memory_new(1, sizeof *packer);
    if (!packer)
        return fail_memory(error);
    packer->path = path;
    packer->deflate = deflate;
    for (size_t k = 0; k < ORDERED_SLOTS_MAX; k++)
        packer->slot[k].dataset = H5I_INVALID_HID;
    ordered_start(&packer->work, threads, pack_slot, packer);
    return ADMF_OK;
}

static admf_status write_bytes(struct slot *slot, const void *bytes, size_t length,
                               const char *path, admf_error *error)
{
    admf_status status = ADMF_OK;
    HDF5_TRY(H5Dwrite_chunk(slot->dataset, H5P_DEFAULT, 0, slot->corner, length, bytes), ADMF_IO,
             "cannot write");
cleanup:
    hdf5_close(slot->dataset);
    slot->dataset = H5I_INVALID_HID;
    return status;
}

static admf_status write_oldest(struct chunk_packer *packer, admf_error *error)
{
    struct slot *slot = &packer->slot[ordered_take(&packer->work)];
    return slot->failed ? fail_memory(error)
                        : write_bytes(slot, slot->packed.bytes, slot->length, packer->path, error);
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
        return write_bytes(slot, slot->raw.bytes, slot->bytes, path, error);
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
        if (packer->bench[k].has_stream)
            deflateEnd(&packer->bench[k].stream);
    memory_free(packer);
}

uint64_t chunk_packer_bytes(uint64_t room, int threads)
{
    enum { DEFLATE_BYTES = 280 << 10 }; /* zlib's state: 2^17 + 2^17 and a little */
    uint64_t bench = room + DEFLATE_BYTES, slot = room + packed_bound(room);
    return (uint64_t)threads * bench + ordered_slots(threads) * slot;
}
