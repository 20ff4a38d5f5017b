/* SPDX-License-Identifier: Apache-2.0 */
/* Time zones, sessions, limits, and how many bars a year they make. */
#define _POSIX_C_SOURCE 200809L /* mkdtemp, symlink, truncate */
#include "tests/io/market/loading.h"

#include <errno.h>
#include <sys/resource.h>
#include <sys/stat.h>

#include "io/market/periods.h"
#include "io/market/timestamp.h"
#include "io/market/timezone.h"
#include "io/market/timezone_file.h"

#define TC "timestamp,close\n"

static struct zone *zone(const char *name)
{
    struct zone *z = NULL;
    admf_error error = {0};
    if (zone_open(name, &z, &error))
        print_message("%s\n", error.message);
    assert_non_null(z);
    return z;
}

static int64_t at(const char *text)
{
    struct zone *utc = zone("UTC");
    int64_t ns;
    char why[STAMP_WHY];
    assert_true(stamp_read_limit(utc, text, false, &ns, why));
    zone_close(&utc);
    return ns;
}

static void check_offset(const char *name, const char *instant, int64_t seconds)
{
    struct zone *z = zone(name);
    struct zone_stretch s = zone_at_utc(z, at(instant) / NS_PER_SECOND);
    if (s.offset != seconds)
        print_message("%s at %s: %ld\n", name, instant, (long)s.offset);
    assert_int_equal(s.offset, seconds);
    zone_close(&z);
}

static void offsets(void **state)
{
    (void)state;
    check_offset("UTC", "2024-01-01", 0);
    check_offset("America/New_York", "2024-03-10T06:59:59", -5 * 3600);
    check_offset("America/New_York", "2024-03-10T07:00:00", -4 * 3600);
    check_offset("America/New_York", "2024-11-03T05:59:59", -4 * 3600);
    check_offset("America/New_York", "2024-11-03T06:00:00", -5 * 3600);
    check_offset("America/New_York", "1974-01-06T07:00:00", -4 * 3600);
    check_offset("Asia/Kolkata", "2024-06-01", 19800);
    check_offset("Asia/Kathmandu", "2024-06-01", 20700);
    check_offset("Europe/Dublin", "2050-07-01", 3600);
    check_offset("Europe/Dublin", "2050-01-01", 0);
    check_offset("Australia/Sydney", "2100-01-01", 11 * 3600);
    check_offset("Australia/Sydney", "2100-07-01", 10 * 3600);
    /* After 2037 the files have rules only. */
    check_offset("America/New_York", "2060-03-14T06:59:59", -5 * 3600);
    check_offset("America/New_York", "2060-03-14T07:00:00", -4 * 3600);
    check_offset("America/New_York", "2260-07-01", -4 * 3600);
    check_offset("Europe/Berlin", "2261-12-31T23:00:00", 3600);
    check_offset("Asia/Tokyo", "2200-01-01", 9 * 3600);
}

static void zone_names(void **state)
{
    (void)state;
    static const struct {
        const char *name, *message;
    } unknown[] = {
        {"America/New_Yrok", "did you mean 'America/New_York'?"},
        {"america/new_york", "did you mean 'America/New_York'?"},
        {"../../etc/passwd", "unknown time zone"},
        {"/etc/passwd", "unknown time zone"},
        {"zone.tab", "unknown time zone"},
        {"America", "unknown time zone"},
        {"leapseconds", "unknown time zone 'leapseconds'; name one as America/New_York"},
        {"", "unknown time zone"},
    };
    for (size_t k = 0; k < sizeof unknown / sizeof *unknown; k++) {
        struct series_source from = PLAIN;
        from.timezone = (char *)(uintptr_t)unknown[k].name;
        from.config_file = "c.yaml", from.line = 7, from.column = 3;
        expect_bad(from, TC "2024-01-02,1\n", ADMF_BAD_CONFIG, 7, 3, unknown[k].message);
    }
}

