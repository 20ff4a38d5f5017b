/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/workflow/group_rows.h"

#include "engine/base/failure.h"
#include "engine/base/memory.h"

admf_status group_number(const struct group_rows *group, uint64_t row, const char *column,
                         double *out, admf_error *error)
{
    const struct cube_column place = {group->name, column};
    return cube_table_numbers(group->cube, &place, row, 1, out, error);
}

admf_status group_index(const struct group_rows *group, uint64_t row, const char *column,
                        uint64_t limit, uint64_t *out, admf_error *error)
{
    double number = 0;
    admf_status status = group_number(group, row, column, &number, error);
    if (status == ADMF_OK && !(number >= 0 && number < (double)limit))
        return fail_file(error, ADMF_BAD_DATA, group->cube->path, 0,
                         "/%s has a %s that there is not", group->name, column);
    *out = (uint64_t)number;
    return status;
}

static admf_status copy_text(const char *text, const char **out, admf_error *error)
{
    *out = memory_copy_text(text);
    return *out ? ADMF_OK : fail_memory(error);
}

admf_status group_label(const struct group_rows *group, uint64_t row, const char *column,
                        const char **out, admf_error *error)
{
    const struct cube_column place = {group->name, column};
    struct text_list text;
    admf_status status = cube_table_text(group->cube, &place, row, &text, error);
    *out = NULL;
    if (status != ADMF_OK)
        return status;
    status = copy_text(text_list_get(&text, 0), out, error);
    text_list_deinit(&text);
    return status;
}

admf_status group_instance(const struct plan *plan, enum axis_kind axis, size_t index,
                           const char **out, admf_error *error)
{
    return copy_text(plan->axes[axis].instances[index].label, out, error);
}

admf_status group_rank(const struct group_rows *group, const char *column, struct best *best,
                       admf_error *error)
{
    enum { PIECE = 1 << 12 }; /* rows read at once */
    uint64_t rows = 0;
    double *by = NULL;
    const struct cube_column place = {group->name, column};
    admf_status status = cube_table_rows(group->cube, &place, &rows, error);
    if (status == ADMF_OK && !(by = memory_new(PIECE, sizeof *by)))
        status = fail_memory(error);
    for (uint64_t row = 0, n; status == ADMF_OK && row < rows; row += n) {
        n = rows - row < PIECE ? rows - row : PIECE;
        status = cube_table_numbers(group->cube, &place, row, n, by, error);
        for (uint64_t k = 0; status == ADMF_OK && k < n; k++)
            best_offer(best, &(admf_ranked){.combo = row + k, .by = by[k]});
    }
    memory_free(by);
    best_sort(best);
    return status;
}
