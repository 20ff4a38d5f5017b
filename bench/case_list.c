/* SPDX-License-Identifier: Apache-2.0 */
#include "bench/kernel_case.h"

struct kernel_case *case_add(struct case_list *list, const char *format, ...)
{
    if (list->count == CASES_MAX)
        give_up("more than %d kernels", CASES_MAX);
    struct kernel_case *c = &list->items[list->count++];
    va_list values;
    va_start(values, format);
    vsnprintf(c->name, sizeof c->name, format, values);
    va_end(values);
    return c;
}
