/* SPDX-License-Identifier: Apache-2.0 */
/* Every form of market data in CSV that is read, and every one that is refused. */
#include <zlib.h>

#include "tests/io/market/loading.h"

#define ALL "timestamp,open,high,low,close,volume\n"
#define TC "timestamp,close\n"
#define D1 "2024-01-02,10,12,9,11,100\n"
#define D2 "2024-01-03,11,13,10,12,200\n"
#define D3 "2024-01-04,12,14,11,13,300\n"

static const int64_t second = INT64_C(1000000000);
static const int64_t jan_2 = INT64_C(1704153600); /* 2024-01-02 UTC */

static void plain_file(void **state)
{
    (void)state;
    struct loading l = load_good(PLAIN, ALL D1 D2 D3);
    assert_int_equal(l.bars->count, 3);
    assert_string_equal(l.bars->symbol, "TEST");
    assert_int_equal(l.bars->time[0], jan_2 * second);
    assert_true(l.bars->open[1] == 11 && l.bars->high[1] == 13 && l.bars->low[1] == 10);
    assert_true(l.bars->close[2] == 13 && l.bars->volume[2] == 300);
    assert_int_equal(l.bars->extras, 0);
    assert_int_equal(l.warnings.total, 0);
    unload(&l);
}

/* Texts that all mean the same two bars. */
static void same_bars(void **state)
{
    (void)state;
    static const char *const forms[] = {
        ALL D1 D2,
        ALL D1 "2024-01-03,11,13,10,12,200",   /* no last line feed */
        "\xef\xbb\xbf" ALL D1 D2 "\n\r\n  \n", /* BOM, blank lines at the end */
        "Timestamp,OPEN,High,low,cLose,VOLUME\r\n2024-01-02,10,12,9,11,100\r\n"
        "2024-01-03,11,13,10,12,200\r\n", /* case, CRLF */
        "timestamp;open;high;low;close;volume\n2024-01-02;10;12;9;11;100\n"
        "2024-01-03;11;13;10;12;200\n",
        "timestamp\topen\thigh\tlow\tclose\tvolume\n2024-01-02\t10\t12\t9\t11\t100\n"
        "2024-01-03\t11\t13\t10\t12\t200\n",
        "\"timestamp\",\"open\",\"high\",\"low\",\"close\",\"volume\"\n"
        "\"2024-01-02\",\"10\",\"12\",\"9\",\"11\",\"100\"\n\"2024-01-03\",11,13,10,12,200\n",
        " timestamp , open , high ,low,close,volume\n 2024-01-02 , 10 , +12,9.0 ,1.1e1,1E+2\n"
        "2024-01-03,011,13.,10,1200e-2,200\n",
        ALL "2024-01-02T00:00:00Z,10,12,9,11,100\n2024-01-03T00:00:00Z,11,13,10,12,200\n",
        ALL "2024-01-02 00:00,10,12,9,11,100\n2024-01-03 00:00,11,13,10,12,200\n",
        ALL "2024-01-02T01:00:00+01:00,10,12,9,11,100\n"
            "2024-01-02T19:00:00.000-0500,11,13,10,12,200\n",
        ALL "1704153600,10,12,9,11,100\n1704240000,11,13,10,12,200\n",
        ALL "1704153600000,10,12,9,11,100\n1704240000000,11,13,10,12,200\n",
        ALL "1704153600000000,10,12,9,11,100\n1704240000000000,11,13,10,12,200\n",
        ALL "1704153600000000000,10,12,9,11,100\n1704240000000000000,11,13,10,12,200\n",
        "close,volume,low,high,open,timestamp\n11,100,9,12,10,2024-01-02\n"
        "12,200,10,13,11,2024-01-03\n",
    };
    struct loading first = load_good(PLAIN, forms[0]);
    for (size_t k = 1; k < sizeof forms / sizeof *forms; k++) {
        struct loading l = load_good(PLAIN, forms[k]);
        if (l.bars->digest != first.bars->digest)
            print_message("form %zu differs\n", k);
        assert_true(l.bars->digest == first.bars->digest);
        unload(&l);
    }
    unload(&first);
}

