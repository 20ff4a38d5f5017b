/* SPDX-License-Identifier: Apache-2.0 */
#include "bench/kernel_case.h"

#include "engine/cpu/cpu.h"

const struct case_list *cases_all(void)
{
    static struct case_list list;
    if (list.count == 0) {
        cases_of_features(&list);
        cases_of_signals(&list);
        cases_of_days(&list);
        cases_of_columns(&list);
        cases_of_lanes(&list);
        cases_of_analysis(&list);
    }
    return &list;
}

const struct kernel_table *case_baseline(void)
{
    const struct kernel_table *tables[CPU_TABLES_MAX];
    cpu_tables(tables);
    return tables[0];
}

const struct kernel_table *case_other(const struct kernel_table *table)
{
    const struct kernel_table *tables[CPU_TABLES_MAX];
    size_t n = cpu_tables(tables);
    return n > 1 && tables[0] == table ? tables[1] : tables[0];
}
