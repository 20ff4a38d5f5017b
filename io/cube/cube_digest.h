/* SPDX-License-Identifier: Apache-2.0 */
/* The digest of an open file (admf_cube_digest has a path). */
#ifndef ADMF_IO_CUBE_CUBE_DIGEST_H
#define ADMF_IO_CUBE_CUBE_DIGEST_H

#include <hdf5.h>

#include "admf/error.h"
#include "engine/base/digest.h"

/* Of everything outside /provenance, also what was written to `file` and not yet to disk; `path`:
 * for messages. "" on failure: ADMF_BAD_DATA, or ADMF_INTERNAL for want of memory. */
admf_status cube_digest_of(hid_t file, const char *path, char out[DIGEST_TEXT], admf_error *error);

#endif
