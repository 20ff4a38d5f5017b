/* SPDX-License-Identifier: Apache-2.0 */
/* The program in a process of its own: started, waited for, killed. */
#ifndef ADMF_TESTS_PROGRAM_H
#define ADMF_TESTS_PROGRAM_H

#ifndef _GNU_SOURCE
#error define _GNU_SOURCE before any header
#endif
#include <fcntl.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/types.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { PROGRAM_OUTPUT_MAX = 1 << 14 };

/* What a process that ended left behind. */
struct ended {
    int code;  /* exit code; 128 + n where signal n killed it */
    long peak; /* resident memory at most, KiB */
    char output[PROGRAM_OUTPUT_MAX], messages[PROGRAM_OUTPUT_MAX];
};

/* Where a process's stream goes: tests that run side by side have one folder. */
static inline void stream_path(char out[64], pid_t pid, const char *stream)
{
    snprintf(out, 64, "program.%ld.%s", (long)pid, stream);
}

/* Starts `admf` with arguments up to a NULL; program_wait reads its streams. */
static inline pid_t program_start(const char *const *arguments)
{
    fflush(NULL);
    pid_t pid = fork();
    if (pid != 0)
        return pid;
    const char *argv[32] = {ADMF_PROGRAM_PATH};
    for (int i = 0; i < 30 && arguments[i]; i++)
        argv[i + 1] = arguments[i];
    char out_path[64], err_path[64];
    stream_path(out_path, getpid(), "out");
    stream_path(err_path, getpid(), "err");
    int out = open(out_path, O_WRONLY | O_CREAT | O_TRUNC, 0644);
    int err = open(err_path, O_WRONLY | O_CREAT | O_TRUNC, 0644);
    /* Not where the runs of whoever starts a test by hand are recorded. */
    setenv("XDG_DATA_HOME", ADMF_BINARY_DIR "/records/programs", 1);
    if (out < 0 || err < 0 || dup2(out, 1) < 0 || dup2(err, 2) < 0)
        _exit(127);
    execv(ADMF_PROGRAM_PATH, (char *const *)argv);
    _exit(127);
}

/* Reads a stream and removes its file. */
static inline void take_stream(pid_t pid, const char *stream, char out[PROGRAM_OUTPUT_MAX])
{
    char path[64];
    stream_path(path, pid, stream);
    FILE *file = fopen(path, "r");
    size_t length = file ? fread(out, 1, PROGRAM_OUTPUT_MAX - 1, file) : 0;
    out[length] = '\0';
    if (file)
        fclose(file);
    unlink(path);
}

static inline void program_wait(pid_t pid, struct ended *ended)
{
    struct rusage usage;
    int status = 0;
    *ended = (struct ended){.code = -1};
    if (wait4(pid, &status, 0, &usage) != pid)
        return;
    ended->code = WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
    ended->peak = usage.ru_maxrss;
    take_stream(pid, "out", ended->output);
    take_stream(pid, "err", ended->messages);
}

static inline void program_run(const char *const *arguments, struct ended *ended)
{
    program_wait(program_start(arguments), ended);
}

static inline void sleep_seconds(double seconds)
{
    struct timespec t = {(time_t)seconds, (long)((seconds - (double)(time_t)seconds) * 1e9)};
    nanosleep(&t, NULL);
}

static inline double clock_seconds(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

#endif
