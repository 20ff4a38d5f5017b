/* SPDX-License-Identifier: Apache-2.0 */
#include "bench/comparison.h"

#include <stdio.h>

#include "bench/counterpart.h"
#include "bench/pairs.h"
#include "bench/sheet.h"
#include "cli/messages.h"

enum { NAMES_MOST = 12 };

int comparison_code(const struct timings *old_ones, const struct timings *new_ones)
{
    if (pairs_lacking(new_ones, old_ones) == new_ones->count) {
        cli_complain("nothing that was measured is in both reports");
        return ADMF_BAD_DATA;
    }
    struct tally alike = pairs_count(old_ones, new_ones, true);
    return alike.of[SLOWER] || alike.larger ? ADMF_FAILED : ADMF_OK;
}

/* "big_grid, v4, auto, 2 threads"; with others before "big_grid, v4 auto 2 → v2 auto 2". */
static void print_name(struct sheet *sheet, const struct pair *pair)
{
    const struct timing *a = pair->before, *b = pair->now;
    char text[3 * TIMING_NAME_MAX];
    if (pair->alike)
        snprintf(text, sizeof text, "%s", b->name);
    else if (b->threads == 0)
        snprintf(text, sizeof text, "%s, %s → %s", b->what, a->isa, b->isa);
    else
        snprintf(text, sizeof text, "%s, %s %s %d → %s %s %d", b->what, a->isa, a->lanes,
                 a->threads, b->isa, b->lanes, b->threads);
    sheet_text(sheet, text);
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

/* "same", "same, memory 1.5 ×". */
static void print_verdict(struct sheet *sheet, const struct pair *pair)
{
    char text[64], more[32] = "";
    if (pair->larger)
        snprintf(more, sizeof more, ", memory %.3g ×", pair->memory_ratio);
    snprintf(text, sizeof text, "%s%s", verdict_words[pair->verdict], more);
    sheet_text(sheet, text);
}

static void print_tally(const struct tally *tally)
{
    printf("%zu faster, %zu slower, %zu the same, %zu with too few rounds", tally->of[FASTER],
           tally->of[SLOWER], tally->of[SAME], tally->of[TOO_FEW]);
    if (tally->sized > 0)
        printf(", %zu larger", tally->larger);
}

/* What the others lack: all of a few, the first of many. */
static void print_lacking(const char *title, const struct timings *these,
                          const struct timings *others, bool markdown)
{
    size_t count = 0;
    for (size_t k = 0; k < these->count; k++) {
        if (counterpart_of(these, k, others))
            continue;
        if (count == 0)
            printf(markdown ? "\n%s:\n\n" : "%s:\n", title);
        if (count++ < NAMES_MOST)
            printf("%s%s\n", markdown ? "- " : "  ", these->items[k].name);
    }
    if (count > NAMES_MOST)
        printf("%sand %zu more\n", markdown ? "- " : "  ", count - NAMES_MOST);
}

bool comparison_print(const struct timings *old_ones, const struct timings *new_ones, bool markdown)
{
    struct tally alike = pairs_count(old_ones, new_ones, true);
    struct tally others = pairs_count(old_ones, new_ones, false);
    bool sized = alike.sized + others.sized > 0;
    const char *const columns[] = {
        "what", ">before", ">now", ">ratio", ">noise", sized ? ">memory" : "verdict", "verdict"};
    struct sheet sheet;
    struct pair pair;
    conditions_note(&old_ones->conditions, &new_ones->conditions);
    sheet_begin(&sheet, markdown, "Time now against time before", columns, sized ? 7 : 6);
    for (size_t row = 0; pairs_next(old_ones, new_ones, &row, &pair);) {
        print_name(&sheet, &pair);
        print_time(&sheet, pair.before->time.median);
        print_time(&sheet, pair.now->time.median);
        sheet_figure(&sheet, pair.ratio);
        sheet_percent(&sheet, pair.noise);
        if (sized)
            sheet_figure(&sheet, pair.memory_ratio);
        print_verdict(&sheet, &pair);
    }
    bool printed = sheet_end(&sheet);
    putchar('\n');
    print_tally(&alike);
    printf("; %zu only before, %zu only now\n", pairs_lacking(old_ones, new_ones),
           pairs_lacking(new_ones, old_ones));
    if (others.pairs > 0) {
        printf(markdown ? "\nwith other settings: " : "with other settings: ");
        print_tally(&others);
        putchar('\n');
    }
    print_lacking("only before", old_ones, new_ones, markdown);
    print_lacking("only now", new_ones, old_ones, markdown);
    return printed;
}

static void print_settings(cli_json *json, const char *key, const struct timing *timing)
{
    cli_json_open(json, key, '{');
    cli_json_text(json, "isa", timing->isa);
    if (timing->threads > 0) {
        cli_json_text(json, "lanes", timing->lanes);
        cli_json_count(json, "threads", (uint64_t)timing->threads);
    }
    cli_json_close(json, '}');
}

static void print_pair(cli_json *json, const struct pair *pair)
{
    cli_json_open(json, NULL, '{');
    cli_json_text(json, "name", pair->alike ? pair->now->name : pair->now->what);
    cli_json_flag(json, "same_settings", pair->alike);
    print_settings(json, "settings_before", pair->before);
    print_settings(json, "settings", pair->now);
    cli_json_number(json, "seconds_before", pair->before->time.median);
    cli_json_number(json, "seconds", pair->now->time.median);
    cli_json_number(json, "ratio", pair->ratio);
    cli_json_number(json, "noise", pair->noise);
    cli_json_text(json, "verdict", verdict_words[pair->verdict]);
    if (pair->now->threads > 0) {
        cli_json_number(json, "peak_memory_bytes_before", pair->before->memory);
        cli_json_number(json, "peak_memory_bytes", pair->now->memory);
        cli_json_number(json, "memory_ratio", pair->memory_ratio);
        cli_json_flag(json, "larger", pair->larger);
    }
    cli_json_close(json, '}');
}

static void print_counts(cli_json *json, const char *key, const struct tally *tally)
{
    static const char *const keys[VERDICTS] = {"faster", "slower", "same", "too_few_rounds"};
    cli_json_open(json, key, '{');
    for (int k = 0; k < VERDICTS; k++)
        cli_json_count(json, keys[k], tally->of[k]);
    cli_json_count(json, "larger", tally->larger);
    cli_json_close(json, '}');
}

static void print_names(cli_json *json, const char *key, const struct timings *these,
                        const struct timings *others)
{
    cli_json_open(json, key, '[');
    for (size_t k = 0; k < these->count; k++)
        if (!counterpart_of(these, k, others))
            cli_json_text(json, NULL, these->items[k].name);
    cli_json_close(json, ']');
}

void comparison_print_json(cli_json *json, const struct timings *old_ones,
                           const struct timings *new_ones)
{
    struct pair pair;
    conditions_note(&old_ones->conditions, &new_ones->conditions);
    cli_json_open(json, "comparison", '[');
    for (size_t row = 0; pairs_next(old_ones, new_ones, &row, &pair);)
        print_pair(json, &pair);
    cli_json_close(json, ']');
    struct tally alike = pairs_count(old_ones, new_ones, true);
    struct tally others = pairs_count(old_ones, new_ones, false);
    print_counts(json, "verdicts", &alike);
    print_counts(json, "verdicts_other_settings", &others);
    print_names(json, "only_before", old_ones, new_ones);
    print_names(json, "only_now", new_ones, old_ones);
}
