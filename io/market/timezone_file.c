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
    size_t changes, type_count, leap_seconds;
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
    block->leap_seconds = count[2];
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

static admf_status improper(const char *path, admf_error *error)
{
    return fail(error, ADMF_BAD_DATA,
                "'%s' is no proper time zone file; install the package tzdata anew", path);
}

/* The instants of its changes count them, and ours do not: times would be up to 27 s off. */
static admf_status refuse_leap_seconds(const struct zone *zone, admf_error *error)
{
    static const char folder[] = "right/";
    size_t n = sizeof folder - 1;
    if (strncmp(zone->name, folder, n) == 0)
        return fail(error, ADMF_BAD_CONFIG,
                    "the time zone '%s' counts leap seconds, which timestamps leave out; write "
                    "'%s'",
                    zone->name, zone->name + n);
    return fail(error, ADMF_BAD_CONFIG,
                "the time zone '%s' counts leap seconds, which timestamps leave out; name one "
                "that does not",
                zone->name);
}

static admf_status take_changes(struct zone *zone, const struct block *block, const char *path,
                                admf_error *error)
{
    int64_t last = INT64_MIN;
    zone->first_offset = type_offset(block, 0);
    for (size_t k = 0; k < block->changes; k++) {
        int64_t at = big_endian(block->times + k * (size_t)block->wide, block->wide);
        if (block->kinds[k] >= block->type_count || (k && at <= last))
            return improper(path, error);
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
        return improper(path, error);
    size_t n = (size_t)(end - p) - 1;
    memcpy(rule, p + 1, n);
    rule[n] = '\0';
    if (n == 0)
        return ADMF_OK;
    if (!zone_rule_parse(rule, &zone->rule))
        return fail(error, ADMF_BAD_DATA,
                    "'%s' has the time zone rule '%.60s', which is unknown; install the package "
                    "tzdata anew",
                    path, rule);
    zone->has_rule = true;
    return ADMF_OK;
}

static const char magic[] = "TZif";
enum { MAGIC = sizeof magic - 1 };

static admf_status take_file(struct zone *zone, const unsigned char *p, size_t length,
                             const char *path, admf_error *error)
{
    struct block block;
    bool fine = find_block(p, length, 4, &block);
    bool wide = fine && p[4] >= '2';
    if (wide)
        fine = find_block(block.end, length - (size_t)(block.end - p), 8, &block);
    if (!fine)
        return improper(path, error);
    if (block.leap_seconds)
        return refuse_leap_seconds(zone, error);
    admf_status status = take_changes(zone, &block, path, error);
    if (!status && wide)
        status = take_footer(zone, block.end, length - (size_t)(block.end - p), path, error);
    return status;
}

/* As many bytes as a file has, *length at most; fewer where it became shorter. */
static admf_status read_bytes(int file, unsigned char *bytes, size_t *length, const char *path,
                              admf_error *error)
{
    size_t size = *length;
    *length = 0;
    while (*length < size) {
        ssize_t n = read(file, bytes + *length, size - *length);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return fail(error, ADMF_IO, "cannot read '%s': %s", path, strerror(errno));
        if (n == 0)
            break;
        *length += (size_t)n;
    }
    return ADMF_OK;
}

admf_status zone_read_file(struct zone *zone, const char *path, bool *found, admf_error *error)
{
    struct stat about;
    admf_status status = ADMF_OK;
    unsigned char *bytes = NULL;
    *found = false;
    int file = open(path, O_RDONLY | O_CLOEXEC);
    /* Only these two say that there is none. */
    if (file < 0 && (errno == ENOENT || errno == ENOTDIR))
        return ADMF_OK;
    if (file < 0 || fstat(file, &about)) {
        status = fail(error, ADMF_NO_INPUT, "cannot open '%s': %s", path, strerror(errno));
        goto cleanup;
    }
    if (!S_ISREG(about.st_mode) || about.st_size > LARGEST)
        goto cleanup;
    size_t length = (size_t)about.st_size;
    bytes = memory_new(length, 1);
    if (!bytes) {
        status = fail_memory(error);
        goto cleanup;
    }
    status = read_bytes(file, bytes, &length, path, error);
    *found = !status && length >= MAGIC && memcmp(bytes, magic, MAGIC) == 0;
    if (*found)
        status = take_file(zone, bytes, length, path, error);
cleanup:
    memory_free(bytes);
    if (file >= 0)
        close(file);
    return status;
}

/* Lists of zones and of leap seconds lie among the zones. */
static bool is_zone_file(const char *path)
{
    char start[MAGIC];
    int file = open(path, O_RDONLY | O_CLOEXEC);
    bool is = file >= 0 && read(file, start, MAGIC) == MAGIC && memcmp(start, magic, MAGIC) == 0;
    if (file >= 0)
        close(file);
    return is;
}

/* The better of what was found and `candidate`, which is the file `path`. */
static void offer(const char *name, const char *candidate, const char *path, char *nearest,
                  size_t room, bool *found)
{
    const char *pair[2] = {nearest, candidate};
    const char *best = nearest_name(name, *found ? pair : pair + 1, *found ? 2 : 1);
    if (best && best != nearest && is_zone_file(path)) {
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
            offer(name, relative, path, nearest, room, found);
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
