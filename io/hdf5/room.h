/* SPDX-License-Identifier: Apache-2.0 */
/* Memory for chunks, which grows to the largest of them and is not cleared. All zero at first. */
#ifndef ADMF_IO_HDF5_ROOM_H
#define ADMF_IO_HDF5_ROOM_H

#include <stdbool.h>
#include <stddef.h>

struct room {
    unsigned char *bytes; /* owned */
    size_t capacity;
};

/* False: out of memory; what is there stays. */
bool room_make(struct room *room, size_t bytes);
void room_drop(struct room *room);

#endif
