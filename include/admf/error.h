/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Errors as values.
 *
 * A function that can fail returns an admf_status and describes the failure in
 * what its caller passed: one admf_error where a single thing can go wrong, a
 * list of admf_diagnostics where a person wants to hear of everything at once
 * (a configuration, a market data file). Nothing in the library prints or exits.
 */
#ifndef ADMF_ERROR_H
#define ADMF_ERROR_H

#include <stdbool.h>
#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

/* The numbers are the exit codes of the program (sysexits.h where it has one). */
typedef enum admf_status {
    ADMF_OK = 0,
    ADMF_FAILED = 1,       /* a check the caller asked for came out negative        */
    ADMF_USAGE = 2,        /* arguments that make no sense                          */
    ADMF_BAD_DATA = 65,    /* market data, a cube or a store that cannot be used    */
    ADMF_NO_INPUT = 66,    /* a file that is missing or cannot be opened            */
    ADMF_INTERNAL = 70,    /* a bug, or memory ran out                              */
    ADMF_IO = 74,          /* reading or writing failed half-way, disk full         */
    ADMF_STOPPED = 75,     /* ended by SIGTERM; `--resume` goes on                  */
    ADMF_BAD_CONFIG = 78,  /* the configuration is wrong or asks for the impossible */
    ADMF_INTERRUPTED = 130 /* ended by Ctrl-C; `--resume` goes on                   */
} admf_status;

enum { ADMF_MESSAGE_MAX = 1024, ADMF_PATH_MAX = 1024 };

/* One failure. Zero-initialise; a function that succeeds leaves it untouched. */
typedef struct admf_error {
    admf_status code;
    char message[ADMF_MESSAGE_MAX]; /* what is wrong and what to do, one line */
    char file[ADMF_PATH_MAX];       /* "" where no file is meant              */
    int line, column;               /* from 1; 0 where there is no place      */
    int length;                     /* characters to underline; 0: none       */
} admf_error;

/*
 * A growing list of failures (and warnings) in the order found. The caller owns
 * it: start from ADMF_DIAGNOSTICS_INIT and give it to admf_diagnostics_deinit.
 */
typedef struct admf_diagnostics {
    admf_error *items; /* owned by the list                             */
    size_t count;      /* items kept                                    */
    size_t capacity;   /* private                                       */
    size_t total;      /* failures seen, those beyond `limit` included  */
    size_t limit;      /* keep at most this many; 0: all                */
} admf_diagnostics;

#define ADMF_DIAGNOSTICS_INIT                                                                      \
    {                                                                                              \
        0                                                                                          \
    }

/* Frees what the list holds and leaves it as ADMF_DIAGNOSTICS_INIT makes it. */
void admf_diagnostics_deinit(admf_diagnostics *list);

/*
 * The status to leave with when several things are wrong: a bug or no memory (70) before
 * a wrong configuration (78) before missing input (66) before bad data (65), else the first
 * failure.
 * ADMF_OK for an empty list.
 */
admf_status admf_diagnostics_status(const admf_diagnostics *list);

#ifdef __cplusplus
}
#endif
#endif
