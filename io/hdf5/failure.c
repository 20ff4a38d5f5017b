/* SPDX-License-Identifier: Apache-2.0 */
#include "io/hdf5/failure.h"

#include <stdio.h>
#include <string.h>

#include "engine/base/failure.h"

struct innermost {
    char text[512];
};

/* The walk goes from the innermost record outwards; the first says what really happened. */
static herr_t keep_first(unsigned depth, const H5E_error2_t *record, void *data)
{
    struct innermost *found = data;
    static const char before_reason[] = "error message = '";
    const char *text = record->desc ? record->desc : "";
    const char *reason = strstr(text, before_reason);
    if (depth != 0)
        return 0;
    /* What the system said stands behind times, names and addresses. */
    if (reason)
        reason += sizeof before_reason - 1;
    snprintf(found->text, sizeof found->text, "%.*s",
             reason ? (int)strcspn(reason, "'") : (int)strlen(text), reason ? reason : text);
    return 0;
}

admf_status hdf5_fail(admf_error *error, admf_status code, const char *file, const char *what)
{
    struct innermost found = {{0}};
    H5Ewalk2(H5E_DEFAULT, H5E_WALK_UPWARD, keep_first, &found);
    H5Eclear2(H5E_DEFAULT);
    found.text[strcspn(found.text, "\n")] = '\0';
    return fail_file(error, code, file, 0, "%s%s%s", what, found.text[0] ? ": " : "", found.text);
}

void hdf5_quiet(void)
{
    /* Every file is closed where it was opened; a disk that is full would make HDF5's own
     * attempt at exit crash over the file it could not close (1.10.8). */
    H5dont_atexit();
    H5Eset_auto2(H5E_DEFAULT, NULL, NULL);
}

void hdf5_forget_failures(void) { H5Eclear2(H5E_DEFAULT); }

herr_t hdf5_close(hid_t id)
{
    if (id < 0)
        return 0;
    switch (H5Iget_type(id)) {
    case H5I_FILE:
        return H5Fclose(id);
    case H5I_GROUP:
        return H5Gclose(id);
    case H5I_DATASET:
        return H5Dclose(id);
    case H5I_DATASPACE:
        return H5Sclose(id);
    case H5I_DATATYPE:
        return H5Tclose(id);
    case H5I_ATTR:
        return H5Aclose(id);
    case H5I_GENPROP_LST:
        return H5Pclose(id);
    default:
        return H5Idec_ref(id);
    }
}