static void fractions_of_seconds(void **state)
{
    (void)state;
    struct loading l =
        load_good(PLAIN, TC "2024-01-02 00:00:00.1,1\n2024-01-02 00:00:00.12345678,1\n"
                            "2024-01-02 00:00:00.123456789,1\n2024-01-02 00:00:01,1\n");
    assert_int_equal(l.bars->time[0], jan_2 * second + 100000000);
    assert_int_equal(l.bars->time[1], jan_2 * second + 123456780);
    assert_int_equal(l.bars->time[2], jan_2 * second + 123456789);
    unload(&l);
}

static void further_columns(void **state)
{
    (void)state;
    struct loading l = load_good(PLAIN, "timestamp,close,vix,note,EMA 5\n2024-01-02,1,-3.5,a b,\n"
                                        "2024-01-03,2,4,\"x,y\",7\n2024-01-04,3,,,8\n");
    assert_int_equal(l.bars->extras, 2);
    assert_string_equal(l.bars->extra[0].name, "vix");
    assert_string_equal(l.bars->extra[1].name, "EMA 5");
    assert_true(l.bars->extra[0].values[0] == -3.5 && l.bars->extra[0].values[1] == 4);
    assert_true(isnan(l.bars->extra[0].values[2]) && isnan(l.bars->extra[1].values[0]));
    assert_true(l.bars->extra[1].values[2] == 8);
    assert_null(l.bars->open);
    assert_null(l.bars->volume);
    assert_int_equal(l.warnings.total, 1);
    assert_non_null(strstr(l.warnings.items[0].message, "'note' holds text ('a b')"));
    assert_int_equal(l.warnings.items[0].line, 2);
    assert_int_equal(l.warnings.items[0].column, 19);
    unload(&l);
}

/* Files put together with their headers: what a dropped row holds says nothing about a column. */
static void dropped_text(void **state)
{
    (void)state;
    struct series_source from = PLAIN;
    from.repair_drop = true;
    struct loading l = load_good(from, "timestamp,close,vix,note\n2024-01-02,1,5,6\n"
                                       "timestamp,close,vix,note\n2024-01-03,2,7,text\n");
    assert_int_equal(l.bars->rows_dropped, 1);
    assert_int_equal(l.bars->extras, 1);
    assert_string_equal(l.bars->extra[0].name, "vix");
    assert_true(l.bars->extra[0].values[0] == 5 && l.bars->extra[0].values[1] == 7);
    assert_int_equal(l.warnings.total, 1);
    assert_int_equal(l.warnings.items[0].line, 4);
    assert_int_equal(l.warnings.items[0].column, 16);
    unload(&l);
}

/* As RFC 4180 has them: a quote inside quotes is written twice. */
static void quotes(void **state)
{
    (void)state;
    struct loading l = load_good(PLAIN, "\"timestamp\",\"close\",\"note\"\n"
                                        "2024-01-02,\"1\",\"say \"\"a, b\"\"\"\n"
                                        "2024-01-03, \"2\" ,\"\"\n"
                                        "2024-01-04,3,\"\"\"\"\n");
    assert_int_equal(l.bars->count, 3);
    assert_true(l.bars->close[1] == 2 && l.bars->close[2] == 3);
    assert_int_equal(l.bars->extras, 0);
    unload(&l);
    expect_bad(PLAIN, "timestamp,close,note\n2024-01-02,1,\"a\"\"\n", ADMF_BAD_DATA, 2, 15,
               "quote");
    expect_bad(PLAIN, TC "2024-01-02,\"1\"\"2\"\n", ADMF_BAD_DATA, 2, 13, "'1\"\"2' is not");
    expect_bad(PLAIN, TC "2024-01-02,\"1\" 2\n", ADMF_BAD_DATA, 2, 13, "text follows it");
}

static void empty_volume(void **state)
{
    (void)state;
    struct loading l = load_good(PLAIN, "timestamp,close,volume\n2024-01-02,1,\n2024-01-03,2,5\n");
    assert_true(isnan(l.bars->volume[0]) && l.bars->volume[1] == 5);
    unload(&l);
}

