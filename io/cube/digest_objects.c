/* SPDX-License-Identifier: Apache-2.0 */
#include "io/cube/digest_objects.h"

#include <stdio.h>
#include <string.h>

#include "engine/base/failure.h"
#include "engine/base/memory.h"
#include "io/cube/digest_walk.h"
#include "io/cube/text_columns.h"
#include "io/hdf5/failure.h"

enum { LEVELS_MAX = 8 };

struct walk {
    struct digest_objects *objects;
    int level; /* of the group whose links are looked at, the root's being 1 */
    admf_error *error;
    admf_status status;
};

static bool grow(struct digest_objects *o)
{
    size_t capacity = o->capacity ? 2 * o->capacity : 64;
    hid_t *ids = memory_resize(o->ids, capacity, sizeof *ids);
    o->ids = ids ? ids : o->ids;
    char **names = ids ? memory_resize(o->names, capacity, sizeof *names) : NULL;
    o->names = names ? names : o->names;
    enum object_kind *kinds = names ? memory_resize(o->kinds, capacity, sizeof *kinds) : NULL;
    o->kinds = kinds ? kinds : o->kinds;
    int *levels = kinds ? memory_resize(o->levels, capacity, sizeof *levels) : NULL;
    o->levels = levels ? levels : o->levels;
    o->capacity = levels ? capacity : o->capacity;
    return levels != NULL;
}

/* Takes over `id`. */
static bool add(struct walk *w, enum object_kind kind, hid_t id, const char *name)
{
    struct digest_objects *o = w->objects;
    char *copy = memory_copy_text(name);
    if (!copy || (o->count == o->capacity && !grow(o))) {
        memory_free(copy);
        hdf5_close(id);
        w->status = fail_memory(w->error);
        return false;
    }
    o->ids[o->count] = id;
    o->names[o->count] = copy;
    o->levels[o->count] = w->level;
    o->kinds[o->count++] = kind;
    return true;
}

static bool refuse(struct walk *w, const char *name)
{
    w->status = fail_file(w->error, ADMF_BAD_DATA, w->objects->path, 0,
                          "'%.200s' has a type that no cube has", name);
    return false;
}

static bool broken(struct walk *w, const char *name)
{
    char what[LINK_NAME_MAX];
    snprintf(what, sizeof what, "'%.200s' cannot be read", name);
    w->status = hdf5_fail(w->error, ADMF_BAD_DATA, w->objects->path, what);
    return false;
}

static herr_t add_link(hid_t group, const char *name, const H5L_info_t *about, void *context);

/* Takes over `object`. */
static bool add_object(struct walk *w, hid_t object, const char *name)
{
    H5I_type_t type = H5Iget_type(object);
    hsize_t index = 0;
    if (type == H5I_DATASET)
        return add(w, OBJECT_VARIABLE, object, name);
    if (type != H5I_GROUP) {
        hdf5_close(object);
        return refuse(w, name);
    }
    if (!add(w, OBJECT_GROUP, object, name))
        return false;
    if (w->level >= LEVELS_MAX) {
        w->status = fail_file(w->error, ADMF_BAD_DATA, w->objects->path, 0,
                              "group '%.200s' is nested too deeply", name);
        return false;
    }
    w->level++;
    herr_t walked = H5Literate(object, H5_INDEX_NAME, H5_ITER_INC, &index, add_link, w);
    w->level--;
    if (walked < 0 && !w->status)
        return broken(w, name);
    return walked >= 0 && add(w, OBJECT_END, H5I_INVALID_HID, name);
}

/* Whether a link is the dimension that the bytes of the variable beside it have. */
static bool is_text_dimension(hid_t group, const char *name)
{
    char variable[LINK_NAME_MAX];
    size_t length = strlen(name), tail = sizeof TEXT_DIMENSION_SUFFIX - 1;
    if (length <= tail || length >= sizeof variable ||
        strcmp(name + length - tail, TEXT_DIMENSION_SUFFIX) != 0)
        return false;
    memcpy(variable, name, length - tail);
    variable[length - tail] = '\0';
    if (H5Lexists(group, variable, H5P_DEFAULT) <= 0)
        return false;
    hid_t object = H5Oopen(group, variable, H5P_DEFAULT);
    bool rows = object >= 0 && is_rows_of_bytes(object);
    hdf5_close(object);
    return rows;
}

static herr_t add_link(hid_t group, const char *name, const H5L_info_t *about, void *context)
{
    struct walk *w = context;
    if (w->level == 1 && (strcmp(name, "provenance") == 0 || strcmp(name, "progress") == 0))
        return 0;
    if (is_text_dimension(group, name))
        return 0;
    bool done;
    if (about->type != H5L_TYPE_HARD) {
        done = refuse(w, name);
    } else {
        hid_t object = H5Oopen(group, name, H5P_DEFAULT);
        done = object >= 0 ? add_object(w, object, name) : broken(w, name);
    }
    return done ? 0 : -1;
}

admf_status digest_objects_open(struct digest_objects *objects, hid_t file, const char *path,
                                admf_error *error)
{
    admf_status status = ADMF_OK;
    hid_t root = H5I_INVALID_HID;
    *objects = (struct digest_objects){.path = path};
    struct walk walk = {.objects = objects, .error = error};
    HDF5_TRY(root = H5Gopen2(file, "/", H5P_DEFAULT), ADMF_BAD_DATA, "no readable HDF5 file");
    add_object(&walk, root, "/");
    status = walk.status;
cleanup:
    return status;
}

void digest_objects_close(struct digest_objects *objects)
{
    for (size_t k = 0; k < objects->count; k++) {
        hdf5_close(objects->ids[k]);
        memory_free(objects->names[k]);
    }
    memory_free(objects->ids);
    memory_free(objects->names);
    memory_free(objects->kinds);
    memory_free(objects->levels);
    *objects = (struct digest_objects){0};
}