static void a_value_has_its_place(void **state)
{
    (void)state;
    struct series_source from = PLAIN;
    from.config_file = "c.yaml", from.line = 7, from.column = 3;
    from.timezone = (char *)"Nowhere", from.timezone_place = (struct source_place){8, 15, 7};
    from.session = (char *)"9-17", from.session_place = (struct source_place){9, 14, 4};
    from.start = (char *)"1500-01-01", from.start_place = (struct source_place){10, 12, 10};
    from.end = (char *)"2024-13-01"; /* no place of its own */
    struct loading l = load_text(from, TC "2024-01-02,1\n");
    check_error(&l, 0, (struct expected){ADMF_BAD_CONFIG, 8, 15, "unknown time zone 'Nowhere'"});
    check_error(&l, 1, (struct expected){ADMF_BAD_CONFIG, 9, 14, "session '9-17' is neither"});
    check_error(&l, 2,
                (struct expected){ADMF_BAD_CONFIG, 10, 12, "start: '1500-01-01' is outside"});
    check_error(&l, 3, (struct expected){ADMF_BAD_CONFIG, 7, 3, "end: '2024-13-01' is no time"});
    assert_int_equal(l.errors.total, 4);
    assert_int_equal(l.errors.items[2].length, 10);
    unload(&l);
}

/* ---- files of zones, in a folder of their own ---------------------------------------------- */

static char zone_folder[64];

static int make_zone_folder(void **state)
{
    (void)state;
    strcpy(zone_folder, "/tmp/admf_zones_XXXXXX");
    return !mkdtemp(zone_folder);
}

static int remove_zone_folder(void **state)
{
    (void)state;
    return rmdir(zone_folder);
}

static const char *zone_path(const char *name)
{
    static char path[128];
    snprintf(path, sizeof path, "%s/%s", zone_folder, name);
    return path;
}

static char *put(char *p, uint64_t value, int bytes)
{
    for (int k = bytes; k-- > 0;)
        *p++ = (char)(value >> 8 * k);
    return p;
}

static char *put_header(char *p, int leap_seconds, int changes)
{
    const int counts[] = {0, 0, leap_seconds, changes, 1, 4};
    memcpy(p, "TZif2", 5);
    memset(p + 5, 0, 15);
    p += 20;
    for (int k = 0; k < 6; k++)
        p = put(p, (uint64_t)counts[k], 4);
    return p;
}

/* A file of version 2 with at most one change, to standard time, and `rule` as its footer. */
static void write_zone(const char *name, const int64_t *change, int leap_seconds, const char *rule)
{
    char bytes[512] = {0}, *p = put_header(bytes, 0, 0);
    static const char type_and_name[10] = {-1, -1, (char)0xb9, (char)0xb0, 0, 0, 'E', 'S', 'T', 0};
    memcpy(p, type_and_name, 10);
    p = put_header(p + 10, leap_seconds, change != NULL);
    if (change)
        p = put(put(p, (uint64_t)*change, 8), 0, 1);
    memcpy(p, type_and_name, 10);
    p = put(p + 10, 78796800, leap_seconds ? 8 : 0);
    p = put(p, 1, leap_seconds ? 4 : 0);
    p += snprintf(p, 100, "\n%s\n", rule);
    FILE *file = fopen(zone_path(name), "wb");
    assert_non_null(file);
    fwrite(bytes, 1, (size_t)(p - bytes), file);
    assert_int_equal(fclose(file), 0);
}

static admf_status open_made_zone(const char *name, struct zone **z, admf_error *error)
{
    const char *const folders[] = {"/nonexistent", zone_folder};
    *z = NULL;
    *error = (admf_error){0};
    return zone_open_in(folders, 2, name, z, error);
}

static struct zone *made_zone(const char *name, admf_status expected, const char *says)
{
    struct zone *z;
    admf_error error;
    admf_status status = open_made_zone(name, &z, &error);
    if (status != expected || (says && !strstr(error.message, says)))
        fail_msg("%s: status %d, '%s'", name, (int)status, error.message);
    assert_int_equal(z == NULL, status != ADMF_OK);
    return z;
}

#define NEW_YORK_RULE "EST5EDT,M3.2.0,M11.1.0"

