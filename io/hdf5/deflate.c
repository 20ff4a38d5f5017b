/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Level 1, which is what cubes have unless they are told otherwise, is ISA-L's: on a cube's planes
 * five times as fast as zlib's, with 10 % fewer bytes (with up to 15 % more on times and bars,
 * which count up). The others are zlib's, for those who want small files.
 */
#include "io/hdf5/deflate.h"

#include <isa-l.h>
#include <string.h>
#include <zlib.h>

#include "engine/base/memory.h"
#include "io/hdf5/zlib_memory.h"

struct deflater {
    int level;
    z_stream zlib; /* above level 1 */
    struct isal_zstream isal;
    unsigned char level_memory[]; /* [LEVEL_BYTES] at level 1 */
};

/* ZLIB_BYTES: what zconf.h says of the window and the memory level that deflateInit chooses, 15 and
 * 8, and its own state. */
enum { LEVEL_BYTES = ISAL_DEF_LVL1_DEFAULT, ZLIB_BYTES = (1 << 17) + (1 << 17) + (8 << 10) };

_Static_assert(sizeof(struct deflater) + LEVEL_BYTES <= DEFLATER_BYTES, "plans count with less");
_Static_assert(sizeof(struct deflater) + ZLIB_BYTES <= DEFLATER_BYTES, "plans count with less");
_Static_assert(sizeof(struct inflate_state) <= INFLATER_BYTES, "plans count with less");

struct deflater *deflater_new(int level)
{
    struct deflater *d = memory_new(1, sizeof *d + (level == 1 ? LEVEL_BYTES : 0));
    if (!d || (d->level = level) == 1)
        return d;
    zlib_memory(&d->zlib);
    if (deflateInit(&d->zlib, level) == Z_OK)
        return d;
    memory_free(d);
    return NULL;
}

void deflater_free(struct deflater *deflater)
{
    if (deflater && deflater->level > 1)
        deflateEnd(&deflater->zlib);
    memory_free(deflater);
}

struct inflate_state *inflater_new(void) { return memory_new(1, sizeof(struct inflate_state)); }

void inflater_free(struct inflate_state *inflater) { memory_free(inflater); }

/* Stored blocks, or what zlib says. */
size_t deflate_bound(size_t bytes)
{
    size_t stored = bytes + bytes / 256 + 4096, deflated = compressBound((uLong)bytes);
    return stored > deflated ? stored : deflated;
}

/*
 * Whether bytes look like noise, from a sample (of short planes, their begin): the sum of the
 * squared counts of n even bytes is about n + n·n/256. Up to 3.5 times the second term there is
 * little to gain: of a cube's planes some 3 %. The step is odd: else all of a sample may be values
 * of one block of sixteen.
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

/* Blocks that are as they are (RFC 1951, 3.2.4); where they end. */
static unsigned char *store(const unsigned char *bytes, size_t length, bool last,
                            unsigned char *out)
{
    enum { BLOCK = 65535 };
    for (size_t done = 0, n; done < length; done += n) {
        n = length - done < BLOCK ? length - done : BLOCK;
        *out++ = last && done + n == length;
        *out++ = n & 0xff, *out++ = n >> 8 & 0xff;
        *out++ = ~n & 0xff, *out++ = ~n >> 8 & 0xff;
        memcpy(out, bytes + done, n);
        out += n;
    }
    return out;
}

/* Bytes that are packed; where they end, at a whole byte, or NULL without room up to `limit`. */
static unsigned char *squeeze(struct deflater *d, const unsigned char *bytes, size_t length,
                              bool last, unsigned char *out, const unsigned char *limit)
{
    struct isal_zstream *stream = &d->isal;
    isal_deflate_init(stream);
    stream->level = 1;
    stream->level_buf = d->level_memory;
    stream->level_buf_size = LEVEL_BYTES;
    stream->end_of_stream = last;
    stream->flush = last ? NO_FLUSH : FULL_FLUSH;
    stream->next_in = (unsigned char *)bytes;
    stream->avail_in = (uint32_t)length;
    stream->next_out = out;
    stream->avail_out = (uint32_t)(limit - out);
    /* With room to spare nothing waits inside. */
    return isal_deflate(stream) == COMP_OK && stream->avail_in == 0 && stream->avail_out
               ? stream->next_out
               : NULL;
}

/* Planes of a kind that follow each other are done at once. */
static size_t quick(struct deflater *d, const struct planes *planes, unsigned char *out)
{
    enum { CHECK = 4 }; /* bytes behind it all */
    size_t bytes = planes->count * planes->each, each = planes->each;
    const unsigned char *from = planes->bytes, *all = from + bytes;
    const unsigned char *limit = out + deflate_bound(bytes) - CHECK;
    unsigned char *end = out;
    *end++ = 0x78, *end++ = 0x01; /* RFC 1950, 2.2 */
    bool noise = !planes->repeats && is_noise(from, each);
    while (from < all) {
        bool kind = noise;
        const unsigned char *next = from;
        do
            next += each;
        while (next < all && (noise = !planes->repeats && is_noise(next, each)) == kind);
        end = kind ? store(from, (size_t)(next - from), next == all, end)
                   : squeeze(d, from, (size_t)(next - from), next == all, end, limit);
        if (!end)
            return 0;
        from = next;
    }
    uint32_t check = isal_adler32(1, planes->bytes, bytes);
    for (int shift = 24; shift >= 0; shift -= 8)
        *end++ = check >> shift & 0xff;
    return (size_t)(end - out);
}

size_t deflate_planes(struct deflater *d, const struct planes *planes, unsigned char *out)
{
    if (d->level == 1)
        return quick(d, planes, out);
    size_t bytes = planes->count * planes->each;
    z_stream *stream = &d->zlib;
    deflateReset(stream);
    stream->next_in = (unsigned char *)planes->bytes;
    stream->avail_in = (uInt)bytes;
    stream->next_out = out;
    stream->avail_out = (uInt)deflate_bound(bytes);
    return deflate(stream, Z_FINISH) == Z_STREAM_END ? stream->total_out : 0;
}

bool inflate_bytes(struct inflate_state *state, const unsigned char *packed, size_t length,
                   unsigned char *out, size_t bytes)
{
    isal_inflate_init(state);
    state->crc_flag = ISAL_ZLIB;
    state->next_in = (unsigned char *)packed;
    state->avail_in = (uint32_t)length;
    state->next_out = out;
    state->avail_out = (uint32_t)bytes;
    return isal_inflate(state) == ISAL_DECOMP_OK && state->block_state == ISAL_BLOCK_FINISH &&
           state->total_out == bytes;
}
