/* SPDX-License-Identifier: Apache-2.0 */
/* What all parts of reading a configuration share: where to put things and how to complain. */
#ifndef ADMF_IO_CONFIG_READER_H
#define ADMF_IO_CONFIG_READER_H

#include <stdbool.h>
#include <stddef.h>

#include "admf/types.h"
#include "engine/base/failure.h"
#include "io/config/arena.h"
#include "io/config/config.h"
#include "io/config/schema.h"
#include "io/config/yaml_tree.h"

/* A character of the file; start from {0}. */
struct spot {
    const char *at;
    int line, column;
};

struct reader {
    struct config *config;
    struct arena *arena;
    const char *source; /* of the file, for places inside a quoted text */
    size_t length;
    struct spot last; /* where the text began that was pointed into last */
    admf_diagnostics *errors, *warnings;
    bool no_memory;
    bool type_unread;    /* workflow.type is wrong: what goes with it is not known */
    bool windows_unread; /* so is something in `windows`: which there are is not known */
};

/* Reports an error at a place of the file. */
void complain(struct reader *reader, struct place place, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
void complain_as(struct reader *reader, admf_status code, struct place place, const char *format,
                 ...) __attribute__((format(printf, 4, 5)));

/* Memory of the configuration; NULL (and noted in the reader) when it ran out. */
void *reader_new(struct reader *reader, size_t count, size_t size);
char *reader_text(struct reader *reader, const char *text, size_t length);

/* `null`, `~` or nothing at all. */
bool node_is_null(const struct yaml_node *node);
bool node_is_number(const struct yaml_node *node, double *number);
bool node_is_boolean(const struct yaml_node *node, bool *value);
/* What a node is, in words: "a list", "the number 3", "'abc'", "nothing". */
enum { DESCRIPTION_MAX = 64 };
void describe_node(const struct yaml_node *node, char out[DESCRIPTION_MAX]);

/* Names that could be meant: candidates that `map` lacks are suggested first. */
struct candidates {
    const char *names[96];
    size_t count;
};
void candidates_add(struct candidates *candidates, const char *name);
void candidates_add_section(struct candidates *candidates, enum schema_section section);
void candidates_add_params(struct candidates *candidates, const admf_component *row, int count);
void candidates_add_words(struct candidates *candidates, struct reader *reader, const char *words);
/*
 * Reports "unknown `what`" with the nearest candidate or, if they are at most 12, all of them.
 * `map` may be NULL. Returns the suggestion, NULL if none.
 */
const char *complain_unknown(struct reader *reader, struct place place, const char *what,
                             const char *name, const struct candidates *candidates,
                             const struct yaml_node *map);
/* An unknown key of a mapping: keys of the old form get their own text. */
const char *complain_unknown_key(struct reader *reader, const struct yaml_node *key,
                                 const char *where, const struct candidates *candidates,
                                 const struct yaml_node *map);

/* The keys of one section as found in a mapping. */
struct found {
    const struct yaml_node *key[KEY_COUNT], *value[KEY_COUNT];
};
/*
 * Sorts the entries of `map` into `found` by the schema's keys of `section`; unknown, missing
 * and null keys are reported. Keys that are parameters of `row` (or NULL) are left alone.
 * `where` says what the mapping is, "workflow" or "strategy 'momentum'". False if `map` is none.
 */
bool read_section(struct reader *reader, const struct yaml_node *map, enum schema_section section,
                  const admf_component *row, int row_params, const admf_component *second_row,
                  const char *where, struct found *found);

/* Values of single keys, checked against the schema's row; false after an error or where the
 * key is missing (then *out is left as it was). */
bool read_text(struct reader *reader, const struct found *found, enum schema_key key, char **out);
bool read_word(struct reader *reader, const struct found *found, enum schema_key key, char **out);
bool read_number(struct reader *reader, const struct found *found, enum schema_key key,
                 double *out);
bool read_boolean(struct reader *reader, const struct found *found, enum schema_key key, bool *out);
bool read_name(struct reader *reader, const struct found *found, enum schema_key key, char **out);
bool read_pattern(struct reader *reader, const struct found *found, enum schema_key key,
                  char **out);
bool read_metric(struct reader *reader, const struct found *found, enum schema_key key, int *out);
/* A whole number 0 … 2^63 - 1, exactly. */
bool read_whole(struct reader *reader, const struct found *found, enum schema_key key,
                uint64_t *out);
/* The text of a node that must be one; NULL after an error. */
char *text_of(struct reader *reader, const struct yaml_node *node, const char *what);

/* `[A-Za-z_][A-Za-z0-9_]*` without a double underscore. */
bool is_name(const char *text);

/* Ids of combinations, sorted, each once; NULL after an error. `key` is for messages. */
uint64_t *read_ids(struct reader *reader, const struct yaml_node *list, const char *key,
                   size_t *count);

/* regime_choice.c: `workflow.regime_choice`, a key of this section. */
void read_choices(struct reader *reader, const struct found *workflow);

/* The sections of a file: sections.c, data_section.c, windows.c, output_section.c, phases.c,
 * component_entry.c, profiles.c. */
void read_workflow(struct reader *reader, const struct yaml_node *node);
void read_data(struct reader *reader, const struct yaml_node *node);
void read_portfolio(struct reader *reader, const struct yaml_node *node);
void read_metrics(struct reader *reader, const struct yaml_node *node);
void read_windows(struct reader *reader, const struct yaml_node *node);
/* Complains at `place` unless there may be a window of this name: how many folds there are depends
 * on the data. */
void check_window(struct reader *reader, const char *name, struct place place);
/* After all other sections, which phases take over. */
void read_phases(struct reader *reader, const struct yaml_node *workflow);
void read_output(struct reader *reader, const struct yaml_node *node);
void read_resources(struct reader *reader, const struct yaml_node *node);
void read_components(struct reader *reader, const struct yaml_node *node, bool classifiers);
void read_profiles(struct reader *reader, const struct yaml_node *node, bool execution);

/* A text and, where it is one, its place; otherwise both are left as they were. */
void read_placed_text(struct reader *reader, const struct found *found, enum schema_key key,
                      char **out, struct source_place *place);
/* Reports at their places in the file, which they have. */
void complain_again(struct reader *reader, const admf_diagnostics *found);

/* A path relative to the configuration file, as one relative to the working directory. */
char *path_beside(struct reader *reader, const char *path);

#endif
