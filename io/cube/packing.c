/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Chunks are jobs, numbered through all variables. Threads take the next job, read its
 * bytes, shuffle and deflate them into slot (job mod slots); the calling thread hands the
 * slots to HDF5 in order, so the file does not depend on who was faster.
 */
#include "io/cube/packing.h"

#include <errno.h>
#include <pthread.h>
#include <string.h>
#include <zlib.h>

#include "engine/base/failure.h"
#include "engine/base/memory.h"
#include "io/cube/partial.h"
#include "io/hdf5/failure.h"

struct slot {
    unsigned char *bytes; /* compressed */
    size_t length;
    bool ready;
    int error; /* errno of a failed read; -1: out of memory */
};

struct packing {
    const struct variables *variables;
    uint64_t (*chunk)[CUBE_RANK_MAX]; /* of each variable */
    uint64_t *jobs_before;            /* of each variable, and all of them */
    int source, deflate;
    size_t slots, room, bound; /* bytes of the largest chunk, and deflated at worst */
    struct slot *slot;
    pthread_mutex_t mutex;
    pthread_cond_t changed;
    uint64_t next, written, jobs; /* next to be taken; handed to HDF5 */
    bool stopped;
};

/* What a thread needs for itself. */
struct bench {
    unsigned char *raw, *shuffled;
    z_stream stream;
    bool has_stream;
};

static void *take_memory(void *context, unsigned count, unsigned size)
{
    (void)context;
    return memory_new(count, size);
}

static void give_memory(void *context, void *block)
{
    (void)context;
    memory_free(block);
}

/*
 * Level 1 with the run-length strategy: shuffled planes of doubles are either noise or
 * runs, and on both it is 2 to 2.5 times as fast as the search for matches, at the same
 * size within 3 %. Any inflater reads it.
 */
static bool bench_init(struct bench *bench, const struct packing *p)
{
    *bench = (struct bench){.raw = memory_new_uncleared(p->room, 1),
                            .shuffled = memory_new_uncleared(p->room, 1)};
    bench->stream.zalloc = take_memory;
    bench->stream.zfree = give_memory;
    if (!bench->raw || !bench->shuffled)
        return false;
    int strategy = p->deflate == 1 ? Z_RLE : Z_DEFAULT_STRATEGY;
    bench->has_stream = p->deflate == 0 || deflateInit2(&bench->stream, p->deflate, Z_DEFLATED,
                                                        MAX_WBITS, 9, strategy) == Z_OK;
    return bench->has_stream;
}

static void bench_deinit(struct bench *bench, const struct packing *p)
{
    if (bench->has_stream && p->deflate)
        deflateEnd(&bench->stream);
    memory_free(bench->raw);
    memory_free(bench->shuffled);
}

/* HDF5's shuffle: all first bytes, then all second bytes, … */
static void shuffle(const unsigned char *restrict from, unsigned char *restrict to, size_t count,
                    size_t element)
{
    if (element == 8)
        for (size_t b = 0; b < 8; b++)
            for (size_t i = 0; i < count; i++)
                to[b * count + i] = from[8 * i + b];
    else if (element == 4)
        for (size_t b = 0; b < 4; b++)
            for (size_t i = 0; i < count; i++)
                to[b * count + i] = from[4 * i + b];
    else
        memcpy(to, from, count * element);
}

static uint64_t chunk_elements(const struct variable *v, const uint64_t *chunk)
{
    uint64_t elements = 1;
    for (int d = 0; d < v->rank; d++)
        elements *= chunk[d];
    return elements;
}

/* Variable, coordinates and extent of a job: its elements are neighbours, maybe fewer than
 * a whole chunk at the edge. */
struct job {
    size_t variable;
    hsize_t corner[CUBE_RANK_MAX];
    uint64_t first, count, whole;
};

static struct job find_job(const struct packing *p, uint64_t number)
{
    struct job job = {0};
    while (number >= p->jobs_before[job.variable + 1])
        job.variable++;
    const struct variable *v = &p->variables->list[job.variable];
    const uint64_t *chunk = p->chunk[job.variable];
    uint64_t rest = number - p->jobs_before[job.variable];
    for (int d = v->rank - 1; d >= 0; d--) {
        uint64_t pieces = (v->dims[d] + chunk[d] - 1) / chunk[d];
        job.corner[d] = rest % pieces * chunk[d];
        rest /= pieces;
    }
    job.whole = chunk_elements(v, chunk);
    job.count = 1;
    for (int d = 0; d < v->rank; d++) {
        uint64_t left = v->dims[d] - job.corner[d];
        job.count *= left < chunk[d] ? left : chunk[d];
        job.first = job.first * v->dims[d] + job.corner[d];
    }
    return job;
}

