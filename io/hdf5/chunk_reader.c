/* SPDX-License-Identifier: Apache-2.0 */
#include "io/hdf5/chunk_reader.h"

#include <stdio.h>
#include <string.h>

#include "engine/base/failure.h"
#include "engine/base/files.h"
#include "engine/base/memory.h"
#include "engine/base/ordered_work.h"
#include "io/hdf5/deflate.h"
#include "io/hdf5/room.h"
#include "io/hdf5/shuffle.h"

enum { RANK_MAX = 8 };

static const char cannot[] = "cannot be read"; /* the dataset's name comes before it */

/* A dataset. */
struct source {
    hid_t dataset;
    struct plain_place place;
    bool can;                   /* be read so */
    int rank, shuffle, deflate; /* shuffle, deflate: number of the filter; -1: there is none */
    hsize_t dims[RANK_MAX], chunk[RANK_MAX];
    size_t element, bytes; /* of an element, of a chunk */
    uint64_t chunks;
};

struct slot {
    const struct source *source;
    struct room packed, elements;
    size_t length, count; /* bytes packed; elements in use */
    uint64_t offset;      /* in a plain place */
    uint32_t skipped;     /* bit k: the dataset's filter k was not used */
    admf_status status;   /* ADMF_BAD_DATA, ADMF_IO, ADMF_INTERNAL: no memory */
    int number;           /* errno where reading failed */
};

struct bench {
    struct room shuffled;
    struct inflate_state *inflater; /* NULL: not made yet */
};

struct chunk_reader {
    const char *path;
    size_t source_count, ahead; /* ahead: the source whose chunks are on their way */
    struct source *sources;     /* owned */
    hsize_t corner[RANK_MAX];   /* of its next chunk */
    uint64_t given, taken;      /* chunks of the source ahead, of the caller's source */
    uint64_t before;            /* elements of the source ahead that are on their way */
    struct ordered_work work;
    struct slot slot[ORDERED_SLOTS_MAX];
    struct bench bench[ORDERED_THREADS_MAX];
};

/* ---- a chunk --------------------------------------------------------------------------------*/

static admf_status inflate_chunk(struct bench *bench, const struct slot *slot, unsigned char *out,
                                 size_t bytes)
{
    if (!bench->inflater && !(bench->inflater = inflater_new()))
        return ADMF_INTERNAL;
    return inflate_bytes(bench->inflater, slot->packed.bytes, slot->length, out, bytes)
               ? ADMF_OK
               : ADMF_BAD_DATA;
}

/* Deflate makes nothing larger than that. */
static size_t packed_most(size_t bytes) { return bytes + (bytes >> 2) + 4096; }

static admf_status unpack(struct bench *bench, struct slot *slot)
{
    const struct source *s = slot->source;
    size_t count = s->bytes / s->element;
    if (s->place.fd >= 0) {
        slot->number = files_read_at(s->place.fd, slot->elements.bytes, slot->count * s->element,
                                     slot->offset);
        return slot->number ? ADMF_IO : ADMF_OK;
    }
    bool deflated = s->deflate >= 0 && !(slot->skipped & 1u << s->deflate);
    bool shuffled = s->shuffle >= 0 && !(slot->skipped & 1u << s->shuffle) && s->element > 1;
    if (!room_make(&bench->shuffled, s->bytes))
        return ADMF_INTERNAL;
    unsigned char *bytes = slot->packed.bytes, *elements = slot->elements.bytes;
    if (deflated) {
        bytes = shuffled ? bench->shuffled.bytes : elements;
        admf_status status = inflate_chunk(bench, slot, bytes, s->bytes);
        if (status)
            return status;
    } else if (slot->length != s->bytes) {
        return ADMF_BAD_DATA;
    }
    if (shuffled)
        unshuffle_bytes(bytes, elements, count, s->element);
    else if (!deflated)
        memcpy(elements, bytes, s->bytes);
    return ADMF_OK;
}

static void unpack_slot(void *context, int thread, size_t index)
{
    struct chunk_reader *r = context;
    struct slot *slot = &r->slot[index];
    slot->status = unpack(&r->bench[thread], slot);
}

/* ---- what can be read -------------------------------------------------------------------------*/

