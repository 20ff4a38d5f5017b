/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/base/digest.h"

#include <stdio.h>
#include <string.h>

#include "engine/base/one_nan.h"

static const uint64_t P1 = 0x9E3779B185EBCA87u, P2 = 0xC2B2AE3D27D4EB4Fu, P3 = 0x165667B19E3779F9u,
                      P4 = 0x85EBCA77C2B2AE63u, P5 = 0x27D4EB2F165667C5u;

static uint64_t rotate(uint64_t x, int bits) { return x << bits | x >> (64 - bits); }

/* Both formats the program runs on are little-endian; so is XXH64. */
static uint64_t read64(const unsigned char *p)
{
    uint64_t x;
    memcpy(&x, p, sizeof x);
    return x;
}

static uint64_t mix(uint64_t lane, uint64_t input) { return rotate(lane + input * P2, 31) * P1; }

static uint64_t merge(uint64_t hash, uint64_t lane) { return (hash ^ mix(0, lane)) * P1 + P4; }

void digest_start(struct digest *digest)
{
    memset(digest, 0, sizeof *digest);
    digest->lane[0] = P1 + P2;
    digest->lane[1] = P2;
    digest->lane[3] = 0 - P1;
}

/* As many whole blocks as `count` bytes are; the bytes taken. The lanes stay in registers. */
static size_t take_blocks(struct digest *digest, const unsigned char *p, size_t count)
{
    enum { BLOCK = sizeof digest->block };
    uint64_t a = digest->lane[0], b = digest->lane[1], c = digest->lane[2], d = digest->lane[3];
    size_t taken = 0;
    for (; count - taken >= BLOCK; taken += BLOCK) {
        a = mix(a, read64(p + taken));
        b = mix(b, read64(p + taken + 8));
        c = mix(c, read64(p + taken + 16));
        d = mix(d, read64(p + taken + 24));
    }
    digest->lane[0] = a, digest->lane[1] = b, digest->lane[2] = c, digest->lane[3] = d;
    return taken;
}

void digest_add(struct digest *digest, const void *bytes, size_t count)
{
    const unsigned char *p = bytes;
    digest->length += count;
    while (count) {
        if (digest->filled == 0 && count >= sizeof digest->block) {
            size_t taken = take_blocks(digest, p, count);
            p += taken;
            count -= taken;
            continue;
        }
        size_t room = sizeof digest->block - digest->filled, n = count < room ? count : room;
        memcpy(digest->block + digest->filled, p, n);
        digest->filled += n;
        p += n;
        count -= n;
        if (digest->filled == sizeof digest->block) {
            take_blocks(digest, digest->block, sizeof digest->block);
            digest->filled = 0;
        }
    }
}

uint64_t digest_value(const struct digest *digest)
{
    const uint64_t *lane = digest->lane;
    uint64_t h = P5;
    if (digest->length >= sizeof digest->block) {
        h = rotate(lane[0], 1) + rotate(lane[1], 7) + rotate(lane[2], 12) + rotate(lane[3], 18);
        for (int k = 0; k < 4; k++)
            h = merge(h, lane[k]);
    }
    h += digest->length;
    const unsigned char *p = digest->block, *end = p + digest->filled;
    for (; end - p >= 8; p += 8)
        h = rotate(h ^ mix(0, read64(p)), 27) * P1 + P4;
    if (end - p >= 4) {
        uint32_t x;
        memcpy(&x, p, sizeof x);
        h = rotate(h ^ x * P1, 23) * P2 + P3;
        p += 4;
    }
    for (; p < end; p++)
        h = rotate(h ^ *p * P5, 11) * P1;
    h = (h ^ h >> 33) * P2;
    h = (h ^ h >> 29) * P3;
    return h ^ h >> 32;
}

void digest_add_doubles(struct digest *digest, const double *numbers, size_t count)
{
    enum { PIECE = 256 };
    double piece[PIECE];
    for (size_t done = 0; done < count; done += PIECE) {
        size_t n = count - done < PIECE ? count - done : PIECE;
        copy_with_one_nan(piece, numbers + done, n);
        digest_add(digest, piece, n * sizeof *piece);
    }
}

void digest_to_text(uint64_t value, char out[DIGEST_TEXT])
{
    snprintf(out, DIGEST_TEXT, "%016llx", (unsigned long long)value);
}
