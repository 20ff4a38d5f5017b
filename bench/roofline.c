/* SPDX-License-Identifier: Apache-2.0 */
#include "bench/roofline.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

enum { WIDTH = 1100, HEIGHT = 760, LEFT = 70, RIGHT = 20, TOP = 60, BOTTOM = 60, TAKEN_MAX = 512 };
static const double font = 9, radius = 3.2;
static const char *const colours[CPU_TABLES_MAX] = {"#b35806", "#1a7f37", "#2457c5", "#7b3294"};

/* Decimal logarithms at the edges of the picture; what is taken by labels and points. */
struct picture {
    FILE *file;
    double x0, x1, y0, y1;
    struct box {
        double left, top, right, bottom;
    } taken[TAKEN_MAX];
    size_t taken_count;
};

static bool has_point(const struct kernel_result *k)
{
    return k->counted && k->operations.arithmetic > 0;
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

static double at_x(const struct picture *p, double x)
{
    return LEFT + (log10(x) - p->x0) / (p->x1 - p->x0) * (WIDTH - LEFT - RIGHT);
}
static double at_y(const struct picture *p, double y)
{
    return HEIGHT - BOTTOM - (log10(y) - p->y0) / (p->y1 - p->y0) * (HEIGHT - TOP - BOTTOM);
}

/* Whole powers of ten around all points and roofs. */
static void set_edges(struct picture *p, const struct report *report)
{
    p->x0 = -1;
    p->x1 = 1;
    p->y0 = 9;
    p->y1 = 10;
    for (int i = 0; i < report->limits.isa_count; i++)
        p->y1 = fmax(p->y1, ceil(log10(report->limits.isa[i].additions)));
    for (size_t k = 0; k < report->kernel_count; k++) {
        const struct kernel_result *r = &report->kernels[k];
        if (!has_point(r))
            continue;
        p->x0 = fmin(p->x0, floor(log10(intensity(r))));
        p->x1 = fmax(p->x1, ceil(log10(intensity(r))));
        p->y0 = fmin(p->y0, floor(log10(speed(r))));
        p->y1 = fmax(p->y1, ceil(log10(speed(r))));
    }
}

static void text(const struct picture *p, double x, double y, const char *style, const char *words)
{
    fprintf(p->file, "<text x=\"%.1f\" y=\"%.1f\" %s>", x, y, style);
    for (; *words; words++) {
        if (*words == '<' || *words == '>' || *words == '&')
            fprintf(p->file, "&#%d;", *words);
        else
            putc(*words, p->file);
    }
    fputs("</text>\n", p->file);
}

static void line(const struct picture *p, double x0, double y0, double x1, double y1,
                 const char *style)
{
    fprintf(p->file, "<line x1=\"%.1f\" y1=\"%.1f\" x2=\"%.1f\" y2=\"%.1f\" %s/>\n", x0, y0, x1, y1,
            style);
}

static void draw_axes(const struct picture *p)
{
    char words[32];
    for (double e = p->x0; e <= p->x1; e++) {
        double x = at_x(p, pow(10, e));
        line(p, x, TOP, x, HEIGHT - BOTTOM, "stroke=\"#ddd\"");
        snprintf(words, sizeof words, "%g", pow(10, e));
        text(p, x, HEIGHT - BOTTOM + 16, "text-anchor=\"middle\"", words);
    }
    for (double e = p->y0; e <= p->y1; e++) {
        double y = at_y(p, pow(10, e));
        line(p, LEFT, y, WIDTH - RIGHT, y, "stroke=\"#ddd\"");
        snprintf(words, sizeof words, "%g", pow(10, e - 9));
        text(p, LEFT - 6, y + 4, "text-anchor=\"end\"", words);
    }
    text(p, (LEFT + WIDTH - RIGHT) / 2.0, HEIGHT - 16, "text-anchor=\"middle\" font-size=\"13\"",
         "operations per byte read or written");
    fprintf(p->file, "<g transform=\"translate(18 %d) rotate(-90)\">", HEIGHT / 2);
    text(p, 0, 0, "text-anchor=\"middle\" font-size=\"13\"", "G operations per second");
    fputs("</g>\n", p->file);
}

/* Up with the bytes, then level: what so many bytes and operations a second allow. */
static void draw_roof(const struct picture *p, double bytes, double operations, const char *style)
{
    double x0 = pow(10, p->x0), x1 = pow(10, p->x1), knee = operations / bytes;
    double low = pow(10, p->y0);
    x0 = fmax(x0, low / bytes);
    if (knee > x0)
        line(p, at_x(p, x0), at_y(p, x0 * bytes), at_x(p, fmin(knee, x1)),
             at_y(p, fmin(knee, x1) * bytes), style);
    if (knee < x1)
        line(p, at_x(p, fmax(knee, x0)), at_y(p, operations), at_x(p, x1), at_y(p, operations),
             style);
}

static void draw_roofs(const struct picture *p, const struct report *report)
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
        text(p, x + 10, y, "", words);
    }
    const struct isa_limits *best = &limits->isa[limits->isa_count - 1];
    draw_roof(p, limits->memory_one, best->additions, "stroke=\"#888\" stroke-dasharray=\"2 4\"");
    double y = at_y(p, best->divisions);
    line(p, LEFT, y, WIDTH - RIGHT, y, "stroke=\"#888\" stroke-dasharray=\"6 4\"");
    text(p, WIDTH - RIGHT - 4, y - 4, "text-anchor=\"end\" fill=\"#666\"", "divisions");
    snprintf(words, sizeof words, "dotted: loads from memory, %.3g GB/s", limits->memory_one / 1e9);
    text(p, LEFT + 8, TOP + 18 + 16 * limits->isa_count, "fill=\"#666\"", words);
}

