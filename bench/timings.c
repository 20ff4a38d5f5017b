/* SPDX-License-Identifier: Apache-2.0 */
/* JSON is read as the YAML that it is too. */
#include "bench/timings.h"

#include <errno.h>
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <yaml.h>

#include "admf/workflow.h"
#include "bench/commit.h"

/* A file while it is read. */
struct reading {
    const char *path;
    yaml_document_t document;
    admf_error *error;
};

static admf_status fail_at(admf_error *error, admf_status code, const char *path,
                           const yaml_mark_t *place, const char *format, ...)
    __attribute__((format(printf, 5, 6)));

static admf_status fail_at(admf_error *error, admf_status code, const char *path,
                           const yaml_mark_t *place, const char *format, ...)
{
    va_list values;
    *error = (admf_error){.code = code};
    va_start(values, format);
    vsnprintf(error->message, sizeof error->message, format, values);
    va_end(values);
    snprintf(error->file, sizeof error->file, "%s", path);
    if (place) {
        error->line = (int)place->line + 1;
        error->column = (int)place->column + 1;
    }
    return code;
}

/* ---- nodes -------------------------------------------------------------------------------*/

/* The value of a key; NULL where there is none or the node is no mapping. */
static yaml_node_t *value_of(struct reading *r, const yaml_node_t *map, const char *key)
{
    if (!map || map->type != YAML_MAPPING_NODE)
        return NULL;
    for (const yaml_node_pair_t *p = map->data.mapping.pairs.start; p < map->data.mapping.pairs.top;
         p++) {
        const yaml_node_t *name = yaml_document_get_node(&r->document, p->key);
        if (name->type == YAML_SCALAR_NODE && strcmp((char *)name->data.scalar.value, key) == 0)
            return yaml_document_get_node(&r->document, p->value);
    }
    return NULL;
}

static const char *text_of(struct reading *r, const yaml_node_t *map, const char *key)
{
    const yaml_node_t *node = value_of(r, map, key);
    return node && node->type == YAML_SCALAR_NODE ? (const char *)node->data.scalar.value : NULL;
}

static void copy_text(char *out, size_t size, const char *text)
{
    snprintf(out, size, "%s", text ? text : "");
}

/* A number above or at `least`. */
static admf_status number_of(struct reading *r, const yaml_node_t *map, const char *key,
                             double least, double *out)
{
    const yaml_node_t *node = value_of(r, map, key);
    const char *text = text_of(r, map, key);
    char *end;
    if (!node)
        return fail_at(r->error, ADMF_BAD_DATA, r->path, &map->start_mark, "`%s` is missing", key);
    *out = text ? strtod(text, &end) : NAN;
    if (!text || end == text || *end || !(*out >= least) || isinf(*out))
        return fail_at(r->error, ADMF_BAD_DATA, r->path, &node->start_mark,
                       "`%s` must be a number of at least %g", key, least);
    return ADMF_OK;
}

/* ---- rows --------------------------------------------------------------------------------*/

static void name_kernel(char *name, const char *kernel, const char *isa)
{
    snprintf(name, TIMING_NAME_MAX, "%s, %s", kernel, isa);
}

