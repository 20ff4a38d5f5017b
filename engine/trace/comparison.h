/* SPDX-License-Identifier: Apache-2.0 */
/* The summary of a trace against what a cube holds of it. */
#ifndef ADMF_ENGINE_TRACE_COMPARISON_H
#define ADMF_ENGINE_TRACE_COMPARISON_H

#include "admf/cube.h"
#include "engine/trace/scalar.h"

/* What is traced. */
struct traced {
    bool adaptive;
    uint64_t id;           /* a combination, or with `adaptive` a row of /adaptive */
    size_t symbol, window; /* of a combination */
    bool float32;          /* the cube holds its metrics so */
};

/* ADMF_OK where status and every metric are the cube's, bit for bit (as rounded); ADMF_FAILED names
 * what differs, ADMF_BAD_DATA says what the cube does not have. */
admf_status comparison_make(admf_cube *cube, const struct traced *traced,
                            const struct scalar_result *result, admf_diagnostics *errors);

#endif
