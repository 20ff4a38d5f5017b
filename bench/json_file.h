/* SPDX-License-Identifier: Apache-2.0 */
/* Reading JSON, as the YAML that it is too. */
#ifndef ADMF_BENCH_JSON_FILE_H
#define ADMF_BENCH_JSON_FILE_H

#include <yaml.h>

#include "admf/error.h"

struct json_file {
    const char *path;
    yaml_document_t document;
    admf_error *error; /* where the functions below put what is wrong, with its place */
};

/*
 * ADMF_NO_INPUT where the file cannot be opened, ADMF_BAD_DATA where it is no JSON, ADMF_INTERNAL
 * where memory runs out. Path and error are borrowed until json_close.
 */
admf_status json_open(struct json_file *json, const char *path, admf_error *error);
void json_close(struct json_file *json);

/* The outermost value; NULL in an empty file. */
const yaml_node_t *json_root(struct json_file *json);
/* The value of a key; NULL where there is none or the node is no object. */
const yaml_node_t *json_value(struct json_file *json, const yaml_node_t *object, const char *key);
/* A text or number as it stands; NULL where it is neither. */
const char *json_text(struct json_file *json, const yaml_node_t *object, const char *key);
/* A number; NaN where there is none. */
double json_figure(struct json_file *json, const yaml_node_t *object, const char *key);
/* A number of at least `least`, or ADMF_BAD_DATA. */
admf_status json_number(struct json_file *json, const yaml_node_t *object, const char *key,
                        double least, double *out);
/* Describes what is wrong at a node (NULL: with the whole file); returns `code`. */
admf_status json_fail(struct json_file *json, admf_status code, const yaml_node_t *node,
                      const char *format, ...) __attribute__((format(printf, 4, 5)));

#endif
