/* SPDX-License-Identifier: Apache-2.0 */
/* A file of more rows than a series can have, and of more lines than an int can count. */
#include <limits.h>

#include "engine/base/memory.h"
#include "io/market/csv.h"
#include "tests/io/market/loading.h"

static const char text[] = "timestamp,close\n"
                           "2024-01-02,1\n2024-01-03,2\n2024-01-04,3\n2024-01-05,4\n";

struct file {
    struct series_source source;
    admf_diagnostics errors, warnings;
    struct reading reading;
    struct byte_stream stream;
    struct csv csv;
    struct zone *zone;
    char path[64];
};

/* Reads the header, after which what is counted can be set. */
static void start(struct file *f, const char *bytes, size_t piece, int threads)
{
    admf_error error = {0};
    *f = (struct file){.source = PLAIN};
    snprintf(f->path, sizeof f->path, "/tmp/admf_limits_%ld.csv", (long)getpid());
    FILE *file = fopen(f->path, "wb");
    assert_non_null(file);
    assert_int_equal(fwrite(bytes, 1, strlen(bytes), file), strlen(bytes));
    assert_int_equal(fclose(file), 0);
    f->source.path = f->path;
    f->reading = (struct reading){&f->source, &f->errors, &f->warnings, threads};
    assert_int_equal(bytes_open(&f->stream, f->path, piece, NULL, &error), ADMF_OK);
    assert_int_equal(zone_open("UTC", &f->zone, &error), ADMF_OK);
    csv_start(&f->csv, &f->stream, &f->reading, f->zone);
    assert_int_equal(csv_header(&f->csv), ADMF_OK);
}

static void end(struct file *f)
{
    bytes_close(&f->stream);
    zone_close(&f->zone);
    unlink(f->path);
    columns_deinit(&f->csv.columns);
    memory_free(f->csv.time);
    admf_diagnostics_deinit(&f->errors);
    admf_diagnostics_deinit(&f->warnings);
}

static void more_rows_than_a_series_has(void **state)
{
    (void)state;
    for (int threads = 1; threads <= 2; threads++)
        for (size_t most = 2; most <= 5; most++) {
            struct file f;
            start(&f, text, 32, threads);
            assert_int_equal(f.csv.rows_most, INT32_MAX);
            f.csv.rows_most = most;
            assert_int_equal(csv_rows(&f.csv), most < 4 ? ADMF_BAD_DATA : ADMF_OK);
            assert_int_equal(f.errors.total, most < 4);
            if (most < 4)
                assert_non_null(strstr(f.errors.items[0].message, "bars at most"));
            else
                assert_int_equal(f.csv.rows, 4);
            end(&f);
        }
}

/* Messages have an int for a line: the last it can tell stands for those behind. */
static void more_lines_than_an_int_counts(void **state)
{
    (void)state;
    for (int threads = 1; threads <= 2; threads++) {
        struct file f;
        start(&f, "timestamp,close\n2024-01-02,1\n2024-01-03,2\n\nwrong,3\n2024-01-03,4\n", 32,
              threads);
        f.csv.line = (int64_t)INT_MAX - 1;
        assert_int_equal(csv_rows(&f.csv), ADMF_OK);
        assert_int_equal(f.csv.line, (int64_t)INT_MAX + 4);
        assert_int_equal(f.errors.total, 3);
        for (size_t k = 0; k < 3; k++)
            assert_int_equal(f.errors.items[k].line, INT_MAX);
        assert_non_null(strstr(f.errors.items[2].message, "line 2147483647 again"));
        end(&f);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(more_rows_than_a_series_has),
        cmocka_unit_test(more_lines_than_an_int_counts),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
