/* SPDX-License-Identifier: Apache-2.0 */
#define _POSIX_C_SOURCE 200809L /* lstat */
#include "bench/svg.h"

#include <errno.h>
#include <math.h>
#include <stdbool.h>
#include <string.h>
#include <sys/stat.h>

static admf_status fail(const char *path, admf_error *error)
{
    *error = (admf_error){.code = ADMF_IO};
    snprintf(error->file, sizeof error->file, "%s", path);
    snprintf(error->message, sizeof error->message, "cannot be written: %s", strerror(errno));
    return ADMF_IO;
}

admf_status svg_try(const char *path, admf_error *error)
{
    struct stat about;
    bool existed = lstat(path, &about) == 0;
    FILE *file = fopen(path, "a"); /* an earlier picture stays until there is a new one */
    if (!file)
        return fail(path, error);
    fclose(file);
    if (!existed)
        remove(path);
    return ADMF_OK;
}

FILE *svg_open(const char *path, int width, int height, double left, const char *title,
               const char *below, admf_error *error)
{
    FILE *svg = fopen(path, "w");
    if (!svg) {
        fail(path, error);
        return NULL;
    }
    fprintf(svg,
            "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"%d\" height=\"%d\" "
            "viewBox=\"0 0 %d %d\" font-family=\"sans-serif\" font-size=\"11\">\n"
            "<rect width=\"%d\" height=\"%d\" fill=\"#fff\"/>\n",
            width, height, width, height, width, height);
    svg_text(svg, left, 24, "font-size=\"16\"", title);
    svg_text(svg, left, 44, "fill=\"#444\"", below);
    return svg;
}

admf_status svg_close(FILE *svg, const char *path, admf_error *error)
{
    fputs("</svg>\n", svg);
    bool written = !ferror(svg);
    written = fclose(svg) == 0 && written;
    return written ? ADMF_OK : fail(path, error);
}

static void put_escaped(FILE *svg, const char *words)
{
    for (; *words; words++) {
        if (*words == '<' || *words == '>' || *words == '&')
            fprintf(svg, "&#%d;", *words);
        else
            putc(*words, svg);
    }
}

void svg_text(FILE *svg, double x, double y, const char *style, const char *words)
{
    fprintf(svg, "<text x=\"%.1f\" y=\"%.1f\" %s>", x, y, style);
    put_escaped(svg, words);
    fputs("</text>\n", svg);
}

void svg_line(FILE *svg, double x0, double y0, double x1, double y1, const char *style)
{
    fprintf(svg, "<line x1=\"%.1f\" y1=\"%.1f\" x2=\"%.1f\" y2=\"%.1f\" %s/>\n", x0, y0, x1, y1,
            style);
}

void svg_point(FILE *svg, double x, double y, double radius, const char *colour, const char *tip)
{
    fprintf(svg,
            "<circle cx=\"%.1f\" cy=\"%.1f\" r=\"%g\" fill=\"%s\" fill-opacity=\"0.75\"><title>", x,
            y, radius, colour);
    put_escaped(svg, tip);
    fputs("</title></circle>\n", svg);
}

double chart_x(const struct chart *chart, double x)
{
    double part = (log10(x) - chart->x0) / (chart->x1 - chart->x0);
    return chart->left + part * (chart->right - chart->left);
}

double chart_y(const struct chart *chart, double y)
{
    double part = (log10(y) - chart->y0) / (chart->y1 - chart->y0);
    return chart->bottom - part * (chart->bottom - chart->top);
}

void chart_tick_x(FILE *svg, const struct chart *chart, double x, const char *words)
{
    double at = chart_x(chart, x);
    svg_line(svg, at, chart->top, at, chart->bottom, "stroke=\"#ddd\"");
    svg_text(svg, at, chart->bottom + 16, "text-anchor=\"middle\"", words);
}

void chart_tick_y(FILE *svg, const struct chart *chart, double y, const char *words)
{
    double at = chart_y(chart, y);
    svg_line(svg, chart->left, at, chart->right, at, "stroke=\"#ddd\"");
    svg_text(svg, chart->left - 6, at + 4, "text-anchor=\"end\"", words);
}

void chart_titles(FILE *svg, const struct chart *chart, const char *x, const char *y)
{
    static const char style[] = "text-anchor=\"middle\" font-size=\"13\"";
    svg_text(svg, (chart->left + chart->right) / 2, chart->bottom + 44, style, x);
    fprintf(svg, "<g transform=\"translate(%.1f %.1f) rotate(-90)\">", chart->left - 52,
            (chart->top + chart->bottom) / 2);
    svg_text(svg, 0, 0, style, y);
    fputs("</g>\n", svg);
}
