/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/api/market_output.h"

#include <string.h>

#include "engine/base/failure.h"
#include "engine/base/whole_file.h"

static market_writer *writer_for(const char *path)
{
    const char *slash = strrchr(path, '/'), *name = slash ? slash + 1 : path;
    const char *dot = strrchr(name, '.');
    if (!dot || dot == name) /* a file named .csv has no extension */
        return NULL;
    return strcmp(dot, ".csv") == 0  ? bars_write_csv
           : strcmp(dot, ".h5") == 0 ? bars_write_hdf5
                                     : NULL;
}

market_writer *market_output(const char *path, bool force, admf_error *error)
{
    market_writer *writer = path ? writer_for(path) : NULL;
    if (!writer)
        fail(error, ADMF_USAGE, "the name of the output says its form: .csv or .h5; not '%.200s'",
             path ? path : "");
    return writer && whole_file_allow(path, force, error) == ADMF_OK ? writer : NULL;
}
