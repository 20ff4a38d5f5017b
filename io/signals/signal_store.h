/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Reading a store of signals (signal_layout.h). The file may be anything: nothing is believed
 * that was not looked at. One thread calls these functions.
 */
#ifndef ADMF_IO_SIGNALS_SIGNAL_STORE_H
#define ADMF_IO_SIGNALS_SIGNAL_STORE_H

#include "io/signals/signal_layout.h"

struct signal_store;

/*
 * Opens the store at `path` and sees to it that it is of this layout: ADMF_NO_INPUT where there is
 * none, ADMF_BAD_CONFIG where it is of other strategies, classifiers or policies or lacks the
 * strengths that the layout wants, ADMF_BAD_DATA where it is of other data, no store, or was
 * changed after it was written: all of it is read once for that. *out is NULL on failure. The
 * layout's bars and axes are borrowed by the store.
 */
admf_status signal_store_open(const char *path, const struct signal_layout *layout,
                              struct signal_store **out, admf_error *error);
void signal_store_close(struct signal_store **store);

/* ADMF_NO_INPUT where there is no file that could be one. */
admf_status signal_store_exists(const char *path, admf_error *error);

const char *signal_store_path(const struct signal_store *store);
/* As admf_cube_digest. */
const char *signal_store_digest(const struct signal_store *store);

/* Changes of instances first … first+count-1 of an axis over one symbol; of all there are. */
uint64_t signal_store_changes(const struct signal_store *store, enum axis_kind axis, size_t symbol,
                              size_t first, size_t count);
uint64_t signal_store_all_changes(const struct signal_store *store);

/*
 * Reads these changes, one instance behind the other, into bar and value, which have room for
 * signal_store_changes; ADMF_BAD_DATA where they are none.
 */
admf_status signal_store_read(struct signal_store *store, enum axis_kind axis, size_t symbol,
                              size_t first, size_t count, uint32_t *bar, int8_t *value,
                              admf_error *error);

/* Strength of a strategy at every bar of the symbol; NaN where none is stored. ADMF_BAD_DATA for
 * one below 0 or without bounds. */
admf_status signal_store_read_strength(struct signal_store *store, size_t symbol, size_t strategy,
                                       double *strength, admf_error *error);

#endif
