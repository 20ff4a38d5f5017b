/* SPDX-License-Identifier: Apache-2.0 */
/* Market data in HDF5 and CSV written by us and read again; foreign and damaged files. */
#include <hdf5.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <zlib.h>

#include "tests/hdf5_leaks.h"
#include "tests/io/market/loading.h"

static char path[64];

static struct bars *synthetic(size_t count)
{
    struct synth_options options = {
        "SYN", count, 7, INT64_C(1577836800000000000), INT64_C(60000000000), 100, 5e-4, NULL};
    struct bars *bars = NULL;
    admf_error error = {0};
    assert_int_equal(bars_synthesise(&options, &bars, &error), ADMF_OK);
    return bars;
}

static struct loading load_path(struct series_source from)
{
    struct loading l = {.source = from};
    l.source.path = path;
    l.status = bars_load(&l.source, 1, &l.bars, &l.errors, &l.warnings);
    l.source.path = NULL;
    return l;
}

static void same_columns(const struct bars *a, const struct bars *b)
{
    size_t bytes = a->count * sizeof(double);
    assert_int_equal(a->count, b->count);
    assert_memory_equal(a->time, b->time, bytes);
    assert_memory_equal(a->open, b->open, bytes);
    assert_memory_equal(a->high, b->high, bytes);
    assert_memory_equal(a->low, b->low, bytes);
    assert_memory_equal(a->close, b->close, bytes);
    assert_memory_equal(a->volume, b->volume, bytes);
    assert_true(a->digest == b->digest);
}

static void round_trip(void **state)
{
    (void)state;
    struct bars *bars = synthetic(5000);
    admf_error error = {0};
    struct series_source from = PLAIN;
    from.session = (char *)"24x7";
    for (int csv = 0; csv < 2; csv++) {
        admf_status status = csv ? bars_write_csv(bars, path, true, NULL, &error)
                                 : bars_write_hdf5(bars, path, true, NULL, &error);
        assert_int_equal(status, ADMF_OK);
        struct loading l = load_path(from);
        assert_int_equal(l.status, ADMF_OK);
        same_columns(bars, l.bars);
        assert_true(l.bars->bars_per_year == bars->bars_per_year);
        assert_int_equal(l.bars->days, bars->days);
        if (!csv)
            assert_string_equal(l.bars->symbol, "SYN");
        unload(&l);
    }
    bars_free(&bars);
}

/* Further columns, absent ones, undefined volumes, and times the file's digest depends on. */
static void odd_columns(void **state)
{
    (void)state;
    struct loading csv = load_good(PLAIN, "timestamp,zeta,close,volume,alpha\n2024-01-02,1,2,,\n"
                                          "2024-01-03,1e-7,123456.7890123,3,-4\n");
    admf_error error = {0};
    for (int k = 0; k < 2; k++) {
        assert_int_equal(k ? bars_write_csv(csv.bars, path, true, NULL, &error)
                           : bars_write_hdf5(csv.bars, path, true, NULL, &error),
                         ADMF_OK);
        struct series_source from = PLAIN;
        from.symbol = (char *)"OTHER";
        struct loading l = load_path(from);
        assert_int_equal(l.status, ADMF_OK);
        assert_true(l.bars->digest == csv.bars->digest);
        assert_string_equal(l.bars->symbol, "OTHER");
        assert_null(l.bars->open);
        assert_true(isnan(l.bars->volume[0]) && isnan(l.bars->extra[1].values[0]));
        assert_string_equal(l.bars->extra[0].name, "zeta");
        unload(&l);
    }
    unload(&csv);
}

static void stamp_end_is_refused(void **state)
{
    (void)state;
    struct bars *bars = synthetic(10);
    admf_error error = {0};
    struct series_source from = PLAIN;
    from.stamp_end = true;
    assert_int_equal(bars_write_hdf5(bars, path, true, NULL, &error), ADMF_OK);
    struct loading l = load_path(from);
    check_error(&l, 0, (struct expected){ADMF_BAD_CONFIG, 0, 0, "holds starts of bars"});
    unload(&l);
    from.stamp_end = false;
    from.format = (char *)"csv";
    l = load_path(from);
    check_error(&l, 0, (struct expected){ADMF_BAD_DATA, 0, 0, "is an HDF5 file, not CSV"});
    unload(&l);
    bars_free(&bars);
}

