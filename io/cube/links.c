/* SPDX-License-Identifier: Apache-2.0 */
/* From a dataset to its dimensions, by the references in DIMENSION_LIST. */
#include <stdio.h>
#include <string.h>

#include "io/cube/reader.h"
#include "io/cube/variables.h"
#include "io/hdf5/failure.h"

static void keep_name(struct dimension_names *names, hobj_ref_t reference, const char *name)
{
    if (names->count == DIMENSIONS_KNOWN)
        return;
    names->known[names->count].reference = reference;
    snprintf(names->known[names->count++].name, LINK_NAME_MAX, "%s", name);
}

void dimension_is_named(struct dimension_names *names, hid_t scale, const char *name)
{
    hobj_ref_t reference;
    if (H5Rcreate(&reference, scale, ".", H5R_OBJECT, H5I_INVALID_HID) >= 0)
        keep_name(names, reference, name);
}

static bool name_of_reference(struct dimension_names *names, hid_t dataset, const hvl_t *references,
                              char name[LINK_NAME_MAX])
{
    char full[LINK_NAME_MAX] = "";
    hobj_ref_t reference;
    if (references->len < 1 || !references->p)
        return false;
    memcpy(&reference, references->p, sizeof reference);
    for (size_t k = 0; k < names->count; k++)
        if (names->known[k].reference == reference) {
            memcpy(name, names->known[k].name, LINK_NAME_MAX);
            return true;
        }
    hid_t scale = H5Rdereference2(dataset, H5P_DEFAULT, H5R_OBJECT, references->p);
    if (scale < 0)
        return false;
    ssize_t length = H5Iget_name(scale, full, sizeof full);
    hdf5_close(scale);
    if (length <= 0)
        return false;
    const char *slash = strrchr(full, '/');
    snprintf(name, LINK_NAME_MAX, "%s", slash ? slash + 1 : full);
    keep_name(names, reference, name);
    return true;
}

int dimension_list(struct dimension_names *names, hid_t dataset, char (*name)[LINK_NAME_MAX])
{
    hvl_t list[CUBE_RANK_MAX] = {{0, NULL}};
    bool read = false;
    int found = 0;
    hid_t attribute = H5I_INVALID_HID, type = H5I_INVALID_HID, base = H5I_INVALID_HID,
          space = H5I_INVALID_HID;
    if (H5Aexists(dataset, "DIMENSION_LIST") <= 0)
        goto cleanup;
    attribute = H5Aopen(dataset, "DIMENSION_LIST", H5P_DEFAULT);
    type = attribute < 0 ? H5I_INVALID_HID : H5Aget_type(attribute);
    space = attribute < 0 ? H5I_INVALID_HID : H5Aget_space(attribute);
    if (type < 0 || space < 0 || H5Tget_class(type) != H5T_VLEN)
        goto cleanup;
    base = H5Tget_super(type);
    hssize_t rank = H5Sget_simple_extent_npoints(space);
    if (base < 0 || !(H5Tequal(base, H5T_STD_REF_OBJ) > 0) || rank > CUBE_RANK_MAX)
        goto cleanup;
    read = H5Aread(attribute, type, list) >= 0;
    while (read && found < rank && name_of_reference(names, dataset, &list[found], name[found]))
        found++;
cleanup:
    if (read)
        H5Dvlen_reclaim(type, space, H5P_DEFAULT, list);
    hdf5_close_type(base);
    hdf5_close_space(space);
    hdf5_close_type(type);
    hdf5_close_attribute(attribute);
    return found;
}
