/* SPDX-License-Identifier: Apache-2.0 */
#define _POSIX_C_SOURCE 200809L /* stat */
#include "engine/trace/trace_file.h"

#include <errno.h>
#include <sys/stat.h>

#include "engine/base/failure.h"

bool trace_file_is_direct(const char *path)
{
    struct stat about;
    return stat(path, &about) == 0 && !S_ISREG(about.st_mode) && !S_ISDIR(about.st_mode);
}

admf_status trace_file_open(struct trace_file *file, const char *path, admf_error *error)
{
    *file = (struct trace_file){
        .path = path, .direct = trace_file_is_direct(path), .whole.claim.fd = -1};
    admf_status status = file->direct ? ADMF_OK : whole_file_begin(&file->whole, path, error);
    if (!status && !(file->stream = fopen(file->direct ? path : file->whole.making, "wb")))
        status = fail_file(error, ADMF_IO, path, errno, "cannot write");
    return status;
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
