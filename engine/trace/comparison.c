/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/trace/comparison.h"

#include <inttypes.h>
#include <math.h>

#include "engine/base/failure.h"
#include "engine/catalog/catalog.h"
#include "io/cube/reader.h"

/* The cube may hold less precise numbers: they are compared as stored. */
static bool is_same(double value, double stored, bool float32)
{
    if (float32)
        value = (double)(float)value;
    return value == stored || (isnan(value) && isnan(stored));
}

/* The same of a row of /adaptive: numbers there are always as precise as can be. */
static admf_status read_row(const admf_cube *cube, uint64_t row, double *metric, uint8_t *status,
                            admf_error *error)
{
    const struct cube_column fate = {"adaptive", "status"};
    double number = 0;
    admf_status read = cube_table_numbers(cube, &fate, row, 1, &number, error);
    *status = number >= 0 && number <= UINT8_MAX ? (uint8_t)number : ADMF_CELL_NOT_COMPUTED;
    for (size_t k = 0; read == ADMF_OK && k < admf_cube_metric_count(cube); k++) {
        const struct cube_column column = {"adaptive", admf_cube_metric_name(cube, k)};
        read = cube_table_numbers(cube, &column, row, 1, &metric[k], error);
    }
    return read;
}

admf_status comparison_make(admf_cube *cube, const struct traced *traced,
                            const struct scalar_result *result, admf_diagnostics *errors)
{
    admf_error error = {0};
    double stored[METRIC_COUNT];
    uint8_t status;
    size_t count = admf_cube_metric_count(cube);
    if (count > METRIC_COUNT)
        return report(errors, ADMF_BAD_DATA, cube->path, 0, 0, 0,
                      "the cube holds metrics that this version does not know");
    admf_status read = traced->adaptive ? read_row(cube, traced->id, stored, &status, &error)
                                        : admf_cube_read_cell(cube, traced->symbol, traced->window,
                                                              traced->id, stored, &status, &error);
    if (read != ADMF_OK)
        return report_error(errors, &error);
    if (status == ADMF_CELL_NOT_COMPUTED)
        return report(errors, ADMF_FAILED, cube->path, 0, 0, 0,
                      "the cube has not computed %s_%" PRIu64 "; nothing to compare",
                      traced->adaptive ? "adaptive" : "combo", traced->id);
    if (status != result->status)
        return report(errors, ADMF_FAILED, cube->path, 0, 0, 0,
                      "status is %d in the trace and %d in the cube", result->status, status);
    for (size_t k = 0; k < count; k++) {
        const char *name = admf_cube_metric_name(cube, k);
        int metric = catalog_find_metric(name);
        if (metric >= 0 &&
            is_same(result->metric[metric], stored[k], traced->float32 && !traced->adaptive))
            continue;
        report(errors, ADMF_FAILED, cube->path, 0, 0, 0,
               "%s is %.17g in the trace and %.17g in the cube", name,
               metric >= 0 ? result->metric[metric] : NAN, stored[k]);
    }
    return admf_diagnostics_status(errors);
}
