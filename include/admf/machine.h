/* SPDX-License-Identifier: Apache-2.0 */
/* What the library finds on this machine and in this build. */
#ifndef ADMF_MACHINE_H
#define ADMF_MACHINE_H

#include "admf/error.h"

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct admf_machine {
    const char *version; /* of admf */
    const char *compiler;
    const char *isa[4]; /* instruction sets this machine can run, best last */
    int isa_count;
    const char *isa_chosen;
    int threads;               /* processors this process may use */
    uint64_t memory_available; /* bytes, limits of the process and its cgroup included */
    const char *hdf5, *libyaml, *isal, *zlib, *sqlite; /* versions in use; ISA-L: built with */
    bool flush_to_zero; /* true: subnormals are flushed, results would differ; runs are refused */
} admf_machine;

/*
 * Fills *machine; its texts are static. `isa` forces a target as --isa does: NULL is what the
 * environment's ADMF_ISA says, or the best; "auto" the best whatever ADMF_ISA says. ADMF_USAGE,
 * with *machine as it was, for a target that this machine cannot run.
 */
admf_status admf_machine_describe(const char *isa, admf_machine *machine, admf_error *error);

#ifdef __cplusplus
}
#endif
#endif
