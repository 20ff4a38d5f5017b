/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The objects of a file in the order in which its digest has them: a group, what is in it by name,
 * its end. Links that are told by others are left out (cube_digest.c).
 */
#ifndef ADMF_IO_CUBE_DIGEST_OBJECTS_H
#define ADMF_IO_CUBE_DIGEST_OBJECTS_H

#include <hdf5.h>

#include "io/cube/reader.h"

enum object_kind { OBJECT_GROUP, OBJECT_END, OBJECT_VARIABLE };

struct digest_objects {
    const char *path; /* of the file, for messages */
    size_t count, capacity;
    /* Owned, [count]: open objects, negative for an end; their names; what they are. */
    hid_t *ids;
    char **names;
    enum object_kind *kinds;
    int *levels; /* of the group they are in, the root's being 1 */
};

/* Opens all those of an open file. Whatever comes of it, digest_objects_close. */
admf_status digest_objects_open(struct digest_objects *objects, hid_t file, const char *path,
                                admf_error *error);
void digest_objects_close(struct digest_objects *objects);

#endif
