/* SPDX-License-Identifier: Apache-2.0 */
/* The keys of a configuration as a table (io/config/keys.def), and what is derived from it. */
#ifndef ADMF_IO_CONFIG_SCHEMA_H
#define ADMF_IO_CONFIG_SCHEMA_H

enum schema_section {
    SECTION_top,
    SECTION_workflow,
    SECTION_phase,
    SECTION_choice,
    SECTION_data,
    SECTION_strategy,
    SECTION_classifier,
    SECTION_sample,
    SECTION_risk,
    SECTION_execution,
    SECTION_portfolio,
    SECTION_metrics,
    SECTION_windows,
    SECTION_window,
    SECTION_walk_forward,
    SECTION_k_fold,
    SECTION_output,
    SECTION_keep,
    SECTION_best,
    SECTION_resources,
    SECTION_COUNT
};

enum schema_key {
#define KEY(section, name, ...) KEY_##section##_##name,
#include "io/config/keys.def"
#undef KEY
    KEY_COUNT
};

enum schema_kind {
    KIND_MAP,
    KIND_LIST,
    KIND_PROFILES, /* a list of mappings, or one of them */
    KIND_WORD,
    KIND_TEXT,
    KIND_NAME,
    KIND_NUMBER,
    KIND_WHOLE, /* a whole number, exact to 2^63 - 1 */
    KIND_BOOL,
    KIND_METRIC,
    KIND_METRICS, /* names of metrics, or one */
    KIND_TYPE,    /* name of a strategy or classifier */
    KIND_PARAMETERS,
    KIND_SETS,
    KIND_EXPRESSIONS, /* conditions, or one */
    KIND_POLICY,
    KIND_COLUMNS,
    KIND_COMPRESSION,
    KIND_KEEP,
    KIND_SIZE,
    KIND_PATTERN, /* name of a base pattern */
    KIND_IDS,     /* ids of combinations */
    KIND_WINDOWS, /* names with a section `window` each, or a section `windows` */
    KIND_LENGTH   /* bars, days (500d), months (6m); at least `min` */
};

enum { KEY_REQUIRED = 1, KEY_OPEN_MIN = 2, KEY_HIDDEN = 4 };

struct schema_row {
    enum schema_section section;
    const char *name;
    enum schema_kind kind;
    unsigned flags;
    double min, max;
    const char *fallback, *unit, *words, *help;
};
extern const struct schema_row schema_rows[KEY_COUNT];
/* As they stand in messages and headings: "workflow", "sample", "" for the top. */
extern const char *const schema_section_names[SECTION_COUNT];

/*
 * The JSON Schema (draft 2020-12) of a configuration, for editors, and the reference page in
 * Markdown. NULL when memory ran out; the caller frees them with memory_free.
 */
char *config_schema(void);
char *config_reference(void);

#endif
