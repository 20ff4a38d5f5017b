/* SPDX-License-Identifier: Apache-2.0 */
#include "admf/machine.h"

#include <string.h>

#include "engine/base/compiler.h"
#include "engine/cpu/cpu.h"
#include "io/analytics/analytics.h"
#include "io/hdf5/library_versions.h"

_Static_assert((int)CPU_TABLES_MAX <= (int)(sizeof((admf_machine *)0)->isa / sizeof(char *)),
               "admf_machine.isa has room for every instruction set");

admf_status admf_machine_describe(const char *isa, admf_machine *machine, admf_error *error)
{
    const struct kernel_table *tables[CPU_TABLES_MAX];
    size_t count = cpu_tables(tables);
    /* An explicit "auto" overrides ADMF_ISA, so that a wrong value of it can be got round. */
    const struct kernel_table *chosen =
        isa && strcmp(isa, "auto") == 0 ? tables[count - 1] : cpu_choose(isa, error);
    if (!chosen)
        return error->code;
    *machine = (admf_machine){.version = ADMF_VERSION,
                              .compiler = COMPILER,
                              .isa_count = (int)count,
                              .isa_chosen = chosen->name,
                              .threads = cpu_threads(),
                              .memory_available = cpu_memory_available(),
                              .hdf5 = version_of_hdf5(),
                              .libyaml = version_of_libyaml(),
                              .isal = version_of_isal(),
                              .zlib = version_of_zlib(),
                              .sqlite = version_of_sqlite(),
                              .flush_to_zero = cpu_flushes_to_zero()};
    for (size_t k = 0; k < count; k++)
        machine->isa[k] = tables[k]->name;
    return ADMF_OK;
}