static bool overlaps(const struct box *a, const struct box *b)
{
    return a->left < b->right && b->left < a->right && a->top < b->bottom && b->top < a->bottom;
}

static bool take(struct picture *p, struct box box)
{
    bool inside = box.left > LEFT && box.right < WIDTH - RIGHT && box.top > TOP &&
                  box.bottom < HEIGHT - BOTTOM;
    if (!inside || p->taken_count == TAKEN_MAX)
        return false;
    for (size_t k = 0; k < p->taken_count; k++)
        if (overlaps(&box, &p->taken[k]))
            return false;
    p->taken[p->taken_count++] = box;
    return true;
}

/* Beside its point, wherever there is room; all names are in the tips of the points. */
static void draw_label(struct picture *p, const struct kernel_result *r, const char *colour)
{
    double x = at_x(p, intensity(r)), y = at_y(p, speed(r));
    double width = 0.61 * font * (double)strlen(r->name), gap = radius + 2;
    char style[64];
    snprintf(style, sizeof style, "font-size=\"%g\" fill=\"%s\"", font, colour);
    for (int k = 0; k < 12; k++) {
        double dy = (k / 2 - k % 4) * 0.4 * font + (k / 4) * (k % 2 ? -1 : 1) * font;
        double left = k % 2 ? x - gap - width : x + gap;
        if (!take(p, (struct box){left, y + dy - font / 2, left + width, y + dy + font / 2}))
            continue;
        text(p, left, y + dy + 0.35 * font, style, r->name);
        return;
    }
}

static void draw_points(struct picture *p, const struct report *report)
{
    int last = report->limits.isa_count - 1;
    for (int pass = 0; pass < 2; pass++) /* points first, as labels keep off them */
        for (size_t k = 0; k < report->kernel_count; k++) {
            const struct kernel_result *r = &report->kernels[k];
            int i = (int)(limits_of(&report->limits, r->isa) - report->limits.isa);
            if (!has_point(r) || (pass == 1 && i != last))
                continue;
            double x = at_x(p, intensity(r)), y = at_y(p, speed(r));
            if (pass == 1) {
                draw_label(p, r, colours[i]);
                continue;
            }
            take(p, (struct box){x - radius, y - radius, x + radius, y + radius});
            fprintf(p->file,
                    "<circle cx=\"%.1f\" cy=\"%.1f\" r=\"%g\" fill=\"%s\" fill-opacity=\"0.75\">"
                    "<title>%s, %s: %.3g ns for each %s</title></circle>\n",
                    x, y, radius, colours[i], r->name, r->isa, r->time.median * 1e9, r->element);
        }
}

static void draw(struct picture *p, const struct report *report)
{
    char words[256];
    fprintf(p->file,
            "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"%d\" height=\"%d\" "
            "viewBox=\"0 0 %d %d\" font-family=\"sans-serif\" font-size=\"11\">\n"
            "<rect width=\"%d\" height=\"%d\" fill=\"#fff\"/>\n",
            WIDTH, HEIGHT, WIDTH, HEIGHT, WIDTH, HEIGHT);
    text(p, LEFT, 24, "font-size=\"16\"", "Kernels of admf under the roofs of one core");
    snprintf(words, sizeof words,
             "%s, %.2f GHz, %s; a point for each kernel and instruction set, "
             "names beside those of %s",
             report->processor, report->limits.frequency / 1e9, report->machine.compiler,
             report->limits.isa[report->limits.isa_count - 1].isa);
    text(p, LEFT, 44, "fill=\"#444\"", words);
    draw_axes(p);
    draw_roofs(p, report);
    draw_points(p, report);
    fputs("</svg>\n", p->file);
}

admf_status roofline_write(const struct report *report, const char *path, admf_error *error)
{
    static struct picture p;
    p = (struct picture){.file = fopen(path, "w")};
    bool written = p.file != NULL;
    if (written) {
        set_edges(&p, report);
        draw(&p, report);
        written = !ferror(p.file);
        written = fclose(p.file) == 0 && written;
    }
    if (written)
        return ADMF_OK;
    *error = (admf_error){.code = ADMF_IO};
    snprintf(error->file, sizeof error->file, "%s", path);
    snprintf(error->message, sizeof error->message, "cannot be written: %s", strerror(errno));
    return ADMF_IO;
}