static void renaming(void **state)
{
    (void)state;
    struct series_source from = PLAIN;
    from.rename = calloc(3, sizeof *from.rename);
    from.renames = 3;
    from.rename[0].ours = (char *)"timestamp", from.rename[0].theirs = (char *)"Date";
    from.rename[1].ours = (char *)"close", from.rename[1].theirs = (char *)"adj close";
    from.rename[2].ours = (char *)"raw_close", from.rename[2].theirs = (char *)"Close";
    struct loading l = load_good(from, "Date,Close,Adj Close\n2024-01-02,5,6\n2024-01-03,7,8\n");
    assert_true(l.bars->close[0] == 6 && l.bars->extra[0].values[1] == 7);
    assert_string_equal(l.bars->extra[0].name, "raw_close");
    unload(&l);
    /* What is named already stays in the line that is ready to be copied. */
    from.renames = 1;
    expect_bad(from, "Date,Adj Close\n2024-01-02,5\n", ADMF_BAD_DATA, 1, 6,
               "if 'Adj Close' is it, write `columns: {timestamp: Date, close: Adj Close}`");
    from.renames = 2;
    expect_bad(from, "Date,Close,Adj Close\n2024-01-02,5,6\n", ADMF_BAD_DATA, 1, 12,
               "two columns are named 'close': 'Close' and 'Adj Close'");
    expect_bad(from, "Datum,Adj Close\n2024-01-02,5\n", ADMF_BAD_DATA, 1, 1,
               "no column 'Date', which `columns:` wants as 'timestamp'; the file has Datum, Adj "
               "Close");
    free(from.rename);
}

/* An import has options, not a configuration. */
static void renaming_of_an_import(void **state)
{
    (void)state;
    struct series_source from = PLAIN;
    from.converting = true;
    expect_bad(from, "timestamp,Adj Close,vol\n2024-01-02,1,2\n", ADMF_BAD_DATA, 1, 11,
               "if 'Adj Close' is it, add `--columns close='Adj Close' --columns volume=vol`");
    expect_bad(from, "timestamp,close,Close\n2024-01-02,1,2\n", ADMF_BAD_DATA, 1, 17,
               "give one of them another name with `--columns`");
}

static void headers(void **state)
{
    (void)state;
    expect_bad(PLAIN, "Date,Close\n2024-01-02,1\n", ADMF_BAD_DATA, 1, 1,
               "no column 'timestamp'; the file has Date, Close; if 'Date' is it, write `columns: "
               "{timestamp: Date}`");
    expect_bad(PLAIN, "timestamp,Adj Close\n2024-01-02,1\n", ADMF_BAD_DATA, 1, 11,
               "write `columns: {close: Adj Close}`");
    expect_bad(PLAIN, "timestamp,price level\n2024-01-02,1\n", ADMF_BAD_DATA, 1, 1,
               "no column 'close'; the file has timestamp, price level");
    expect_bad(PLAIN, "timestamp,close,CLOSE\n2024-01-02,1,1\n", ADMF_BAD_DATA, 1, 17,
               "two columns are named 'close'");
    expect_bad(PLAIN, "timestamp,close,\n2024-01-02,1,1\n", ADMF_BAD_DATA, 1, 17,
               "column 3 has no name");
    expect_bad(PLAIN, "timestamp,close,\" \t\"\n2024-01-02,1,1\n", ADMF_BAD_DATA, 1, 18,
               "column 3 has no name");
    expect_bad(PLAIN, "timestamp,\"close\n2024-01-02,1\n", ADMF_BAD_DATA, 1, 12, "quote");
    struct loading both = load_text(PLAIN, "Datetime,Last\n2024-01-02,1\n");
    assert_int_equal(both.errors.total, 2);
    check_error(
        &both, 0,
        (struct expected){ADMF_BAD_DATA, 1, 1, "`columns: {timestamp: Datetime, close: Last}`"});
    unload(&both);
    struct loading hint = load_good(PLAIN, "timestamp,close,vol\n2024-01-02,1,5\n2024-01-03,1,5\n");
    assert_int_equal(hint.warnings.total, 1);
    assert_non_null(strstr(hint.warnings.items[0].message, "`columns: {volume: vol}`"));
    unload(&hint);
}

static void whole_files(void **state)
{
    (void)state;
    expect_bad(PLAIN, "", ADMF_BAD_DATA, 0, 0, "the file is empty");
    expect_bad(PLAIN, "timestamp,close", ADMF_BAD_DATA, 0, 0, "no line feed");
    expect_bad(PLAIN, "timestamp,close\r2024-01-02,1\r", ADMF_BAD_DATA, 0, 0, "no line feed");
    expect_bad(PLAIN, "timestamp,close\n", ADMF_BAD_DATA, 0, 0, "a header but no rows");
    expect_bad(PLAIN, "\ntimestamp,close\n2024-01-02,1\n", ADMF_BAD_DATA, 1, 1,
               "the first line is blank");
    struct loading l = load_bytes(PLAIN, "t\0i\0m\0e\0\n\0", 10);
    check_error(&l, 0, (struct expected){ADMF_BAD_DATA, 1, 2, "a NUL byte"});
    unload(&l);
    size_t n = (2u << 20) + 10;
    char *endless = malloc(n);
    memset(endless, 'x', n);
    memcpy(endless, "timestamp,close\n", 16);
    l = load_bytes(PLAIN, endless, n);
    check_error(&l, 0, (struct expected){ADMF_BAD_DATA, 0, 0, "no line feed within"});
    unload(&l);
    free(endless);
}

