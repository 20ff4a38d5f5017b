/* SPDX-License-Identifier: Apache-2.0 */
#include "io/market/bars.h"

#include <string.h>

#include "engine/base/memory.h"
#include "io/market/bars_digest.h"

void bars_free(struct bars **pointer)
{
    struct bars *bars = *pointer;
    if (!bars)
        return;
    memory_free(bars->symbol);
    memory_free(bars->time);
    memory_free(bars->open);
    memory_free(bars->high);
    memory_free(bars->low);
    memory_free(bars->close);
    memory_free(bars->volume);
    for (size_t k = 0; k < bars->extras; k++) {
        memory_free(bars->extra[k].name);
        memory_free(bars->extra[k].values);
    }
    memory_free(bars->extra);
    memory_free(bars->session_day);
    memory_free(bars->day_end);
    memory_free(bars);
    *pointer = NULL;
}

size_t bars_bytes(const struct bars *bars)
{
    const double *columns[] = {bars->open, bars->high, bars->low, bars->close, bars->volume};
    size_t present = bars->extras;
    for (size_t k = 0; k < sizeof columns / sizeof *columns; k++)
        present += columns[k] != NULL;
    return bars->count *
               (sizeof *bars->time + present * sizeof(double) + sizeof *bars->session_day) +
           bars->days * sizeof *bars->day_end;
}

static void add_column(struct digest *digest, const char *name, const double *values, size_t count)
{
    if (!values)
        return;
    digest_add(digest, name, strlen(name) + 1);
    digest_add_doubles(digest, values, count);
}

/* Names are part of it: the same numbers as another column are other data. */
uint64_t bars_make_digest(const struct bars *bars)
{
    struct digest digest;
    digest_start(&digest);
    digest_add(&digest, bars->time, bars->count * sizeof *bars->time);
    add_column(&digest, "open", bars->open, bars->count);
    add_column(&digest, "high", bars->high, bars->count);
    add_column(&digest, "low", bars->low, bars->count);
    add_column(&digest, "close", bars->close, bars->count);
    add_column(&digest, "volume", bars->volume, bars->count);
    for (size_t k = 0; k < bars->extras; k++)
        add_column(&digest, bars->extra[k].name, bars->extra[k].values, bars->count);
    return digest_value(&digest);
}
