/* SPDX-License-Identifier: Apache-2.0 */
#include "bench/json_file.h"

#include <errno.h>
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void describe(admf_error *error, admf_status code, const char *path,
                     const yaml_mark_t *place, const char *format, va_list values)
{
    *error = (admf_error){.code = code};
    vsnprintf(error->message, sizeof error->message, format, values);
    snprintf(error->file, sizeof error->file, "%s", path);
    if (place) {
        error->line = (int)place->line + 1;
        error->column = (int)place->column + 1;
    }
}

static admf_status fail_at(admf_error *error, admf_status code, const char *path,
                           const yaml_mark_t *place, const char *format, ...)
    __attribute__((format(printf, 5, 6)));

static admf_status fail_at(admf_error *error, admf_status code, const char *path,
                           const yaml_mark_t *place, const char *format, ...)
{
    va_list values;
    va_start(values, format);
    describe(error, code, path, place, format, values);
    va_end(values);
    return code;
}

admf_status json_fail(struct json_file *json, admf_status code, const yaml_node_t *node,
                      const char *format, ...)
{
    va_list values;
    va_start(values, format);
    describe(json->error, code, json->path, node ? &node->start_mark : NULL, format, values);
    va_end(values);
    return code;
}

admf_status json_open(struct json_file *json, const char *path, admf_error *error)
{
    yaml_parser_t parser;
    admf_status status = ADMF_OK;
    *json = (struct json_file){.path = path, .error = error};
    FILE *file = fopen(path, "rb");
    if (!file)
        return fail_at(error, ADMF_NO_INPUT, path, NULL, "cannot be opened: %s", strerror(errno));
    if (!yaml_parser_initialize(&parser)) {
        fclose(file);
        return fail_at(error, ADMF_INTERNAL, path, NULL, "out of memory");
    }
    yaml_parser_set_input_file(&parser, file);
    errno = 0;
    if (!yaml_parser_load(&parser, &json->document)) {
        yaml_mark_t at = parser.problem_mark;
        status = ferror(file)
                     ? fail_at(error, ADMF_IO, path, NULL, "cannot be read: %s", strerror(errno))
                     : fail_at(error, ADMF_BAD_DATA, path, &at, "this is no JSON: %s",
                               parser.problem ? parser.problem : "cannot be read");
    }
    yaml_parser_delete(&parser);
    fclose(file);
    return status;
}

void json_close(struct json_file *json) { yaml_document_delete(&json->document); }

const yaml_node_t *json_root(struct json_file *json)
{
    return yaml_document_get_root_node(&json->document);
}

const yaml_node_t *json_value(struct json_file *json, const yaml_node_t *object, const char *key)
{
    if (!object || object->type != YAML_MAPPING_NODE)
        return NULL;
    for (const yaml_node_pair_t *p = object->data.mapping.pairs.start;
         p < object->data.mapping.pairs.top; p++) {
        const yaml_node_t *name = yaml_document_get_node(&json->document, p->key);
        if (name->type == YAML_SCALAR_NODE && strcmp((char *)name->data.scalar.value, key) == 0)
            return yaml_document_get_node(&json->document, p->value);
    }
    return NULL;
}

const char *json_text(struct json_file *json, const yaml_node_t *object, const char *key)
{
    const yaml_node_t *node = json_value(json, object, key);
    return node && node->type == YAML_SCALAR_NODE ? (const char *)node->data.scalar.value : NULL;
}

double json_figure(struct json_file *json, const yaml_node_t *object, const char *key)
{
    const char *text = json_text(json, object, key);
    char *end;
    double figure = text ? strtod(text, &end) : NAN;
    return !text || end == text || *end ? NAN : figure;
}

admf_status json_number(struct json_file *json, const yaml_node_t *object, const char *key,
                        double least, double *out)
{
    const yaml_node_t *node = json_value(json, object, key);
    if (!node)
        return json_fail(json, ADMF_BAD_DATA, object, "`%s` is missing", key);
    *out = json_figure(json, object, key);
    if (!(*out >= least) || isinf(*out))
        return json_fail(json, ADMF_BAD_DATA, node, "`%s` must be a number of at least %g", key,
                         least);
    return ADMF_OK;
}
