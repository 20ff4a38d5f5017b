/* SPDX-License-Identifier: Apache-2.0 */
/* Whether a caller wants a run to end. */
#ifndef ADMF_ENGINE_BASE_STOP_H
#define ADMF_ENGINE_BASE_STOP_H

#include <stddef.h>

#include "admf/error.h"
#include "engine/base/failure.h"

/* The status to end with; ADMF_OK: go on. `stop` is admf_options.stop: a signal handler or another
 * thread writes it while any of ours asks. */
static inline admf_status stop_status(const volatile int *stop)
{
    return stop ? (admf_status)__atomic_load_n(stop, __ATOMIC_RELAXED) : ADMF_OK;
}

/* The same, described in *error where it is to end. */
static inline admf_status stop_fail(const volatile int *stop, admf_error *error)
{
    admf_status status = stop_status(stop);
    return status ? fail(error, status, "stopped") : ADMF_OK;
}

#endif
