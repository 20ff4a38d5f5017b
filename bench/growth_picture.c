/* SPDX-License-Identifier: Apache-2.0 */
#include "bench/growth_picture.h"

#include <math.h>

#include "bench/svg.h"

enum { WIDTH = 1100, HEIGHT = 400, LEFT = 70, TOP = 70, PANEL = 300, GAP = 50, BOTTOM = 60 };
enum axis { COMBINATIONS, BARS, THREADS, AXES };
static const double aside = 0.2, above = 0.1; /* room around the points, decimal logarithms */
static const char colour[] = "#2457c5";
static const char *const titles[AXES] = {"combinations", "bars", "threads"};

struct picture {
    FILE *file;
    const struct report *report;
    const struct growth_sweep *sweeps, *whole;
};

static double seconds(const struct picture *p, size_t k) { return p->report->works[k].time.median; }

static uint64_t size(const struct growth_sweep *sweep, int axis)
{
    const uint64_t sizes[AXES] = {(uint64_t)(sweep->side * sweep->side), sweep->bars,
                                  (uint64_t)sweep->threads};
    return sizes[axis];
}

/* Whether a sweep differs from the whole one in nothing else. */
static bool lies_along(const struct picture *p, const struct growth_sweep *sweep, int axis)
{
    for (int other = 0; other < AXES; other++)
        if (other != axis && size(sweep, other) != size(p->whole, other))
            return false;
    return true;
}

/* Around the sweeps along an axis; the same seconds in all panels. */
static struct chart find_edges(const struct picture *p, int axis)
{
    double left = LEFT + axis * (PANEL + GAP);
    struct chart c = {left,     left + PANEL, TOP,      HEIGHT - BOTTOM,
                      INFINITY, -INFINITY,    INFINITY, -INFINITY};
    for (size_t k = 0; k < p->report->work_count; k++) {
        double x = log10((double)size(&p->sweeps[k], axis)), y = log10(seconds(p, k));
        c.x0 = fmin(c.x0, x - aside);
        c.x1 = fmax(c.x1, x + aside);
        c.y0 = fmin(c.y0, y - above);
        c.y1 = fmax(c.y1, y + above);
    }
    return c;
}

static void draw_seconds(const struct picture *p, const struct chart *c)
{
    static const double steps[] = {1, 2, 5};
    char words[32];
    for (double e = floor(c->y0); e <= c->y1; e++)
        for (int k = 0; k < 3; k++) {
            double y = steps[k] * pow(10, e);
            if (log10(y) < c->y0 || log10(y) > c->y1)
                continue;
            snprintf(words, sizeof words, "%g", y);
            chart_tick_y(p->file, c, y, words);
        }
}

/* From the largest sweep, or that of the fewest threads, down to the edge of the panel. */
static void draw_proportion(const struct picture *p, const struct chart *c, int axis)
{
    int down = axis == THREADS ? 1 : -1; /* where time becomes less */
    size_t first = (size_t)(p->whole - p->sweeps);
    for (size_t k = 0; k < p->report->work_count; k++)
        if (lies_along(p, &p->sweeps[k], axis) &&
            (size(&p->sweeps[k], axis) > size(&p->sweeps[first], axis)) == (down < 0))
            first = k;
    double x = log10((double)size(&p->sweeps[first], axis)), y = log10(seconds(p, first));
    double way = fmin(y - c->y0, down < 0 ? x - c->x0 : c->x1 - x);
    svg_line(p->file, chart_x(c, pow(10, x)), chart_y(c, pow(10, y)),
             chart_x(c, pow(10, x + down * way)), chart_y(c, pow(10, y - way)), "stroke=\"#888\"");
}

static void draw_panel(const struct picture *p, int axis)
{
    /* Labels keep off the line. */
    const char *beside = axis == THREADS ? "text-anchor=\"start\" fill=\"#666\""
                                         : "text-anchor=\"end\" fill=\"#666\"";
    struct chart c = find_edges(p, axis);
    char words[256];
    fprintf(p->file, "<g id=\"%s\">\n", titles[axis]);
    draw_seconds(p, &c);
    chart_titles(p->file, &c, titles[axis], axis == 0 ? "seconds" : "");
    draw_proportion(p, &c, axis);
    for (size_t k = 0; k < p->report->work_count; k++) {
        const struct work_result *w = &p->report->works[k];
        if (!lies_along(p, &p->sweeps[k], axis))
            continue;
        double at = (double)size(&p->sweeps[k], axis);
        double x = chart_x(&c, at), y = chart_y(&c, w->time.median);
        snprintf(words, sizeof words, "%.0f", at);
        chart_tick_x(p->file, &c, at, words);
        snprintf(words, sizeof words, "%s, threads: %d: %.3g s, %.3g MiB", w->name, w->threads,
                 w->time.median, w->memory / 0x1p20);
        svg_point(p->file, x, y, 4, colour, words);
        snprintf(words, sizeof words, "%.3g MiB", w->memory / 0x1p20);
        svg_text(p->file, x + (axis == THREADS ? -4 : 4), y - 8, beside, words);
    }
    fputs("</g>\n", p->file);
}

admf_status growth_picture_write(const struct report *report, const struct growth_sweep *sweeps,
                                 const char *path, admf_error *error)
{
    struct picture p = {.report = report, .sweeps = sweeps, .whole = sweeps};
    char below[512];
    while (!p.whole->whole)
        p.whole++;
    snprintf(below, sizeof below,
             "%s, %.2f GHz, %s, %s; a point for each sweep, with its peak memory; lines: "
             "proportional growth, and time divided by threads",
             report->processor, report->limits.frequency / 1e9, report->machine.compiler,
             report->works[0].isa);
    p.file = svg_open(path, WIDTH, HEIGHT, LEFT, "How a sweep of admf grows", below, error);
    if (!p.file)
        return ADMF_IO;
    for (int axis = 0; axis < AXES; axis++)
        draw_panel(&p, axis);
    return svg_close(p.file, path, error);
}
