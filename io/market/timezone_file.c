/* SPDX-License-Identifier: Apache-2.0 */
#define _POSIX_C_SOURCE 200809L
#include "io/market/timezone_file.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "engine/base/failure.h"
#include "engine/base/memory.h"

enum {
    HEADER = 44,
    LARGEST = 1 << 20 /* a zone's file has a few kilobytes */
};

bool zone_folder_exists(const char *folder)
{
    struct stat about;
    return stat(folder, &about) == 0 && S_ISDIR(about.st_mode);
}

bool zone_add(struct zone *zone, struct zone_change change)
{
    if (zone->count == zone->capacity) {
        size_t capacity = zone->capacity ? 2 * zone->capacity : 256;
        struct zone_change *items = memory_resize(zone->items, capacity, sizeof *items);
        if (!items)
            return false;
        zone->items = items;
        zone->capacity = capacity;
    }
    zone->items[zone->count++] = change;
    return true;
}

static int64_t big_endian(const unsigned char *p, int bytes)
{
    uint64_t value = 0;
    for (int k = 0; k < bytes; k++)
        value = value << 8 | p[k];
    return bytes == 4 ? (int64_t)(int32_t)(uint32_t)value : (int64_t)value;
}

/* One of the file's two blocks: `wide` bytes a time of change, six counts in its header. */
struct block {
    const unsigned char *times, *kinds, *types, *end;
    size_t changes, type_count;
    int wide;
};

static bool find_block(const unsigned char *p, size_t length, int wide, struct block *block)
{
    if (length < HEADER || memcmp(p, "TZif", 4) != 0)
        return false;
    size_t count[6]; /* UT flags, standard flags, leap seconds, changes, types, characters */
    for (int k = 0; k < 6; k++)
        count[k] = (uint32_t)big_endian(p + 20 + 4 * k, 4);
    for (int k = 0; k < 6; k++)
        if (count[k] > LARGEST)
            return false;
    size_t w = (size_t)wide;
    size_t bytes =
        count[3] * (w + 1) + count[4] * 6 + count[5] + count[2] * (w + 4) + count[1] + count[0];
    if (bytes > length - HEADER || count[4] == 0)
        return false;
    block->wide = wide;
    block->changes = count[3];
    block->type_count = count[4];
    block->times = p + HEADER;
    block->kinds = block->times + count[3] * w;
    block->types = block->kinds + count[3];
    block->end = p + HEADER + bytes;
    return true;
}

static int64_t type_offset(const struct block *block, size_t type)
{
    return big_endian(block->types + 6 * type, 4);
}

static admf_status take_changes(struct zone *zone, const struct block *block, const char *path,
                                admf_error *error)
{
    int64_t last = INT64_MIN;
    zone->first_offset = type_offset(block, 0);
    for (size_t k = 0; k < block->changes; k++) {
        int64_t at = big_endian(block->times + k * (size_t)block->wide, block->wide);
        if (block->kinds[k] >= block->type_count || (k && at <= last))
            return fail_file(error, ADMF_BAD_DATA, path, 0, "is no proper time zone file");
        last = at;
        struct zone_change change = {at, type_offset(block, block->kinds[k])};
        if (!zone_add(zone, change))
            return fail_memory(error);
    }
    return ADMF_OK;
}

/* The footer: a line feed, the rule, a line feed. An empty rule is none. */
static admf_status take_footer(struct zone *zone, const unsigned char *p, size_t length,
                               const char *path, admf_error *error)
{
    char rule[256];
    const unsigned char *end = length > 1 && p[0] == '\n' ? memchr(p + 1, '\n', length - 1) : NULL;
    if (!end || (size_t)(end - p) > sizeof rule)
        return fail_file(error, ADMF_BAD_DATA, path, 0, "is no proper time zone file");
    size_t n = (size_t)(end - p) - 1;
    memcpy(rule, p + 1, n);
    rule[n] = '\0';
    if (n == 0)
        return ADMF_OK;
    if (!zone_rule_parse(rule, &zone->rule))
        return fail_file(error, ADMF_BAD_DATA, path, 0, "has a time zone rule '%s' that is unknown",
                         rule);
    zone->has_rule = true;
    return ADMF_OK;
}