/* A rule holds in every year that timestamps may have, and is not asked for any other. */
static void rules_of_all_years(void **state)
{
    (void)state;
    static const int64_t changes[] = {-(INT64_C(1) << 59), INT64_MIN, 0};
    static const char *const instants[] = {"1678-07-01", "1969-07-01", "2024-07-01", "2261-07-01"};
    for (size_t k = 0; k < 4; k++) {
        write_zone("Made", k < 3 ? &changes[k] : NULL, 0, NEW_YORK_RULE);
        struct zone *z = made_zone("Made", ADMF_OK, NULL);
        for (size_t i = 0; i < 4; i++) {
            int64_t utc[2], t = at(instants[i]) / NS_PER_SECOND;
            bool ruled = k != 2 || i >= 2; /* the change of 1970 is the last before the rule */
            int64_t offset = ruled ? -4 * 3600 : -5 * 3600;
            assert_int_equal(zone_at_utc(z, t).offset, offset);
            assert_int_equal(zone_instants(z, t + offset, utc), 1);
            assert_int_equal(utc[0], t);
            struct zone_stretch s = zone_at_local(z, t);
            assert_true(s.from <= t && t < s.until);
        }
        zone_close(&z);
    }
    /* One beyond all years needs no rule. */
    static const int64_t late = INT64_MAX;
    write_zone("Made", &late, 0, NEW_YORK_RULE);
    struct zone *z = made_zone("Made", ADMF_OK, NULL);
    assert_int_equal(zone_at_local(z, 0).offset, -5 * 3600);
    zone_close(&z);
    unlink(zone_path("Made"));
}

static void zone_files_that_do_not_serve(void **state)
{
    (void)state;
    char says[256];
    write_zone("Odd", NULL, 0, "EST5EDT,whenever");
    snprintf(says, sizeof says, "'%s' has the time zone rule 'EST5EDT,whenever', which is unknown",
             zone_path("Odd"));
    made_zone("Odd", ADMF_BAD_DATA, says);

    assert_int_equal(truncate(zone_path("Odd"), 60), 0);
    snprintf(says, sizeof says, "'%s' is no proper time zone file", zone_path("Odd"));
    made_zone("Odd", ADMF_BAD_DATA, says);
    unlink(zone_path("Odd"));

    assert_int_equal(mkdir(zone_path("right"), 0700), 0);
    write_zone("right/Odd", NULL, 1, "EST5");
    made_zone("right/Odd", ADMF_BAD_CONFIG,
              "'right/Odd' counts leap seconds, which timestamps "
              "leave out; write 'Odd'");
    unlink(zone_path("right/Odd"));
    assert_int_equal(rmdir(zone_path("right")), 0);
    write_zone("Leaping", NULL, 1, "EST5");
    made_zone("Leaping", ADMF_BAD_CONFIG, "counts leap seconds, which timestamps leave out; name");
    unlink(zone_path("Leaping"));
}

/* What there is but cannot be opened is not unknown. */
static void zone_files_out_of_reach(void **state)
{
    (void)state;
    char says[256];
    snprintf(says, sizeof says, "cannot open '%s': ", zone_path("Loop"));
    assert_int_equal(symlink("Loop", zone_path("Loop")), 0);
    made_zone("Loop", ADMF_NO_INPUT, says);
    unlink(zone_path("Loop"));

    write_zone("Loop", NULL, 0, "EST5");
    struct rlimit files, few;
    assert_int_equal(getrlimit(RLIMIT_NOFILE, &files), 0);
    few = files;
    few.rlim_cur = 0;
    assert_int_equal(setrlimit(RLIMIT_NOFILE, &few), 0);
    struct zone *z;
    admf_error error;
    admf_status status = open_made_zone("Loop", &z, &error);
    assert_int_equal(setrlimit(RLIMIT_NOFILE, &files), 0); /* before anything can fail */
    assert_int_equal(status, ADMF_NO_INPUT);
    assert_non_null(strstr(error.message, strerror(EMFILE)));
    unlink(zone_path("Loop"));
}

/* The nearest name is that of a zone, and never the one that was refused. */
static void nearest_zones(void **state)
{
    (void)state;
    FILE *file = fopen(zone_path("leapsecond"), "w");
    assert_non_null(file);
    fputs("# a list\n", file);
    fclose(file);
    made_zone("leapsecond", ADMF_BAD_CONFIG, "unknown time zone 'leapsecond'; name one as");
    made_zone("leapseconds", ADMF_BAD_CONFIG, "unknown time zone 'leapseconds'; name one as");
    write_zone("leap_second", NULL, 0, "EST5");
    made_zone("leapsecond", ADMF_BAD_CONFIG, "did you mean 'leap_second'?");
    unlink(zone_path("leapsecond"));
    unlink(zone_path("leap_second"));
}

