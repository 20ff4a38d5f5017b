/* SPDX-License-Identifier: Apache-2.0 */
#include "analytics_path.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

const char *cli_analytics_path(const char *given, char *out, size_t size)
{
    const char *data = getenv("XDG_DATA_HOME"), *home = getenv("HOME");
    int length = 0;
    if (given)
        return strcmp(given, "off") == 0 ? NULL : given;
    if (data && *data == '/') /* the XDG rules have a relative path ignored */
        length = snprintf(out, size, "%s/admf/analytics.db", data);
    else if (home && *home == '/')
        length = snprintf(out, size, "%s/.local/share/admf/analytics.db", home);
    return length > 0 && (size_t)length < size ? out : NULL;
}
