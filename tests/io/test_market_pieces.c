/* SPDX-License-Identifier: Apache-2.0 */
/* CSV read by several threads in small pieces: bars and all that is said are those of one thread.
 */
#define _POSIX_C_SOURCE 200809L /* ftruncate, fileno */
#include <stdio.h>
#include <unistd.h>
#include <zlib.h>

#include "engine/base/memory.h"
#include "io/market/byte_stream.h"
#include "io/market/load.h"
#include "tests/io/market/loading.h"

static uint32_t next(uint32_t *random, uint32_t below)
{
    *random = *random * 1664525u + 1013904223u;
    return (uint32_t)((uint64_t)(*random >> 8) * below >> 24);
}

enum { TEXT_MOST = 1 << 16 };

struct sample {
    char bytes[TEXT_MOST];
    size_t length;
    enum { STAMPS_OFFSET, STAMPS_LOCAL, STAMPS_DATE, STAMPS_EPOCH, STAMPS } stamps;
    uint32_t faults, odd; /* of 1000 rows */
    bool returns;         /* carriage returns at line ends */
    int64_t minute;       /* of the latest row */
};

static void add(struct sample *s, const char *format, ...) __attribute__((format(printf, 2, 3)));
static void add(struct sample *s, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    s->length += (size_t)vsnprintf(s->bytes + s->length, TEXT_MOST - s->length, format, arguments);
    va_end(arguments);
    assert_true(s->length < TEXT_MOST);
}

/* From the day before New York's clocks go forward. */
static void add_stamp(struct sample *s, int64_t minute)
{
    int day = (int)(minute / 1440), clock = (int)(minute % 1440);
    if (s->stamps == STAMPS_EPOCH)
        add(s, "%ld", 1709942400 + 60 * (long)minute);
    else if (s->stamps == STAMPS_DATE) /* a minute is a day here */
        add(s, "%d-%02d-%02d", 1980 + (int)(minute / 336), (int)(minute / 28 % 12) + 1,
            (int)(minute % 28) + 1);
    else
        add(s, "2024-03-%02d%c%02d:%02d:00%s", 9 + day, s->stamps == STAMPS_LOCAL ? ' ' : 'T',
            clock / 60, clock % 60, s->stamps == STAMPS_LOCAL ? "" : "+02:00");
}

/* A row that one thread refuses, warns of, or leaves out. */
static void add_faulty(struct sample *s, uint32_t *random)
{
    static const char *const rows[] = {
        "\n",
        " \t\n\n",
        "nonsense\n",
        "2024-03-09,1,1,1,1,1,1\n",
        "2024-03-09T10:00:00Z,1,1,1,1,1,1\n",
        "\"2024-03-09\n10:00:00\",1,1,1,1,1,1\n", /* a quoted line break is two faulty rows */
        "timestamp,open,high,low,close,volume,more\n",
    };
    static const char *const values[] = {
        "1,2,3,1,2,5",     "1,0.5,1,1,5,1",     "-1,1,1,1,1,1",  "1,1,1,1,-1,1",
        "1,1,1,,1,1",      "1,1,1,1,1,words",   "1,1,1,1,\"1,1", "1,1,1,\"1\"x,1,1",
        "1,1,1,1e999,1,1", "1,1,1,1,1,\"a b\"",
    };
    uint32_t kind = next(random, 24);
    size_t rest = kind < 7 ? 0 : next(random, sizeof values / sizeof *values);
    if (kind < 7) {
        add(s, "%s", rows[kind]);
        return;
    }
    /* Some before the latest row or at its time. */
    int64_t back = kind < 12 ? next(random, 4) : 0, minute = s->minute + (kind < 12 ? 0 : 1);
    add_stamp(s, minute > back ? minute - back : minute);
    add(s, ",%s%s\n", kind < 12 ? "1,1,1,1,1,1" : values[rest], kind == 23 ? ",1" : "");
    if (kind == 22)
        s->bytes[s->length - 3] = '\0';
}

