/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Seeded mutations of right and wrong files: whatever comes in, there is a configuration or at
 * least one error with a place inside the file, and never a crash (run under sanitizers too).
 */
#define _POSIX_C_SOURCE 200809L
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <dirent.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "engine/base/memory.h"
#include "engine/expand/axis.h"
#include "io/config/config.h"

enum { SEEDS_MAX = 128, LONGEST = 1 << 14, ROUNDS = 60000 };

static struct {
    char *text;
    size_t length;
} seeds[SEEDS_MAX];
static size_t seed_count;

static uint64_t random_state = 0x243F6A8885A308D3u;

static uint64_t next_random(void)
{
    random_state ^= random_state << 13;
    random_state ^= random_state >> 7;
    random_state ^= random_state << 17;
    return random_state;
}

static size_t below(size_t n) { return n ? (size_t)(next_random() >> 11) % n : 0; }

static void read_seeds(const char *folder)
{
    DIR *directory = opendir(folder);
    assert_non_null(directory);
    for (const struct dirent *entry; (entry = readdir(directory)) && seed_count < SEEDS_MAX;) {
        char path[512];
        if (!strstr(entry->d_name, ".yaml"))
            continue;
        snprintf(path, sizeof path, "%s/%s", folder, entry->d_name);
        FILE *file = fopen(path, "rb");
        assert_non_null(file);
        seeds[seed_count].text = malloc(LONGEST);
        assert_non_null(seeds[seed_count].text);
        seeds[seed_count].length = fread(seeds[seed_count].text, 1, LONGEST, file);
        seed_count++;
        fclose(file);
    }
    closedir(directory);
}

static const char *const pieces[] = {"{",
                                     "}",
                                     "[",
                                     "]",
                                     ": ",
                                     "- ",
                                     "\n",
                                     "  ",
                                     "&a ",
                                     "*a",
                                     "<<: ",
                                     "null",
                                     "off",
                                     "true",
                                     "1e400",
                                     "-1",
                                     "0.1",
                                     "9223372036854775807",
                                     "1e-300",
                                     "'",
                                     "\"",
                                     "\\",
                                     "|\n",
                                     ">\n",
                                     "!!str ",
                                     "---\n",
                                     "{start: 1, stop: 9, step: 2}",
                                     "{linspace: [0, 1, 1000000]}",
                                     "{logspace: [1, 2, 3]}",
                                     "sample: {n: 3, method: sobol}",
                                     "where: 'a < b'",
                                     "\xff",
                                     "\xc3\xa9",
                                     "%",
                                     "@",
                                     "\t",
                                     "?",
                                     "# "};

static bool is_word(char c)
{
    return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || c == '_' ||
           c == '.';
}

/* Where the first word at or after a place begins, and its length; the end where none is. */
static size_t word_at(const char *text, size_t length, size_t at, size_t *word)
{
    while (at > 0 && at < length && is_word(text[at - 1]))
        at--;
    while (at < length && !is_word(text[at]))
        at++;
    for (*word = 0; at + *word < length && is_word(text[at + *word]);)
        ++*word;
    return at;
}

static size_t mutate(char *text, size_t length)
{
    size_t at = below(length + 1), n, other, from;
    const char *piece;
    switch (below(8)) {
    case 0: /* one byte */
        if (at < length)
            text[at] = (char)next_random();
        return length;
    case 1: /* take a stretch out */
        n = below(20);
        n = n < length - at ? n : length - at;
        memmove(text + at, text + at + n, length - at - n);
        return length - n;
    case 2: /* put a piece in */
        piece = pieces[below(sizeof pieces / sizeof *pieces)];
        n = strlen(piece);
        if (length + n > LONGEST)
            return length;
        memmove(text + at + n, text + at, length - at);
        memcpy(text + at, piece, n);
        return length + n;
    case 3: /* copy a stretch of another file in */
        from = below(seed_count);
        n = below(40);
        if (n > seeds[from].length || length + n > LONGEST)
            return length;
        memmove(text + at + n, text + at, length - at);
        memcpy(text + at, seeds[from].text + below(seeds[from].length - n + 1), n);
        return length + n;
    case 4: /* cut off */
        return below(8) ? length : at;
    default: /* put a word of another file in the place of one: what comes of it often is YAML */
        from = below(seed_count);
        at = word_at(text, length, at, &n);
        piece = seeds[from].text;
        piece += word_at(piece, seeds[from].length, below(seeds[from].length), &other);
        if (length - n + other > LONGEST)
            return length;
        memmove(text + at + other, text + at + n, length - at - n);
        memcpy(text + at, piece, other);
        return length - n + other;
    }
}

static void look_at(const char *text, size_t length)
{
    struct config *config = NULL;
    struct axis axes[AXIS_COUNT];
    uint64_t cells[AXIS_COUNT];
    admf_diagnostics errors = ADMF_DIAGNOSTICS_INIT, warnings = ADMF_DIAGNOSTICS_INIT;
    admf_status status = config_parse("fuzz.yaml", text, length, &config, &errors, &warnings);
    int lines = 1;
    for (size_t i = 0; i < length; i++)
        lines += text[i] == '\n' || text[i] == '\r' || (unsigned char)text[i] == 0x85 ||
                 (unsigned char)text[i] == 0xa8 || (unsigned char)text[i] == 0xa9;
    assert_true((status == ADMF_OK) == (config != NULL));
    assert_true((status == ADMF_OK) == (errors.count == 0));
    if (config && axes_count(config, cells, &errors) == ADMF_OK && cells[0] < 5000 &&
        cells[1] < 5000 && cells[2] < 5000 && cells[3] < 5000) {
        char *resolved = config_resolved(config);
        assert_non_null(resolved);
        memory_free(resolved);
        if (axes_expand(config, 0, axes, &errors) == ADMF_OK)
            for (int i = 0; i < AXIS_COUNT; i++)
                axis_deinit(&axes[i]);
    }
    for (size_t i = 0; i < errors.count; i++) {
        assert_true(errors.items[i].line >= 1 && errors.items[i].line <= lines);
        assert_true(errors.items[i].column >= 1 && errors.items[i].length >= 0);
        assert_true(errors.items[i].message[0] != '\0');
    }
    config_free(&config);
    admf_diagnostics_deinit(&errors);
    admf_diagnostics_deinit(&warnings);
}

static void mutations_never_crash(void **state)
{
    (void)state;
    static char text[LONGEST];
    read_seeds(ADMF_SOURCE_DIR "/configs");
    read_seeds(ADMF_SOURCE_DIR "/tests/io/config/bad");
    for (int i = 0; i < ROUNDS; i++) {
        size_t seed = below(seed_count), length = seeds[seed].length;
        memcpy(text, seeds[seed].text, length);
        for (size_t changes = 1 + below(6); changes > 0; changes--)
            length = mutate(text, length);
        look_at(text, length);
    }
    for (size_t i = 0; i < seed_count; i++)
        free(seeds[i].text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(mutations_never_crash)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
