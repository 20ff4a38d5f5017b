/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A file's bytes, piece by piece, gunzipped where its first two bytes are gzip's.
 *
 * The unread bytes are always [at, end); bytes_more adds to them, moving them to the front
 * of the buffer (so pointers into it die). Memory is one buffer, whatever the file's size.
 */
#ifndef ADMF_IO_MARKET_BYTE_STREAM_H
#define ADMF_IO_MARKET_BYTE_STREAM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "admf/error.h"

enum {
    BYTES_PAST_END = 64,     /* readable bytes after `end`, so that words can be loaded whole */
    BYTES_LONGEST = 1 << 20, /* unread bytes the buffer never grows beyond                   */
    BYTES_PIECE = 256 << 10  /* the buffer at first, unless a test asks for a smaller one    */
};

struct gzip_member;

struct byte_stream {
    char *at, *end;
    bool ended;    /* nothing comes after `end` */
    uint64_t size; /* of the file; 0 where unknown, as of a pipe */
    bool gzip;
    char *buffer;
    size_t capacity;
    int file;
    const char *path;
    const volatile int *stop; /* NULL, or where an end is asked for: engine/base/stop.h */
    struct gzip_member *member;
};

/* Opens and reads the first piece, `piece` bytes at most (2 … BYTES_PIECE). `path` and `stop` must
 * outlive the stream. Missing, a directory, unreadable: ADMF_NO_INPUT. On failure there is nothing
 * to close. */
admf_status bytes_open(struct byte_stream *stream, const char *path, size_t piece,
                       const volatile int *stop, admf_error *error);
/* Reads more; unless the stream has ended at least one byte is added. ADMF_BAD_DATA for
 * broken gzip data, or where BYTES_LONGEST bytes are unread already; what *stop says, also while a
 * pipe brings nothing. */
admf_status bytes_more(struct byte_stream *stream, admf_error *error);
void bytes_close(struct byte_stream *stream);

/*
 * Hands the unread bytes before `stop` over to `before`, which gets the stream's buffer, ends there
 * and reads no file; what is behind goes on in the buffer that `before` had. That one is empty
 * ({0}) or was handed something earlier, and is freed by its user. ADMF_INTERNAL: out of memory,
 * nothing is changed.
 */
admf_status bytes_hand_over(struct byte_stream *stream, const char *stop,
                            struct byte_stream *before, admf_error *error);

#endif