/*
 * Whether bytes look like noise, from a sample: the sum of the squared counts of n even
 * bytes is about n + n·n/256. Within 15 % of that there is less than 3 % to gain.
 */
static bool is_noise(const unsigned char *bytes, size_t length)
{
    enum { SAMPLE = 4096 };
    uint32_t count[256] = {0};
    uint64_t squares = 0;
    size_t step = length / SAMPLE;
    if (step == 0)
        return false;
    for (size_t i = 0; i < SAMPLE; i++)
        count[bytes[i * step]]++;
    for (int b = 0; b < 256; b++)
        squares += (uint64_t)count[b] * count[b];
    return squares < SAMPLE + (uint64_t)SAMPLE * SAMPLE / 256 * 115 / 100;
}

/* One plane of bytes; at level 1 noise is stored as it is, which packing and reading like. */
static bool deflate_plane(const struct packing *p, z_stream *stream, const unsigned char *bytes,
                          size_t length, bool last)
{
    if (p->deflate == 1 && deflateParams(stream, is_noise(bytes, length) ? 0 : 1, Z_RLE) != Z_OK)
        return false;
    stream->next_in = (unsigned char *)bytes;
    stream->avail_in = (uInt)length;
    int result = deflate(stream, last ? Z_FINISH : Z_NO_FLUSH);
    return result == (last ? Z_STREAM_END : Z_OK) && stream->avail_in == 0;
}

static int deflate_bytes(const struct packing *p, struct bench *bench, const unsigned char *bytes,
                         size_t length, size_t planes, struct slot *slot)
{
    if (p->deflate == 0) {
        memcpy(slot->bytes, bytes, length);
        slot->length = length;
        return 0;
    }
    z_stream *stream = &bench->stream;
    size_t each = length / planes;
    deflateReset(stream);
    stream->next_out = slot->bytes;
    stream->avail_out = (uInt)p->bound;
    for (size_t plane = 0; plane < planes; plane++)
        if (!deflate_plane(p, stream, bytes + plane * each, each, plane + 1 == planes))
            return -1;
    slot->length = stream->total_out;
    return 0;
}

static int make_chunk(const struct packing *p, struct bench *bench, uint64_t number,
                      struct slot *slot)
{
    struct job job = find_job(p, number);
    const struct variable *v = &p->variables->list[job.variable];
    size_t used = job.count * v->element, whole = job.whole * v->element;
    int failed = read_at(p->source, bench->raw, used, v->offset + job.first * v->element);
    if (failed)
        return failed;
    if (used < whole) /* beyond the edge: never read, so whatever packs well */
        memset(bench->raw + used, 0, whole - used);
    if (p->deflate == 0)
        return deflate_bytes(p, bench, bench->raw, whole, 1, slot);
    shuffle(bench->raw, bench->shuffled, job.whole, v->element);
    return deflate_bytes(p, bench, bench->shuffled, whole, v->element, slot);
}

/* Takes the next job whose slot is free; false when there is no more. */
static bool take_job(struct packing *p, uint64_t *number)
{
    pthread_mutex_lock(&p->mutex);
    while (!p->stopped && p->next < p->jobs && p->next >= p->written + p->slots)
        pthread_cond_wait(&p->changed, &p->mutex);
    bool any = !p->stopped && p->next < p->jobs;
    if (any)
        *number = p->next++;
    pthread_mutex_unlock(&p->mutex);
    return any;
}

static void *work(void *context)
{
    struct packing *p = context;
    struct bench bench;
    uint64_t number;
    bool able = bench_init(&bench, p);
    while (take_job(p, &number)) {
        struct slot *slot = &p->slot[number % p->slots];
        int failed = able ? make_chunk(p, &bench, number, slot) : -1;
        pthread_mutex_lock(&p->mutex);
        slot->error = failed;
        slot->ready = true;
        pthread_cond_broadcast(&p->changed);
        pthread_mutex_unlock(&p->mutex);
    }
    bench_deinit(&bench, p);
    return NULL;
}

static void plan_jobs(struct packing *p)
{
    for (size_t k = 0; k < p->variables->count; k++) {
        const struct variable *v = &p->variables->list[k];
        uint64_t jobs = 1;
        chunk_dims(v->rank, v->dims, v->element, p->chunk[k]);
        for (int d = 0; d < v->rank; d++)
            jobs *= (v->dims[d] + p->chunk[k][d] - 1) / p->chunk[k][d];
        p->jobs_before[k + 1] = p->jobs_before[k] + jobs;
        size_t bytes = chunk_elements(v, p->chunk[k]) * v->element;
        if (bytes > p->room)
            p->room = bytes;
    }
    p->jobs = p->jobs_before[p->variables->count];
    p->bound = p->room + p->room / 256 + 4096; /* stored blocks at worst */
    uLong bound = compressBound((uLong)p->room);
    if (bound > p->bound)
        p->bound = bound;
}