static void local_times(void **state)
{
    (void)state;
    struct series_source from = PLAIN;
    from.timezone = (char *)"America/New_York";
    struct loading l = load_good(from, TC "2024-03-10 01:59,1\n2024-03-10 03:00,1\n"
                                          "2024-03-10 03:01,1\n");
    assert_int_equal(l.bars->time[1] - l.bars->time[0], 60 * NS_PER_SECOND);
    assert_int_equal(l.bars->time[0], at("2024-03-10T06:59:00"));
    unload(&l);
    expect_bad(from, TC "2024-03-10 02:30,1\n", ADMF_BAD_DATA, 2, 1,
               "does not exist in America/New_York (the clocks jump over it); write timestamps "
               "with their offset from UTC, or set `timezone: UTC`");
    expect_bad(from, TC "2024-11-03 00:59,1\n2024-11-03 01:30,1\n2024-11-03 02:00,1\n",
               ADMF_BAD_DATA, 3, 1,
               "happens twice in America/New_York (the clocks go back); write timestamps with "
               "their offset from UTC (-04:00 or -05:00), or set `timezone: UTC`");
    l = load_good(from, TC "2024-11-03T01:30:00-04:00,1\n2024-11-03T01:30:00-05:00,1\n");
    assert_int_equal(l.bars->time[1] - l.bars->time[0], 3600 * NS_PER_SECOND);
    unload(&l);
    /* A date is no time: where midnight does not exist it begins with its first instant. */
    from.timezone = (char *)"America/Sao_Paulo";
    l = load_good(from, TC "2018-11-03,1\n2018-11-04,1\n2018-11-05,1\n2018-11-06,1\n");
    assert_int_equal(l.bars->time[1], at("2018-11-04T03:00:00"));
    assert_int_equal(l.bars->bar_length, NS_PER_DAY);
    assert_true(l.bars->bars_per_year == 252);
    unload(&l);
}

/* A year of local half hours, those of the clock changes apart, is the same year in UTC. */
static void a_local_year(void **state)
{
    (void)state;
    enum { HALVES = 366 * 48 };
    struct zone *ny = zone("America/New_York");
    char *local = malloc(HALVES * 40), *utc = malloc(HALVES * 40), *p = local, *q = utc;
    p += sprintf(p, TC);
    q += sprintf(q, TC);
    int64_t t = at("2024-01-01") / NS_PER_SECOND, kept = 0;
    for (int k = 0; k < HALVES; k++, t += 1800) {
        int64_t shown = t + zone_at_utc(ny, t).offset, both[2];
        char a[STAMP_TEXT], b[STAMP_TEXT];
        if (zone_instants(ny, shown, both) != 1)
            continue;
        kept++;
        stamp_to_text(shown * NS_PER_SECOND, a);
        stamp_to_text(t * NS_PER_SECOND, b);
        p += sprintf(p, "%.19s,%d\n", a, 100 + k % 7);
        q += sprintf(q, "%s,%d\n", b, 100 + k % 7);
    }
    assert_int_equal(kept, HALVES - 4); /* an hour shown twice */
    struct series_source from = PLAIN;
    from.timezone = (char *)"America/New_York";
    struct loading one = load_good(from, local), two = load_good(from, utc);
    assert_int_equal(one.bars->count, kept);
    assert_true(one.bars->digest == two.bars->digest);
    unload(&one);
    unload(&two);
    free(local);
    free(utc);
    zone_close(&ny);
}

/* Bars every `minutes` from `first` (UTC). */
static char *series(const char *first, int minutes, int count)
{
    char *text = malloc((size_t)count * 40 + 40), *p = text;
    int64_t t = at(first) / NS_PER_SECOND;
    p += sprintf(p, TC);
    for (int k = 0; k < count; k++)
        p += sprintf(p, "%ld,%d\n", (long)(t + (int64_t)k * minutes * 60), 100 + k % 10);
    return text;
}

