/* SPDX-License-Identifier: Apache-2.0 */
#define _POSIX_C_SOURCE 200809L
#include "io/market/byte_stream.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "engine/base/failure.h"
#include "engine/base/memory.h"
#include "engine/base/stop.h"
#include "io/hdf5/zlib_memory.h"

struct gzip_member {
    z_stream z;
    bool inside; /* a member has begun and not ended */
    bool input_ended;
    unsigned char input[BYTES_PIECE]; /* takes all that was read before gzip was known */
};

/* A pipe may bring nothing for long, and no signal ends a read that it restarts. */
static admf_status wait_for_bytes(const struct byte_stream *stream, admf_error *error)
{
    enum { MILLISECONDS = 100 };
    struct pollfd pipe = {.fd = stream->file, .events = POLLIN};
    int ready = !stream->stop || stream->size;
    while (stop_status(stream->stop) == ADMF_OK && !ready) {
        ready = poll(&pipe, 1, MILLISECONDS);
        if (ready < 0 && errno == EINTR)
            ready = 0;
    }
    return stop_fail(stream->stop, error);
}

/* read(2) until something came or the file ended: then *count is 0. */
static admf_status read_some(const struct byte_stream *stream, void *to, size_t room, size_t *count,
                             admf_error *error)
{
    ssize_t n;
    admf_status status = wait_for_bytes(stream, error);
    if (status)
        return status;
    do
        n = read(stream->file, to, room);
    while (n < 0 && errno == EINTR);
    if (n < 0)
        return fail_file(error, ADMF_IO, stream->path, errno, "cannot read");
    *count = (size_t)n;
    return ADMF_OK;
}

static admf_status start_gzip(struct byte_stream *stream, admf_error *error)
{
    struct gzip_member *member = memory_new(1, sizeof *member);
    if (!member)
        return fail_memory(error);
    zlib_memory(&member->z);
    if (inflateInit2(&member->z, 15 + 16) != Z_OK) { /* 16: a gzip header and trailer */
        memory_free(member);
        return fail_memory(error);
    }
    size_t n = (size_t)(stream->end - stream->at);
    memcpy(member->input, stream->at, n);
    member->z.next_in = member->input;
    member->z.avail_in = (unsigned)n;
    member->inside = true;
    stream->end = stream->at;
    stream->member = member;
    stream->gzip = true;
    return ADMF_OK;
}

static admf_status fill_input(struct byte_stream *stream, admf_error *error)
{
    struct gzip_member *member = stream->member;
    size_t n = 0;
    admf_status status = read_some(stream, member->input, sizeof member->input, &n, error);
    if (status)
        return status;
    member->input_ended = n == 0;
    member->z.next_in = member->input;
    member->z.avail_in = (unsigned)n;
    return ADMF_OK;
}

/* Another member, or an end that is none. */
static admf_status next_member(struct byte_stream *stream, admf_error *error)
{
    struct gzip_member *member = stream->member;
    if (member->z.next_in[0] != 0x1f)
        return fail_file(error, ADMF_BAD_DATA, stream->path, 0,
                         "bytes that are not gzip follow the compressed data; compress the file "
                         "again");
    if (inflateReset(&member->z) != Z_OK)
        return fail_memory(error);
    member->inside = true;
    return ADMF_OK;
}

static admf_status gunzip(struct byte_stream *stream, size_t room, admf_error *error)
{
    struct gzip_member *member = stream->member;
    z_stream *z = &member->z;
    z->next_out = (unsigned char *)stream->end;
    z->avail_out = (unsigned)room;
    while (z->avail_out == room) {
        if (z->avail_in == 0 && !member->input_ended && fill_input(stream, error))
            return error->code;
        if (z->avail_in == 0 && !member->inside)
            break; /* a proper end */
        if (z->avail_in == 0)
            return fail_file(error, ADMF_BAD_DATA, stream->path, 0,
                             "the gzip data end too early; the file was cut, copy it again");
        if (!member->inside && next_member(stream, error))
            return error->code;
        int result = inflate(z, Z_NO_FLUSH);
        if (result == Z_STREAM_END)
            member->inside = false;
        else if (result == Z_MEM_ERROR)
            return fail_memory(error);
        else if (result != Z_OK && result != Z_BUF_ERROR)
            return fail_file(error, ADMF_BAD_DATA, stream->path, 0,
                             "the gzip data are damaged (%s); copy or compress the file again",
                             z->msg ? z->msg : "cannot be inflated");
    }
    stream->end += room - z->avail_out;
    stream->ended = z->avail_out == room;
    return ADMF_OK;
}

