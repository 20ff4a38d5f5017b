/* SPDX-License-Identifier: Apache-2.0 */
/* Values into their places of PATH.partial, and the bits that follow them. */
#define _XOPEN_SOURCE 700 /* pread, pwrite */
#include "io/cube/partial.h"

#include <errno.h>
#include <math.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "engine/base/failure.h"
#include "engine/base/files.h"
#include "engine/base/one_nan.h"

static admf_status cannot_write(const struct partial *partial, int number, admf_error *error)
{
    return fail_file(error, ADMF_IO, partial->file.path, number, "cannot write");
}

size_t partial_bitmap_bytes(const struct partial *partial) { return partial->blocks / 8 + 1; }

struct cube_range partial_range(const struct partial *partial, const struct variables *v,
                                uint64_t block)
{
    uint64_t each = partial->blocks_each, series = block / each;
    struct cube_range range = {.symbol = (size_t)(series / v->dims[1]),
                               .window = (size_t)(series % v->dims[1]),
                               .first = block % each * partial->block_cells};
    uint64_t left = v->cells - range.first;
    range.count = left < partial->block_cells ? left : partial->block_cells;
    return range;
}

bool partial_is_done(const struct partial *partial, uint64_t block)
{
    return partial->bitmap[block / 8] >> block % 8 & 1;
}

/* The first n elements of the piece. */
static void fill_piece(void *piece, enum value_type type, uint64_t n)
{
    double *d = piece;
    float *f = piece;
    for (size_t i = 0; type == VALUE_FLOAT64 && i < n; i++)
        d[i] = NAN;
    for (size_t i = 0; type == VALUE_FLOAT32 && i < n; i++)
        f[i] = NAN;
    if (type == VALUE_UINT8)
        memset(piece, 0, n);
}

/*
 * Writes `count` fill values; the disk space they take is what the run will need. In small pieces
 * where small blocks follow: Linux keeps what is written at once in one piece of memory, and is
 * slow to change a little of a large one.
 */
admf_status partial_fill(struct partial *partial, const struct variable *v, uint64_t first,
                         uint64_t count, admf_error *error)
{
    enum { SMALL = PARTIAL_PIECE / 16 };
    uint64_t piece = partial->block_cells < SMALL ? SMALL : PARTIAL_PIECE;
    fill_piece(partial->scratch, v->type, count < piece ? count : piece);
    for (uint64_t done = 0; done < count; done += piece) {
        uint64_t n = count - done < piece ? count - done : piece;
        int failed = files_write_at(partial->file.fd, partial->scratch, n * v->element,
                                    v->offset + (first + done) * v->element);
        if (failed)
            return cannot_write(partial, failed, error);
    }
    return ADMF_OK;
}

admf_status partial_write_bitmap(struct partial *partial, admf_error *error)
{
    int failed = files_write_at(partial->file.fd, partial->bitmap, partial_bitmap_bytes(partial),
                                partial->bitmap_offset);
    return failed ? cannot_write(partial, failed, error) : ADMF_OK;
}

static void convert(void *piece, enum value_type type, const double *values, uint64_t count)
{
    float *f = piece;
    if (type == VALUE_FLOAT64)
        copy_with_one_nan(piece, values, count);
    for (uint64_t i = 0; type == VALUE_FLOAT32 && i < count; i++)
        f[i] = isnan(values[i]) ? (float)NAN : (float)values[i];
}

static admf_status write_values(struct partial *partial, const struct variable *v, uint64_t first,
                                uint64_t count, const double *values, admf_error *error)
{
    for (uint64_t done = 0; done < count; done += PARTIAL_PIECE) {
        uint64_t n = count - done < PARTIAL_PIECE ? count - done : PARTIAL_PIECE;
        convert(partial->scratch, v->type, values + done, n);
        int failed = files_write_at(partial->file.fd, partial->scratch, n * v->element,
                                    v->offset + (first + done) * v->element);
        if (failed)
            return cannot_write(partial, failed, error);
    }
    return ADMF_OK;
}

/* First element and number of elements that a block has in a variable. */
struct extent {
    uint64_t first, count;
};
static struct extent extent_of(const struct variables *v, const struct variable *variable,
                               const struct cube_range *range)
{
    uint64_t series = range->symbol * v->dims[1] + range->window;
    if (variable->rank == 1) {
        uint64_t first = regime_row(v, range->first),
                 end = regime_row(v, range->first + range->count);
        return (struct extent){series * v->regime_rows + first, end - first};
    }
    uint64_t each = variable->rank == CUBE_RANK ? 1 : v->dims[CUBE_RANK];
    return (struct extent){(series * v->cells + range->first) * each, range->count * each};
}

static const double *values_of(const struct variables *v, size_t k,
                               const struct cube_values *values)
{
    if (k < v->metrics)
        return values->metrics[k];
    if (v->regimes && k >= v->regimes) {
        const double *const column[] = {values->regime_profit, values->regime_bars,
                                        values->regime_trades, values->regime_wins};
        return column[k - v->regimes];
    }
    const double *const sums[] = {values->block_sum, values->block_sum2, values->block_n};
    return sums[k - v->blocks];
}

static admf_status check_present(const struct partial *partial, admf_error *error)
{
    struct stat about;
    if (fstat(partial->file.fd, &about) != 0)
        return cannot_write(partial, errno, error);
    if (about.st_nlink == 0)
        return fail_file(error, ADMF_IO, partial->file.path, 0,
                         "the file was removed while it was being written");
    return ADMF_OK;
}

static admf_status set_done(struct partial *partial, uint64_t block, admf_error *error)
{
    uint8_t *byte = &partial->bitmap[block / 8];
    uint8_t with = (uint8_t)(*byte | 1u << block % 8);
    int failed = files_write_at(partial->file.fd, &with, 1, partial->bitmap_offset + block / 8);
    if (failed)
        return cannot_write(partial, failed, error);
    *byte = with;
    return partial_sync_seldom(partial, error);
}

admf_status partial_write(struct partial *partial, const struct variables *v, uint64_t block,
                          const struct cube_values *values, admf_error *error)
{
    struct cube_range range = partial_range(partial, v, block);
    admf_status status = check_present(partial, error);
    for (size_t k = 0; !status && k < v->count; k++) {
        if (k == v->status)
            continue;
        struct extent extent = extent_of(v, &v->list[k], &range);
        status = write_values(partial, &v->list[k], extent.first, extent.count,
                              values_of(v, k, values), error);
    }
    if (!status) { /* the status last: until then its cells read as not computed */
        struct extent extent = extent_of(v, &v->list[v->status], &range);
        int failed = files_write_at(partial->file.fd, values->status, extent.count,
                                    v->list[v->status].offset + extent.first);
        status = failed ? cannot_write(partial, failed, error) : ADMF_OK;
    }
    if (!status)
        status = set_done(partial, block, error);
    return status;
}

admf_status partial_clear_unfinished(struct partial *partial, const struct variables *v,
                                     admf_error *error)
{
    admf_status status = ADMF_OK;
    for (uint64_t b = 0; !status && b < partial->blocks; b++) {
        if (partial_is_done(partial, b))
            continue;
        struct cube_range range = partial_range(partial, v, b);
        for (size_t k = 0; !status && k < v->count; k++) {
            struct extent extent = extent_of(v, &v->list[k], &range);
            status = partial_fill(partial, &v->list[k], extent.first, extent.count, error);
        }
    }
    return status;
}
