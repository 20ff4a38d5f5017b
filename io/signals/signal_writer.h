/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Writing a store of signals (signal_layout.h).
 *
 *     signal_writer_new(path, &layout, force, &writer, …)
 *     for each symbol, for each instance of either axis, in order:
 *         signal_writer_changes(writer, axis, &changes, …)
 *         signal_writer_strength(writer, symbol, strategy, values, …)   where it has one
 *     signal_writer_finish(&writer, "2026-…Z", …)
 *
 * The file is made as PATH.partial, which is nothing to go on with: what a kill leaves of it is
 * replaced by the next run that may (`force`). The finished file is synced, then gets its name.
 * One thread calls these functions.
 */
#ifndef ADMF_IO_SIGNALS_SIGNAL_WRITER_H
#define ADMF_IO_SIGNALS_SIGNAL_WRITER_H

#include "io/signals/signal_layout.h"

struct signal_writer;

/*
 * Starts PATH.partial. Refuses (ADMF_IO) an existing PATH or PATH.partial without `force`, and one
 * that another run writes with it. On failure *out is NULL and nothing new is left behind.
 */
admf_status signal_writer_new(const char *path, const struct signal_layout *layout, bool force,
                              struct signal_writer **out, admf_error *error);

/* The changes of the next instance of an axis: those of one symbol follow each other, then come
 * those of the next symbol. An instance that says nothing has 0 changes. */
admf_status signal_writer_changes(struct signal_writer *writer, enum axis_kind axis,
                                  const struct signal_changes *changes, admf_error *error);

/* Strength at every bar of the symbol; NaN of any kind is stored as the canonical one. */
admf_status signal_writer_strength(struct signal_writer *writer, size_t symbol, size_t strategy,
                                   const double *strength, admf_error *error);

/* Bytes that a writer holds in memory. */
uint64_t signal_writer_bytes(size_t symbols, size_t instances, int threads);

/* Of the finished file. */
struct signal_written {
    uint64_t bytes;
    char digest[17]; /* as admf_cube_digest */
};

/*
 * Ends the file, syncs it and gives it its name, unless another file has that by now (ADMF_IO;
 * `force` replaces it). The writer is freed, after a failure too, and PATH.partial is gone then.
 * `finished`: the time, for /provenance.
 */
admf_status signal_writer_finish(struct signal_writer **writer, const char *finished,
                                 struct signal_written *written, admf_error *error);
/* Frees the writer and removes PATH.partial. NULL is fine. */
void signal_writer_abandon(struct signal_writer **writer);

#endif