/* Moves what is unread to the front; doubles the buffer where it is full. */
static admf_status make_room(struct byte_stream *stream, admf_error *error)
{
    size_t unread = (size_t)(stream->end - stream->at);
    if (unread >= BYTES_LONGEST)
        return fail_file(error, ADMF_BAD_DATA, stream->path, 0,
                         "no line feed within %d bytes; market data have one row a line",
                         BYTES_LONGEST);
    if (unread == stream->capacity) {
        char *buffer = memory_resize(stream->buffer, 2 * stream->capacity + BYTES_PAST_END, 1);
        if (!buffer)
            return fail_memory(error);
        stream->at = buffer + (stream->at - stream->buffer);
        stream->buffer = buffer;
        stream->capacity *= 2;
    }
    memmove(stream->buffer, stream->at, unread);
    stream->at = stream->buffer;
    stream->end = stream->buffer + unread;
    return ADMF_OK;
}

admf_status bytes_more(struct byte_stream *stream, admf_error *error)
{
    if (stream->ended)
        return ADMF_OK;
    admf_status status = make_room(stream, error);
    if (status)
        return status;
    size_t room = stream->capacity - (size_t)(stream->end - stream->buffer);
    if (stream->member) {
        status = gunzip(stream, room, error);
    } else {
        size_t n = 0;
        status = read_some(stream, stream->end, room, &n, error);
        if (status)
            return status;
        stream->end += n;
        stream->ended = n == 0;
    }
    memset(stream->end, 0, BYTES_PAST_END);
    return status;
}

static admf_status open_file(struct byte_stream *stream, admf_error *error)
{
    struct stat about;
    /* A pipe to which nobody writes yet would not be opened before somebody does, and no signal
     * would end that; wait_for_bytes waits instead. */
    const int at_once = stream->stop ? O_NONBLOCK : 0;
    stream->file = open(stream->path, O_RDONLY | O_CLOEXEC | at_once);
    if (stream->file < 0)
        return fail_file(error, ADMF_NO_INPUT, stream->path, errno, "cannot open");
    if (fstat(stream->file, &about) || (at_once && fcntl(stream->file, F_SETFL, O_RDONLY)))
        return fail_file(error, ADMF_NO_INPUT, stream->path, errno, "cannot open");
    if (S_ISDIR(about.st_mode))
        return fail_file(error, ADMF_NO_INPUT, stream->path, 0,
                         "is a directory; name one file of market data");
    stream->size = S_ISREG(about.st_mode) ? (uint64_t)about.st_size : 0;
    return ADMF_OK;
}

admf_status bytes_open(struct byte_stream *stream, const char *path, size_t piece,
                       const volatile int *stop, admf_error *error)
{
    *stream = (struct byte_stream){.file = -1, .path = path, .capacity = piece, .stop = stop};
    admf_status status = open_file(stream, error);
    if (status)
        goto cleanup;
    stream->buffer = memory_resize(NULL, stream->capacity + BYTES_PAST_END, 1);
    if (!stream->buffer) {
        status = fail_memory(error);
        goto cleanup;
    }
    stream->at = stream->end = stream->buffer;
    /* Two bytes tell gzip; a pipe may bring them one by one. */
    while (!status && !stream->ended && stream->end - stream->at < 2)
        status = bytes_more(stream, error);
    if (!status && stream->end - stream->at >= 2 && (unsigned char)stream->at[0] == 0x1f &&
        (unsigned char)stream->at[1] == 0x8b) {
        status = start_gzip(stream, error);
        stream->ended = false;
        if (!status)
            status = bytes_more(stream, error);
    }
cleanup:
    if (status)
        bytes_close(stream);
    return status;
}

void bytes_close(struct byte_stream *stream)
{
    if (stream->member)
        inflateEnd(&stream->member->z);
    memory_free(stream->member);
    memory_free(stream->buffer);
    if (stream->file >= 0)
        close(stream->file);
    *stream = (struct byte_stream){.file = -1};
}

admf_status bytes_hand_over(struct byte_stream *stream, const char *stop,
                            struct byte_stream *before, admf_error *error)
{
    if (before->capacity < stream->capacity) {
        char *buffer = memory_resize(before->buffer, stream->capacity + BYTES_PAST_END, 1);
        if (!buffer)
            return fail_memory(error);
        before->buffer = buffer;
        before->capacity = stream->capacity;
    }
    size_t taken = (size_t)(stop - stream->at), rest = (size_t)(stream->end - stop);
    char *buffer = before->buffer;
    size_t capacity = before->capacity;
    memcpy(buffer, stop, rest + BYTES_PAST_END);
    *before = (struct byte_stream){.at = stream->at,
                                   .end = stream->at + taken,
                                   .ended = true,
                                   .buffer = stream->buffer,
                                   .capacity = stream->capacity,
                                   .file = -1,
                                   .path = stream->path};
    stream->at = stream->buffer = buffer;
    stream->end = buffer + rest;
    stream->capacity = capacity;
    return ADMF_OK;
}
