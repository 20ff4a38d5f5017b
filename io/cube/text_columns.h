/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Texts along an axis, in one of two forms.
 *
 * Up to TEXTS_OF_ANY_LENGTH they are variable-length UTF-8 strings, which every reader shows as
 * they are. xarray reads variables of such strings when it opens a file, all of them, and a
 * million takes a second; a longer axis has rows of bytes instead (netCDF's form of a text of
 * fixed length: a second dimension NAME_bytes, zeros behind the text, attribute _Encoding),
 * which it reads when they are asked for. HDF5 takes a microsecond for each string, so that a file
 * that is only to be there until a run is over has rows sooner. Both are the same texts to the
 * digest.
 */
#ifndef ADMF_IO_CUBE_TEXT_COLUMNS_H
#define ADMF_IO_CUBE_TEXT_COLUMNS_H

#include "io/cube/datasets.h"

enum { TEXTS_OF_ANY_LENGTH = 1 << 15, TEXTS_OF_ANY_LENGTH_IN_PARTIAL = 1 << 10 };

/*
 * A variable of dimension->size texts at the root of `file`: variable-length ones, and in the
 * form that their number asks for. The texts are borrowed. The variable stays open as *out, to be
 * closed with hdf5_close; after a failure *out is H5I_INVALID_HID.
 */
admf_status put_strings(struct cube_file *file, const char *name, const struct dimension *dimension,
                        const char *const *texts, hid_t *out, admf_error *error);
admf_status put_texts(struct cube_file *file, const char *name, const struct dimension *dimension,
                      const char *const *texts, hid_t *out, admf_error *error);

/* What the dimension of the bytes is called behind the variable's name. */
#define TEXT_DIMENSION_SUFFIX "_bytes"

#endif