static void rows(void **state)
{
    (void)state;
    expect_bad(PLAIN, ALL D1 "2024-01-03,11,13\n", ADMF_BAD_DATA, 3, 17,
               "3 fields where the header has 6");
    expect_bad(PLAIN, ALL D1 "2024-01-03,11,13", ADMF_BAD_DATA, 3, 17,
               "the last line is cut short");
    expect_bad(PLAIN, ALL D1 "2024-01-03,11,13,10,12,200,\n", ADMF_BAD_DATA, 3, 28,
               "7 fields where the header has 6");
    expect_bad(PLAIN, ALL D1 "\n" D2, ADMF_BAD_DATA, 3, 1, "a blank line inside");
    expect_bad(PLAIN, ALL D2 D1, ADMF_BAD_DATA, 3, 1,
               "before that of line 2 (2024-01-03T00:00:00Z)");
    expect_bad(PLAIN, ALL D1 D1, ADMF_BAD_DATA, 3, 1, "is that of line 2 again");
    struct loading l = load_bytes(PLAIN, ALL D1 "2024-01-03,1\0,13,10,12,200\n", 37 + 26 + 27);
    check_error(&l, 0, (struct expected){ADMF_BAD_DATA, 3, 13, "a NUL byte"});
    unload(&l);
    expect_bad(PLAIN, ALL D1 "2024-01-03,\"11,13,10,12,200\n", ADMF_BAD_DATA, 3, 13, "quote");
}

/* Places are counted, underlined and cut between characters, not bytes. */
static void wide_characters(void **state)
{
    (void)state;
    struct loading l = load_text(PLAIN, "timestamp,close,note\n"
                                        "2024-01-02,\xe2\x82\xac,\xc3\xa4\n"
                                        "2024-01-03,1,\xc3\xa4\xc3\xb6\n");
    check_error(&l, 0, (struct expected){ADMF_BAD_DATA, 2, 12, "'\xe2\x82\xac' is not"});
    assert_int_equal(l.errors.items[0].length, 1);
    assert_int_equal(l.warnings.items[0].column, 14);
    assert_int_equal(l.warnings.items[0].length, 2);
    unload(&l);
    l = load_text(PLAIN, "timestamp,clos\xc3\xa9,clos\xc3\xa9,close\n2024-01-02,1,1,1\n");
    check_error(&l, 0, (struct expected){ADMF_BAD_DATA, 1, 17, "two columns"});
    assert_int_equal(l.errors.items[0].length, 5);
    unload(&l);
    /* The 40th byte is the first of two. */
    expect_bad(PLAIN,
               TC "2024-01-02,aaaaaaaaaabbbbbbbbbbccccccccccddddddddd\xc3\xa4"
                  "e\n",
               ADMF_BAD_DATA, 2, 12, "close 'aaaaaaaaaabbbbbbbbbbccccccccccddddddddd' is not");
}

