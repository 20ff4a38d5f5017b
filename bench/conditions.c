/* SPDX-License-Identifier: Apache-2.0 */
#include "bench/conditions.h"

#include <limits.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "cli/messages.h"

/* ---- from a file -------------------------------------------------------------------------*/

static void read_text(struct json_file *json, const yaml_node_t *object, const char *key, char *out,
                      size_t size)
{
    const char *text = json_text(json, object, key);
    snprintf(out, size, "%s", text ? text : "");
}

static void read_isa(struct json_file *json, const yaml_node_t *node, struct isa_limits *isa)
{
    read_text(json, node, "isa", isa->isa, sizeof isa->isa);
    isa->additions = json_figure(json, node, "additions_per_second");
    isa->divisions = json_figure(json, node, "divisions_per_second");
    isa->loads = json_figure(json, node, "load_bytes_per_second");
    isa->stores = json_figure(json, node, "store_bytes_per_second");
}

struct conditions conditions_read(struct json_file *json)
{
    struct conditions c = {0};
    const yaml_node_t *root = json_root(json), *machine = json_value(json, root, "machine");
    const yaml_node_t *list = json_value(json, root, "limits");
    const char *quick = json_text(json, root, "quick");
    double threads = json_figure(json, machine, "threads");
    read_text(json, root, "compiler", c.compiler, sizeof c.compiler);
    read_text(json, machine, "processor", c.processor, sizeof c.processor);
    c.quick = quick && strcmp(quick, "true") == 0;
    c.load = json_figure(json, machine, "load_before");
    c.limits.threads = threads >= 1 && threads <= INT_MAX ? (int)threads : 0;
    c.limits.frequency = json_figure(json, machine, "cycles_per_second");
    if (!list || list->type != YAML_SEQUENCE_NODE)
        return c;
    for (const yaml_node_item_t *item = list->data.sequence.items.start;
         item < list->data.sequence.items.top && c.limits.isa_count < CPU_TABLES_MAX; item++)
        read_isa(json, yaml_document_get_node(&json->document, *item),
                 &c.limits.isa[c.limits.isa_count++]);
    return c;
}

/* ---- from the report in hand -------------------------------------------------------------*/

struct conditions conditions_of(const struct report *report)
{
    struct conditions c = {.quick = report->quick, .load = report->load, .limits = report->limits};
    snprintf(c.processor, sizeof c.processor, "%s", report->processor);
    snprintf(c.compiler, sizeof c.compiler, "%s", report->machine.compiler);
    return c;
}

/* ---- what differs ------------------------------------------------------------------------*/

/* Half a process more than before had half a processor for itself. */
static const double load_wavers = 0.5;
/*
 * Rates of arithmetic come out the same within a percent or two each time that they are measured,
 * those of the first cache only within some ten: factors beyond which there is another reason.
 */
static const double arithmetic_wavers = 1.1, cache_wavers = 1.2;

/* A limit of the core before and now, a second. */
struct limit_pair {
    const char *isa, *name, *unit;
    double before, now, wavers;
};

/* Over 1: further apart than it wavers. 0 where one is not known. */
static double apart(const struct limit_pair *pair)
{
    bool known = pair->before > 0 && pair->now > 0;
    double ratio = fmax(pair->before / pair->now, pair->now / pair->before);
    return known ? ratio / pair->wavers : 0;
}

/* One line for all of them, as a slower clock changes every one: which differs most. */
static void note_limits(const struct limits *before, const struct limits *now)
{
    struct limit_pair most = {
        "", "cycles", "G/s", before->frequency, now->frequency, arithmetic_wavers};
    for (int k = 0; k < now->isa_count; k++) {
        const struct isa_limits *b = &now->isa[k], *a = limits_of(before, b->isa);
        if (!a)
            continue;
        const struct limit_pair pairs[] = {
            {b->isa, " additions", "G/s", a->additions, b->additions, arithmetic_wavers},
            {b->isa, " divisions", "G/s", a->divisions, b->divisions, arithmetic_wavers},
            {b->isa, " loads", "GB/s", a->loads, b->loads, cache_wavers},
            {b->isa, " stores", "GB/s", a->stores, b->stores, cache_wavers}};
        for (size_t i = 0; i < sizeof pairs / sizeof *pairs; i++)
            most = apart(&pairs[i]) > apart(&most) ? pairs[i] : most;
    }
    if (apart(&most) > 1)
        cli_note("other limits of the core, most of all %s%s: %.3g %s before, %.3g %s now",
                 most.isa, most.name, most.before / 1e9, most.unit, most.now / 1e9, most.unit);
}

static void note_text(const char *what, const char *before, const char *now)
{
    if (*before && *now && strcmp(before, now) != 0)
        cli_note("another %s: %s before, %s now", what, before, now);
}

void conditions_note(const struct conditions *before, const struct conditions *now)
{
    int threads[] = {before->limits.threads, now->limits.threads};
    note_text("processor", before->processor, now->processor);
    note_text("compiler", before->compiler, now->compiler);
    if (threads[0] && threads[1] && threads[0] != threads[1])
        cli_note("another number of threads: %d before, %d now", threads[0], threads[1]);
    if (fabs(before->load - now->load) > load_wavers)
        cli_note("another load: %.2f before, %.2f now", before->load, now->load);
    note_limits(&before->limits, &now->limits);
    if (before->quick != now->quick)
        cli_note("--quick %s: works of another size, rough times",
                 now->quick ? "now, not before" : "before, not now");
}