static admf_status take_file(struct zone *zone, const unsigned char *p, size_t length,
                             const char *path, admf_error *error)
{
    struct block block;
    if (length < HEADER || memcmp(p, "TZif", 4) != 0)
        return ADMF_NO_INPUT;
    bool fine = find_block(p, length, 4, &block);
    bool wide = fine && p[4] >= '2';
    if (wide)
        fine = find_block(block.end, length - (size_t)(block.end - p), 8, &block);
    if (!fine)
        return fail_file(error, ADMF_BAD_DATA, path, 0, "is no proper time zone file");
    admf_status status = take_changes(zone, &block, path, error);
    if (!status && wide)
        status = take_footer(zone, block.end, length - (size_t)(block.end - p), path, error);
    return status;
}

admf_status zone_read_file(struct zone *zone, const char *path, admf_error *error)
{
    struct stat about;
    admf_status status = ADMF_NO_INPUT;
    unsigned char *bytes = NULL;
    int file = open(path, O_RDONLY | O_CLOEXEC);
    if (file < 0 || fstat(file, &about) || !S_ISREG(about.st_mode) || about.st_size > LARGEST)
        goto cleanup;
    size_t length = 0, size = (size_t)about.st_size;
    bytes = memory_new(size, 1);
    if (!bytes) {
        status = fail_memory(error);
        goto cleanup;
    }
    while (length < size) {
        ssize_t n = read(file, bytes + length, size - length);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            status = fail_file(error, ADMF_IO, path, errno, "cannot read");
        if (n < 0)
            goto cleanup;
        if (n == 0)
            break;
        length += (size_t)n;
    }
    status = take_file(zone, bytes, length, path, error);
cleanup:
    memory_free(bytes);
    if (file >= 0)
        close(file);
    return status;
}

/* The better of what was found and `candidate`. */
static void offer(const char *name, const char *candidate, char *nearest, size_t room, bool *found)
{
    const char *pair[2] = {nearest, candidate};
    const char *best = nearest_name(name, *found ? pair : pair + 1, *found ? 2 : 1);
    if (best && best != nearest) {
        snprintf(nearest, room, "%s", best);
        *found = true;
    }
}

static void look_into(const char *folder, const char *below, int depth, const char *name,
                      char *nearest, size_t room, bool *found)
{
    char path[1024], relative[512];
    snprintf(path, sizeof path, "%s/%s", folder, below);
    DIR *listing = opendir(path);
    struct dirent *entry;
    while (listing && (entry = readdir(listing)) != NULL) {
        const char *leaf = entry->d_name;
        struct stat about;
        bool copy = !strcmp(leaf, "posix") || !strcmp(leaf, "right") || leaf[0] == '.';
        int n = snprintf(relative, sizeof relative, "%s%s%s", below, *below ? "/" : "", leaf);
        if (copy || n < 0 || n >= (int)sizeof relative)
            continue;
        n = snprintf(path, sizeof path, "%s/%s", folder, relative);
        if (n < 0 || n >= (int)sizeof path || stat(path, &about))
            continue;
        if (S_ISDIR(about.st_mode) && depth < 3)
            look_into(folder, relative, depth + 1, name, nearest, room, found);
        else if (S_ISREG(about.st_mode) && !strchr(leaf, '.'))
            offer(name, relative, nearest, room, found);
    }
    if (listing)
        closedir(listing);
}

bool zone_nearest(const char *folder, const char *name, char *nearest, size_t room)
{
    bool found = false;
    nearest[0] = '\0';
    look_into(folder, "", 0, name, nearest, room, &found);
    return found;
}
