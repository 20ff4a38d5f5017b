/* SPDX-License-Identifier: Apache-2.0 */
#include "cell.h"

#include <inttypes.h>
#include <math.h>
#include <string.h>

#include "admf/catalog.h"
#include "messages.h"
#include "suggestion.h"

const char *cli_cell_status(int status)
{
    const char *name = admf_cell_status_name(status);
    return name ? name : "unknown"; /* of a damaged file */
}

void cli_cell_indices(const admf_cube *cube, uint64_t symbol, uint64_t window, uint64_t combo,
                      uint64_t index[ADMF_AXES])
{
    index[ADMF_AXIS_SYMBOL] = symbol;
    index[ADMF_AXIS_WINDOW] = window;
    for (int axis = ADMF_AXES - 1; axis >= ADMF_AXIS_STRATEGY; axis--) {
        uint64_t size = admf_cube_axis_size(cube, axis);
        index[axis] = size ? combo % size : 0;
        combo = size ? combo / size : 0;
    }
}

struct axis {
    const admf_cube *cube;
    int axis;
};

static const char *label_at(const void *context, size_t i)
{
    const struct axis *axis = context;
    return admf_cube_label(axis->cube, axis->axis, i);
}

int cli_cell_find(const admf_cube *cube, int axis, const char *label, uint64_t *index)
{
    struct axis labels = {cube, axis};
    uint64_t size = admf_cube_axis_size(cube, axis);
    const char *name = admf_axis_name(axis);
    *index = 0;
    if (!label) {
        if (size > 1)
            cli_note("the cube holds %" PRIu64 " %ss; this is %s '%s' (--%s names another)", size,
                     name, name, admf_cube_label(cube, axis, 0), name);
        return ADMF_OK;
    }
    for (uint64_t i = 0; i < size; i++) {
        const char *candidate = admf_cube_label(cube, axis, i);
        if (candidate && strcmp(candidate, label) == 0) {
            *index = i;
            return ADMF_OK;
        }
    }
    const char *like = cli_suggest(label, label_at, &labels, size);
    if (like || size == 1)
        cli_complain("the cube holds no %s '%s'; did you mean '%s'?", name, label,
                     like ? like : admf_cube_label(cube, axis, 0));
    else
        cli_complain("the cube holds no %s '%s' among its %" PRIu64 ", '%s' to '%s'", name, label,
                     size, admf_cube_label(cube, axis, 0), admf_cube_label(cube, axis, size - 1));
    return ADMF_USAGE;
}

int cli_cell_in_range(const admf_cube *cube, const char *path, uint64_t combo)
{
    uint64_t combinations = admf_cube_combinations(cube);
    if (combo < combinations)
        return ADMF_OK;
    cli_complain("there is no combo_%" PRIu64 " in %s; it holds combo_0 to combo_%" PRIu64, combo,
                 path, combinations ? combinations - 1 : 0);
    return ADMF_USAGE;
}

void cli_cell_json(cli_json *json, const admf_cube *cube, const uint64_t index[ADMF_AXES])
{
    for (int axis = 0; axis < ADMF_AXES; axis++)
        cli_json_text(json, admf_axis_name(axis), admf_cube_label(cube, axis, index[axis]));
}

void cli_parameters_json(cli_json *json, const admf_cube *cube, const uint64_t index[ADMF_AXES])
{
    cli_json_open(json, "parameters", '{');
    for (int axis = 0; axis < ADMF_AXES; axis++) {
        for (size_t p = 0; p < admf_cube_parameter_count(cube, axis); p++) {
            double number = NAN;
            const char *word = NULL;
            admf_cube_parameter(cube, axis, p, index[axis], &number, &word);
            if (word && *word)
                cli_json_text(json, admf_cube_parameter_name(cube, axis, p), word);
            else if (!isnan(number))
                cli_json_number(json, admf_cube_parameter_name(cube, axis, p), number);
        }
    }
    cli_json_close(json, '}');
}
