/* SPDX-License-Identifier: Apache-2.0 */
/* Options that several commands share: rows of a command's table of options. */
#ifndef ADMF_CLI_RUN_OPTIONS_H
#define ADMF_CLI_RUN_OPTIONS_H

#include "arguments.h"

/* clang-format off */
#define CLI_ISA_OPTION(field) \
    {"isa", 0, CLI_WORD, &(field), "NAME", "instruction set: auto, v2, v3, v4 or neon", \
     "auto|v2|v3|v4|neon", 0}

#define CLI_ANALYTICS_OPTION(field, shows, help) \
    {"analytics", 0, CLI_TEXT, &(field), shows, help, 0, 0}

/* The last two are for tests: results do not depend on them. */
#define CLI_RUN_OPTIONS(options) \
    {"output", 'o', CLI_TEXT, &(options).output, "FILE", "where the results go", 0, 0}, \
    {"threads", 't', CLI_INT, &(options).threads, "N", "threads to use at most", 0, 1}, \
    {"memory", 'm', CLI_SIZE, &(options).memory, "SIZE", "memory to use at most, such as 8G", \
     0, 0}, \
    CLI_ISA_OPTION((options).isa), \
    {"tile-bars", 0, CLI_COUNT, &(options).tile_bars, "N", 0, 0, 1}, \
    {"block-cells", 0, CLI_COUNT, &(options).block_cells, "N", 0, 0, 1}
/* clang-format on */

#endif