static bool is_plain(hid_t type)
{
    const hid_t plain[] = {H5T_IEEE_F64LE, H5T_IEEE_F32LE, H5T_STD_I64LE, H5T_STD_U64LE,
                           H5T_STD_I32LE,  H5T_STD_U32LE,  H5T_STD_I16LE, H5T_STD_U16LE,
                           H5T_STD_I8LE,   H5T_STD_U8LE};
    for (size_t k = 0; k < sizeof plain / sizeof *plain; k++)
        if (H5Tequal(type, plain[k]) > 0)
            return true;
    return false;
}

/* Shuffle, then deflate, or one of them, or neither. */
static bool find_filters(struct source *s, hid_t creation)
{
    int filters = H5Pget_nfilters(creation);
    s->shuffle = s->deflate = -1;
    for (int k = 0; k < filters; k++) {
        unsigned flags, config;
        size_t values = 0;
        H5Z_filter_t filter =
            H5Pget_filter2(creation, (unsigned)k, &flags, &values, NULL, 0, NULL, &config);
        if (filter == H5Z_FILTER_SHUFFLE && k == 0)
            s->shuffle = k;
        else if (filter == H5Z_FILTER_DEFLATE && k == filters - 1)
            s->deflate = k;
        else
            return false;
    }
    return filters >= 0;
}

/* Whether the elements of a chunk are neighbours: whole rows of the fastest dimensions, a part of
 * one, and one of each of the others. */
static bool is_run(const struct source *s)
{
    int d = s->rank - 1;
    while (d > 0 && s->chunk[d] == s->dims[d])
        d--;
    while (d-- > 0)
        if (s->chunk[d] != 1)
            return false;
    return true;
}

static bool find_shape(struct source *s, hid_t space, hid_t creation)
{
    if (H5Pget_layout(creation) != H5D_CHUNKED)
        return false;
    s->rank = H5Sget_simple_extent_ndims(space);
    if (s->rank < 1 || s->rank > RANK_MAX || H5Sget_simple_extent_dims(space, s->dims, NULL) < 0 ||
        H5Pget_chunk(creation, RANK_MAX, s->chunk) != s->rank)
        return false;
    s->bytes = s->element;
    s->chunks = 1;
    for (int d = 0; d < s->rank; d++) {
        if (s->chunk[d] > CHUNK_READER_MOST / s->bytes)
            return false;
        s->bytes *= s->chunk[d];
        s->chunks *= (s->dims[d] + s->chunk[d] - 1) / s->chunk[d];
    }
    return is_run(s);
}

/* Those that were never written have no bytes. */
static bool has_all_chunks(const struct source *s, hid_t dataset, hid_t space)
{
    hsize_t count = 0;
    return s->chunks == 0 || (H5Dget_num_chunks(dataset, space, &count) >= 0 && count == s->chunks);
}

static void look_at(struct source *s, hid_t dataset, const struct plain_place *place)
{
    hid_t space = H5Dget_space(dataset), type = H5Dget_type(dataset),
          creation = H5Dget_create_plist(dataset);
    s->dataset = dataset;
    s->place = place ? *place : (struct plain_place){.fd = -1};
    if (space >= 0 && type >= 0 && creation >= 0 && is_plain(type)) {
        s->element = H5Tget_size(type);
        s->can =
            find_shape(s, space, creation) &&
            (s->place.fd >= 0 || (find_filters(s, creation) && has_all_chunks(s, dataset, space)));
    }
    hdf5_close(creation);
    hdf5_close(type);
    hdf5_close(space);
}

admf_status chunk_reader_start(const hid_t *datasets, const struct plain_place *places,
                               size_t dataset_count, int threads, const char *path,
                               struct chunk_reader **out, admf_error *error)
{
    struct chunk_reader *r = *out = memory_new(1, sizeof *r);
    if (!r)
        return fail_memory(error);
    r->path = path;
    r->source_count = dataset_count;
    ordered_start(&r->work, threads, unpack_slot, r);
    r->sources = memory_new(dataset_count, sizeof *r->sources);
    if (!r->sources) {
        chunk_reader_stop(out);
        return fail_memory(error);
    }
    for (size_t k = 0; k < dataset_count; k++)
        look_at(&r->sources[k], datasets[k], places ? &places[k] : NULL);
    return ADMF_OK;
}

bool chunk_reader_can(const struct chunk_reader *r, size_t k) { return r->sources[k].can; }

/* ---- in order -------------------------------------------------------------------------------*/

/* Whether there is another chunk; r->ahead is its source then. */
static bool find_chunk(struct chunk_reader *r)
{
    while (r->ahead < r->source_count &&
           (!r->sources[r->ahead].can || r->given == r->sources[r->ahead].chunks)) {
        r->ahead++;
        r->given = r->before = 0;
        memset(r->corner, 0, sizeof r->corner);
    }
    return r->ahead < r->source_count;
}

