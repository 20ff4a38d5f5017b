/* SPDX-License-Identifier: Apache-2.0 */
/* The picture of kernels under roofs: no name lies on a point or on other words. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "bench/roofline.h"

enum { KERNELS = 60, SETS = 2, BOXES = 1000, LINE = 1024 };

struct box {
    double left, top, right, bottom;
    char what[64];
};
static struct box points[BOXES], labels[BOXES], words[BOXES];
static size_t point_count, label_count, word_count;

/* In place of that of bench/limits.c. */
const struct isa_limits *limits_of(const struct limits *limits, const char *isa)
{
    return &limits->isa[strcmp(isa, "v3") == 0];
}

/* Kernels that are much alike, on two sets each. */
static void make_report(struct report *report)
{
    static struct kernel_result kernels[KERNELS * SETS];
    static char names[KERNELS][24];
    *report = (struct report){.kernel_count = KERNELS * SETS, .kernels = kernels};
    report->machine.compiler = "cc";
    report->limits = (struct limits){.frequency = 3e9, .isa_count = SETS, .memory_one = 1e10};
    for (int i = 0; i < SETS; i++)
        report->limits.isa[i] = (struct isa_limits){"v2", (1 + i) * 1e10, 1e9, 1e11, 5e10};
    strcpy(report->limits.isa[1].isa, "v3");
    for (int k = 0; k < KERNELS * SETS; k++) {
        int n = k / SETS;
        snprintf(names[n], sizeof names[n], "kernel.%02d", n);
        kernels[k] = (struct kernel_result){.name = names[n],
                                            .isa = k % SETS ? "v3" : "v2",
                                            .element = "bar",
                                            .time = {.median = 1e-9 * (1 + n * 7 % 11 * 0.08)},
                                            .read = 8 + n * 5 % 13,
                                            .written = 8,
                                            .counted = true};
        kernels[k].operations.arithmetic = 4 + n % 5;
    }
    kernels[0].time.median = 4e-10; /* up to the words in the corner */
}

/* Circles that have a tip are points, texts in the small font are labels. */
static void read_picture(const char *path)
{
    char line[LINE], style[LINE], text[64];
    double x, y, r;
    FILE *file = fopen(path, "r");
    assert_non_null(file);
    point_count = label_count = word_count = 0;
    while (fgets(line, sizeof line, file)) {
        if (sscanf(line, "<circle cx=\"%lf\" cy=\"%lf\" r=\"%lf\"", &x, &y, &r) == 3) {
            struct box box = {x - r, y - r, x + r, y + r, "a point"};
            points[point_count++] = box;
        } else if (sscanf(line, "<text x=\"%lf\" y=\"%lf\" %[^>]>%63[^<]", &x, &y, style, text) ==
                   4) {
            bool label = strstr(style, "font-size=\"9\"") != NULL;
            double size = label ? 9 : 11, width = 0.5 * size * (double)strlen(text);
            double left = strstr(style, "end") ? x - width : x;
            struct box box = {left, y - 0.7 * size, left + width, y, ""};
            strcpy(box.what, text);
            if (label)
                labels[label_count++] = box;
            else
                words[word_count++] = box;
        }
    }
    fclose(file);
}

static void assert_apart(const struct box *a, const struct box *others, size_t count)
{
    for (size_t k = 0; k < count; k++) {
        const struct box *b = &others[k];
        if (a != b && a->left < b->right && b->left < a->right && a->top < b->bottom &&
            b->top < a->bottom)
            fail_msg("%s lies on %s", a->what, b->what);
    }
}

static void test_labels_keep_off(void **state)
{
    static const char path[] = "roofline.svg";
    struct report report;
    admf_error error = {0};
    (void)state;
    make_report(&report);
    assert_int_equal(roofline_write(&report, path, &error), ADMF_OK);
    read_picture(path);
    remove(path);
    assert_true(point_count >= KERNELS * SETS);
    assert_true(label_count > 5);
    for (size_t k = 0; k < label_count; k++) {
        assert_apart(&labels[k], points, point_count);
        assert_apart(&labels[k], labels, label_count);
        assert_apart(&labels[k], words, word_count);
    }
}

/* A machine may have better sets than the one that was measured, and memory need not be measured.
 */
static void test_the_best_set_that_was_measured_has_names(void **state)
{
    static const char path[] = "roofline_of_one_set.svg";
    struct report report;
    admf_error error = {0};
    size_t count = 0;
    (void)state;
    make_report(&report);
    for (size_t k = 0; k < report.kernel_count; k++)
        if (strcmp(report.kernels[k].isa, "v2") == 0)
            report.kernels[count++] = report.kernels[k];
    report.kernel_count = count;
    report.limits.memory_one = NAN;
    assert_int_equal(roofline_write(&report, path, &error), ADMF_OK);
    read_picture(path);
    remove(path);
    assert_true(label_count > 5);
    for (size_t k = 0; k < word_count; k++) {
        assert_null(strstr(words[k].what, "nan"));
        assert_null(strstr(words[k].what, "memory"));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_labels_keep_off),
        cmocka_unit_test(test_the_best_set_that_was_measured_has_names)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
