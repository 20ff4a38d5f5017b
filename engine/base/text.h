/* SPDX-License-Identifier: Apache-2.0 */
/* A growing text, numbers as text, and JSON written piece by piece. */
#ifndef ADMF_ENGINE_BASE_TEXT_H
#define ADMF_ENGINE_BASE_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Start from {0}. After a failed allocation, or what printf cannot print, `failed` stays true and
 * appending does nothing. */
struct text {
    char *chars; /* NUL-terminated; NULL while empty */
    size_t length, capacity;
    bool failed;
};

/* Frees the characters; the text is {0} again. */
void text_deinit(struct text *text);
/* Append `length` bytes, a C string, what printf would print. */
void text_append(struct text *text, const char *chars, size_t length);
void text_add(struct text *text, const char *chars);
void text_format(struct text *text, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* A JSON string with quotes and escapes. */
void text_json_string(struct text *text, const char *chars);
/* A JSON number; null for NaN and infinities. */
void text_json_number(struct text *text, double number);

enum { NUMBER_MAX = 32 }; /* bytes of the longest number, NUL included */
/*
 * The shortest decimal that reads back as the same double ("0.1", "10", "1e-05" as
 * "0.00001", "1e+20" as "1e20"; "nan", "inf", "-inf"), whatever the locale.
 */
void number_to_text(double number, char out[NUMBER_MAX]);
/*
 * Reads a whole decimal number ("1_000", "1e5", ".5" as config.md has them, no hex, no
 * nan or inf), whatever the locale. False where `text` is anything else.
 */
bool number_from_text(const char *text, size_t length, double *number);

#endif