static void faulty_bars(void **state)
{
    (void)state;
    struct bars *bars = synthetic(10);
    admf_error error = {0};
    bars->high[3] = 1;
    bars->close[5] = -2;
    bars->open[6] = NAN;
    bars->time[8] = bars->time[7];
    assert_int_equal(bars_write_hdf5(bars, path, true, NULL, &error), ADMF_OK);
    struct loading l = load_path(PLAIN);
    assert_int_equal(l.errors.total, 4);
    check_error(&l, 0, (struct expected){ADMF_BAD_DATA, 0, 0, "bar 3: high 1 is below low"});
    check_error(&l, 1, (struct expected){ADMF_BAD_DATA, 0, 0, "bar 5: close is -2"});
    check_error(&l, 2, (struct expected){ADMF_BAD_DATA, 0, 0, "bar 6: open is nan"});
    check_error(&l, 3, (struct expected){ADMF_BAD_DATA, 0, 0, "bar 8: its time is not after"});
    unload(&l);
    struct series_source from = PLAIN;
    from.repair_drop = true;
    l = load_path(from);
    assert_int_equal(l.status, ADMF_OK);
    assert_int_equal(l.bars->count, 6);
    assert_int_equal(l.bars->rows_dropped, 4);
    unload(&l);
    bars_free(&bars);
}

/* A further column may be undefined, as in a CSV, but not infinite. */
static void faulty_further_columns(void **state)
{
    (void)state;
    struct loading csv = load_good(PLAIN, "timestamp,close,spread\n2024-01-02,1,\n"
                                          "2024-01-03,2,-1\n2024-01-04,3,2\n");
    admf_error error = {0};
    csv.bars->extra[0].values[1] = -INFINITY;
    assert_int_equal(bars_write_hdf5(csv.bars, path, true, NULL, &error), ADMF_OK);
    struct loading l = load_path(PLAIN);
    assert_int_equal(l.errors.total, 1);
    check_error(&l, 0, (struct expected){ADMF_BAD_DATA, 0, 0, "bar 1: spread is infinite"});
    unload(&l);
    unload(&csv);
}

static void foreign_files(void **state)
{
    (void)state;
    hid_t file = H5Fcreate(path, H5F_ACC_TRUNC, H5P_DEFAULT, H5P_DEFAULT);
    H5Fclose(file);
    struct loading l = load_path(PLAIN);
    check_error(&l, 0, (struct expected){ADMF_BAD_DATA, 0, 0, "not one of market data"});
    unload(&l);

    struct bars *bars = synthetic(10);
    admf_error error = {0};
    assert_int_equal(bars_write_hdf5(bars, path, true, NULL, &error), ADMF_OK);
    file = H5Fopen(path, H5F_ACC_RDWR, H5P_DEFAULT);
    int version = 99;
    hid_t attribute = H5Aopen(file, "admf_format_version", H5P_DEFAULT);
    H5Awrite(attribute, H5T_NATIVE_INT, &version);
    H5Aclose(attribute);
    H5Fclose(file);
    l = load_path(PLAIN);
    check_error(&l, 0,
                (struct expected){ADMF_BAD_DATA, 0, 0,
                                  "format version 99, this program "
                                  "reads version 1"});
    unload(&l);

    assert_int_equal(bars_write_hdf5(bars, path, true, NULL, &error), ADMF_OK);
    file = H5Fopen(path, H5F_ACC_RDWR, H5P_DEFAULT);
    H5Ldelete(file, "close", H5P_DEFAULT);
    H5Fclose(file);
    l = load_path(PLAIN);
    check_error(&l, 0, (struct expected){ADMF_BAD_DATA, 0, 0, "no column 'close'"});
    unload(&l);
    bars_free(&bars);
}

static void set_version(int type_is_text, int count, const int *versions)
{
    hid_t file = H5Fopen(path, H5F_ACC_RDWR, H5P_DEFAULT);
    hid_t type = H5Tcopy(type_is_text ? H5T_C_S1 : H5T_NATIVE_INT);
    hsize_t length = (hsize_t)count;
    hid_t space = H5Screate_simple(1, &length, NULL);
    assert_true(H5Adelete(file, "admf_format_version") >= 0);
    hid_t attribute =
        H5Acreate2(file, "admf_format_version", type, space, H5P_DEFAULT, H5P_DEFAULT);
    assert_true(H5Awrite(attribute, type, versions) >= 0);
    H5Aclose(attribute);
    H5Sclose(space);
    H5Tclose(type);
    H5Fclose(file);
}

