/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The digest of a cube: every dataset and attribute outside /provenance (and /progress,
 * which only a .partial has), decoded. Objects and attributes come in order of their names;
 * each adds its path, type, shape and values in row-major order, so that storage, chunking,
 * compression and order of creation make no difference. REFERENCE_LIST is left out: it says
 * what the DIMENSION_LISTs say, the other way round, and _Netcdf4Dimid numbers them. Texts are
 * texts in either of their forms (text_columns.h): rows of bytes add what strings would.
 */
#include "io/cube/cube_digest.h"

#include <string.h>

#include "admf/cube.h"
#include "engine/base/failure.h"
#include "engine/base/memory.h"
#include "engine/cpu/cpu.h"
#include "io/cube/digest_objects.h"
#include "io/cube/digest_walk.h"
#include "io/hdf5/failure.h"
#include "io/hdf5/file_access.h"

/* Object k of the list. */
static bool add_object(struct digest_walk *w, const struct digest_objects *objects, size_t k)
{
    bool variable = objects->kinds[k] == OBJECT_VARIABLE;
    const char *name = objects->names[k];
    if (objects->kinds[k] == OBJECT_END) {
        digest_add_text(w, "end");
        return true;
    }
    digest_at(w, name);
    digest_add_text(w, variable ? "variable" : "group");
    digest_add_text(w, name);
    w->is_root = k == 0;
    w->at_root = objects->levels[k] == 1;
    return (!variable || digest_dataset(w, objects->ids[k], k, name)) &&
           digest_attributes(w, objects->ids[k]);
}

static void name_dimensions(struct digest_walk *w, const struct digest_objects *objects)
{
    for (size_t k = 0; k < objects->count; k++)
        if (objects->kinds[k] == OBJECT_VARIABLE && H5Aexists(objects->ids[k], "CLASS") > 0)
            dimension_is_named(&w->dimensions, objects->ids[k], objects->names[k]);
}

/* Of each object; NULL where there is no memory. */
static struct plain_place *find_places(const struct digest_objects *objects,
                                       const struct digest_source *source)
{
    struct plain_place *places = memory_new(objects->count, sizeof *places);
    const char *group = NULL; /* the root's, or in it */
    for (size_t k = 0; places && k < objects->count; k++) {
        places[k].fd = -1;
        bool at_root = objects->levels[k] == 1;
        if (objects->kinds[k] != OBJECT_VARIABLE)
            group = objects->kinds[k] == OBJECT_GROUP && at_root ? objects->names[k] : NULL;
        for (size_t v = 0; objects->kinds[k] == OBJECT_VARIABLE && v < source->variables->count;
             v++) {
            const struct variable *variable = &source->variables->list[v];
            bool same_group = group && variable->group ? strcmp(group, variable->group) == 0
                                                       : at_root && !variable->group;
            if (same_group && strcmp(objects->names[k], variable->name) == 0)
                places[k] = (struct plain_place){source->fd, source->path, variable->offset};
        }
    }
    return places;
}

static admf_status add_all(hid_t file, const struct digest_source *source, int threads,
                           struct digest_walk *w)
{
    struct digest_objects objects;
    struct plain_place *places = NULL;
    w->status = digest_objects_open(&objects, file, w->path, w->error);
    w->source_path = source && source->same_texts ? source->path : NULL;
    if (!w->status && source && !(places = find_places(&objects, source)))
        w->status = fail_memory(w->error);
    if (!w->status)
        w->status = chunk_reader_start(objects.ids, places, objects.count, threads, w->path,
                                       &w->reader, w->error);
    if (!w->status)
        name_dimensions(w, &objects);
    for (size_t k = 0; !w->status && k < objects.count; k++)
        if (!add_object(w, &objects, k))
            break;
    chunk_reader_stop(&w->reader);
    digest_objects_close(&objects);
    hdf5_close(w->source);
    memory_free(places);
    return w->status;
}

static admf_status digest_file(hid_t file, const char *path, const struct digest_source *source,
                               int threads, char out[DIGEST_TEXT], admf_error *error)
{
    struct digest_walk walk = {.path = path, .source = H5I_INVALID_HID, .error = error};
    out[0] = '\0';
    digest_start(&walk.digest);
    walk.piece = memory_new_uncleared(DIGEST_PIECE, 1);
    admf_status status = walk.piece ? add_all(file, source, threads, &walk) : fail_memory(error);
    if (!status)
        digest_to_text(digest_value(&walk.digest), out);
    memory_free(walk.piece);
    return status;
}

admf_status cube_digest_of(hid_t file, const char *path, int threads, char out[DIGEST_TEXT],
                           admf_error *error)
{
    return digest_file(file, path, NULL, threads, out, error);
}

admf_status cube_digest(const char *path, const struct digest_source *source, int threads,
                        char out[DIGEST_TEXT], admf_error *error)
{
    hid_t file = H5I_INVALID_HID;
    out[0] = '\0';
    hdf5_quiet();
    admf_status status = hdf5_check_input(path, error);
    if (status)
        return status;
    /* With a source it is a file in the making. */
    status =
        (source ? hdf5_open_own : hdf5_open_input)(path, "no readable HDF5 file", &file, error);
    if (!status)
        status = digest_file(file, path, source, threads, out, error);
    hdf5_close(file);
    return status;
}

admf_status admf_cube_digest(const char *path, char out[17], admf_error *error)
{
    enum { MOST = 8 }; /* one adds up what the others inflate */
    int threads = cpu_threads();
    return cube_digest(path, NULL, threads < MOST ? threads : MOST, out, error);
}

uint64_t cube_digest_bytes(uint64_t elements, int threads)
{
    uint64_t room = elements < CHUNK_READER_MOST / 8 ? elements * 8 : CHUNK_READER_MOST;
    return DIGEST_PIECE + chunk_reader_bytes(room, threads);
}
