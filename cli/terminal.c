/* SPDX-License-Identifier: Apache-2.0 */
#define _DEFAULT_SOURCE
#include "terminal.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "admf/error.h"
#include "messages.h"

void cli_streams_open(void)
{
    for (int fd = 0; fd <= 2; fd++) {
        if (fcntl(fd, F_GETFD) != -1 || errno != EBADF)
            continue;
        /* A closed standard output stays one that cannot be written: that is noticed. */
        if (open("/dev/null", fd == 2 ? O_WRONLY : O_RDONLY) != fd)
            return;
    }
    signal(SIGPIPE, SIG_IGN);
    signal(SIGXFSZ, SIG_IGN); /* a file beyond the limit is a failed write, not the end */
}

static int failure; /* errno of the first write to standard output that failed */

void cli_streams_failed(int error)
{
    if (failure == 0)
        failure = error ? error : EIO;
}

void cli_streams_print(const char *text)
{
    size_t length = strlen(text);
    /* A flush would fail for the same reason, were not all of a long text lost by then. */
    if (fwrite(text, 1, length, stdout) < length)
        cli_streams_failed(errno);
    if (length == 0 || text[length - 1] != '\n')
        putchar('\n');
}

void cli_streams_flush(void)
{
    errno = 0;
    if (fflush(stdout) != 0 || ferror(stdout))
        cli_streams_failed(errno);
}

int cli_streams_close(int code)
{
    cli_streams_flush();
    if (failure == 0)
        return code;
    if (failure != EPIPE)
        cli_complain("cannot write to standard output: %s", strerror(failure));
    return code == ADMF_OK ? ADMF_IO : code;
}

bool cli_lively(FILE *stream)
{
    const char *no_color = getenv("NO_COLOR"), *term = getenv("TERM");
    if (no_color && *no_color)
        return false;
    if (!term || !*term || strcmp(term, "dumb") == 0)
        return false;
    return isatty(fileno(stream)) == 1;
}

int cli_terminal_columns(FILE *stream)
{
    struct winsize size;
    if (isatty(fileno(stream)) != 1)
        return 0;
    if (ioctl(fileno(stream), TIOCGWINSZ, &size) == 0 && size.ws_col >= 20)
        return size.ws_col;
    return 80;
}