static void sessions(void **state)
{
    (void)state;
    struct series_source from = PLAIN;
    char *text = series("2024-01-02T00:00:00", 30, 48 * 10);
    struct loading l = load_good(from, text);
    assert_int_equal(l.bars->days, 10);
    assert_false(l.bars->has_session);
    assert_true(l.bars->expected_day == 48 && l.bars->median_day == 48);
    assert_true(l.bars->bars_per_year == 48 * 252.0 && l.bars->days_per_year == 252);
    assert_int_equal(l.bars->day_end[0], 47);
    assert_int_equal(l.bars->session_day[48], 1);
    unload(&l);

    from.session = (char *)"24x7";
    l = load_good(from, text);
    assert_true(l.bars->bars_per_year == 48 * 365.0 && l.bars->days_per_year == 365);
    assert_true(l.bars->has_session);
    unload(&l);

    from.session = (char *)"09:30-16:00", from.timezone = (char *)"America/New_York";
    l = load_good(from, text);
    assert_int_equal(l.bars->count, 130);
    assert_int_equal(l.bars->bars_outside, 350);
    assert_int_equal(l.bars->days, 10);
    assert_int_equal(l.bars->time[0], at("2024-01-02T14:30:00"));
    assert_int_equal(l.bars->time[l.bars->day_end[0]], at("2024-01-02T20:30:00"));
    assert_true(l.bars->expected_day == 13 && l.bars->bars_per_year == 13 * 252.0);
    assert_int_equal(l.warnings.total, 0);
    unload(&l);

    /* Across midnight: the day is the date on which the session ends. */
    from.session = (char *)"18:00-17:00", from.timezone = (char *)"UTC";
    l = load_good(from, text);
    assert_int_equal(l.bars->count, 460);
    assert_int_equal(l.bars->days, 11);
    assert_int_equal(l.bars->day_end[0], 33);
    assert_int_equal(l.bars->time[34], at("2024-01-02T18:00:00"));
    assert_int_equal(l.bars->session_day[34], 1);
    assert_int_equal(l.bars->session_day[34 + 45], 1);
    assert_int_equal(l.bars->session_day[34 + 46], 2);
    assert_true(l.bars->expected_day == 46);
    unload(&l);

    from.session = (char *)"18:00-24:00";
    l = load_good(from, text);
    assert_int_equal(l.bars->days, 10);
    assert_int_equal(l.bars->count, 120);
    unload(&l);

    /* All day long, but a day begins at five in the afternoon. */
    from.session = (char *)"17:00-17:00";
    l = load_good(from, text);
    assert_int_equal(l.bars->bars_outside, 0);
    assert_int_equal(l.bars->days, 11);
    assert_int_equal(l.bars->day_end[0], 33);
    assert_int_equal(l.bars->day_end[1], 33 + 48);
    assert_true(l.bars->expected_day == 48);
    unload(&l);
    free(text);

    static const char *const wrong[] = {"9:30-16:00",  "09:30",        "09:30-25:00", "24:00-08:00",
                                        "09:60-10:00", "09:30-16:00 ", "24/7",        "",
                                        "09:30–16:00"};
    for (size_t k = 0; k < sizeof wrong / sizeof *wrong; k++) {
        from.session = (char *)(uintptr_t)wrong[k];
        expect_bad(from, TC "2024-01-02,1\n", ADMF_BAD_CONFIG, 0, 0, "is neither HH:MM-HH:MM");
    }
    from.session = (char *)"03:00-04:00";
    expect_bad(from, TC "1704196800,1\n1704196860,1\n", ADMF_BAD_DATA, 0, 0,
               "no bar is inside `session: 03:00-04:00`");
}

static void session_over_clock_changes(void **state)
{
    (void)state;
    struct series_source from = PLAIN;
    from.timezone = (char *)"America/New_York", from.session = (char *)"09:30-16:00";
    char *text = series("2024-03-08T00:00:00", 30, 48 * 4);
    struct loading l = load_good(from, text);
    assert_int_equal(l.bars->time[0], at("2024-03-08T14:30:00"));
    assert_int_equal(l.bars->time[26], at("2024-03-10T13:30:00"));
    assert_int_equal(l.bars->count, 52);
    unload(&l);
    from.session = NULL;
    l = load_good(from, text);
    assert_int_equal(l.bars->days, 5);
    assert_int_equal(l.bars->day_end[2] - l.bars->day_end[1], 48);
    assert_int_equal(l.bars->day_end[3] - l.bars->day_end[2], 46); /* a day of 23 hours */
    unload(&l);
    free(text);
}

