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

#include "admf/cube.h"
#include "engine/base/failure.h"
#include "engine/base/memory.h"
#include "engine/cpu/cpu.h"
#include "io/cube/digest_objects.h"
#include "io/cube/digest_walk.h"

/* Object k of the list. */
static bool add_object(struct digest_walk *w, const struct digest_objects *objects, size_t k)
{
    bool variable = objects->kinds[k] == OBJECT_VARIABLE;
    const char *name = objects->names[k];
    if (objects->kinds[k] == OBJECT_END) {
        digest_add_text(w, "end");
        return true;
    }
    digest_add_text(w, variable ? "variable" : "group");
    digest_add_text(w, name);
    w->is_root = k == 0;
    return (!variable || digest_dataset(w, objects->ids[k], k, name)) &&
           digest_attributes(w, objects->ids[k]);
}

admf_status cube_digest_of(hid_t file, const char *path, int threads, char out[DIGEST_TEXT],
                           admf_error *error)
{
    struct digest_objects objects;
    struct digest_walk walk = {.path = path, .error = error};
    out[0] = '\0';
    digest_start(&walk.digest);
    walk.status = digest_objects_open(&objects, file, path, error);
    if (!walk.status)
        walk.status =
            chunk_reader_start(objects.ids, objects.count, threads, path, &walk.reader, error);
    if (!walk.status && !(walk.piece = memory_new_uncleared(DIGEST_PIECE, 1)))
        walk.status = fail_memory(error);
    for (size_t k = 0; !walk.status && k < objects.count; k++)
        if (!add_object(&walk, &objects, k))
            break;
    if (!walk.status)
        digest_to_text(digest_value(&walk.digest), out);
    chunk_reader_stop(&walk.reader);
    digest_objects_close(&objects);
    memory_free(walk.piece);
    return walk.status;
}

admf_status cube_digest(const char *path, int threads, char out[DIGEST_TEXT], admf_error *error)
{
    hid_t file = H5I_INVALID_HID;
    out[0] = '\0';
    hdf5_quiet();
    admf_status status = hdf5_check_input(path, error);
    if (status)
        return status;
    HDF5_TRY(file = H5Fopen(path, H5F_ACC_RDONLY, H5P_DEFAULT), ADMF_BAD_DATA,
             "no readable HDF5 file");
    status = cube_digest_of(file, path, threads, out, error);
cleanup:
    hdf5_close(file);
    return status;
}

admf_status admf_cube_digest(const char *path, char out[17], admf_error *error)
{
    enum { MOST = 8 }; /* one adds up what the others inflate */
    int threads = cpu_threads();
    return cube_digest(path, threads < MOST ? threads : MOST, out, error);
}

uint64_t cube_digest_bytes(uint64_t elements, int threads)
{
    uint64_t room = elements < CHUNK_READER_MOST / 8 ? elements * 8 : CHUNK_READER_MOST;
    return DIGEST_PIECE + chunk_reader_bytes(room, threads);
}
