/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE /* fopencookie */
#include "engine/trace/trace_file.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <sys/stat.h>
#include <unistd.h>

#include "engine/base/failure.h"
#include "engine/base/stop.h"

bool trace_file_is_direct(const char *path)
{
    struct stat about;
    return stat(path, &about) == 0 && !S_ISREG(about.st_mode) && !S_ISDIR(about.st_mode);
}

enum { MILLISECONDS = 100 }; /* between two looks at whether an end is asked for */

/* A reader may be there and not read: no signal ends a write to a full pipe, so none waits there.
 */
static ssize_t write_all(void *context, const char *bytes, size_t count)
{
    const struct trace_file *file = context;
    struct pollfd reader = {.fd = file->fd, .events = POLLOUT};
    size_t written = 0;
    while (written < count) {
        ssize_t n = write(file->fd, bytes + written, count - written);
        if (n > 0)
            written += (size_t)n;
        else if (n == 0 || (errno != EAGAIN && errno != EINTR) || stop_status(file->stop))
            break;
        else
            poll(&reader, 1, MILLISECONDS);
    }
    return (ssize_t)written;
}

static int close_direct(void *context)
{
    const struct trace_file *file = context;
    return close(file->fd);
}

/* A pipe from which nobody reads cannot be opened: somebody may come, or an end be asked for. */
static FILE *open_direct(struct trace_file *file)
{
    const cookie_io_functions_t calls = {.write = write_all, .close = close_direct};
    struct stat about;
    const bool is_pipe = stat(file->path, &about) == 0 && S_ISFIFO(about.st_mode);
    while ((file->fd = open(file->path, O_WRONLY | O_TRUNC | O_CLOEXEC | O_NONBLOCK)) < 0 &&
           is_pipe && (errno == ENXIO || errno == EINTR) && stop_status(file->stop) == ADMF_OK)
        poll(NULL, 0, MILLISECONDS);
    if (file->fd < 0)
        return NULL;
    FILE *stream = fopencookie(file, "wb", calls);
    if (!stream)
        close(file->fd);
    return stream;
}

admf_status trace_file_open(struct trace_file *file, const char *path, bool force,
                            const volatile int *stop, admf_error *error)
{
    *file = (struct trace_file){
        .path = path, .stop = stop, .direct = trace_file_is_direct(path), .whole.claim.fd = -1};
    admf_status status =
        file->direct ? ADMF_OK : whole_file_begin(&file->whole, path, force, error);
    if (status)
        return status;
    file->stream = file->direct ? open_direct(file) : fopen(file->whole.making, "wb");
    if (file->stream)
        return ADMF_OK;
    int number = errno;
    status = stop_status(stop);
    return status ? status : fail_file(error, ADMF_IO, path, number, "cannot write");
}

bool trace_file_line(struct trace_file *file, const char *json, size_t length)
{
    errno = 0;
    if (fwrite(json, 1, length, file->stream) == length && putc('\n', file->stream) != EOF)
        return true;
    file->error = errno ? errno : EIO;
    return false;
}

admf_status trace_file_close(struct trace_file *file, bool keep, admf_error *error)
{
    admf_status status = ADMF_OK;
    errno = 0;
    if (file->stream && fclose(file->stream) != 0 && !file->error)
        file->error = errno ? errno : EIO;
    if (file->error && stop_status(file->stop))
        status = stop_status(file->stop);
    else if (file->error == EPIPE)
        status = ADMF_IO;
    else if (file->error)
        status = fail_file(error, ADMF_IO, file->path, file->error, "cannot write");
    else if (file->stream && keep && !file->direct)
        status = whole_file_finish(&file->whole, error);
    file->stream = NULL;
    whole_file_drop(&file->whole);
    return status;
}