static void wrong_session(void **state)
{
    (void)state;
    /* New York minutes, 09:30 to 16:00, read as if they were all day long. */
    char *text = malloc(390 * 5 * 40), *p = text;
    p += sprintf(p, TC);
    for (int d = 0; d < 5; d++)
        for (int m = 0; m < 390; m++)
            p += sprintf(p, "2024-01-%02d %02d:%02d,100\n", 8 + d, (570 + m) / 60, (570 + m) % 60);
    struct series_source from = PLAIN;
    struct loading l = load_good(from, text);
    assert_int_equal(l.warnings.total, 1);
    assert_non_null(strstr(l.warnings.items[0].message, "390 bars (median), `session: 00:00-24:00`"
                                                        " implies 1440"));
    assert_non_null(strstr(l.warnings.items[0].message, "factor of 1.92"));
    unload(&l);
    from.session = (char *)"09:30-16:00";
    l = load_good(from, text);
    assert_int_equal(l.warnings.total, 0);
    unload(&l);
    free(text);
}

static void stamps_at_the_end(void **state)
{
    (void)state;
    struct series_source from = PLAIN;
    from.stamp_end = true, from.session = (char *)"00:00-01:00";
    struct loading l = load_good(from, TC "2024-01-02 00:30,1\n2024-01-02 01:00,2\n"
                                          "2024-01-02 01:30,3\n");
    assert_int_equal(l.bars->count, 2);
    assert_int_equal(l.bars->time[0], at("2024-01-02"));
    assert_true(l.bars->close[1] == 2);
    unload(&l);
    /* Before what timestamps may say. */
    from.session = NULL;
    expect_bad(from, TC "1678-01-01,1\n1678-01-02,2\n", ADMF_BAD_DATA, 0, 0,
               "the first bar, which ends 1678-01-01T00:00:00Z, starts before 1678");
}

static void limits(void **state)
{
    (void)state;
    const char *text = TC "2024-01-02 00:00,1\n2024-01-02 12:00,2\n2024-01-03 00:00,3\n"
                          "2024-01-03 12:00,4\n2024-01-04 00:00,5\n";
    struct series_source from = PLAIN;
    from.start = (char *)"2024-01-02 12:00", from.end = (char *)"2024-01-03";
    struct loading l = load_good(from, text);
    assert_int_equal(l.bars->count, 3);
    assert_true(l.bars->close[0] == 2 && l.bars->close[2] == 4);
    assert_int_equal(l.bars->bars_outside, 0);
    unload(&l);
    from.end = (char *)"2024-01-02T12:00:00Z";
    l = load_good(from, text);
    assert_int_equal(l.bars->count, 1);
    assert_int_equal(l.bars->bar_length, 12 * 3600 * NS_PER_SECOND);
    unload(&l);
    from.end = (char *)"2024-01-02 11:00";
    expect_bad(from, text, ADMF_BAD_CONFIG, 0, 0,
               "start 2024-01-02 12:00 is after end 2024-01-02 11:00");
    from.start = (char *)"2025-01-01", from.end = NULL;
    expect_bad(from, text, ADMF_BAD_DATA, 0, 0, "no bar lies between");
    from.start = (char *)"yesterday";
    expect_bad(from, text, ADMF_BAD_CONFIG, 0, 0, "start: 'yesterday' is no timestamp");
    from.start = (char *)"1704153600";
    expect_bad(from, text, ADMF_BAD_CONFIG, 0, 0,
               "start: '1704153600' is no timestamp; expected a date (2024-01-31) or ISO 8601 (");
    from.start = (char *)"2024-03-10 02:30", from.timezone = (char *)"America/New_York";
    expect_bad(from, text, ADMF_BAD_CONFIG, 0, 0, "start: '2024-03-10 02:30' does not exist");
}

static double per_year(struct series_source from, const char *text)
{
    struct loading l = load_good(from, text);
    double result = l.bars->bars_per_year;
    unload(&l);
    return result;
}