static void numbers(void **state)
{
    (void)state;
    static const char *const refused[] = {"nan", "inf", "0x10",  "1_000",   "--1",
                                          "+-1", "1e",  "1.2.3", "1 0",     ".",
                                          "+",   "e5",  "1e999", "Infinity"};
    char text[200];
    for (size_t k = 0; k < sizeof refused / sizeof *refused; k++) {
        snprintf(text, sizeof text, TC "2024-01-02,1\n2024-01-03,%s\n", refused[k]);
        expect_bad(PLAIN, text, ADMF_BAD_DATA, 3, 12, "is not a finite decimal number");
    }
    expect_bad(PLAIN, TC "2024-01-02,1\n2024-01-03,\n", ADMF_BAD_DATA, 3, 12, "close is empty");
    expect_bad(PLAIN, TC "2024-01-02,1\n2024-01-03,\"1,000\"\n", ADMF_BAD_DATA, 3, 13,
               "has a comma");
    expect_bad(PLAIN, "timestamp;close\n2024-01-02;1,5\n", ADMF_BAD_DATA, 2, 12, "has a comma");
    expect_bad(PLAIN, TC "2024-01-02,0\n", ADMF_BAD_DATA, 2, 12, "close is 0; prices are positive");
    expect_bad(PLAIN, TC "2024-01-02,-1.5\n", ADMF_BAD_DATA, 2, 12, "close is -1.5");
    expect_bad(PLAIN, ALL "2024-01-02,10,12,9,11,-1\n", ADMF_BAD_DATA, 2, 23,
               "volume is negative: -1");
    expect_bad(PLAIN, ALL "2024-01-02,10,8,9,11,1\n", ADMF_BAD_DATA, 2, 15,
               "high 8 is below low 9");
    expect_bad(PLAIN, ALL "2024-01-02,8,12,9,11,1\n", ADMF_BAD_DATA, 2, 12,
               "open 8 is outside [low 9, high 12]");
    expect_bad(PLAIN, ALL "2024-01-02,10,12,9,13,1\n", ADMF_BAD_DATA, 2, 20,
               "close 13 is outside [low 9, high 12]");
    /* One message a row, of the first of its columns that is wrong. */
    expect_bad(PLAIN, ALL "2024-01-02,10,x,9,0,-1\n", ADMF_BAD_DATA, 2, 15, "high 'x'");
}

static void stamps(void **state)
{
    (void)state;
    static const struct {
        const char *text, *message;
    } refused[] = {
        {"2024-W01-1", "is a week date"},
        {"2024-002", "is an ordinal date"},
        {"2024-1-2", "is no timestamp"},
        {"2024-01-02T24:00:00", "there is no hour 24"},
        {"2024-01-02T23:59:60", "there is no second 60"},
        {"2024-01-02T9:30:00", "is no timestamp"},
        {"2024-01-02T09:30:00.1234567890", "is no timestamp"},
        {"2024-01-02T09:30:00.", "is no timestamp"},
        {"2024-01-02T09:30:00+1", "is no timestamp"},
        {"2024-01-02T09:30:00+25:00", "is no timestamp"},
        {"2024-01-02t09:30:00", "is no timestamp"},
        {"2024-02-30", "is no timestamp"},
        {"2023-02-29", "is no timestamp"},
        {"01/02/2024", "is no timestamp"},
        {"1500-01-01", "outside the years"},
        {"2300-01-01", "outside the years"},
        {"1678-01-01T00:00:00+01:00", "outside the years"},
        {"20240102", "may be a date or an epoch"},
        {"12345", "has 5 digits"},
        {"12345678901234567890", "has 20 digits"},
        {"99999999999", "outside the years"},
        {"-9214603200000", "outside the years"}, /* half a day before 1678 */
        {"1704153600.5", "is no timestamp"},
        {"", "the timestamp is empty"},
    };
    char text[200];
    for (size_t k = 0; k < sizeof refused / sizeof *refused; k++) {
        snprintf(text, sizeof text, TC "%s,1\n", refused[k].text);
        expect_bad(PLAIN, text, ADMF_BAD_DATA, 2, 1, refused[k].message);
    }
    expect_bad(PLAIN, TC "2024-01-02,1\n2024-01-03T00:00,1\n", ADMF_BAD_DATA, 3, 1,
               "the first row has a date; a file has one kind");
    expect_bad(PLAIN, TC "2024-01-02T00:00:00,1\n2024-01-03T00:00:00Z,1\n", ADMF_BAD_DATA, 3, 1,
               "is a time with an offset, the first row has a local time");
    expect_bad(PLAIN, TC "2024-01-02,1\n1704240000,1\n", ADMF_BAD_DATA, 3, 1, "is an epoch");
    expect_bad(PLAIN, TC "1704153600,1\n1704240000000,1\n", ADMF_BAD_DATA, 3, 1,
               "the unit follows from the digits of the first row");
}

