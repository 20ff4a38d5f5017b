/* SPDX-License-Identifier: Apache-2.0 */
#include "bench/timings.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "admf/workflow.h"
#include "bench/json_file.h"

static void name_kernel(struct timing *row, const char *kernel, const char *isa)
{
    snprintf(row->name, sizeof row->name, "%s, %s", kernel, isa);
    snprintf(row->what, sizeof row->what, "%s", kernel);
    snprintf(row->isa, sizeof row->isa, "%s", isa);
}

/* Works of --quick are others. */
static void name_work(struct timing *row, const char *work, bool small, const char *isa,
                      const char *lanes, int threads)
{
    const char *size = small ? TIMING_SMALL : "";
    snprintf(row->name, sizeof row->name, "%s%s, %s, %s, %d thread%s", size, work, isa, lanes,
             threads, threads == 1 ? "" : "s");
    snprintf(row->what, sizeof row->what, "%s%s", size, work);
    snprintf(row->isa, sizeof row->isa, "%s", isa);
    snprintf(row->lanes, sizeof row->lanes, "%s", lanes);
    row->threads = threads;
}

static struct timing *next_row(struct timings *timings)
{
    size_t n = timings->count;
    if ((n & (n - 1)) == 0) {
        void *more = realloc(timings->items, (n ? 2 * n : 1) * sizeof *timings->items);
        if (!more)
            return NULL;
        timings->items = more;
    }
    timings->count++;
    return memset(&timings->items[n], 0, sizeof *timings->items);
}

/* ---- from a file -------------------------------------------------------------------------*/

static admf_status read_row(struct json_file *json, const yaml_node_t *node, bool is_work,
                            bool quick, struct timing *row)
{
    double rounds, threads = 1;
    admf_status status = json_number(json, node, "seconds", 1e-15, &row->time.median);
    if (status == ADMF_OK)
        status = json_number(json, node, "rounds", 1, &rounds);
    /* Of one round it is null, in older reports 0. */
    row->time.deviation = NAN;
    if (status == ADMF_OK && rounds >= 2)
        status = json_number(json, node, "deviation", 0, &row->time.deviation);
    if (status == ADMF_OK && is_work)
        status = json_number(json, node, "threads", 1, &threads);
    if (status != ADMF_OK)
        return status;
    const char *name = json_text(json, node, "name"), *isa = json_text(json, node, "isa");
    const char *lanes = is_work ? json_text(json, node, "lanes") : "";
    if (!name || !isa || !lanes)
        return json_fail(json, ADMF_BAD_DATA, node, "`name`, `isa`%s must be texts",
                         is_work ? " and `lanes`" : "");
    if (is_work)
        row->memory = json_figure(json, node, "peak_memory_bytes");
    row->time.rounds = (int)fmin(rounds, ROUNDS_MAX);
    if (is_work)
        name_work(row, name, quick, isa, lanes, (int)fmin(threads, ADMF_THREADS_MAX));
    else
        name_kernel(row, name, isa);
    return ADMF_OK;
}

static admf_status read_rows(struct json_file *json, const char *key, bool are_works,
                             struct timings *out)
{
    const yaml_node_t *list = json_value(json, json_root(json), key);
    if (!list)
        return ADMF_OK;
    if (list->type != YAML_SEQUENCE_NODE)
        return json_fail(json, ADMF_BAD_DATA, list, "`%s` must be a list", key);
    for (const yaml_node_item_t *item = list->data.sequence.items.start;
         item < list->data.sequence.items.top; item++) {
        const yaml_node_t *node = yaml_document_get_node(&json->document, *item);
        struct timing *row = next_row(out);
        if (!row)
            return json_fail(json, ADMF_INTERNAL, NULL, "out of memory");
        if (node->type != YAML_MAPPING_NODE)
            return json_fail(json, ADMF_BAD_DATA, node, "`%s` must hold objects", key);
        admf_status status = read_row(json, node, are_works, out->conditions.quick, row);
        if (status != ADMF_OK)
            return status;
    }
    return ADMF_OK;
}

static admf_status read_report(struct json_file *json, struct timings *out)
{
    const yaml_node_t *root = json_root(json);
    const char *program = json_text(json, root, "program");
    if (!program || strcmp(program, "admf-bench") != 0)
        return json_fail(json, ADMF_BAD_DATA, NULL,
                         "no report of `admf-bench … --json`: `program` is not \"admf-bench\"");
    out->conditions = conditions_read(json);
    admf_status status = read_rows(json, "kernels", false, out);
    out->kernels = out->count;
    return status == ADMF_OK ? read_rows(json, "works", true, out) : status;
}

admf_status timings_read(const char *path, struct timings *out, admf_error *error)
{
    struct json_file json;
    *out = (struct timings){0};
    admf_status status = json_open(&json, path, error);
    if (status != ADMF_OK)
        return status;
    status = read_report(&json, out);
    json_close(&json);
    if (status != ADMF_OK)
        timings_deinit(out);
    return status;
}

/* ---- from the report in hand -------------------------------------------------------------*/

admf_status timings_of(const struct report *report, struct timings *out, admf_error *error)
{
    *out = (struct timings){.conditions = conditions_of(report), .kernels = report->kernel_count};
    for (size_t k = 0; k < report->kernel_count + report->work_count; k++) {
        struct timing *row = next_row(out);
        if (!row) {
            timings_deinit(out);
            *error = (admf_error){.code = ADMF_INTERNAL, .message = "out of memory"};
            return ADMF_INTERNAL;
        }
        if (k < report->kernel_count) {
            const struct kernel_result *kernel = &report->kernels[k];
            name_kernel(row, kernel->name, kernel->isa);
            row->time = kernel->time;
        } else {
            const struct work_result *work = &report->works[k - report->kernel_count];
            name_work(row, work->name, report->quick, work->isa, work->lanes, work->threads);
            row->time = work->time;
            row->memory = work->memory;
        }
        row->time.deviation = deviation_of(&row->time);
    }
    return ADMF_OK;
}

void timings_deinit(struct timings *timings)
{
    free(timings->items);
    *timings = (struct timings){0};
}
