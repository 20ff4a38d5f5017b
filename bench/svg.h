/* SPDX-License-Identifier: Apache-2.0 */
/* Pictures for the browser. Positions are pixels from the left upper corner. */
#ifndef ADMF_BENCH_SVG_H
#define ADMF_BENCH_SVG_H

#include <stdio.h>

#include "admf/error.h"

/* A rectangle with logarithmic axes. */
struct chart {
    double left, right, top, bottom;
    double x0, x1, y0, y1; /* decimal logarithms of the values at its edges */
};

/* Whether a picture could be written, ADMF_IO if not; leaves the file as it is. */
admf_status svg_try(const char *path, admf_error *error);
/* Begins a picture with its title and a line below it, both at `left`; NULL: ADMF_IO. */
FILE *svg_open(const char *path, int width, int height, double left, const char *title,
               const char *below, admf_error *error);
/* Ends it; ADMF_IO where anything could not be written. */
admf_status svg_close(FILE *svg, const char *path, admf_error *error);

/* `style`: attributes of the element, as they stand in SVG. */
void svg_text(FILE *svg, double x, double y, const char *style, const char *words);
void svg_line(FILE *svg, double x0, double y0, double x1, double y1, const char *style);
/* A point that shows its tip under the mouse. */
void svg_point(FILE *svg, double x, double y, double radius, const char *colour, const char *tip);

/* Where a value lies. */
double chart_x(const struct chart *chart, double x);
double chart_y(const struct chart *chart, double y);
/* Lines across the chart at a value, with words beside the axis. */
void chart_tick_x(FILE *svg, const struct chart *chart, double x, const char *words);
void chart_tick_y(FILE *svg, const struct chart *chart, double y, const char *words);
/* What the axes are. */
void chart_titles(FILE *svg, const struct chart *chart, const char *x, const char *y);

#endif