static void twenty_of_many(void **state)
{
    (void)state;
    char *text = malloc(200 * 20), *p = text;
    p += sprintf(p, TC);
    for (int k = 0; k < 100; k++)
        p += sprintf(p, "%d,%s\n", 1704153600 + 60 * k, k % 2 ? "1" : "x");
    struct loading l = load_text(PLAIN, text);
    assert_int_equal(l.status, ADMF_BAD_DATA);
    assert_int_equal(l.errors.count, 20);
    assert_int_equal(l.errors.total, 50);
    assert_int_equal(l.errors.items[19].line, 40);
    unload(&l);
    struct series_source from = PLAIN;
    from.repair_drop = true;
    l = load_good(from, text);
    assert_int_equal(l.bars->count, 50);
    assert_int_equal(l.bars->rows_dropped, 50);
    assert_int_equal(l.errors.total, 0);
    unload(&l);
    free(text);
    l = load_good(from, ALL D2 D1 "\nrubbish\n" D3 "2024-01-05,1\n");
    assert_int_equal(l.bars->count, 2);
    assert_int_equal(l.bars->rows_dropped, 4);
    unload(&l);
    expect_bad(from, TC "2024-01-02,x\n", ADMF_BAD_DATA, 0, 0, "no sound row is left");
}

static void files(void **state)
{
    (void)state;
    struct series_source from = PLAIN;
    admf_diagnostics errors = ADMF_DIAGNOSTICS_INIT, warnings = ADMF_DIAGNOSTICS_INIT;
    struct bars *bars = NULL;
    from.path = (char *)"/nowhere/at/all.csv";
    assert_int_equal(bars_load(&from, 1, &bars, &errors, &warnings), ADMF_NO_INPUT);
    assert_string_equal(errors.items[0].file, "/nowhere/at/all.csv");
    from.config_file = "sweep.yaml", from.line = 3, from.column = 11;
    assert_int_equal(bars_load(&from, 1, &bars, &errors, &warnings), ADMF_NO_INPUT);
    assert_string_equal(errors.items[1].file, "sweep.yaml");
    assert_int_equal(errors.items[1].line, 3);
    assert_int_equal(errors.items[1].column, 11);
    assert_non_null(strstr(errors.items[1].message, "/nowhere/at/all.csv: cannot open: No such"));
    from.path = (char *)"/tmp";
    assert_int_equal(bars_load(&from, 1, &bars, &errors, &warnings), ADMF_NO_INPUT);
    assert_non_null(strstr(errors.items[2].message, "is a directory"));
    assert_null(bars);
    admf_diagnostics_deinit(&errors);
    admf_diagnostics_deinit(&warnings);
}

static size_t compress_text(const char *text, unsigned char *out, size_t room)
{
    z_stream z = {0};
    assert_int_equal(deflateInit2(&z, 6, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY), Z_OK);
    z.next_in = (unsigned char *)(uintptr_t)text;
    z.avail_in = (unsigned)strlen(text);
    z.next_out = out;
    z.avail_out = (unsigned)room;
    assert_int_equal(deflate(&z, Z_FINISH), Z_STREAM_END);
    size_t length = room - z.avail_out;
    deflateEnd(&z);
    return length;
}

static void gzipped(void **state)
{
    (void)state;
    unsigned char file[2000];
    size_t first = compress_text(ALL D1, file, sizeof file);
    size_t length = first + compress_text(D2 D3, file + first, sizeof file - first);
    struct loading plain = load_good(PLAIN, ALL D1 D2 D3);
    struct loading l = load_bytes(PLAIN, (const char *)file, length);
    assert_int_equal(l.status, ADMF_OK);
    assert_true(l.bars->digest == plain.bars->digest);
    unload(&l);
    unload(&plain);
    /* Cut anywhere: an error, but for the end of the first member. */
    struct series_source from = PLAIN;
    from.periods_per_year = 252; /* one bar is left there */
    for (size_t n = 2; n < length; n++) {
        l = load_bytes(from, (const char *)file, n);
        assert_int_equal(l.status, n == first ? ADMF_OK : ADMF_BAD_DATA);
        unload(&l);
    }
    file[length - 6] ^= 1; /* the check sum */
    l = load_bytes(PLAIN, (const char *)file, length);
    check_error(&l, l.errors.count - 1,
                (struct expected){ADMF_BAD_DATA, 0, 0, "damaged (incorrect data check)"});
    unload(&l);
    file[length - 6] ^= 1;
    memcpy(file + length, "rubbish", 7);
    l = load_bytes(PLAIN, (const char *)file, length + 7);
    check_error(&l, l.errors.count - 1, (struct expected){ADMF_BAD_DATA, 0, 0, "not gzip follow"});
    unload(&l);
    l = load_bytes(PLAIN, (const char *)file, length - 3);
    check_error(&l, l.errors.count - 1, (struct expected){ADMF_BAD_DATA, 0, 0, "end too early"});
    unload(&l);
}

