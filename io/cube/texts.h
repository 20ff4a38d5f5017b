/* SPDX-License-Identifier: Apache-2.0 */
/* Reading texts out of files that may be anything. */
#ifndef ADMF_IO_CUBE_TEXTS_H
#define ADMF_IO_CUBE_TEXTS_H

#include <hdf5.h>
#include <stdbool.h>
#include <stdint.h>

#include "admf/error.h"

/* A scalar text; *out NULL where there is none of that name. Freed with memory_free. */
admf_status read_scalar_text(hid_t file, const char *name, const char *path, char **out,
                             admf_error *error);

/* Texts read: every one NUL-terminated in one block. */
struct text_list {
    uint64_t count;
    char *block;   /* owned */
    size_t *start; /* owned: of each text in `block` */
};
/*
 * Whether `dataset` is a list of `count` texts in one of the forms of text_columns.h; an invalid
 * id is none.
 */
bool is_text_list(hid_t dataset, uint64_t count);
/* Reads `count` texts of such a dataset, from `first` on, in pieces. The caller frees *out with
 * text_list_deinit; a failure leaves nothing to free. */
admf_status read_text_list(hid_t dataset, uint64_t first, uint64_t count, const char *path,
                           struct text_list *out, admf_error *error);
void text_list_deinit(struct text_list *list);
/* "" for an index beyond the end. Owned by the list. */
const char *text_list_get(const struct text_list *list, uint64_t index);

/* Whether the file's attribute `format` is this text. */
bool has_format(hid_t file, const char *format);

/* Whether `type` is a variable-length string; a byte of a text of fixed length. */
bool is_string_type(hid_t type);
bool is_byte_type(hid_t type);

#endif
