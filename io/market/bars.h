/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Bars of one symbol, column by column, and what their calendar implies.
 *
 * Everything downstream works on these columns; nothing after loading knows where
 * they came from.
 */
#ifndef ADMF_IO_MARKET_BARS_H
#define ADMF_IO_MARKET_BARS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "admf/error.h"

/* In a configuration; line 0: none. */
struct source_place {
    int line, column, length;
};

/* How a series is to be read: one entry of `data:` with its place in the configuration. */
struct series_source {
    char *symbol, *path; /* path: already relative to the working directory */
    char *format;        /* auto, csv, hdf5 */
    char *timezone;      /* IANA name, "UTC" by default */
    char *session;       /* "00:00-24:00", "09:30-16:00", "24x7" */
    bool stamp_end;      /* timestamps are the end of a bar */
    char *start, *end;   /* NULL: no limit; text as written, in `timezone` where naive */
    struct {
        char *ours, *theirs;
    } * rename;
    size_t renames;
    bool repair_drop;        /* drop bad rows and count them (`admf import --repair drop`) */
    double periods_per_year; /* metrics.periods_per_year; NaN: infer */
    /* For `admf import`: bars_per_year may be NaN, and what an error says to write are options. */
    bool converting;
    const volatile int *stop; /* NULL, or where an end is asked for: engine/base/stop.h */
    const char *config_file;  /* for errors that belong to the configuration; may be NULL */
    int line, column;         /* place of the entry's path there */
    /* Of these values; where there is none, that of the path is meant. */
    struct source_place timezone_place, session_place, start_place, end_place;
};

enum { BARS_MOST = INT32_MAX }; /* of a series */

struct extra_column {
    char *name;
    double *values;
};

struct bars {
    char *symbol;
    size_t count;
    int64_t *time; /* ns UTC, start of the bar, strictly increasing */
    /* Each NULL where the file has no such column, but close. A missing volume of a row is NaN. */
    double *open, *high, *low, *close, *volume;
    struct extra_column *extra;
    size_t extras;

    int32_t *session_day; /* number of the bar's session day, from 0 */
    size_t days;          /* session days */
    size_t *day_end;      /* index of each day's last bar: days entries */
    bool daily_or_longer; /* bars of a day or longer: each bar is a day */
    int64_t bar_length;   /* ns */
    double bars_per_year; /* P_bar; NaN where nothing tells and source->converting allows it */
    double days_per_year; /* D */
    size_t bars_outside;  /* dropped as outside the session */
    size_t rows_dropped;  /* dropped by --repair drop */
    bool has_session;     /* `session` was given */
    double median_day;    /* median number of bars of a session day */
    double expected_day;  /* periods_per_day; 0 for bars of a day or longer */
    uint64_t digest;      /* of time and columns (XXH64), after session and limits */
    char source[ADMF_PATH_MAX];
};

/*
 * Reads a series by `threads` threads at most; their number changes nothing but the time. Errors
 * are appended to `errors` (up to 20 with the total in errors->total), warnings (session looks
 * wrong, …) to `warnings`; either way a status, and `*out` (to be freed with bars_free) only on
 * ADMF_OK. Where an end is asked for before that, the status is what *source->stop says, and no
 * error says it.
 */
admf_status bars_load(const struct series_source *source, int threads, struct bars **out,
                      admf_diagnostics *errors, admf_diagnostics *warnings);
/* Bytes that this takes beside the bars at most, where lines are shorter than 256 KiB. */
enum { BARS_LOAD_BYTES = 6 << 20 };
void bars_free(struct bars **bars);

/* Bytes the columns of `bars` take. */
size_t bars_bytes(const struct bars *bars);

/*
 * Writes bars in our HDF5 form (netCDF-4-shaped), which bars_load reads without parsing. ADMF_IO
 * where the file cannot be made, what *stop (NULL: nothing) says where that came before it was
 * whole: then what was at the path is as it was. What is at the path by then is replaced by `force`
 * only.
 */
admf_status bars_write_hdf5(const struct bars *bars, const char *path, bool force,
                            const volatile int *stop, admf_error *error);
/* The same, as CSV with our column names. */
admf_status bars_write_csv(const struct bars *bars, const char *path, bool force,
                           const volatile int *stop, admf_error *error);

/* Makes `count` seeded minute bars (a random walk with drift 0; Philox), 24x7 from `start`. */
struct synth_options {
    const char *symbol;
    size_t count;
    uint64_t seed;
    int64_t start;            /* ns UTC */
    int64_t bar_length;       /* ns */
    double price;             /* first price */
    double volatility;        /* deviation of a bar's log return */
    const volatile int *stop; /* NULL, or as that of a source */
};
admf_status bars_synthesise(const struct synth_options *options, struct bars **out,
                            admf_error *error);

#endif
