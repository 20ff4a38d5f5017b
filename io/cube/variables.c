/* SPDX-License-Identifier: Apache-2.0 */
#include "io/cube/variables.h"

#include <string.h>

#include "admf/cube.h"
#include "engine/base/failure.h"
#include "engine/base/memory.h"

const char *const cube_dimension[CUBE_RANK_MAX] = {"symbol", "window",    "strategy", "classifier",
                                                   "risk",   "execution", "block"};

const char *admf_axis_name(int axis)
{
    return axis >= 0 && axis < ADMF_AXES ? cube_dimension[axis] : NULL;
}

/* Bytes are kept far from 2^63, so that sums of a few sizes cannot overflow either. */
static bool product_fits(const uint64_t *dims, int rank, size_t element, uint64_t *elements)
{
    uint64_t bytes = element;
    *elements = 1;
    for (int d = 0; d < rank; d++)
        if (__builtin_mul_overflow(bytes, dims[d], &bytes) || bytes >> 60)
            return false;
    for (int d = 0; d < rank; d++)
        *elements *= dims[d];
    return true;
}

static void set_dims(struct variables *v, const struct cube_layout *layout)
{
    v->dims[0] = layout->symbol_count;
    v->dims[1] = layout->window_count;
    for (int a = 0; a < AXIS_COUNT; a++)
        v->dims[2 + a] = layout->axes[a].count;
    v->dims[CUBE_RANK] = (uint64_t)layout->stat_blocks;
}

static bool count_regime_rows(struct variables *v, const struct axis *classifiers)
{
    v->regime_start = memory_new(classifiers->count + 1, sizeof *v->regime_start);
    if (!v->regime_start)
        return false;
    for (size_t c = 0; c < classifiers->count; c++)
        v->regime_start[c + 1] = v->regime_start[c] + regime_labels(&classifiers->instances[c]);
    v->regime_rows = v->cells / classifiers->count * v->regime_start[classifiers->count];
    return true;
}

uint64_t regime_row(const struct variables *v, uint64_t cell)
{
    uint64_t inner = v->dims[4] * v->dims[5], per_strategy = v->regime_start[v->dims[3]];
    uint64_t below = cell % inner, row = cell / inner;
    uint64_t classifier = row % v->dims[3], strategy = row / v->dims[3];
    uint64_t labels =
        classifier < v->dims[3] ? v->regime_start[classifier + 1] - v->regime_start[classifier] : 0;
    return (strategy * per_strategy + v->regime_start[classifier]) * inner + below * labels;
}

static struct variable *next_variable(struct variables *v, const char *name, const char *long_name,
                                      const char *units, enum value_type type, int rank)
{
    static const size_t bytes[] = {8, 4, 1};
    struct variable *variable = &v->list[v->count++];
    *variable = (struct variable){.name = name,
                                  .long_name = long_name,
                                  .units = units,
                                  .type = type,
                                  .rank = rank,
                                  .element = bytes[type]};
    for (int d = 0; d < rank; d++)
        variable->dims[d] = v->dims[d];
    return variable;
}

static void list_variables(struct variables *v, const struct cube_layout *layout)
{
    enum value_type number = layout->float32 ? VALUE_FLOAT32 : VALUE_FLOAT64;
    for (size_t m = 0; m < layout->metric_count; m++)
        next_variable(v, layout->metrics[m].name, layout->metrics[m].long_name,
                      layout->metrics[m].unit, number, CUBE_RANK);
    v->metrics = v->count;
    v->status = v->count;
    next_variable(v, "status", "fate of the combination", NULL, VALUE_UINT8, CUBE_RANK);
    if (layout->stat_blocks > 0) {
        v->blocks = v->count;
        next_variable(v, "block_sum", "sum of the sampled returns of a block", "1", number, 7);
        next_variable(v, "block_sum2", "sum of their squares", "1", number, 7);
        next_variable(v, "block_n", "samples of a block", "1", number, 7);
    }
    if (layout->by_regime) {
        static const char *const name[] = {"profit", "bars", "trades", "wins"};
        static const char *const meaning[] = {"profit while the label held", "bars with the label",
                                              "closed trades entered under the label",
                                              "those with a profit"};
        static const char *const unit[] = {"currency", "bars", "trades", "trades"};
        v->regimes = v->count;
        for (int k = 0; k < 4; k++) {
            struct variable *column =
                next_variable(v, name[k], meaning[k], unit[k], VALUE_FLOAT64, 1);
            column->group = "by_regime";
            column->dims[0] = v->dims[0] * v->dims[1] * v->regime_rows;
        }
    }
}

admf_status variables_init(struct variables *v, const struct cube_layout *layout, admf_error *error)
{
    *v = (struct variables){0};
    set_dims(v, layout);
    if (!product_fits(v->dims, CUBE_RANK, 8, &v->cells) || v->cells == 0)
        return fail(error, ADMF_BAD_CONFIG, "a cube of this many combinations cannot be stored");
    v->cells /= v->dims[0] * v->dims[1];
    v->list = memory_new(layout->metric_count + 8, sizeof *v->list);
    if (!v->list || !count_regime_rows(v, &layout->axes[AXIS_CLASSIFIER])) {
        variables_deinit(v);
        return fail_memory(error);
    }
    list_variables(v, layout);
    for (size_t k = 0; k < v->count; k++)
        if (!product_fits(v->list[k].dims, v->list[k].rank, v->list[k].element,
                          &v->list[k].elements)) {
            variables_deinit(v);
            return fail(error, ADMF_BAD_CONFIG,
                        "a cube of this many combinations cannot be stored");
        }
    return ADMF_OK;
}

void variables_deinit(struct variables *v)
{
    memory_free(v->list);
    memory_free(v->regime_start);
    *v = (struct variables){0};
}

void chunk_dims(int rank, const uint64_t *dims, size_t element, uint64_t *chunk)
{
    enum { LARGEST = 1 << 20 };
    uint64_t room = LARGEST / element;
    for (int d = rank - 1; d >= 0; d--) {
        uint64_t take = dims[d] < room ? dims[d] : room;
        if (take == 0)
            take = 1;
        uint64_t pieces = (dims[d] + take - 1) / take;
        chunk[d] = pieces ? (dims[d] + pieces - 1) / pieces : 1;
        room = pieces > 1 ? 1 : room / take;
    }
}