static void add_row(struct sample *s, uint32_t *random)
{
    double price = 1 + (double)next(random, 100000) / 100, volume = next(random, 1000);
    bool odd = next(random, 1000) < s->odd;
    s->minute += 1 + (next(random, 20) == 0 ? next(random, 120) : 0);
    if (odd && next(random, 2))
        add(s, " ");
    add_stamp(s, s->minute);
    if (odd)
        add(s, " ,\"%.15g\", %.17e,%.3f,%.4f,,%*d\t", price, price * 1.5, price / 3, price,
            1 + (int)next(random, 90), 3);
    else
        add(s, ",%.2f,%.2f,%.2f,%.2f,%g,-%g", price, price + 1, price / 2, price, volume, volume);
    add(s, "%s\n", s->returns || (odd && next(random, 2)) ? "\r" : "");
}

static void make_sample(struct sample *s, uint32_t *random)
{
    static const uint32_t rates[] = {0, 0, 1, 20, 300};
    s->length = 0;
    s->minute = 0;
    s->stamps = next(random, STAMPS);
    s->returns = next(random, 3) == 0;
    s->faults = rates[next(random, 5)];
    s->odd = rates[next(random, 5)];
    add(s, "timestamp,open,high,low,close,volume,more%s\n", s->returns ? "\r" : "");
    for (uint32_t rows = 1 + next(random, 600); rows > 0; rows--) {
        if (next(random, 1000) < s->faults)
            add_faulty(s, random);
        add_row(s, random);
    }
    switch (next(random, 6)) {
    case 0:
        s->length -= 1 + next(random, 30); /* without a line feed, maybe cut short */
        break;
    case 1:
        add(s, "\n \r\n\n"); /* blank lines at the end are no fault */
        break;
    case 2:
        add(s, "%*s\n", 1 + (int)next(random, 3000), "long");
        break;
    default:
        break;
    }
}

static char path[64];

static void write_file(const struct sample *s, bool gzip, size_t cut)
{
    gzFile packed = gzip ? gzopen(path, "wb") : NULL;
    FILE *plain = gzip ? NULL : fopen(path, "wb");
    assert_true(packed || plain);
    if (packed) {
        assert_int_equal(gzwrite(packed, s->bytes, (unsigned)s->length), (int)s->length);
        assert_int_equal(gzclose(packed), Z_OK);
        plain = fopen(path, "r+b");
        assert_non_null(plain);
        assert_int_equal(fseek(plain, 0, SEEK_END), 0);
        size_t size = (size_t)ftell(plain);
        assert_int_equal(ftruncate(fileno(plain), (off_t)(cut < size ? size - cut : size)), 0);
    } else {
        assert_int_equal(fwrite(s->bytes, 1, s->length, plain), s->length);
    }
    assert_int_equal(fclose(plain), 0);
}

static struct loading load_file(const struct series_source *from, int threads, size_t piece)
{
    struct loading l = {.source = *from};
    l.status = bars_load_pieces(from, threads, piece, &l.bars, &l.errors, &l.warnings);
    return l;
}

static void same_list(const admf_diagnostics *a, const admf_diagnostics *b)
{
    assert_int_equal(a->count, b->count);
    assert_int_equal(a->total, b->total);
    for (size_t k = 0; k < a->count; k++) {
        assert_int_equal(a->items[k].code, b->items[k].code);
        assert_int_equal(a->items[k].line, b->items[k].line);
        assert_int_equal(a->items[k].column, b->items[k].column);
        assert_int_equal(a->items[k].length, b->items[k].length);
        assert_string_equal(a->items[k].file, b->items[k].file);
        assert_string_equal(a->items[k].message, b->items[k].message);
    }
}

static void same_values(const double *a, const double *b, size_t count)
{
    assert_int_equal(a != NULL, b != NULL);
    if (a)
        assert_memory_equal(a, b, count * sizeof *a);
}

static void same_loading(const struct loading *a, const struct loading *b)
{
    assert_int_equal(a->status, b->status);
    same_list(&a->errors, &b->errors);
    same_list(&a->warnings, &b->warnings);
    assert_int_equal(a->bars != NULL, b->bars != NULL);
    if (!a->bars)
        return;
    size_t count = a->bars->count;
    assert_int_equal(count, b->bars->count);
    assert_int_equal(a->bars->rows_dropped, b->bars->rows_dropped);
    assert_memory_equal(a->bars->time, b->bars->time, count * sizeof *a->bars->time);
    same_values(a->bars->open, b->bars->open, count);
    same_values(a->bars->high, b->bars->high, count);
    same_values(a->bars->low, b->bars->low, count);
    same_values(a->bars->close, b->bars->close, count);
    same_values(a->bars->volume, b->bars->volume, count);
    assert_int_equal(a->bars->extras, b->bars->extras);
    for (size_t k = 0; k < a->bars->extras; k++)
        same_values(a->bars->extra[k].values, b->bars->extra[k].values, count);
    assert_true(a->bars->digest == b->bars->digest);
}

