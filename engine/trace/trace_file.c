/* SPDX-License-Identifier: Apache-2.0 */
#define _POSIX_C_SOURCE 200809L /* stat */
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

/* A pipe from which nobody reads cannot be opened: somebody may come, or an end be asked for. */
static FILE *open_direct(const char *path, const volatile int *stop)
{
    enum { MILLISECONDS = 100 };
    struct stat about;
    const bool is_pipe = stat(path, &about) == 0 && S_ISFIFO(about.st_mode);
    int fd;
    while ((fd = open(path, O_WRONLY | O_TRUNC | O_CLOEXEC | O_NONBLOCK)) < 0 && is_pipe &&
           (errno == ENXIO || errno == EINTR) && stop_status(stop) == ADMF_OK)
        poll(NULL, 0, MILLISECONDS);
    if (fd < 0)
        return NULL;
    FILE *stream = fcntl(fd, F_SETFL, O_WRONLY) == 0 ? fdopen(fd, "wb") : NULL;
    if (!stream)
        close(fd);
    return stream;
}

admf_status trace_file_open(struct trace_file *file, const char *path, const volatile int *stop,
                            admf_error *error)
{
    *file = (struct trace_file){
        .path = path, .direct = trace_file_is_direct(path), .whole.claim.fd = -1};
    admf_status status = file->direct ? ADMF_OK : whole_file_begin(&file->whole, path, error);
    if (status)
        return status;
    file->stream = file->direct ? open_direct(path, stop) : fopen(file->whole.making, "wb");
    if (file->stream)
        return ADMF_OK;
    int number = errno;
    status = stop_fail(stop, error);
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
    if (file->error)
        status = fail_file(error, ADMF_IO, file->path, file->error, "cannot write");
    else if (file->stream && keep && !file->direct)
        status = whole_file_finish(&file->whole, error);
    file->stream = NULL;
    whole_file_drop(&file->whole);
    return status;
}
