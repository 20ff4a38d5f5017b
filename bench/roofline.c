/* SPDX-License-Identifier: Apache-2.0 */
#include "bench/roofline.h"

#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "bench/svg.h"

enum { WIDTH = 1100, HEIGHT = 760, LEFT = 70, RIGHT = 20, TOP = 60, BOTTOM = 60, TAKEN_MAX = 2048 };
static const double font = 9, words_font = 11, radius = 3.2;
static const char *const colours[CPU_TABLES_MAX] = {"#b35806", "#1a7f37", "#2457c5", "#7b3294"};

struct picture {
    FILE *file;
    struct chart chart;
    struct box { /* what points, labels and other words take */
        double left, top, right, bottom;
    } taken[TAKEN_MAX];
    size_t taken_count;
};

static bool has_point(const struct kernel_result *k)
{
    return k->counted && k->operations.arithmetic > 0;
}

/* Of the instruction sets that there are points of, the best one's place in the limits. */
static int best_set(const struct report *report)
{
    const struct limits *limits = &report->limits;
    int best = 0;
    for (size_t k = 0; k < report->kernel_count; k++)
        if (has_point(&report->kernels[k])) {
            int i = (int)(limits_of(limits, report->kernels[k].isa) - limits->isa);
            best = i > best ? i : best;
        }
    return best;
}

/* Operations a byte, operations a second. */
static double intensity(const struct kernel_result *k)
{
    return k->operations.arithmetic / (k->read + k->written);
}
static double speed(const struct kernel_result *k)
{
    return k->operations.arithmetic / k->time.median;
}

static double at_x(const struct picture *p, double x) { return chart_x(&p->chart, x); }
static double at_y(const struct picture *p, double y) { return chart_y(&p->chart, y); }

/* Whole powers of ten around all points and roofs. */
static struct chart find_edges(const struct report *report)
{
    struct chart c = {LEFT, WIDTH - RIGHT, TOP, HEIGHT - BOTTOM, -1, 1, 9, 10};
    for (int i = 0; i < report->limits.isa_count; i++)
        c.y1 = fmax(c.y1, ceil(log10(report->limits.isa[i].additions)));
    for (size_t k = 0; k < report->kernel_count; k++) {
        const struct kernel_result *r = &report->kernels[k];
        if (!has_point(r))
            continue;
        c.x0 = fmin(c.x0, floor(log10(intensity(r))));
        c.x1 = fmax(c.x1, ceil(log10(intensity(r))));
        c.y0 = fmin(c.y0, floor(log10(speed(r))));
        c.y1 = fmax(c.y1, ceil(log10(speed(r))));
    }
    return c;
}

static void draw_axes(const struct picture *p)
{
    char words[32];
    for (double e = p->chart.x0; e <= p->chart.x1; e++) {
        snprintf(words, sizeof words, "%g", pow(10, e));
        chart_tick_x(p->file, &p->chart, pow(10, e), words);
    }
    for (double e = p->chart.y0; e <= p->chart.y1; e++) {
        snprintf(words, sizeof words, "%g", pow(10, e - 9));
        chart_tick_y(p->file, &p->chart, pow(10, e), words);
    }
    chart_titles(p->file, &p->chart, "operations per byte read or written",
                 "G operations per second");
}

static bool overlaps(const struct box *a, const struct box *b)
{
    return a->left < b->right && b->left < a->right && a->top < b->bottom && b->top < a->bottom;
}

/* Something is drawn here, whatever else is: labels keep off it. */
static void occupy(struct picture *p, struct box box)
{
    if (p->taken_count < TAKEN_MAX)
        p->taken[p->taken_count++] = box;
}

/* A place for a label, unless anything has it. */
static bool take(struct picture *p, struct box box)
{
    bool inside = box.left > LEFT && box.right < WIDTH - RIGHT && box.top > TOP &&
                  box.bottom < HEIGHT - BOTTOM;
    if (!inside || p->taken_count == TAKEN_MAX)
        return false;
    for (size_t k = 0; k < p->taken_count; k++)
        if (overlaps(&box, &p->taken[k]))
            return false;
    occupy(p, box);
    return true;
}

static double width_of(double size, const char *words)
{
    return 0.61 * size * (double)strlen(words);
}

/* Words of the picture itself, from `left` on, or where that is their end. */
static void draw_words(struct picture *p, double left, double y, bool to_left, const char *style,
                       const char *words)
{
    double width = width_of(words_font, words), begin = to_left ? left - width : left;
    occupy(p, (struct box){begin, y - words_font, begin + width, y + 0.3 * words_font});
    svg_text(p->file, left, y, style, words);
}

/* Up with the bytes, then level: what so many bytes and operations a second allow. */
static void draw_roof(const struct picture *p, double bytes, double operations, const char *style)
{
    double x0 = pow(10, p->chart.x0), x1 = pow(10, p->chart.x1), knee = operations / bytes;
    double low = pow(10, p->chart.y0);
    x0 = fmax(x0, low / bytes);
    if (knee > x0)
        svg_line(p->file, at_x(p, x0), at_y(p, x0 * bytes), at_x(p, fmin(knee, x1)),
                 at_y(p, fmin(knee, x1) * bytes), style);
    if (knee < x1)
        svg_line(p->file, at_x(p, fmax(knee, x0)), at_y(p, operations), at_x(p, x1),
                 at_y(p, operations), style);
}

