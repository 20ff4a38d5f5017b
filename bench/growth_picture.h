/* SPDX-License-Identifier: Apache-2.0 */
#ifndef ADMF_BENCH_GROWTH_PICTURE_H
#define ADMF_BENCH_GROWTH_PICTURE_H

#include "bench/report.h"

/* side x side combinations over so many bars. */
struct growth_sweep {
    int side, threads;
    uint64_t bars;
    bool whole; /* the one that each of the others differs from in one of these */
    char name[64];
};

/*
 * Writes an SVG: seconds against combinations, bars and threads, all logarithmic, with peak memory
 * and lines of proportional growth. Sweep k is that of work k of the report. ADMF_IO
 * where the file cannot be written.
 */
admf_status growth_picture_write(const struct report *report, const struct growth_sweep *sweeps,
                                 const char *path, admf_error *error);

#endif
