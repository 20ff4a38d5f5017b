/* SPDX-License-Identifier: Apache-2.0 */
#include "io/hdf5/room.h"

#include "engine/base/memory.h"

bool room_make(struct room *room, size_t bytes)
{
    if (room->capacity >= bytes)
        return true;
    unsigned char *larger = memory_resize(room->bytes, bytes, 1);
    if (!larger)
        return false;
    *room = (struct room){larger, bytes};
    return true;
}

void room_drop(struct room *room)
{
    memory_free(room->bytes);
    *room = (struct room){0};
}
