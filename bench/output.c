/* SPDX-License-Identifier: Apache-2.0 */
#include "bench/output.h"

#include <string.h>

#include "bench/comparison.h"
#include "cli/messages.h"

int output_begin(const cli_command *self, struct output_options *options)
{
    admf_error error = {0};
    if (options->json && options->markdown)
        return cli_misused(self, "--json and --markdown: choose one");
    if (!options->compare)
        return ADMF_OK;
    const struct timings *before = &options->before;
    if (timings_read(options->compare, &options->before, &error) != ADMF_OK)
        return cli_fail(&error);
    bool kernels = strcmp(self->name, "kernels") == 0;
    if (before->count > 0 && (before->kernels > 0) != kernels) {
        cli_complain("%s is of %s: nothing of it is measured here", options->compare,
                     before->kernels > 0 ? "kernels" : "works");
        timings_deinit(&options->before);
        return ADMF_BAD_DATA;
    }
    return ADMF_OK;
}

static bool is_one_of(const char *name, const char *const *names, size_t count)
{
    for (size_t k = 0; k < count; k++)
        if (strcmp(names[k], name) == 0)
            return true;
    return false;
}

int output_expect(struct output_options *options, const char *const *names, size_t count,
                  bool small)
{
    bool of_other_size = false;
    if (!options->compare)
        return ADMF_OK;
    for (size_t k = 0; k < options->before.count; k++) {
        const char *what = options->before.items[k].what;
        size_t prefix = strlen(TIMING_SMALL);
        bool was_small = strncmp(what, TIMING_SMALL, prefix) == 0;
        if (!is_one_of(was_small ? what + prefix : what, names, count))
            continue;
        if (was_small == small)
            return ADMF_OK;
        of_other_size = true;
    }
    cli_complain("%s has nothing of what is to be measured%s", options->compare,
                 !of_other_size ? ""
                 : small        ? ": it was made without --quick, of larger works"
                                : ": it was made with --quick, of smaller works");
    timings_deinit(&options->before);
    return ADMF_BAD_DATA;
}

int output_write(const struct report *report, struct output_options *options, int code)
{
    struct timings now = {0}, *before = options->compare ? &options->before : NULL;
    admf_error error = {0};
    bool written = true;
    if (before && timings_of(report, &now, &error) != ADMF_OK)
        code = cli_fail(&error);
    if (options->json) {
        cli_json json = {0};
        cli_json_open(&json, NULL, '{');
        report_print_json(&json, report);
        if (before)
            comparison_print_json(&json, before, &now);
        cli_json_close(&json, '}');
    } else {
        written = report_print(report, options->markdown);
        if (before)
            written = comparison_print(before, &now, options->markdown) && written;
    }
    if (!written)
        code = ADMF_INTERNAL;
    if (before && code == ADMF_OK)
        code = comparison_code(before, &now);
    timings_deinit(&now);
    output_drop(options);
    return code;
}

void output_drop(struct output_options *options) { timings_deinit(&options->before); }
