/* SPDX-License-Identifier: Apache-2.0 */
/* What is known of an opened cube. */
#ifndef ADMF_IO_CUBE_READER_H
#define ADMF_IO_CUBE_READER_H

#include "admf/cube.h"
#include "io/cube/texts.h"

/* One parameter variable; its values are read when first asked for. */
struct cube_parameter {
    char *name;
    int axis;
    bool is_text, loaded;
    double *numbers;
    struct text_list texts;
};

struct cube_metric {
    char *name;
    hid_t dataset;
    bool keeps_chunk; /* opened with a cache: single values are asked of it */
};

struct cube_provenance {
    char *name, *value;
    struct cube_provenance *next;
};

/* What is read late, also through a const admf_cube. */
struct cube_late {
    struct text_list labels[ADMF_AXES];
    bool has_labels[ADMF_AXES];
    struct cube_provenance *provenance;
};

struct admf_cube {
    char *path;
    hid_t file, status;
    bool partial; /* cells of status 0 may hold half-written values */
    uint64_t dims[ADMF_AXES], cells;
    size_t metric_count, metric_capacity, parameter_count, parameter_capacity;
    struct cube_metric *metrics;
    struct cube_parameter *parameters;
    struct cube_late *late;
};

/* The variable with the labels of each axis. */
extern const char *const label_variable[ADMF_AXES];

/* Rank and sizes of a dataset, [CUBE_RANK_MAX]; -1 where it cannot be told or has more. */
int cube_extent(hid_t dataset, uint64_t *dims);

/* All values of a parameter; false when they cannot be read. */
bool parameter_load(const admf_cube *cube, struct cube_parameter *parameter);
/* The parameter-th of an axis, or NULL. */
struct cube_parameter *parameter_of(const admf_cube *cube, int axis, size_t parameter);

/* reader_cells.c: the cells of some strategies, so that a large cube is read in pieces. */
struct cube_rows {
    uint64_t symbol, window, first, count; /* strategies first … first + count - 1 */
};
uint64_t cube_row_cells(const admf_cube *cube); /* of one strategy */
admf_status cube_read_status_rows(admf_cube *cube, const struct cube_rows *rows, uint8_t *out,
                                  admf_error *error);
admf_status cube_read_metric_rows(admf_cube *cube, int metric, const struct cube_rows *rows,
                                  double *out, admf_error *error);

/*
 * reader_blocks.c: sums of the sampled returns of each cell in `count` stretches of time (0: the
 * cube has none). cube_blocks_close also after a failure.
 */
enum cube_block_sum { CUBE_BLOCK_N, CUBE_BLOCK_SUM, CUBE_BLOCK_SUM2, CUBE_BLOCK_SUMS };
enum { CUBE_BLOCKS_MAX = 1 << 20 };
struct cube_blocks {
    uint64_t count;
    size_t element; /* bytes of a stored number */
    hid_t dataset[CUBE_BLOCK_SUMS];
};
admf_status cube_blocks_open(const admf_cube *cube, struct cube_blocks *out, admf_error *error);
void cube_blocks_close(struct cube_blocks *blocks);
/* Neighbouring cells that are read at once: some MiB at most. The piece that holds `combo`. */
struct cube_piece {
    uint64_t first, count; /* combinations */
};
struct cube_piece cube_block_piece(const admf_cube *cube, const struct cube_blocks *blocks,
                                   uint64_t combo);
/* out is [piece->count][blocks->count]; those of cells that are not computed mean nothing. */
admf_status cube_read_blocks(admf_cube *cube, const struct cube_blocks *blocks,
                             enum cube_block_sum which, uint64_t symbol, uint64_t window,
                             const struct cube_piece *piece, double *out, admf_error *error);

/*
 * reader_tables.c: values of a flat table in a group, numbers also where they are whole.
 * ADMF_BAD_DATA where there is no such column or row. A text is freed with text_list_deinit; a
 * failure leaves nothing to free.
 */
struct cube_column {
    const char *group, *name;
};
admf_status cube_table_rows(const admf_cube *cube, const struct cube_column *column, uint64_t *rows,
                            admf_error *error);
admf_status cube_table_numbers(const admf_cube *cube, const struct cube_column *column,
                               uint64_t first, uint64_t count, double *out, admf_error *error);
admf_status cube_table_text(const admf_cube *cube, const struct cube_column *column, uint64_t row,
                            struct text_list *out, admf_error *error);

/*
 * links.c: the names, without their folders, of the dimensions of a dataset, by its references, as
 * many of them as are found, CUBE_RANK_MAX at most; how many. HDF5 searches the file for the name
 * of an object, so those found are kept; all zero at first. Who has a scale by its name can say so
 * before.
 */
enum { LINK_NAME_MAX = 256, DIMENSIONS_KNOWN = 32 };
struct dimension_names {
    size_t count;
    struct {
        hobj_ref_t reference;
        char name[LINK_NAME_MAX];
    } known[DIMENSIONS_KNOWN];
};
void dimension_is_named(struct dimension_names *names, hid_t scale, const char *name);
int dimension_list(struct dimension_names *names, hid_t dataset, char (*name)[LINK_NAME_MAX]);

#endif
