/* SPDX-License-Identifier: Apache-2.0 */
#include "bench/comparison.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "bench/sheet.h"
#include "cli/messages.h"

static const double least_noise = 0.03, deviations = 3, of_normal = 1.4826;
enum { ROUNDS_LEAST = 3 };

struct verdict verdict_of(const struct spread *old_time, const struct spread *new_time)
{
    double a = of_normal * old_time->deviation / old_time->median;
    double b = of_normal * new_time->deviation / new_time->median;
    struct verdict v = {.ratio = new_time->median / old_time->median, .word = "same"};
    double expected = deviations * sqrt(a * a + b * b);
    v.noise = expected < least_noise ? least_noise : expected;
    if (old_time->rounds < ROUNDS_LEAST || new_time->rounds < ROUNDS_LEAST)
        v.word = "too few rounds";
    else if (v.ratio > 1 + v.noise)
        v.word = "slower";
    else if (1 / v.ratio > 1 + v.noise)
        v.word = "faster";
    return v;
}

static const struct timing *find(const struct timings *timings, const char *name)
{
    for (size_t k = 0; k < timings->count; k++)
        if (strcmp(timings->items[k].name, name) == 0)
            return &timings->items[k];
    return NULL;
}

/* How many have a verdict; NULL: how many the other one lacks. */
static size_t count_of(const struct timings *these, const struct timings *others, const char *word)
{
    size_t count = 0;
    for (size_t k = 0; k < these->count; k++) {
        const struct timing *other = find(others, these->items[k].name);
        if (!other)
            count += word == NULL;
        else if (word)
            count += strcmp(verdict_of(&other->time, &these->items[k].time).word, word) == 0;
    }
    return count;
}

int comparison_code(const struct timings *old_ones, const struct timings *new_ones)
{
    if (count_of(new_ones, old_ones, NULL) == new_ones->count) {
        cli_complain("nothing that was measured is in both reports");
        return ADMF_BAD_DATA;
    }
    return count_of(new_ones, old_ones, "slower") ? ADMF_FAILED : ADMF_OK;
}

/* A time in the unit that suits it. */
static void print_time(struct sheet *sheet, double seconds)
{
    char text[40];
    const char *unit = seconds < 1e-6 ? "ns" : seconds < 1e-3 ? "us" : seconds < 1 ? "ms" : "s";
    double scale = seconds < 1e-6 ? 1e9 : seconds < 1e-3 ? 1e6 : seconds < 1 ? 1e3 : 1;
    snprintf(text, sizeof text, "%.3g %s", seconds * scale, unit);
    sheet_text(sheet, text);
}

bool comparison_print(const struct timings *old_ones, const struct timings *new_ones, bool markdown)
{
    static const char *const columns[] = {"what", ">before", ">now", ">ratio", ">noise", "verdict"};
    struct sheet sheet;
    conditions_note(&old_ones->conditions, &new_ones->conditions);
    sheet_begin(&sheet, markdown, "Time now against time before", columns, 6);
    for (size_t k = 0; k < new_ones->count; k++) {
        const struct timing *now = &new_ones->items[k], *before = find(old_ones, now->name);
        if (!before)
            continue;
        struct verdict v = verdict_of(&before->time, &now->time);
        sheet_text(&sheet, now->name);
        print_time(&sheet, before->time.median);
        print_time(&sheet, now->time.median);
        sheet_figure(&sheet, v.ratio);
        sheet_percent(&sheet, v.noise);
        sheet_text(&sheet, v.word);
    }
    bool printed = sheet_end(&sheet);
    printf("\n%zu faster, %zu slower, %zu the same; %zu only before, %zu only now\n",
           count_of(new_ones, old_ones, "faster"), count_of(new_ones, old_ones, "slower"),
           count_of(new_ones, old_ones, "same"), count_of(old_ones, new_ones, NULL),
           count_of(new_ones, old_ones, NULL));
    return printed;
}

void comparison_print_json(cli_json *json, const struct timings *old_ones,
                           const struct timings *new_ones)
{
    conditions_note(&old_ones->conditions, &new_ones->conditions);
    cli_json_open(json, "comparison", '[');
    for (size_t k = 0; k < new_ones->count; k++) {
        const struct timing *now = &new_ones->items[k], *before = find(old_ones, now->name);
        if (!before)
            continue;
        struct verdict v = verdict_of(&before->time, &now->time);
        cli_json_open(json, NULL, '{');
        cli_json_text(json, "name", now->name);
        cli_json_number(json, "seconds_before", before->time.median);
        cli_json_number(json, "seconds", now->time.median);
        cli_json_number(json, "ratio", v.ratio);
        cli_json_number(json, "noise", v.noise);
        cli_json_text(json, "verdict", v.word);
        cli_json_close(json, '}');
    }
    cli_json_close(json, ']');
}
