/* SPDX-License-Identifier: Apache-2.0 */
#include "bench/output.h"

#include "admf/error.h"

int output_write(const struct report *report, const struct output_options *options, int code)
{
    if (options->json)
        report_print_json(report);
    else if (!report_print(report, options->markdown))
        return ADMF_INTERNAL;
    return code;
}