/* No program is newer than one that wrote no version, or version 0. */
static void damaged_versions(void **state)
{
    static const int versions[] = {1, 1};
    static const int zero = 0;
    (void)state;
    struct bars *bars = synthetic(10);
    admf_error error = {0};
    for (int k = 0; k < 3; k++) {
        assert_int_equal(bars_write_hdf5(bars, path, true, NULL, &error), ADMF_OK);
        set_version(k == 1, k == 0 ? 2 : 1, k == 2 ? &zero : versions);
        struct loading l = load_path(PLAIN);
        check_error(&l, 0, (struct expected){ADMF_BAD_DATA, 0, 0, "is damaged: it"});
        assert_null(strstr(l.errors.items[0].message, "newer program"));
        unload(&l);
    }
    bars_free(&bars);
}

/* Chunks that were never written take no room. */
static void more_bars_than_a_series_has(void **state)
{
    (void)state;
    struct bars *bars = synthetic(10);
    admf_error error = {0};
    hsize_t length = (hsize_t)BARS_MOST + 1, chunk = 1 << 16;
    assert_int_equal(bars_write_hdf5(bars, path, true, NULL, &error), ADMF_OK);
    hid_t file = H5Fopen(path, H5F_ACC_RDWR, H5P_DEFAULT);
    hid_t space = H5Screate_simple(1, &length, NULL), plist = H5Pcreate(H5P_DATASET_CREATE);
    H5Pset_chunk(plist, 1, &chunk);
    assert_true(H5Ldelete(file, "time", H5P_DEFAULT) >= 0);
    H5Dclose(H5Dcreate2(file, "time", H5T_STD_I64LE, space, H5P_DEFAULT, plist, H5P_DEFAULT));
    H5Pclose(plist);
    H5Sclose(space);
    H5Fclose(file);
    struct loading l = load_path(PLAIN);
    check_error(&l, 0,
                (struct expected){ADMF_BAD_DATA, 0, 0,
                                  "'time' has 2147483648 bars; a series has 2147483647 at most"});
    unload(&l);
    bars_free(&bars);
}

/* HDF5 is read at many places of a file: neither compressed nor from a pipe. */
static void not_as_a_file(void **state)
{
    (void)state;
    struct bars *bars = synthetic(10);
    admf_error error = {0};
    assert_int_equal(bars_write_hdf5(bars, path, true, NULL, &error), ADMF_OK);
    bars_free(&bars);
    static char bytes[1 << 15];
    FILE *file = fopen(path, "rb");
    size_t length = fread(bytes, 1, sizeof bytes, file);
    fclose(file);
    gzFile compressed = gzopen(path, "wb");
    assert_int_equal(gzwrite(compressed, bytes, (unsigned)length), length);
    assert_int_equal(gzclose(compressed), Z_OK);
    struct loading l = load_path(PLAIN);
    check_error(&l, 0, (struct expected){ADMF_BAD_DATA, 0, 0, "is a compressed HDF5 file"});
    assert_int_equal(l.errors.total, 1);
    unload(&l);

    unlink(path);
    assert_int_equal(mkfifo(path, 0600), 0);
    pid_t writer = fork();
    if (writer == 0) {
        file = fopen(path, "wb");
        _exit(fwrite(bytes, 1, length, file) != length || fclose(file) != 0);
    }
    l = load_path(PLAIN);
    check_error(&l, 0, (struct expected){ADMF_BAD_DATA, 0, 0, "cannot be read from a pipe"});
    assert_int_equal(l.errors.total, 1);
    unload(&l);
    assert_int_equal(waitpid(writer, NULL, 0), writer);
    unlink(path);
}

