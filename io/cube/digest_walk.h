/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Parts of the digest of a cube (cube_digest.c): a walk through the file that adds what it finds
 * to one running digest. A function that is false has told the failure in walk->status and
 * walk->error.
 */
#ifndef ADMF_IO_CUBE_DIGEST_WALK_H
#define ADMF_IO_CUBE_DIGEST_WALK_H

#include <hdf5.h>

#include "engine/base/digest.h"
#include "io/cube/reader.h"
#include "io/hdf5/chunk_reader.h"

struct digest_walk {
    struct digest digest;
    const char *path;                /* of the file */
    const char *name;                /* of the object at hand */
    char cannot_read[LINK_NAME_MAX]; /* what is said of it where it cannot be read */
    void *piece;                     /* DIGEST_PIECE bytes for values */
    struct chunk_reader *reader;
    struct dimension_names dimensions;
    admf_error *error;
    admf_status status;
    bool is_root;            /* the object whose attributes are added */
    bool at_root;            /* the variable whose values are added */
    const char *source_path; /* where long lists of texts at the root lie as rows; NULL: nowhere */
    hid_t source;            /* it, once it was needed; negative before */
};

enum { DIGEST_PIECE = 1 << 20 };

/* A dataset's type, shape and values, `turn` its number among the reader's; all attributes of an
 * object. */
bool digest_dataset(struct digest_walk *walk, hid_t dataset, size_t turn, const char *name);
bool digest_attributes(struct digest_walk *walk, hid_t object);

/* --- what both are made of: digest_values.c ----------------------------------------------- */

/* How values are read: as doubles, 64-bit integers, texts, or bytes of texts. */
enum digest_form { FORM_DOUBLE, FORM_INTEGER, FORM_TEXT, FORM_BYTES, FORM_OTHER };
enum digest_form digest_form_of(hid_t type);
/* What values of a form are read as. To be closed with hdf5_close; negative on failure. */
hid_t digest_memory_type(hid_t type, enum digest_form form);

void digest_add_text(struct digest_walk *walk, const char *text);
void digest_add_number(struct digest_walk *walk, uint64_t number);
void digest_add_type(struct digest_walk *walk, hid_t type, enum digest_form form);
/* Adds `count` values just read into walk->piece and frees the texts among them. */
void digest_add_values(struct digest_walk *walk, enum digest_form form, uint64_t count);

/* Whether an object is a dataset of texts as rows of bytes (text_columns.h). */
bool is_rows_of_bytes(hid_t object);

/* The object at hand from now on; `name` is borrowed. */
void digest_at(struct digest_walk *walk, const char *name);
/* False, with the failure told: of the HDF5 call just made, about the object at hand or one of its
 * attributes; of an object that no cube has. */
bool digest_broken(struct digest_walk *walk, const char *what);
bool digest_broken_attribute(struct digest_walk *walk, const char *attribute, const char *what);
bool digest_unknown_type(struct digest_walk *walk, const char *name);

#endif
