/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A 64-bit digest of a stream of bytes: XXH64 (Yann Collet's specification,
 * xxhash.com, seed 0). It tells equal from different; it is no protection against
 * somebody who wants two inputs to agree.
 */
#ifndef ADMF_ENGINE_BASE_DIGEST_H
#define ADMF_ENGINE_BASE_DIGEST_H

#include <stddef.h>
#include <stdint.h>

struct digest {
    uint64_t lane[4], length;
    unsigned char block[32];
    size_t filled;
};

/* Start, add any number of pieces (where they are cut does not matter), read the value; more
 * may be added after that. */
void digest_start(struct digest *digest);
void digest_add(struct digest *digest, const void *bytes, size_t count);
uint64_t digest_value(const struct digest *digest);
/* Little-endian doubles with NaN made canonical first. */
void digest_add_doubles(struct digest *digest, const double *numbers, size_t count);

enum { DIGEST_TEXT = 17 };
void digest_to_text(uint64_t value, char out[DIGEST_TEXT]); /* 16 hexadecimal digits */

#endif
