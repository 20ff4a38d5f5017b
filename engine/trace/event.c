/* SPDX-License-Identifier: Apache-2.0 */
/* The envelope of an event: ids, filter, time, and the keys of a payload. */
#define _POSIX_C_SOURCE 200809L /* clock_gettime */
#include "engine/trace/event.h"

#include <inttypes.h>
#include <math.h>
#include <string.h>
#include <time.h>

#include "engine/base/failure.h"
#include "engine/catalog/catalog.h"
#include "engine/trace/announce.h"
#include "io/market/timestamp.h"

static const char *const type_names[EVENT_TYPE_COUNT] = {
#define EVENT(name) #name,
    EVENT_TYPES(EVENT)
#undef EVENT
};

void event_sink_deinit(struct event_sink *sink) { text_deinit(&sink->text); }

uint64_t event_now(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
}

void event_add_time(struct event_sink *sink, enum service service, uint64_t calls,
                    uint64_t nanoseconds)
{
    sink->calls[service] += calls;
    sink->nanoseconds[service] += nanoseconds;
}

admf_status event_status(const struct event_sink *sink, admf_error *error)
{
    return sink->text.failed ? fail_memory(error) : ADMF_OK;
}

static int find_type(const char *word, size_t length)
{
    for (int i = 0; i < EVENT_TYPE_COUNT; i++)
        if (strlen(type_names[i]) == length && memcmp(type_names[i], word, length) == 0)
            return i;
    return -1;
}

static admf_status unknown_type(const char *word, size_t length, admf_error *error)
{
    char name[64];
    size_t kept = length < sizeof name - 1 ? length : sizeof name - 1;
    memcpy(name, word, kept);
    name[kept] = '\0';
    const char *near = nearest_name(name, type_names, EVENT_TYPE_COUNT);
    if (near)
        return fail(error, ADMF_USAGE, "unknown event type '%s'; did you mean '%s'?", name, near);
#define EVENT(name) ", " #name
    static const char all[] = EVENT_TYPES(EVENT);
#undef EVENT
    return fail(error, ADMF_USAGE, "unknown event type '%s'; types are %s", name,
                all + strlen(", "));
}

admf_status event_types_read(const char *list, unsigned *types, admf_error *error)
{
    unsigned found = 0;
    for (const char *word = list;;) {
        size_t length = strcspn(word, ",");
        int type = find_type(word, length);
        if (type < 0)
            return unknown_type(word, length, error);
        found |= 1u << type;
        if (word[length] == '\0')
            break;
        word += length + 1;
    }
    *types = found;
    return ADMF_OK;
}

static bool passes(const struct event_sink *sink, const struct event_head *head)
{
    const struct event_filter *filter = &sink->filter;
    bool in_time = head->time >= filter->from && head->time <= filter->to;
    return in_time && (filter->types == 0 || filter->types & 1u << head->type);
}

static void write_envelope(struct event_sink *sink, const struct event_head *head)
{
    struct text *text = &sink->text;
    const struct event_source *source = sink->source;
    text_format(text, "{\"event_id\":\"event_%" PRIu64 "\",\"seq\":%" PRIu64 ",\"type\":\"%s\"",
                sink->seq, sink->seq, type_names[head->type]);
    char stamp[STAMP_TEXT];
    stamp_to_text(head->time, stamp);
    event_text(sink, "ts", stamp);
    text_format(text, ",\"bar\":%zu", head->bar);
    event_text(sink, "source_id", head->from);
    event_text(sink, "target_id", head->to);
    event_text(sink, "combo_id", source->combo);
    event_text(sink, "portfolio_id", source->portfolio);
    event_text(sink, "correlation_id", source->correlation);
    event_key(sink, "causation_id");
    if (head->cause)
        text_format(text, "\"event_%" PRIu64 "\"", head->cause);
    else
        text_add(text, "null");
    text_add(text, ",\"payload\":{");
}

bool event_begin(struct event_sink *sink, const struct event_head *head)
{
    sink->last[head->type] = ++sink->seq;
    if (sink->stopped || sink->text.failed || !passes(sink, head))
        return false;
    sink->text.length = 0;
    write_envelope(sink, head);
    return !sink->text.failed;
}

void event_end(struct event_sink *sink)
{
    text_add(&sink->text, "}}");
    if (!sink->text.failed && !sink->line(sink->context, sink->text.chars, sink->text.length))
        sink->stopped = true;
}

/* A comma unless the key is the first of its object. */
void event_key(struct event_sink *sink, const char *key)
{
    struct text *text = &sink->text;
    if (text->length > 0 && text->chars[text->length - 1] != '{')
        text_add(text, ",");
    text_json_string(text, key);
    text_add(text, ":");
}

void event_number(struct event_sink *sink, const char *key, double value)
{
    event_key(sink, key);
    text_json_number(&sink->text, value);
}

void event_text(struct event_sink *sink, const char *key, const char *value)
{
    event_key(sink, key);
    if (value)
        text_json_string(&sink->text, value);
    else
        text_add(&sink->text, "null");
}

void event_word(struct event_sink *sink, const admf_param *param, double value)
{
    size_t length = 0;
    const char *word = isnan(value) ? NULL : catalog_word(param, (int)value, &length);
    event_key(sink, param->name);
    if (word)
        text_format(&sink->text, "\"%.*s\"", (int)length, word);
    else
        text_add(&sink->text, "null");
}

void event_bool(struct event_sink *sink, const char *key, bool value)
{
    event_key(sink, key);
    text_add(&sink->text, value ? "true" : "false");
}

void event_parameters(struct event_sink *sink, const struct event_service *service)
{
    event_key(sink, "parameters");
    text_add(&sink->text, "{");
    for (size_t i = 0; i < service->params; i++) {
        const char *word = service->word ? service->word[i] : NULL;
        if (word)
            event_text(sink, service->param[i], word);
        else
            event_number(sink, service->param[i], service->value[i]);
    }
    text_add(&sink->text, "}");
}

void event_service_inputs(struct event_sink *sink, const struct event_service *service, size_t bar)
{
    event_key(sink, "inputs");
    text_add(&sink->text, "{");
    for (size_t i = 0; i < service->inputs; i++)
        event_number(sink, service->input[i], service->column[i][bar]);
    text_add(&sink->text, "}");
}