/* Files longer than any buffer, and the same rows read the slow way. */
static void long_file(void **state)
{
    (void)state;
    enum { ROWS = 20000 };
    char *text = malloc(ROWS * 160), *p = text, *slow = malloc(ROWS * 160), *q = slow;
    p += sprintf(p, "timestamp,open,high,low,close,volume,x,y,z\n");
    q += sprintf(q, "timestamp,open,high,low,close,volume,x,y,z\n");
    for (int k = 0; k < ROWS; k++) {
        double a = 100 + (k * 7919 % 1000) / 7.0, b = 100 + (k * 104729 % 1000) / 64.0;
        char row[160];
        sprintf(row, "2024-%02d-%02dT%02d:%02d:%02dZ,%.*f,%.17g,%.3f,%.*f,%d,%.12f",
                1 + k / 1440 / 28, 1 + k / 1440 % 28, k / 60 % 24, k % 60, k % 60, k % 9, a,
                (a > b ? a : b) + 1, (a < b ? a : b) - 1, k % 17, b, k * 1001, a * 1e-3);
        const char *end = k % 3 ? "" : k % 2 ? ",-0.5" : ",-12345.678901";
        p += sprintf(p, "%s,%s%s\n", row, k % 5 ? "-7" : "", *end ? end : ",");
        q += sprintf(q, "%s,%s%s \n", row, k % 5 ? "-7" : "", *end ? end : ",");
    }
    struct loading one = load_good(PLAIN, text), two = load_good(PLAIN, slow);
    assert_int_equal(one.bars->count, ROWS);
    assert_true(one.bars->digest == two.bars->digest);
    for (int k = 0; k < ROWS; k += 997) {
        double b = 100 + (k * 104729 % 1000) / 64.0;
        char number[40];
        sprintf(number, "%.*f", k % 17, b);
        assert_true(one.bars->close[k] == strtod(number, NULL));
    }
    unload(&one);
    unload(&two);
    free(text);
    free(slow);
}

static void shipped_data(void **state)
{
    (void)state;
    static const struct {
        const char *name, *zone, *session;
        size_t count, days;
        double per_year;
    } shipped[] = {
        {"sp500_daily.csv", "America/New_York", NULL, 5031, 5031, 252},
        {"eurusd_hourly.csv", "UTC", NULL, 6225, 312, 6048},
        {"eurusd_hourly.csv", "America/New_York", "17:00-17:00", 6225, 260, 6048},
    };
    for (size_t k = 0; k < sizeof shipped / sizeof *shipped; k++) {
        char path[512];
        struct series_source from = PLAIN;
        admf_diagnostics errors = ADMF_DIAGNOSTICS_INIT, warnings = ADMF_DIAGNOSTICS_INIT;
        struct bars *bars = NULL;
        snprintf(path, sizeof path, "%s/data/%s", ADMF_SOURCE_DIR, shipped[k].name);
        from.path = path;
        from.timezone = (char *)(uintptr_t)shipped[k].zone;
        from.session = (char *)(uintptr_t)shipped[k].session;
        assert_int_equal(bars_load(&from, 1, &bars, &errors, &warnings), ADMF_OK);
        assert_int_equal(warnings.total, 0);
        assert_int_equal(bars->count, shipped[k].count);
        assert_int_equal(bars->days, shipped[k].days);
        assert_true(bars->bars_per_year == shipped[k].per_year);
        bars_free(&bars);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(plain_file),
        cmocka_unit_test(same_bars),
        cmocka_unit_test(fractions_of_seconds),
        cmocka_unit_test(further_columns),
        cmocka_unit_test(dropped_text),
        cmocka_unit_test(empty_volume),
        cmocka_unit_test(renaming),
        cmocka_unit_test(renaming_of_an_import),
        cmocka_unit_test(headers),
        cmocka_unit_test(whole_files),
        cmocka_unit_test(rows),
        cmocka_unit_test(quotes),
        cmocka_unit_test(wide_characters),
        cmocka_unit_test(numbers),
        cmocka_unit_test(stamps),
        cmocka_unit_test(twenty_of_many),
        cmocka_unit_test(files),
        cmocka_unit_test(gzipped),
        cmocka_unit_test(long_file),
        cmocka_unit_test(shipped_data),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
