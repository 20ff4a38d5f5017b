/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE /* newlocale, strtod_l */
#include "engine/base/text.h"

#include <locale.h>
#include <math.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "engine/base/memory.h"

void text_deinit(struct text *text)
{
    memory_free(text->chars);
    *text = (struct text){0};
}

static bool make_room(struct text *text, size_t more)
{
    size_t needed;
    if (text->failed || !size_sum(text->length + 1, more, &needed)) {
        text->failed = true;
        return false;
    }
    if (needed > text->capacity) {
        size_t capacity = needed < 128 ? 128 : needed + needed / 2;
        char *chars = memory_resize(text->chars, capacity, 1);
        if (!chars) {
            text->failed = true;
            return false;
        }
        text->chars = chars;
        text->capacity = capacity;
    }
    return true;
}

void text_append(struct text *text, const char *chars, size_t length)
{
    if (!make_room(text, length))
        return;
    memcpy(text->chars + text->length, chars, length);
    text->length += length;
    text->chars[text->length] = '\0';
}

void text_add(struct text *text, const char *chars) { text_append(text, chars, strlen(chars)); }

void text_format(struct text *text, const char *format, ...)
{
    va_list arguments, again;
    va_start(arguments, format);
    va_copy(again, arguments);
    int length = vsnprintf(NULL, 0, format, arguments);
    if (length < 0)
        text->failed = true;
    else if (make_room(text, (size_t)length)) {
        vsnprintf(text->chars + text->length, (size_t)length + 1, format, again);
        text->length += (size_t)length;
    }
    va_end(again);
    va_end(arguments);
}

void text_json_string(struct text *text, const char *chars)
{
    text_add(text, "\"");
    for (const char *p = chars; *p; p++) {
        unsigned char c = (unsigned char)*p;
        if (c == '"' || c == '\\')
            text_format(text, "\\%c", c);
        else if (c == '\n')
            text_add(text, "\\n");
        else if (c == '\t')
            text_add(text, "\\t");
        else if (c < 0x20 || c == 0x7f)
            text_format(text, "\\u%04x", c);
        else
            text_append(text, p, 1);
    }
    text_add(text, "\"");
}

void text_json_number(struct text *text, double number)
{
    char digits[NUMBER_MAX];
    number_to_text(number, digits);
    text_add(text, isfinite(number) ? digits : "null");
}

/* The C locale, so that the decimal point is a point whatever the program has set. */
static locale_t plain;
static pthread_once_t plain_once = PTHREAD_ONCE_INIT;

static void make_plain(void) { plain = newlocale(LC_ALL_MASK, "C", (locale_t)0); }

static double read_plain(const char *text, char **end)
{
    pthread_once(&plain_once, make_plain);
    return plain ? strtod_l(text, end, plain) : strtod(text, end);
}

/* Decimal digits of `number` with the fewest that read back, and the exponent of the first. */
static int shortest_digits(double number, char digits[20])
{
    char scientific[40];
    for (int precision = 0;; precision++) {
        snprintf(scientific, sizeof scientific, "%.*e", precision, number);
        for (char *p = scientific; *p; p++)
            if (*p == ',')
                *p = '.';
        if (precision == 16 || read_plain(scientific, NULL) == number)
            break;
    }
    char *exponent = strchr(scientific, 'e');
    size_t n = 0;
    for (const char *p = scientific; p < exponent; p++)
        if (*p >= '0' && *p <= '9')
            digits[n++] = *p;
    while (n > 1 && digits[n - 1] == '0')
        n--;
    digits[n] = '\0';
    return atoi(exponent + 1);
}

void number_to_text(double number, char out[NUMBER_MAX])
{
    if (isnan(number) || isinf(number)) {
        snprintf(out, NUMBER_MAX, "%s", isnan(number) ? "nan" : number < 0 ? "-inf" : "inf");
        return;
    }
    char digits[20];
    int exponent = shortest_digits(fabs(number), digits), count = (int)strlen(digits);
    const char *sign = signbit(number) ? "-" : "";
    if (exponent < -5 || exponent > 15) {
        snprintf(out, NUMBER_MAX, "%s%c%s%se%d", sign, digits[0], count > 1 ? "." : "", digits + 1,
                 exponent);
    } else if (exponent < 0) {
        snprintf(out, NUMBER_MAX, "%s0.%.*s%.17s", sign, -exponent - 1, "00000", digits);
    } else if (count <= exponent + 1) {
        /* exponent <= 15: at most 16 digits in all, zeros included. */
        memset(digits + count, '0', (size_t)(exponent + 1 - count));
        snprintf(out, NUMBER_MAX, "%s%.*s", sign, exponent + 1, digits);
    } else {
        snprintf(out, NUMBER_MAX, "%s%.*s.%s", sign, exponent + 1, digits, digits + exponent + 1);
    }
}

static bool is_digit(char c) { return c >= '0' && c <= '9'; }

/* The digits at p without underscores between them; false where an underscore stands elsewhere. */
static bool copy_digits(const char **p, const char *end, char **out)
{
    while (*p < end && (is_digit(**p) || **p == '_')) {
        if (**p == '_') {
            if (!is_digit((*p)[-1]) || *p + 1 == end || !is_digit((*p)[1]))
                return false;
        } else {
            *(*out)++ = **p;
        }
        (*p)++;
    }
    return true;
}

bool number_from_text(const char *text, size_t length, double *number)
{
    enum { LONGEST = 400 };
    char plain_digits[LONGEST + 1], *out = plain_digits;
    const char *p = text, *end = text + length;
    if (length == 0 || length > LONGEST)
        return false;
    if (*p == '+' || *p == '-')
        *out++ = *p++;
    const char *first = p;
    if (p < end && *p == '_')
        return false;
    if (!copy_digits(&p, end, &out))
        return false;
    /* 010 is octal to some readers and ten to others: neither here. */
    if (p - first > 1 && *first == '0')
        return false;
    bool any = p > first;
    if (p < end && *p == '.') {
        *out++ = *p++;
        const char *fraction = p;
        if (p < end && *p == '_')
            return false;
        if (!copy_digits(&p, end, &out))
            return false;
        any = any || p > fraction;
    }
    if (!any)
        return false;
    if (p < end && (*p == 'e' || *p == 'E')) {
        *out++ = *p++;
        if (p < end && (*p == '+' || *p == '-'))
            *out++ = *p++;
        const char *exponent = p;
        while (p < end && is_digit(*p))
            *out++ = *p++;
        if (p == exponent)
            return false;
    }
    *out = '\0';
    if (p != end)
        return false;
    double value = read_plain(plain_digits, NULL);
    if (!isfinite(value))
        return false;
    *number = value;
    return true;
}
