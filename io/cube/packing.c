/* SPDX-License-Identifier: Apache-2.0 */
#include "io/cube/packing.h"

#include <string.h>

#include "engine/base/failure.h"
#include "engine/base/files.h"

/* Where a chunk is, and its elements, which are neighbours: maybe fewer than `whole` at the edge.
 */
struct chunk_place {
    hsize_t corner[CUBE_RANK_MAX];
    uint64_t first, count, whole;
};

static struct chunk_place place_of(const struct variable *v, const uint64_t *chunk, uint64_t number)
{
    struct chunk_place place = {.count = 1, .whole = 1};
    for (int d = v->rank - 1; d >= 0; d--) {
        uint64_t pieces = (v->dims[d] + chunk[d] - 1) / chunk[d];
        place.corner[d] = number % pieces * chunk[d];
        number /= pieces;
    }
    for (int d = 0; d < v->rank; d++) {
        uint64_t left = v->dims[d] - place.corner[d];
        place.whole *= chunk[d];
        place.count *= left < chunk[d] ? left : chunk[d];
        place.first = place.first * v->dims[d] + place.corner[d];
    }
    return place;
}

static admf_status pack_chunk(const struct packing *p, const struct variable *v, hid_t dataset,
                              const struct chunk_place *place, admf_error *error)
{
    uint64_t used = place->count * v->element, whole = place->whole * v->element;
    char *bytes = chunk_packer_room(p->packer, whole, error);
    if (!bytes)
        return error->code;
    int failed = files_read_at(p->source, bytes, used, v->offset + place->first * v->element);
    if (failed)
        return fail_file(error, ADMF_IO, p->from, failed, "cannot read");
    memset(bytes + used, 0, whole - used); /* beyond the edge: whatever packs well */
    return chunk_packer_give(p->packer,
                             &(struct chunk){.dataset = dataset,
                                             .rank = v->rank,
                                             .corner = place->corner,
                                             .bytes = whole,
                                             .element = v->element},
                             error);
}

admf_status pack_variable(const struct packing *p, const struct variable *v, hid_t dataset,
                          admf_error *error)
{
    admf_status status = ADMF_OK;
    uint64_t chunk[CUBE_RANK_MAX], pieces = 1;
    chunk_dims(v->rank, v->dims, v->element, chunk);
    for (int d = 0; d < v->rank; d++)
        pieces *= (v->dims[d] + chunk[d] - 1) / chunk[d];
    for (uint64_t k = 0; !status && k < pieces; k++) {
        struct chunk_place place = place_of(v, chunk, k);
        status = pack_chunk(p, v, dataset, &place, error);
    }
    return status;
}