static void bars_a_year(void **state)
{
    (void)state;
    struct series_source from = PLAIN;
    const char *daily = TC "2024-01-04,1\n2024-01-05,1\n2024-01-08,1\n2024-01-09,1\n";
    const char *weekly = TC "2024-01-05,1\n2024-01-12,1\n2024-01-19,1\n";
    const char *monthly = TC "2024-01-01,1\n2024-02-01,1\n2024-03-01,1\n2024-04-01,1\n";
    const char *quarterly = TC "2024-01-01,1\n2024-04-01,1\n2024-07-01,1\n2024-09-30,1\n";
    const char *hourly = TC "2024-01-05T00:00,1\n2024-01-05T01:00,1\n2024-01-05T02:00,1\n";
    assert_true(per_year(from, daily) == 252);
    assert_true(per_year(from, weekly) == 52);
    assert_true(per_year(from, monthly) == 12);
    assert_true(per_year(from, hourly) == 24 * 252.0);
    expect_bad(from, quarterly, ADMF_BAD_DATA, 0, 0, "bars 91 days long");
    expect_bad(from, TC "1678-01-01,1\n2261-12-31,1\n", ADMF_BAD_DATA, 0, 0, "bars 100000 days");
    expect_bad(from, TC "2024-01-04,1\n", ADMF_BAD_DATA, 0, 0, "a single bar");
    from.session = (char *)"24x7";
    assert_true(per_year(from, daily) == 365);
    from.session = NULL, from.periods_per_year = 4;
    assert_true(per_year(from, quarterly) == 4);
    assert_true(per_year(from, daily) == 252); /* inferred wins over the metrics' figure */
    assert_true(per_year(from, TC "2024-01-04,1\n") == 4);
    /* Bars of a day or longer: each is a day, whatever the session. */
    from.session = (char *)"09:30-16:00";
    struct loading l = load_good(from, weekly);
    assert_int_equal(l.bars->count, 3);
    assert_int_equal(l.bars->days, 3);
    assert_true(l.bars->daily_or_longer && l.bars->expected_day == 0);
    unload(&l);
}

/* The commonest spacing of the first 100 bars, the shortest of equals. */
static void spacing(void **state)
{
    (void)state;
    int64_t time[200], m = 60 * NS_PER_SECOND;
    for (int i = 0; i < 200; i++)
        time[i] = i < 100 ? 5 * m * i : 495 * m + (i - 99) * m;
    assert_int_equal(bar_spacing(time, 200, false), 5 * m);
    int64_t equal[] = {0, 3 * m, 5 * m, 8 * m, 10 * m};
    assert_int_equal(bar_spacing(equal, 5, false), 2 * m);
    assert_int_equal(bar_spacing(time, 1, false), 0);
    int64_t ends[] = {at("1678-01-01"), at("2261-12-31")}; /* further apart than int64 can say */
    assert_int_equal(bar_spacing(ends, 2, false), LONGEST_SPACING);
    assert_int_equal(bar_spacing(ends, 2, true), LONGEST_SPACING);
}

static void dates(void **state)
{
    (void)state;
    int64_t year;
    int month, day;
    for (int64_t d = days_of_date(1677, 1, 1); d <= days_of_date(2263, 1, 1); d++) {
        date_of_days(d, &year, &month, &day);
        assert_int_equal(days_of_date(year, month, day), d);
    }
    assert_int_equal(days_of_date(1970, 1, 1), 0);
    assert_int_equal(days_of_date(2000, 3, 1), 11017);
    char text[STAMP_TEXT];
    stamp_to_text(-1, text);
    assert_string_equal(text, "1969-12-31T23:59:59.999999999Z");
    stamp_to_text(1500000000, text);
    assert_string_equal(text, "1970-01-01T00:00:01.5Z");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(offsets),
        cmocka_unit_test(zone_names),
        cmocka_unit_test(local_times),
        cmocka_unit_test(a_local_year),
        cmocka_unit_test(sessions),
        cmocka_unit_test(session_over_clock_changes),
        cmocka_unit_test(wrong_session),
        cmocka_unit_test(stamps_at_the_end),
        cmocka_unit_test(limits),
        cmocka_unit_test(bars_a_year),
        cmocka_unit_test(spacing),
        cmocka_unit_test(dates),
        cmocka_unit_test(a_value_has_its_place),
        cmocka_unit_test(rules_of_all_years),
        cmocka_unit_test(zone_files_that_do_not_serve),
        cmocka_unit_test(zone_files_out_of_reach),
        cmocka_unit_test(nearest_zones),
    };
    return cmocka_run_group_tests(tests, make_zone_folder, remove_zone_folder);
}