/* Every kind of outcome has to be among them, or the test tests little. */
static void random_files(void **state)
{
    (void)state;
    enum { FILES = 600 };
    static struct sample sample;
    uint32_t random = 11;
    size_t good = 0, bad = 0, full = 0, dropped = 0, warned = 0;
    for (int file = 0; file < FILES; file++) {
        struct series_source from = {.path = path, .periods_per_year = NAN};
        bool gzip = next(&random, 4) == 0;
        make_sample(&sample, &random);
        from.timezone = (char *)(uintptr_t)(next(&random, 2) ? "America/New_York" : "UTC");
        from.repair_drop = next(&random, 2);
        from.converting = true;
        write_file(&sample, gzip, next(&random, 4) ? 0 : next(&random, 4000));
        for (int k = 0; k < 3; k++) {
            /* What comes of gzip that is damaged depends on how much is asked for at a time. */
            size_t piece = 2 + next(&random, k ? 3000 : 200);
            struct loading one = load_file(&from, 1, gzip ? piece : BYTES_PIECE);
            struct loading many = load_file(&from, 2 + (int)next(&random, 9), piece);
            same_loading(&one, &many);
            good += one.bars != NULL;
            bad += one.errors.total > 0;
            full += one.errors.total > one.errors.count;
            dropped += one.bars && one.bars->rows_dropped;
            warned += one.bars && one.warnings.total > 0;
            unload(&one);
            unload(&many);
        }
    }
    unlink(path);
    assert_true(good > 200 && bad > 200 && full > 50 && dropped > 50 && warned > 20);
}

/* A line that never ends is refused at the same place, behind all that is said before it. */
static void endless_line(void **state)
{
    (void)state;
    static struct sample sample;
    struct series_source from = {.path = path, .periods_per_year = NAN};
    uint32_t random = 5;
    add(&sample, "timestamp,open,high,low,close,volume,more\n");
    for (int row = 0; row < 200; row++) {
        if (row % 20 == 19)
            add(&sample, "nonsense\n");
        add_row(&sample, &random);
    }
    for (size_t length = BYTES_LONGEST - 1; length <= BYTES_LONGEST + 1; length++) {
        FILE *file = fopen(path, "wb");
        assert_non_null(file);
        assert_int_equal(fwrite(sample.bytes, 1, sample.length, file), sample.length);
        assert_int_equal(fprintf(file, "%*s", (int)length, "x"), length);
        assert_int_equal(fclose(file), 0);
        struct loading one = load_file(&from, 1, BYTES_PIECE), many = load_file(&from, 3, 256);
        assert_int_equal(one.errors.total, 11);
        same_loading(&one, &many);
        unload(&one);
        unload(&many);
    }
    unlink(path);
}

/* Every allocation fails in turn: an error each time, nothing kept. */
static void memory_runs_out(void **state)
{
    (void)state;
    static struct sample sample;
    struct series_source from = {.path = path, .periods_per_year = NAN, .converting = true};
    uint32_t random = 3;
    add(&sample, "timestamp,open,high,low,close,volume,more\n");
    for (int row = 0; row < 200; row++)
        add_row(&sample, &random);
    write_file(&sample, true, 0);
    uint64_t n = 1;
    for (bool reached = true; reached; n++) {
        memory_fail_at(n);
        struct loading l = load_file(&from, 4, 512);
        reached = memory_allocations() >= n;
        memory_fail_at(0);
        /* Where only a warning found no room, all else is fine. */
        assert_true(l.status == ADMF_OK || (reached && l.status == ADMF_INTERNAL));
        assert_int_equal(l.status == ADMF_OK, l.bars != NULL);
        unload(&l);
    }
    assert_true(n > 40);
    unlink(path);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(random_files),
                                       cmocka_unit_test(endless_line),
                                       cmocka_unit_test(memory_runs_out)};
    snprintf(path, sizeof path, "/tmp/admf_pieces_%ld.csv", (long)getpid());
    return cmocka_run_group_tests(tests, NULL, NULL);
}
