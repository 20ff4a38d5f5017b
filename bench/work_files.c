/* SPDX-License-Identifier: Apache-2.0 */
#define _XOPEN_SOURCE 700 /* nftw, mkdtemp */
#include "bench/work_files.h"

#include <errno.h>
#include <ftw.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "admf/market.h"

admf_status work_fail(const struct work_files *files, admf_status code, const char *path,
                      const char *message)
{
    *files->error = (admf_error){.code = code};
    snprintf(files->error->message, sizeof files->error->message, "%s", message);
    snprintf(files->error->file, sizeof files->error->file, "%.*s", ADMF_PATH_MAX - 1, path);
    return code;
}

admf_status work_written(const struct work_files *files, FILE *file, const char *path)
{
    bool written = file && !ferror(file);
    if (file)
        written = fclose(file) == 0 && written;
    return written ? ADMF_OK : work_fail(files, ADMF_IO, path, strerror(errno));
}

static int remove_one(const char *path, const struct stat *about, int kind, struct FTW *place)
{
    (void)about, (void)kind, (void)place;
    return remove(path);
}

void work_path(const struct work_files *files, const char *name, char path[WORK_PATH_MAX])
{
    snprintf(path, WORK_PATH_MAX, "%s/%s", files->folder, name);
}

admf_status work_files_init(struct work_files *files, const struct work_sizes *sizes,
                            admf_error *error)
{
    const char *temporary = getenv("TMPDIR");
    *files = (struct work_files){.sizes = sizes, .error = error};
    int length = snprintf(files->folder, sizeof files->folder, "%s/admf_bench_XXXXXX",
                          temporary && *temporary ? temporary : "/tmp");
    if ((size_t)length >= sizeof files->folder)
        return work_fail(files, ADMF_IO, "", "the path in TMPDIR is too long");
    if (!mkdtemp(files->folder)) {
        char message[128];
        snprintf(message, sizeof message, "%s; works need a folder below TMPDIR, or /tmp",
                 strerror(errno));
        return work_fail(files, ADMF_IO, files->folder, message);
    }
    return ADMF_OK;
}

void work_files_remove(struct work_files *files)
{
    nftw(files->folder, remove_one, 16, FTW_DEPTH | FTW_PHYS);
}

/* Bars that turn at every one of them. */
static admf_status make_zigzag(struct work_files *files, const char *path, uint64_t bars)
{
    char csv[WORK_PATH_MAX];
    double price = 100;
    work_path(files, "zigzag.csv", csv);
    FILE *file = fopen(csv, "w");
    if (!file)
        return work_written(files, file, csv);
    fputs("timestamp,open,high,low,close,volume\n", file);
    for (uint64_t t = 0; t < bars; t++) {
        double last = price;
        price = 100 * (1 + 0.001 * (double)(t % 2) + 0.00001 * (double)(t * 7919 % 10));
        fprintf(file, "%" PRIu64 ",%.6f,%.6f,%.6f,%.6f,1\n", 1577836800 + 60 * t, last,
                last > price ? last : price, last < price ? last : price, price);
    }
    admf_status status = work_written(files, file, csv);
    if (status != ADMF_OK)
        return status;
    admf_import_options options = {
        .input = csv, .output = path, .symbol = "BARS", .session = "24x7"};
    admf_import_result result;
    admf_diagnostics errors = ADMF_DIAGNOSTICS_INIT, warnings = ADMF_DIAGNOSTICS_INIT;
    status = admf_import(&options, &result, &errors, &warnings);
    if (status != ADMF_OK && errors.count > 0)
        *files->error = errors.items[0];
    admf_diagnostics_deinit(&errors);
    admf_diagnostics_deinit(&warnings);
    return status;
}

admf_status work_bars_make(struct work_files *files, enum work_bars kind)
{
    static const char *const names[BARS_KINDS] = {"minutes.h5", "long.h5", "zigzag.h5", "bars.csv"};
    char path[WORK_PATH_MAX];
    if (kind == BARS_NONE)
        return ADMF_OK;
    work_path(files, names[kind], path);
    if (access(path, F_OK) == 0)
        return ADMF_OK;
    if (kind == BARS_ZIGZAG)
        return make_zigzag(files, path, files->sizes->bars[kind]);
    admf_synth_options synth = {.output = path, .bars = files->sizes->bars[kind], .seed = 1};
    return admf_synth(&synth, files->error);
}

/* Places in the grid between two of the few that stand for it; 0 where no work has such few. */
static int apart(const struct work_sizes *sizes)
{
    return sizes->small ? sizes->side / sizes->small : 0;
}

/* What stands for @ and a letter in a configuration of work_list.c. */
struct placeholder {
    char letter;
    uint64_t number;
};
enum { PLACEHOLDERS = 15 };

static void number_placeholders(const struct work_sizes *sizes,
                                struct placeholder out[PLACEHOLDERS])
{
    /* Steps up to the last of a range. */
    const int side = sizes->side - 1, small = sizes->small - 1, some = 3 * sizes->small - 1;
    const uint64_t bars = sizes->bars[BARS_CSV];
    const struct placeholder all[PLACEHOLDERS] = {
        /* The big grid: where fast and slow averages end, and their steps. */
        {'F', (uint64_t)(5 + 2 * sizes->step * side)},
        {'S', (uint64_t)(213 + 5 * sizes->step * side)},
        {'G', (uint64_t)(2 * sizes->step)},
        {'T', (uint64_t)(5 * sizes->step)},
        /* The small grid, from all over it: the same. */
        {'f', (uint64_t)(5 + 2 * apart(sizes) * small)},
        {'s', (uint64_t)(213 + 5 * apart(sizes) * small)},
        {'g', (uint64_t)(2 * apart(sizes))},
        {'h', (uint64_t)(5 * apart(sizes))},
        /* The grid of the windows: where its averages end. */
        {'c', (uint64_t)(5 + 2 * some)},
        {'d', (uint64_t)(213 + 5 * some)},
        /* The grid of classifiers: where its averages end. */
        {'a', (uint64_t)(10 + 2 * small)},
        {'b', (uint64_t)(100 + 20 * small)},
        /* Bars of a walk forward: to train, to test, from one window to the next. */
        {'t', bars / 40 * 3},
        {'u', bars / 40},
        {'v', bars / 10},
    };
    memcpy(out, all, sizeof all);
}

/* A configuration with numbers where it has @ and a letter; @x is where fees and slippage end. */
static void print_config(FILE *file, const struct work_sizes *sizes, const char *text)
{
    struct placeholder numbers[PLACEHOLDERS];
    number_placeholders(sizes, numbers);
    for (; *text; text++) {
        int k = 0;
        if (*text != '@') {
            putc(*text, file);
            continue;
        }
        text++;
        while (k < PLACEHOLDERS && numbers[k].letter != *text)
            k++;
        if (k < PLACEHOLDERS)
            fprintf(file, "%" PRIu64, numbers[k].number);
        else
            fprintf(file, "%.4f", 0.0001 * (sizes->small - 1));
    }
}

admf_status work_config_write(struct work_files *files, const struct work *work, const char *lanes,
                              char path[WORK_PATH_MAX])
{
    char name[64];
    snprintf(name, sizeof name, "%s.yaml", work->name);
    work_path(files, name, path);
    FILE *file = fopen(path, "w");
    if (!file)
        return work_written(files, file, path);
    print_config(file, files->sizes, work->config);
    if (lanes)
        fprintf(file, "resources: {lanes: %s}\n", lanes);
    return work_written(files, file, path);
}
