/* SPDX-License-Identifier: Apache-2.0 */
#define _DEFAULT_SOURCE /* wait4 */
#include "bench/child.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "bench/timing.h"

static admf_status fail(admf_error *error, admf_status code, const char *program, const char *what)
{
    *error = (admf_error){.code = code};
    snprintf(error->message, sizeof error->message, "%s: %s", program, what);
    return code;
}

static double seconds_of(struct timeval t) { return (double)t.tv_sec + 1e-6 * (double)t.tv_usec; }

enum { CANNOT_START = 127 };

/* What the program itself may end with for that; any other code is for a mistake of its own. */
static admf_status reason_of(int code)
{
    bool shared = code == ADMF_BAD_DATA || code == ADMF_NO_INPUT || code == ADMF_IO;
    return shared ? (admf_status)code : ADMF_INTERNAL;
}

static void become(const char *const *arguments, const char *input, const char *output)
{
    /* Whoever stops the benchmark does not want to go on with a work: the program ends between two
     * of them, or takes this one with it. */
    signal(SIGINT, SIG_IGN);
    signal(SIGHUP, SIG_IGN);
    signal(SIGTERM, SIG_IGN);
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    int in = open(input ? input : "/dev/null", O_RDONLY);
    int out = open(output ? output : "/dev/null", O_WRONLY | O_CREAT | O_TRUNC, 0666);
    if (in >= 0 && out >= 0 && dup2(in, 0) == 0 && dup2(out, 1) == 1)
        execv(arguments[0], (char *const *)arguments);
    _exit(CANNOT_START);
}

admf_status child_run(const char *const *arguments, const char *input, const char *output,
                      struct child_result *result, admf_error *error)
{
    char text[64];
    int status;
    struct rusage usage;
    double start = seconds_now();
    pid_t child = fork();
    if (child < 0)
        return fail(error, ADMF_IO, arguments[0], strerror(errno));
    if (child == 0)
        become(arguments, input, output);
    while (wait4(child, &status, 0, &usage) != child)
        if (errno != EINTR)
            return fail(error, ADMF_IO, arguments[0], strerror(errno));
    *result =
        (struct child_result){.seconds = seconds_now() - start,
                              .processor = seconds_of(usage.ru_utime) + seconds_of(usage.ru_stime),
                              .memory = 1024.0 * (double)usage.ru_maxrss};
    int code = WIFEXITED(status) ? WEXITSTATUS(status) : ADMF_INTERNAL;
    if (code == ADMF_OK)
        return ADMF_OK;
    if (code == CANNOT_START)
        return fail(error, ADMF_IO, arguments[0], "cannot be started");
    if (WIFEXITED(status))
        snprintf(text, sizeof text, "ended with exit code %d", code);
    else
        snprintf(text, sizeof text, "was ended by signal %d", WTERMSIG(status));
    return fail(error, reason_of(code), arguments[0], text);
}

int child_beside(const char *name, char path[CHILD_PATH_MAX])
{
    ssize_t length = readlink("/proc/self/exe", path, CHILD_PATH_MAX - 1);
    if (length <= 0)
        return 0;
    path[length] = '\0';
    char *slash = strrchr(path, '/');
    if (!slash || (size_t)(slash - path) + strlen(name) + 2 > CHILD_PATH_MAX)
        return 0;
    strcpy(slash + 1, name);
    return access(path, X_OK) == 0;
}
