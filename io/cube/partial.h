/* SPDX-License-Identifier: Apache-2.0 */
/*
 * PATH.partial: the cube of a run that is not over.
 *
 * HDF5 makes it once, with every variable contiguous and its place in the file fixed, and
 * is done with it. From then on values go to their places by plain writes, and a bit in the
 * bitmap of finished blocks follows them. No metadata ever changes, so there is no instant
 * at which HDF5 could not open the file; it is sealed (io/hdf5/seal.h), values and bits left out.
 */
#ifndef ADMF_IO_CUBE_PARTIAL_H
#define ADMF_IO_CUBE_PARTIAL_H

#include "engine/base/claim.h"
#include "io/cube/skeleton.h"

struct partial {
    struct claim file;
    uint64_t block_cells, blocks_each, blocks;
    uint64_t bitmap_offset, durable_offset, boot_offset;
    uint8_t *bitmap; /* owned */
    int64_t synced;  /* when: seconds of a clock that only goes on */
    bool unsynced;   /* there are bits since then */
    void *scratch;   /* owned: a piece of converted values */
    bool made_here;  /* not by an earlier run */
};

/* Cuts the blocks, of which none is done. What it owns is given back by partial_close. */
admf_status partial_cut(struct partial *partial, const struct skeleton *skeleton,
                        admf_error *error);
/*
 * Makes the file completely under the name `making`, of which the caller has a claim of its own,
 * and then renames it to `path`. What is there at `making` goes.
 */
admf_status partial_create(struct partial *partial, struct skeleton *skeleton, const char *making,
                           const char *path, admf_error *error);
/* Opens one, checks it against the skeleton's layout and finds the places of its variables. */
admf_status partial_open(struct partial *partial, struct skeleton *skeleton, const char *path,
                         admf_error *error);
void partial_close(struct partial *partial);

bool partial_is_done(const struct partial *partial, uint64_t block);
struct cube_range partial_range(const struct partial *partial, const struct variables *variables,
                                uint64_t block);
admf_status partial_write(struct partial *partial, const struct variables *variables,
                          uint64_t block, const struct cube_values *values, admf_error *error);
/* Makes the cells of blocks that are not done what they were at the start: a run that was
 * killed may have left half a block. */
admf_status partial_clear_unfinished(struct partial *partial, const struct variables *variables,
                                     admf_error *error);

/* Parts of the above. Fills `count` elements from `first` on with their fill value. */
enum { PARTIAL_PIECE = 1 << 17 }; /* elements of scratch */
size_t partial_bitmap_bytes(const struct partial *partial);
admf_status partial_write_bitmap(struct partial *partial, admf_error *error);
admf_status partial_fill(struct partial *partial, const struct variable *variable, uint64_t first,
                         uint64_t count, admf_error *error);

/* --- what outlives the machine: partial_durable.c ----------------------------------------- */

enum { PARTIAL_BOOT = 40 }; /* bytes of the kernel's name of the time since it was started */
admf_status partial_write_boot(struct partial *partial, admf_error *error);
/* A block's bit was written: syncs if that is long ago. */
admf_status partial_sync_seldom(struct partial *partial, admf_error *error);
/* The same at the end of a run that is to go on, whatever comes of it. */
void partial_sync_last(struct partial *partial);
/* The bits that can be believed. Where there are more, what these are of is cleared. */
admf_status partial_read_bitmap(struct partial *partial, const struct variables *variables,
                                admf_error *error);

#endif
