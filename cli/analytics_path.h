/* SPDX-License-Identifier: Apache-2.0 */
/* Where runs are recorded. */
#ifndef ADMF_CLI_ANALYTICS_PATH_H
#define ADMF_CLI_ANALYTICS_PATH_H

#include <stddef.h>

/*
 * `given`, what --analytics says; where that is NULL, $XDG_DATA_HOME/admf/analytics.db, with
 * ~/.local/share for a variable that is not set or no absolute path. NULL: "off" was given, or
 * there is no home either. The path may be written to `out`.
 */
const char *cli_analytics_path(const char *given, char *out, size_t size);

#endif