static admf_status write_slot(struct packing *p, uint64_t number, const hid_t *datasets,
                              const char *from, const char *path, admf_error *error)
{
    admf_status status = ADMF_OK;
    struct slot *slot = &p->slot[number % p->slots];
    struct job job = find_job(p, number);
    if (slot->error == -1)
        return fail_memory(error);
    if (slot->error)
        return fail_file(error, ADMF_IO, from, slot->error, "cannot read");
    HDF5_TRY(H5Dwrite_chunk(datasets[job.variable], H5P_DEFAULT, 0, job.corner, slot->length,
                            slot->bytes),
             ADMF_IO, "cannot write");
cleanup:
    return status;
}

/* With no thread started, makes the chunks itself, one by one. */
static admf_status write_in_order(struct packing *p, struct bench *own, const hid_t *datasets,
                                  const char *from, const char *path, admf_error *error)
{
    admf_status status = ADMF_OK;
    for (uint64_t number = 0; !status && number < p->jobs; number++) {
        struct slot *slot = &p->slot[number % p->slots];
        if (own) {
            slot->error = make_chunk(p, own, number, slot);
        } else {
            pthread_mutex_lock(&p->mutex);
            while (!slot->ready)
                pthread_cond_wait(&p->changed, &p->mutex);
            pthread_mutex_unlock(&p->mutex);
        }
        status = write_slot(p, number, datasets, from, path, error);
        pthread_mutex_lock(&p->mutex);
        slot->ready = false;
        p->written = number + 1;
        p->stopped = status != ADMF_OK;
        pthread_cond_broadcast(&p->changed);
        pthread_mutex_unlock(&p->mutex);
    }
    return status;
}

static size_t slots_for(int threads) { return 2 * (size_t)threads + 2; }

uint64_t pack_bytes(uint64_t room, int threads)
{
    enum { DEFLATE_BYTES = 400 << 10 }; /* zlib's state: 2^17 + 2^18 and a little */
    uint64_t bench = 2 * room + DEFLATE_BYTES, slot = room + room / 256 + 4096;
    return (uint64_t)threads * bench + slots_for(threads) * slot;
}

static bool make_slots(struct packing *p, int threads)
{
    p->slots = slots_for(threads);
    p->slot = memory_new(p->slots, sizeof *p->slot);
    for (size_t k = 0; p->slot && k < p->slots; k++)
        if (!(p->slot[k].bytes = memory_new_uncleared(p->bound, 1)))
            return false;
    return p->slot != NULL;
}

admf_status pack_variables(const struct variables *variables, int source, const char *from,
                           const hid_t *datasets, int deflate, int threads, const char *path,
                           admf_error *error)
{
    enum { MOST = 64 };
    admf_status status = ADMF_OK;
    pthread_t thread[MOST];
    int started = 0;
    struct bench own = {0};
    struct packing *p = memory_new(1, sizeof *p);
    if (!p)
        return fail_memory(error);
    *p = (struct packing){.variables = variables, .source = source, .deflate = deflate};
    pthread_mutex_init(&p->mutex, NULL);
    pthread_cond_init(&p->changed, NULL);
    threads = threads < 1 ? 1 : threads > MOST ? MOST : threads;
    p->chunk = memory_new(variables->count, sizeof *p->chunk);
    p->jobs_before = memory_new(variables->count + 1, sizeof *p->jobs_before);
    if (!p->chunk || !p->jobs_before) {
        status = fail_memory(error);
        goto cleanup;
    }
    plan_jobs(p);
    if ((uint64_t)threads > p->jobs)
        threads = (int)p->jobs;
    bool alone = threads == 1;
    if (!make_slots(p, threads) || (alone && !bench_init(&own, p))) {
        status = fail_memory(error);
        goto cleanup;
    }
    while (!alone && started < threads && pthread_create(&thread[started], NULL, work, p) == 0)
        started++;
    if (started == 0 && !alone) {
        alone = bench_init(&own, p);
        if (!alone) {
            status = fail_memory(error);
            goto cleanup;
        }
    }
    status = write_in_order(p, alone ? &own : NULL, datasets, from, path, error);
    for (int k = 0; k < started; k++)
        pthread_join(thread[k], NULL);
cleanup:
    bench_deinit(&own, p);
    for (size_t k = 0; p->slot && k < p->slots; k++)
        memory_free(p->slot[k].bytes);
    memory_free(p->slot);
    memory_free(p->chunk);
    memory_free(p->jobs_before);
    pthread_cond_destroy(&p->changed);
    pthread_mutex_destroy(&p->mutex);
    memory_free(p);
    return status;
}
