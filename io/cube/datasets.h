/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Datasets and attributes as netCDF-4 wants to find them.
 *
 * All functions work on an open cube_file; `path` in it is for messages.
 */
#ifndef ADMF_IO_CUBE_DATASETS_H
#define ADMF_IO_CUBE_DATASETS_H

#include <hdf5.h>
#include <stdbool.h>
#include <stdint.h>

#include "io/hdf5/chunk_packer.h"

struct dimension {
    hid_t scale; /* the dataset that stands for it */
    uint64_t size;
    hobj_ref_t reference; /* to the scale */
};

/* A dataset, one of whose dimensions a scale is: addresses in the file. */
struct dimension_use {
    hobj_ref_t scale, dataset;
    int dimension;
};

struct cube_file {
    const char *path;
    hid_t id;
    int deflate;                 /* of numeric datasets; -1: contiguous and early-allocated */
    struct chunk_packer *packer; /* owned; NULL where deflate is -1 */
    struct file_pieces packed;   /* what it has packed */
    int next_dimension;          /* netCDF's number of the next dimension */
    struct dimension_use *uses;  /* owned: not written yet */
    size_t use_count, use_capacity;
    /* Owned; 0: not made yet. What many objects have in common is made once, as making such a list
     * takes HDF5 as long as writing a small object: */
    hid_t text_type;      /* string_type() */
    hid_t scalar;         /* space of one value */
    hid_t text_transfer;  /* how texts are written (hyperslab.h) */
    hid_t plain_creation; /* of datasets without times */
};

/* Creates (and truncates) a file of our properties, whose chunks `threads` threads pack. */
admf_status cube_file_create(struct cube_file *file, const char *path, int deflate, int threads,
                             admf_error *error);
/* Completes the dimensions, flushes and closes; a failure to write what was buffered comes up
 * here. `packed` is there until cube_file_drop, which is still to be called. */
admf_status cube_file_close(struct cube_file *file, admf_error *error);
/* Closes whatever became of it and frees what it owns; after cube_file_close too. */
void cube_file_drop(struct cube_file *file);

admf_status make_group(struct cube_file *file, hid_t parent, const char *name, hid_t *out,
                       admf_error *error);

/* Attributes. Of `count` values, 0 for a scalar; and of single values. */
admf_status put_attribute(struct cube_file *file, hid_t object, const char *name, hid_t stored,
                          hid_t memory, size_t count, const void *values, admf_error *error);
admf_status put_text(struct cube_file *file, hid_t object, const char *name, const char *value,
                     admf_error *error);
admf_status put_double(struct cube_file *file, hid_t object, const char *name, double value,
                       admf_error *error);
admf_status put_float(struct cube_file *file, hid_t object, const char *name, float value,
                      admf_error *error);
admf_status put_int(struct cube_file *file, hid_t object, const char *name, int value,
                    admf_error *error);
admf_status put_bytes(struct cube_file *file, hid_t object, const char *name, const uint8_t *bytes,
                      size_t count, admf_error *error);

/* Variable-length UTF-8, and a byte of a text of fixed length (netCDF's char). To be closed with
 * hdf5_close; negative on failure. */
hid_t string_type(void);
hid_t byte_type(void);

/* How datasets without times, chunks and fill values are created. The file's; negative on
 * failure. */
hid_t common_creation(struct cube_file *file);

/*
 * An empty dataset. `fill` is the fill value in `type`, or NULL. With `growing`, the only
 * dimension can be extended, and chunks have growing_rows elements. Where file->deflate is -1 the
 * space is reserved at once and not written.
 */
enum { GROWING_ROWS = 1 << 15 }; /* at most */
uint64_t growing_rows(const struct cube_file *file);
admf_status make_dataset(struct cube_file *file, hid_t parent, const char *name, hid_t type,
                         int rank, const uint64_t *dims, const void *fill, bool growing, hid_t *out,
                         admf_error *error);

/* What is the same for datasets of one type and shape. `type` is borrowed, the others are closed by
 * dataset_form_close, after a failure too. */
struct dataset_form {
    hid_t type, space, creation;
};
admf_status dataset_form_make(struct cube_file *file, hid_t type, int rank, const uint64_t *dims,
                              const void *fill, bool growing, struct dataset_form *out,
                              admf_error *error);
void dataset_form_close(struct dataset_form *form);
admf_status make_dataset_of(struct cube_file *file, hid_t parent, const char *name,
                            const struct dataset_form *form, hid_t *out, admf_error *error);

/*
 * A filled one-dimensional variable along `dimension`; `values` in native `memory` type.
 * *out may be NULL.
 */
admf_status put_column(struct cube_file *file, hid_t parent, const char *name, hid_t stored,
                       hid_t memory, const struct dimension *dimension, const void *values,
                       hid_t *out, admf_error *error);
/* A scalar text. */
admf_status put_scalar_text(struct cube_file *file, hid_t parent, const char *name,
                            const char *value, admf_error *error);

#endif