/* Cut or changed anywhere: never a crash, and what loads is sound. */
static void damaged_files(void **state)
{
    (void)state;
    struct bars *bars = synthetic(50);
    admf_error error = {0};
    assert_int_equal(bars_write_hdf5(bars, path, true, NULL, &error), ADMF_OK);
    FILE *file = fopen(path, "rb");
    static char bytes[1 << 16];
    size_t length = fread(bytes, 1, sizeof bytes, file);
    fclose(file);
    uint32_t random = 1;
    for (int k = 0; k < 1500; k++) {
        random = random * 1664525u + 1013904223u;
        size_t place = (random >> 8) % length, n = k % 3 ? length : place;
        char old = bytes[place];
        bytes[place] = (char)(k % 2 ? ~old : (char)(random >> 4));
        file = fopen(path, "wb");
        fwrite(bytes, 1, n, file);
        fclose(file);
        bytes[place] = old;
        struct loading l = load_path(PLAIN);
        assert_true((l.status == ADMF_OK) == (l.bars != NULL));
        assert_true((l.status == ADMF_OK) == (l.errors.total == 0));
        unload(&l);
    }
    assert_int_equal(H5Fget_obj_count((hid_t)H5F_OBJ_ALL, H5F_OBJ_ALL), 0);
    bars_free(&bars);
}

static void places_to_write(void **state)
{
    (void)state;
    struct bars *bars = synthetic(10);
    admf_error error = {0};
    assert_int_equal(bars_write_hdf5(bars, "/nowhere/x.h5", true, NULL, &error), ADMF_IO);
    assert_non_null(strstr(error.message, "cannot create"));
    assert_int_equal(bars_write_csv(bars, "/nowhere/x.csv", true, NULL, &error), ADMF_IO);
    assert_string_equal(error.message, "cannot create: No such file or directory");
    bars_free(&bars);
}

static void synthetic_bars(void **state)
{
    (void)state;
    struct bars *a = synthetic(20001), *b = synthetic(20001), *c = synthetic(500);
    assert_true(a->digest == b->digest);
    /* The committed value: the same bits on every machine. */
    assert_true(a->digest == UINT64_C(0xc2962ab907e64169));
    assert_memory_equal(a->close, c->close, 500 * sizeof(double)); /* a longer run begins alike */
    double sum = 0, squares = 0;
    for (size_t i = 0; i < a->count; i++) {
        assert_true(a->low[i] > 0 && a->low[i] <= a->open[i] && a->low[i] <= a->close[i]);
        assert_true(a->high[i] >= a->open[i] && a->high[i] >= a->close[i]);
        assert_true(a->volume[i] >= 100 && a->volume[i] <= 10000);
        if (!i)
            continue;
        assert_true(a->open[i] == a->close[i - 1]);
        assert_int_equal(a->time[i] - a->time[i - 1], INT64_C(60000000000));
        double r = log(a->close[i] / a->close[i - 1]);
        sum += r, squares += r * r;
    }
    double n = (double)a->count - 1;
    assert_true(fabs(sum / n) < 4 * 5e-4 / sqrt(n));
    assert_true(fabs(sqrt(squares / n) / 5e-4 - 1) < 0.03);
    assert_true(a->days == 14 && a->bars_per_year == 1440 * 365.0);
    struct synth_options wrong = {"X", 0, 1, 0, 1, 1, 0.1, NULL};
    admf_error error = {0};
    struct bars *none = NULL;
    assert_int_equal(bars_synthesise(&wrong, &none, &error), ADMF_USAGE);
    wrong.count = 10, wrong.volatility = NAN;
    assert_int_equal(bars_synthesise(&wrong, &none, &error), ADMF_USAGE);
    wrong.volatility = 1, wrong.count = 100000;
    assert_int_equal(bars_synthesise(&wrong, &none, &error), ADMF_OK);
    for (size_t i = 0; i < none->count; i++)
        assert_true(none->low[i] > 0 && none->high[i] >= none->low[i] && isfinite(none->high[i]));
    bars_free(&none);
    bars_free(&a);
    bars_free(&b);
    bars_free(&c);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(round_trip),
        cmocka_unit_test(odd_columns),
        cmocka_unit_test(stamp_end_is_refused),
        cmocka_unit_test(faulty_bars),
        cmocka_unit_test(faulty_further_columns),
        cmocka_unit_test(foreign_files),
        cmocka_unit_test(damaged_versions),
        cmocka_unit_test(more_bars_than_a_series_has),
        cmocka_unit_test(not_as_a_file),
        cmocka_unit_test(damaged_files),
        cmocka_unit_test(places_to_write),
        cmocka_unit_test(synthetic_bars),
    };
    snprintf(path, sizeof path, "/tmp/admf_market_%ld.h5", (long)getpid());
    int result = cmocka_run_group_tests(tests, NULL, NULL);
    unlink(path);
    return result;
}