/* To the chunk after this one. */
static void advance(struct chunk_reader *r, const struct source *s)
{
    r->given++;
    for (int d = s->rank - 1; d >= 0; d--) {
        r->corner[d] += s->chunk[d];
        if (r->corner[d] < s->dims[d])
            return;
        r->corner[d] = 0;
    }
}

/* Gives the threads the next chunk. */
static admf_status read_chunk(struct chunk_reader *r, admf_error *error)
{
    admf_status status = ADMF_OK;
    const char *path = r->path;
    const struct source *s = &r->sources[r->ahead];
    struct slot *slot = &r->slot[ordered_next(&r->work)];
    hsize_t length = 0;
    if (!room_make(&slot->elements, s->bytes) ||
        (s->place.fd < 0 && !room_make(&slot->packed, packed_most(s->bytes))))
        return fail_memory(error);
    if (s->place.fd < 0) {
        HDF5_TRY(H5Dget_chunk_storage_size(s->dataset, r->corner, &length), ADMF_BAD_DATA, cannot);
        if (length > packed_most(s->bytes))
            return fail_file(error, ADMF_BAD_DATA, path, 0, "%s", cannot);
        HDF5_TRY(
            H5Dread_chunk(s->dataset, H5P_DEFAULT, r->corner, &slot->skipped, slot->packed.bytes),
            ADMF_BAD_DATA, cannot);
    }
    slot->source = s;
    slot->length = length;
    slot->offset = s->place.offset + r->before * s->element;
    slot->count = 1;
    for (int d = 0; d < s->rank; d++) {
        hsize_t left = s->dims[d] - r->corner[d];
        slot->count *= left < s->chunk[d] ? left : s->chunk[d];
    }
    r->before += slot->count;
    ordered_give(&r->work);
    advance(r, s);
cleanup:
    return status;
}

/* Says which dataset could not be read: not always the one that is asked for, as others are read
 * ahead. */
static admf_status with_name(hid_t dataset, admf_error *error)
{
    char name[256] = "", why[ADMF_MESSAGE_MAX];
    if (error->code != ADMF_BAD_DATA)
        return error->code;
    memcpy(why, error->message, sizeof why);
    bool named = H5Iget_name(dataset, name, sizeof name) > 1;
    snprintf(error->message, sizeof error->message, "%s%.200s%s %.700s", named ? "'" : "a variable",
             named ? name + 1 : "", named ? "'" : "", why);
    return error->code;
}

admf_status chunk_reader_next(struct chunk_reader *r, size_t k, const void **elements,
                              size_t *count, admf_error *error)
{
    admf_status status = ADMF_OK;
    *count = 0;
    if (r->taken == r->sources[k].chunks) {
        r->taken = 0;
        return ADMF_OK;
    }
    while (!status && !ordered_full(&r->work) && find_chunk(r))
        status = read_chunk(r, error);
    if (status)
        return with_name(r->sources[r->ahead].dataset, error);
    const struct slot *slot = &r->slot[ordered_take(&r->work)];
    if (slot->status == ADMF_INTERNAL)
        return fail_memory(error);
    if (slot->status == ADMF_IO)
        return fail_file(error, ADMF_IO, slot->source->place.path, slot->number, "cannot read");
    if (slot->status) {
        fail_file(error, ADMF_BAD_DATA, r->path, 0, "%s", cannot);
        return with_name(slot->source->dataset, error);
    }
    r->taken++;
    *elements = slot->elements.bytes;
    *count = slot->count;
    return ADMF_OK;
}

void chunk_reader_stop(struct chunk_reader **out)
{
    struct chunk_reader *r = *out;
    *out = NULL;
    if (!r)
        return;
    ordered_stop(&r->work);
    for (size_t k = 0; k < ORDERED_SLOTS_MAX; k++) {
        room_drop(&r->slot[k].packed);
        room_drop(&r->slot[k].elements);
    }
    for (int k = 0; k < ORDERED_THREADS_MAX; k++) {
        inflater_free(r->bench[k].inflater);
        room_drop(&r->bench[k].shuffled);
    }
    memory_free(r->sources);
    memory_free(r);
}

uint64_t chunk_reader_bytes(uint64_t room, int threads)
{
    return (uint64_t)threads * (room + INFLATER_BYTES) +
           ordered_slots(threads) * (room + packed_most(room));
}
