/* SPDX-License-Identifier: Apache-2.0 */
#define _POSIX_C_SOURCE 200809L /* pthread_once */
#include "io/hdf5/library_versions.h"

#include <hdf5.h>
#include <isa-l.h>
#include <pthread.h>
#include <stdio.h>
#include <yaml.h>
#include <zlib.h>

#include "io/hdf5/failure.h"

#define TEXT(number) #number
#define NUMBER_TEXT(number) TEXT(number)

static char hdf5_text[40] = "unknown";

static void ask_hdf5(void)
{
    unsigned major, minor, release;
    hdf5_quiet(); /* this may be the first call of all */
    if (H5get_libversion(&major, &minor, &release) >= 0)
        snprintf(hdf5_text, sizeof hdf5_text, "%u.%u.%u", major, minor, release);
}

const char *version_of_hdf5(void)
{
    /* Callers keep the text, so it is written once, whichever thread asks first. */
    static pthread_once_t asked = PTHREAD_ONCE_INIT;
    pthread_once(&asked, ask_hdf5);
    return hdf5_text;
}

const char *version_of_libyaml(void) { return yaml_get_version_string(); }

/* It does not say at run time. */
const char *version_of_isal(void)
{
    return NUMBER_TEXT(ISAL_MAJOR_VERSION) "." NUMBER_TEXT(ISAL_MINOR_VERSION) "." NUMBER_TEXT(
        ISAL_PATCH_VERSION);
}

const char *version_of_zlib(void) { return zlibVersion(); }