static void name_work(char *name, const char *work, const char *isa, const char *lanes, int threads)
{
    snprintf(name, TIMING_NAME_MAX, "%s, %s, %s, %d thread%s", work, isa, lanes, threads,
             threads == 1 ? "" : "s");
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

static admf_status read_row(struct reading *r, const yaml_node_t *node, bool is_work,
                            struct timing *row)
{
    double rounds, threads = 1;
    admf_status status = number_of(r, node, "seconds", 1e-15, &row->time.median);
    if (status == ADMF_OK)
        status = number_of(r, node, "deviation", 0, &row->time.deviation);
    if (status == ADMF_OK)
        status = number_of(r, node, "rounds", 1, &rounds);
    if (status == ADMF_OK && is_work)
        status = number_of(r, node, "threads", 1, &threads);
    if (status != ADMF_OK)
        return status;
    const char *name = text_of(r, node, "name"), *isa = text_of(r, node, "isa");
    const char *lanes = is_work ? text_of(r, node, "lanes") : "";
    if (!name || !isa || !lanes)
        return fail_at(r->error, ADMF_BAD_DATA, r->path, &node->start_mark,
                       "`name`, `isa`%s must be texts", is_work ? " and `lanes`" : "");
    row->time.rounds = (int)fmin(rounds, ROUNDS_MAX);
    if (is_work)
        name_work(row->name, name, isa, lanes, (int)fmin(threads, ADMF_THREADS_MAX));
    else
        name_kernel(row->name, name, isa);
    return ADMF_OK;
}

static admf_status read_rows(struct reading *r, const yaml_node_t *root, const char *key,
                             bool are_works, struct timings *out)
{
    const yaml_node_t *list = value_of(r, root, key);
    if (!list)
        return ADMF_OK;
    if (list->type != YAML_SEQUENCE_NODE)
        return fail_at(r->error, ADMF_BAD_DATA, r->path, &list->start_mark, "`%s` must be a list",
                       key);
    for (const yaml_node_item_t *item = list->data.sequence.items.start;
         item < list->data.sequence.items.top; item++) {
        const yaml_node_t *node = yaml_document_get_node(&r->document, *item);
        struct timing *row = next_row(out);
        if (!row)
            return fail_at(r->error, ADMF_INTERNAL, r->path, NULL, "out of memory");
        if (node->type != YAML_MAPPING_NODE)
            return fail_at(r->error, ADMF_BAD_DATA, r->path, &node->start_mark,
                           "`%s` must hold objects", key);
        admf_status status = read_row(r, node, are_works, row);
        if (status != ADMF_OK)
            return status;
    }
    return ADMF_OK;
}

static admf_status read_document(struct reading *r, struct timings *out)
{
    const yaml_node_t *root = yaml_document_get_root_node(&r->document);
    const char *program = text_of(r, root, "program");
    if (!program || strcmp(program, "admf-bench") != 0)
        return fail_at(r->error, ADMF_BAD_DATA, r->path, NULL,
                       "no report of `admf-bench … --json`: `program` is not \"admf-bench\"");
    copy_text(out->compiler, sizeof out->compiler, text_of(r, root, "compiler"));
    copy_text(out->commit, sizeof out->commit, text_of(r, root, "commit"));
    copy_text(out->processor, sizeof out->processor,
              text_of(r, value_of(r, root, "machine"), "processor"));
    admf_status status = read_rows(r, root, "kernels", false, out);
    return status == ADMF_OK ? read_rows(r, root, "works", true, out) : status;
}

admf_status timings_read(const char *path, struct timings *out, admf_error *error)
{
    struct reading r = {.path = path, .error = error};
    yaml_parser_t parser;
    admf_status status;
    *out = (struct timings){0};
    FILE *file = fopen(path, "rb");
    if (!file)
        return fail_at(error, ADMF_NO_INPUT, path, NULL, "cannot be opened: %s", strerror(errno));
    if (!yaml_parser_initialize(&parser)) {
        fclose(file);
        return fail_at(error, ADMF_INTERNAL, path, NULL, "out of memory");
    }
    yaml_parser_set_input_file(&parser, file);
    if (!yaml_parser_load(&parser, &r.document)) {
        yaml_mark_t at = parser.problem_mark;
        status = fail_at(error, ADMF_BAD_DATA, path, &at, "this is no JSON: %s",
                         parser.problem ? parser.problem : "cannot be read");
    } else {
        status = read_document(&r, out);
        yaml_document_delete(&r.document);
    }
    yaml_parser_delete(&parser);
    fclose(file);
    if (status != ADMF_OK)
        timings_deinit(out);
    return status;
}

admf_status timings_of(const struct report *report, struct timings *out, admf_error *error)
{
    *out = (struct timings){0};
    copy_text(out->processor, sizeof out->processor, report->processor);
    copy_text(out->compiler, sizeof out->compiler, report->machine.compiler);
    copy_text(out->commit, sizeof out->commit, ADMF_COMMIT);
    for (size_t k = 0; k < report->kernel_count + report->work_count; k++) {
        struct timing *row = next_row(out);
        if (!row) {
            timings_deinit(out);
            return fail_at(error, ADMF_INTERNAL, "", NULL, "out of memory");
        }
        if (k < report->kernel_count) {
            const struct kernel_result *kernel = &report->kernels[k];
            name_kernel(row->name, kernel->name, kernel->isa);
            row->time = kernel->time;
        } else {
            const struct work_result *work = &report->works[k - report->kernel_count];
            name_work(row->name, work->name, work->isa, work->lanes, work->threads);
            row->time = work->time;
        }
    }
    return ADMF_OK;
}

void timings_deinit(struct timings *timings)
{
    free(timings->items);
    *timings = (struct timings){0};
}
