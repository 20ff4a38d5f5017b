/* SPDX-License-Identifier: Apache-2.0 */
#define _POSIX_C_SOURCE 200809L
#include "stop.h"

#include <errno.h>
#include <signal.h>
#include <stddef.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "admf/error.h"
#include "messages.h"

static volatile int stop;
static struct timespec first;

/*
 * Whether somebody who has asked before asks again. `timeout` and other launchers deliver one
 * signal twice, to the process and to its group: what comes within a fifth of a second is still
 * the first wish.
 */
static int is_another_wish(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (now.tv_sec - first.tv_sec) * 1000 + (now.tv_nsec - first.tv_nsec) / 1000000 > 200;
}

static void take_wish(int number)
{
    static const char text[] = ": ending after the step in hand; Ctrl-C again ends at once\n";
    if (stop) {
        if (number == SIGINT && is_another_wish())
            _exit(ADMF_INTERRUPTED);
        return;
    }
    clock_gettime(CLOCK_MONOTONIC, &first);
    stop = number == SIGINT ? ADMF_INTERRUPTED : ADMF_STOPPED;
    if (write(2, "\n", 1) < 0 || write(2, cli_program, strlen(cli_program)) < 0 ||
        write(2, text, sizeof text - 1) < 0)
        return; /* nobody to tell */
}

/* Comes between a call that failed and whoever looks why. */
static void on_signal(int number)
{
    int before = errno;
    take_wish(number);
    errno = before;
}

/* A signal that whoever started the program chose to ignore (nohup, `&`) stays ignored. */
static void watch(int number)
{
    struct sigaction before, action;
    memset(&action, 0, sizeof action);
    action.sa_handler = on_signal;
    action.sa_flags = SA_RESTART;
    sigemptyset(&action.sa_mask);
    if (sigaction(number, NULL, &before) == 0 && before.sa_handler != SIG_IGN)
        sigaction(number, &action, NULL);
}

const volatile int *cli_stop_watch(void)
{
    watch(SIGINT);
    watch(SIGTERM);
    watch(SIGHUP);
    return &stop;
}

bool cli_stopped(int code) { return code == ADMF_STOPPED || code == ADMF_INTERRUPTED; }

int cli_note_stopped(int code, const char *kept)
{
    cli_note("%s; %s", code == ADMF_INTERRUPTED ? "interrupted" : "stopped",
             kept ? kept : "nothing is kept");
    return code;
}

int cli_conclude_stopped(int code, const char *kept, admf_diagnostics *errors,
                         admf_diagnostics *warnings)
{
    cli_report(errors, warnings);
    admf_diagnostics_deinit(errors);
    admf_diagnostics_deinit(warnings);
    return cli_note_stopped(code, kept);
}

int cli_fail_or_stop(const admf_error *error)
{
    return cli_stopped(error->code) ? cli_note_stopped(error->code, NULL) : cli_fail(error);
}