static void draw_roofs(struct picture *p, const struct report *report)
{
    char style[96], words[128];
    const struct limits *limits = &report->limits;
    for (int i = 0; i < limits->isa_count; i++) {
        const struct isa_limits *isa = &limits->isa[i];
        double x = LEFT + 12, y = TOP + 18 + 16 * i;
        snprintf(style, sizeof style, "stroke=\"%s\" stroke-width=\"1.5\"", colours[i]);
        draw_roof(p, isa->loads, isa->additions, style);
        fprintf(p->file, "<circle cx=\"%.1f\" cy=\"%.1f\" r=\"4\" fill=\"%s\"/>\n", x, y - 4,
                colours[i]);
        snprintf(words, sizeof words,
                 "%s: %.3g GB/s loaded, %.3g G additions/s, %.3g G divisions/s", isa->isa,
                 isa->loads / 1e9, isa->additions / 1e9, isa->divisions / 1e9);
        occupy(p, (struct box){x - 4, y - 8, x + 4, y});
        draw_words(p, x + 10, y, false, "", words);
    }
    const struct isa_limits *best = &limits->isa[limits->isa_count - 1];
    double y = at_y(p, best->divisions);
    svg_line(p->file, LEFT, y, WIDTH - RIGHT, y, "stroke=\"#888\" stroke-dasharray=\"6 4\"");
    draw_words(p, WIDTH - RIGHT - 4, y - 4, true, "text-anchor=\"end\" fill=\"#666\"", "divisions");
    if (isnan(limits->memory_one))
        return;
    draw_roof(p, limits->memory_one, best->additions, "stroke=\"#888\" stroke-dasharray=\"2 4\"");
    snprintf(words, sizeof words, "dotted: loads from memory, %.3g GB/s", limits->memory_one / 1e9);
    draw_words(p, LEFT + 8, TOP + 18 + 16 * limits->isa_count, false, "fill=\"#666\"", words);
}

/* Beside its point, wherever there is room; all names are in the tips of the points. */
static void draw_label(struct picture *p, const struct kernel_result *r, const char *colour)
{
    double x = at_x(p, intensity(r)), y = at_y(p, speed(r));
    double width = width_of(font, r->name), gap = radius + 2;
    char style[64];
    snprintf(style, sizeof style, "font-size=\"%g\" fill=\"%s\"", font, colour);
    for (int k = 0; k < 12; k++) {
        double dy = (k / 2 - k % 4) * 0.4 * font + (k / 4) * (k % 2 ? -1 : 1) * font;
        double left = k % 2 ? x - gap - width : x + gap;
        if (!take(p, (struct box){left, y + dy - font / 2, left + width, y + dy + font / 2}))
            continue;
        svg_text(p->file, left, y + dy + 0.35 * font, style, r->name);
        return;
    }
}

static void draw_points(struct picture *p, const struct report *report)
{
    char tip[256];
    int best = best_set(report);
    for (int pass = 0; pass < 2; pass++) /* points first, as labels keep off them */
        for (size_t k = 0; k < report->kernel_count; k++) {
            const struct kernel_result *r = &report->kernels[k];
            int i = (int)(limits_of(&report->limits, r->isa) - report->limits.isa);
            if (!has_point(r) || (pass == 1 && i != best))
                continue;
            double x = at_x(p, intensity(r)), y = at_y(p, speed(r));
            if (pass == 1) {
                draw_label(p, r, colours[i]);
                continue;
            }
            occupy(p, (struct box){x - radius, y - radius, x + radius, y + radius});
            snprintf(tip, sizeof tip, "%s, %s: %.3g ns for each %s", r->name, r->isa,
                     r->time.median * 1e9, r->element);
            svg_point(p->file, x, y, radius, colours[i], tip);
        }
}

admf_status roofline_write(const struct report *report, const char *path, admf_error *error)
{
    static struct picture p;
    char below[256];
    bool any = false;
    for (size_t k = 0; k < report->kernel_count; k++)
        any = any || has_point(&report->kernels[k]);
    if (!any) {
        *error = (admf_error){.code = ADMF_BAD_DATA};
        snprintf(error->file, sizeof error->file, "%s", path);
        snprintf(error->message, sizeof error->message,
                 "nothing to draw: no operations could be counted in any of these kernels");
        return ADMF_BAD_DATA;
    }
    snprintf(below, sizeof below,
             "%s, %.2f GHz, %s; a point for each kernel and instruction set, "
             "names beside those of %s where there is room",
             report->processor, report->limits.frequency / 1e9, report->machine.compiler,
             report->limits.isa[best_set(report)].isa);
    p = (struct picture){.chart = find_edges(report)};
    p.file = svg_open(path, WIDTH, HEIGHT, LEFT, "Kernels of admf under the roofs of one core",
                      below, error);
    if (!p.file)
        return ADMF_IO;
    draw_axes(&p);
    draw_roofs(&p, report);
    draw_points(&p, report);
    return svg_close(p.file, path, error);
}
