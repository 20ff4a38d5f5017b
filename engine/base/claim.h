/* SPDX-License-Identifier: Apache-2.0 */
/* A name that one run at a time has: the file at it, opened and locked. */
#ifndef ADMF_ENGINE_BASE_CLAIM_H
#define ADMF_ENGINE_BASE_CLAIM_H

#include <stdbool.h>

#include "admf/error.h"

struct claim {
    const char *path; /* borrowed */
    int fd;           /* -1: none */
    bool made;        /* by claim_make: claim_drop removes the file */
};

/* The file at `path`, which is there. ADMF_IO while another run has it. */
admf_status claim_take(struct claim *claim, const char *path, admf_error *error);
/* The same, an empty file if there is none; it goes with the claim. Errors name the file `of`. */
admf_status claim_make(struct claim *claim, const char *path, const char *of, admf_error *error);
/* Fine for {.fd = -1}, which it becomes. */
void claim_drop(struct claim *claim);

/* ADMF_IO where a run has the file at `path`; fine where there is none. */
admf_status claim_refuse_live(const char *path, admf_error *error);

#endif
