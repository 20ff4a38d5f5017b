/* SPDX-License-Identifier: Apache-2.0 */
/* Everything of a cube but the values of its cells: the same in PATH.partial and at the end. */
#ifndef ADMF_IO_CUBE_SKELETON_H
#define ADMF_IO_CUBE_SKELETON_H

#include "engine/base/text.h"
#include "io/cube/datasets.h"
#include "io/cube/parameters.h"
#include "io/cube/variables.h"

struct skeleton {
    const struct cube_layout *layout;
    struct variables variables;
    struct parameters parameters;
    struct text coordinates; /* the attribute of that name */
};

admf_status skeleton_init(struct skeleton *skeleton, const struct cube_layout *layout,
                          admf_error *error);
void skeleton_deinit(struct skeleton *skeleton);

/*
 * Writes attributes, dimensions, coordinates, /by_regime's names, and makes the datasets of
 * skeleton.variables, empty, in order: datasets[variables.count], to be closed by the
 * caller, who has set them to H5I_INVALID_HID.
 */
admf_status skeleton_write(const struct skeleton *skeleton, struct cube_file *file, hid_t *datasets,
                           admf_error *error);

/* coordinates.c: variables along the axes; dims[CUBE_RANK_MAX] are made and stay open. */
admf_status coordinates_write(const struct skeleton *skeleton, struct cube_file *file,
                              struct dimension *dims, admf_error *error);
/* regime_table.c: symbol, window, combo, label of /by_regime along `row`. */
admf_status regime_names_write(const struct skeleton *skeleton, struct cube_file *file, hid_t group,
                               const struct dimension *row, admf_error *error);

/* provenance.c: what is compared on --resume, the layout's texts, and the time of the end, NULL
 * where it is not known. */
admf_status provenance_write(const struct cube_layout *layout, struct cube_file *file,
                             const char *finished, admf_error *error);
/* Compares a file's /provenance with a layout; names the difference. */
admf_status provenance_agrees(const struct cube_layout *layout, hid_t file, const char *path,
                              admf_error *error);

#endif
