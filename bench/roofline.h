/* SPDX-License-Identifier: Apache-2.0 */
#ifndef ADMF_BENCH_ROOFLINE_H
#define ADMF_BENCH_ROOFLINE_H

#include "bench/report.h"

/*
 * Writes an SVG: operations a second over operations a byte, a point for each kernel whose
 * operations are known, and the roofs that loads and additions make. Williams, Waterman and
 * Patterson 2009, Roofline: an insightful visual performance model. ADMF_BAD_DATA
 * where there is no such kernel, ADMF_IO where the file cannot be written.
 */
admf_status roofline_write(const struct report *report, const char *path, admf_error *error);

#endif
