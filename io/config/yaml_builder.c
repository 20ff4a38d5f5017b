/* SPDX-License-Identifier: Apache-2.0 */
#include "io/config/yaml_builder.h"

#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>

#include "engine/base/failure.h"
#include "engine/base/memory.h"
#include "io/config/one_line.h"

void builder_complain(struct yaml_builder *b, struct place place, const char *format, ...)
{
    char message[ADMF_MESSAGE_MAX];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(message, sizeof message, format, arguments);
    va_end(arguments);
    make_one_line(message);
    b->failed = true;
    if (b->errors->total < 1000)
        report(b->errors, ADMF_BAD_CONFIG, b->path, place.line, place.column, place.length, "%s",
               message);
}

struct yaml_node *builder_no_memory(struct yaml_builder *b)
{
    b->no_memory = true;
    return NULL;
}

bool builder_push(struct yaml_builder *b, struct yaml_node *node)
{
    if (b->stack_count == b->stack_room) {
        size_t room = b->stack_room ? 2 * b->stack_room : 64;
        struct yaml_node **stack = memory_resize(b->stack, room, sizeof *stack);
        if (!stack)
            return builder_no_memory(b);
        b->stack = stack;
        b->stack_room = room;
    }
    b->stack[b->stack_count++] = node;
    return true;
}

bool builder_take(struct yaml_builder *b, struct yaml_node *node, size_t base)
{
    size_t entries = b->stack_count - base, step = node->kind == NODE_MAP ? 2 : 1;
    node->count = entries / step;
    node->items = arena_new(b->arena, node->count, sizeof *node->items);
    if (step == 2)
        node->keys = arena_new(b->arena, node->count, sizeof *node->keys);
    if (!node->items || (step == 2 && !node->keys))
        return builder_no_memory(b);
    for (size_t i = 0; i < node->count; i++) {
        if (step == 2)
            node->keys[i] = b->stack[base + 2 * i];
        node->items[i] = b->stack[base + step * i + step - 1];
        size_t weight = node->items[i]->weight + (step - 1);
        if (!size_sum(node->weight, weight, &node->weight))
            node->weight = SIZE_MAX;
        if (node->items[i]->height > node->height)
            node->height = node->items[i]->height;
    }
    node->height++;
    b->stack_count = base;
    return true;
}
