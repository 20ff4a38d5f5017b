/* SPDX-License-Identifier: Apache-2.0 */
#define _XOPEN_SOURCE 700 /* nftw, mkdtemp */
#include <errno.h>
#include <ftw.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "admf/market.h"
#include "bench/child.h"
#include "bench/json_file.h"
#include "bench/selection.h"
#include "bench/work.h"
#include "cli/messages.h"
#include "cli/terminal.h"

enum { WORKS_MAX = 32, FOLDER_MAX = 256, PATH = 512 };

/* The works while they are run. */
struct running {
    const struct work_options *options;
    char folder[FOLDER_MAX];
    char admf[CHILD_PATH_MAX], self[CHILD_PATH_MAX];
    double amount[WORKS_MAX], memory[WORKS_MAX], seconds[WORKS_MAX][ROUNDS_MAX];
    double processor[WORKS_MAX][ROUNDS_MAX];
    admf_error *error;
};

static admf_status fail(admf_error *error, admf_status code, const char *path, const char *message)
{
    *error = (admf_error){.code = code};
    snprintf(error->message, sizeof error->message, "%s", message);
    snprintf(error->file, sizeof error->file, "%.*s", ADMF_PATH_MAX - 1, path);
    return code;
}

/* ---- files -------------------------------------------------------------------------------*/

static int remove_one(const char *path, const struct stat *about, int kind, struct FTW *place)
{
    (void)about, (void)kind, (void)place;
    return remove(path);
}

static void in_folder(const struct running *r, const char *name, char path[PATH])
{
    snprintf(path, PATH, "%s/%s", r->folder, name);
}

static admf_status make_folder(struct running *r)
{
    const char *temporary = getenv("TMPDIR");
    int length = snprintf(r->folder, sizeof r->folder, "%s/admf_bench_XXXXXX",
                          temporary && *temporary ? temporary : "/tmp");
    if ((size_t)length >= sizeof r->folder - 64)
        return fail(r->error, ADMF_IO, "", "the path in TMPDIR is too long");
    if (!mkdtemp(r->folder))
        return fail(r->error, ADMF_IO, r->folder, strerror(errno));
    return ADMF_OK;
}

/* Bars that turn at every one of them. */
static admf_status make_zigzag(struct running *r, const char *path, uint64_t bars)
{
    char csv[PATH];
    double price = 100;
    in_folder(r, "zigzag.csv", csv);
    FILE *file = fopen(csv, "w");
    if (!file)
        return fail(r->error, ADMF_IO, csv, strerror(errno));
    fputs("timestamp,open,high,low,close,volume\n", file);
    for (uint64_t t = 0; t < bars; t++) {
        double last = price;
        price = 100 * (1 + 0.001 * (double)(t % 2) + 0.00001 * (double)(t * 7919 % 10));
        fprintf(file, "%" PRIu64 ",%.6f,%.6f,%.6f,%.6f,1\n", 1577836800 + 60 * t, last,
                last > price ? last : price, last < price ? last : price, price);
    }
    if (fclose(file) != 0)
        return fail(r->error, ADMF_IO, csv, strerror(errno));
    admf_import_options options = {
        .input = csv, .output = path, .symbol = "BARS", .session = "24x7"};
    admf_import_result result;
    admf_diagnostics errors = ADMF_DIAGNOSTICS_INIT, warnings = ADMF_DIAGNOSTICS_INIT;
    admf_status status = admf_import(&options, &result, &errors, &warnings);
    if (status != ADMF_OK && errors.count > 0)
        *r->error = errors.items[0];
    admf_diagnostics_deinit(&errors);
    admf_diagnostics_deinit(&warnings);
    return status;
}

static admf_status make_bars(struct running *r, enum work_bars kind)
{
    static const char *const names[BARS_KINDS] = {"minutes.h5", "long.h5", "zigzag.h5", "bars.csv"};
    char path[PATH];
    if (kind == BARS_NONE)
        return ADMF_OK;
    in_folder(r, names[kind], path);
    if (access(path, F_OK) == 0)
        return ADMF_OK;
    if (kind == BARS_ZIGZAG)
        return make_zigzag(r, path, r->options->sizes.bars[kind]);
    admf_synth_options synth = {.output = path, .bars = r->options->sizes.bars[kind], .seed = 1};
    return admf_synth(&synth, r->error);
}

/* Puts the ends of ranges where the configuration has @ and a letter. */
static void print_config(FILE *file, const struct work_sizes *sizes, const char *text)
{
    int side = sizes->side - 1, small = sizes->small - 1;
    for (; *text; text++) {
        if (*text != '@') {
            putc(*text, file);
            continue;
        }
        switch (*++text) {
        case 'F':
            fprintf(file, "%d", 5 + 2 * side);
            break;
        case 'S':
            fprintf(file, "%d", 213 + 5 * side);
            break;
        case 'f':
            fprintf(file, "%d", 5 + 2 * small);
            break;
        case 's':
            fprintf(file, "%d", 213 + 5 * small);
            break;
        case 'a':
            fprintf(file, "%d", 10 + 2 * small);
            break;
        case 'b':
            fprintf(file, "%d", 100 + 20 * small);
            break;
        default: /* x */
            fprintf(file, "%.4f", 0.0001 * small);
        }
    }
}

static admf_status write_config(struct running *r, const struct work *work, char path[PATH])
{
    const char *lanes = r->options->lanes ? r->options->lanes : work->lanes;
    char name[64];
    snprintf(name, sizeof name, "%s.yaml", work->name);
    in_folder(r, name, path);
    FILE *file = fopen(path, "w");
    if (!file)
        return fail(r->error, ADMF_IO, path, strerror(errno));
    print_config(file, &r->options->sizes, work->config);
    if (lanes)
        fprintf(file, "resources: {lanes: %s}\n", lanes);
    return fclose(file) == 0 ? ADMF_OK : fail(r->error, ADMF_IO, path, strerror(errno));
}

/* ---- one run -----------------------------------------------------------------------------*/

static int threads_of(const struct running *r, const struct work *work)
{
    return work->threads ? work->threads : r->options->threads;
}

/* Seconds and combination-bars, as the program itself reports them. */
static admf_status read_result(struct running *r, const char *path, double *seconds, double *amount)
{
    struct json_file json;
    admf_status status = json_open(&json, path, r->error);
    if (status != ADMF_OK)
        return status;
    const yaml_node_t *phases = json_value(&json, json_root(&json), "phases");
    if (!phases || phases->type != YAML_SEQUENCE_NODE ||
        phases->data.sequence.items.start == phases->data.sequence.items.top) {
        status = json_fail(&json, ADMF_BAD_DATA, NULL, "`admf run --json` reports no phase");
    } else {
        const yaml_node_t *phase =
            yaml_document_get_node(&json.document, phases->data.sequence.items.start[0]);
        status = json_number(&json, phase, "seconds", 1e-9, seconds);
        if (status == ADMF_OK)
            status = json_number(&json, phase, "combination_bars", 1, amount);
    }
    json_close(&json);
    return status;
}

/* The one line that read-csv and write-cube print. */
static admf_status read_line(struct running *r, const struct work *work, const char *path,
                             double *seconds, double *amount)
{
    double bars, close;
    char csv[PATH];
    int found = 0;
    FILE *file = fopen(path, "r");
    if (file && work->kind == WORK_READ_CSV)
        found = fscanf(file, "%lf %lf %lf", &bars, &close, seconds) - 1;
    else if (file)
        found = fscanf(file, "%lf s %lf bytes", seconds, amount);
    if (file)
        fclose(file);
    if (found != 2)
        return fail(r->error, ADMF_INTERNAL, path, "has not the line that was expected");
    if (work->kind == WORK_READ_CSV) {
        in_folder(r, "bars.csv", csv);
        file = fopen(csv, "r");
        if (!file || fseek(file, 0, SEEK_END) != 0)
            return fail(r->error, ADMF_IO, csv, strerror(errno));
        *amount = (double)ftell(file);
        fclose(file);
    }
    return ADMF_OK;
}

static admf_status run_sweep(struct running *r, const struct work *work, const char *config,
                             const char *output, struct child_result *result)
{
    char threads[16], cube[PATH];
    snprintf(threads, sizeof threads, "%d", threads_of(r, work));
    in_folder(r, "result.h5", cube);
    const char *arguments[CHILD_ARGUMENTS] = {r->admf, "run",         config,   "-o",
                                              cube,    "--force",     "--json", "--threads",
                                              threads, "--analytics", "off"};
    int n = 11;
    if (r->options->isa) {
        arguments[n++] = "--isa";
        arguments[n++] = r->options->isa;
    }
    if (work->memory) {
        arguments[n++] = "--memory";
        arguments[n++] = work->memory;
    }
    return child_run(arguments, NULL, output, result, r->error);
}

static admf_status run_part(struct running *r, const struct work *work, const char *output,
                            struct child_result *result)
{
    char path[PATH], input[PATH], side[16], threads[16];
    if (work->kind == WORK_READ_CSV) {
        in_folder(r, "bars.csv", path);
        in_folder(r, "line", input);
        FILE *file = fopen(input, "w");
        if (!file || fputs("\n", file) == EOF || fclose(file) != 0)
            return fail(r->error, ADMF_IO, input, strerror(errno));
        const char *arguments[] = {r->self, "read-csv", path, NULL};
        return child_run(arguments, input, output, result, r->error);
    }
    in_folder(r, "result.h5", path);
    snprintf(side, sizeof side, "%d", r->options->sizes.cube_side);
    snprintf(threads, sizeof threads, "%d", threads_of(r, work));
    const char *arguments[] = {r->self, "write-cube", path,    "--side",
                               side,    "--threads",  threads, NULL};
    return child_run(arguments, NULL, output, result, r->error);
}

static admf_status run_once(struct running *r, size_t w, int round)
{
    const struct work *work = &works[w];
    struct child_result result;
    char config[PATH], output[PATH];
    bool is_run = work->kind == WORK_RUN, is_process = work->kind == WORK_PROCESS;
    admf_status status = make_bars(r, work->bars);
    in_folder(r, "output", output);
    if (is_run && status == ADMF_OK)
        status = write_config(r, work, config);
    if (status == ADMF_OK)
        status = is_run || is_process
                     ? run_sweep(r, work, is_process ? work->config : config, output, &result)
                     : run_part(r, work, output, &result);
    if (status != ADMF_OK)
        return status;
    r->memory[w] = result.memory > r->memory[w] ? result.memory : r->memory[w];
    r->seconds[w][round] = result.seconds;
    r->processor[w][round] = result.processor;
    r->amount[w] = 1;
    if (is_process)
        return ADMF_OK;
    return is_run ? read_result(r, output, &r->seconds[w][round], &r->amount[w])
                  : read_line(r, work, output, &r->seconds[w][round], &r->amount[w]);
}

/* ---- figures -----------------------------------------------------------------------------*/

static const struct work_result *find(const struct report *report, const char *name)
{
    for (size_t k = 0; k < report->work_count; k++)
        if (strcmp(report->works[k].name, name) == 0)
            return &report->works[k];
    return NULL;
}

static bool add_target(struct report *report, struct target target)
{
    struct target *row = target.wanted > 0 ? report_target(report) : NULL;
    if (row)
        *row = target;
    return row || !(target.wanted > 0);
}

static bool add_targets(struct report *report, const struct work *work)
{
    const struct work_result *r = find(report, work->name);
    const struct work_result *base = work->base ? find(report, work->base) : NULL;
    double rate = r->amount / r->time.median;
    double ratio = base ? r->time.median / base->time.median : 0;
    /* A second thread can only be compared with where there is one. */
    bool two = !work->ratio_least || (base && base->threads == 2);
    return add_target(report, (struct target){work->name, "speed of a core", "G combination-bars/s",
                                              rate / r->threads / 1e9, work->core_rate_least / 1e9,
                                              false}) &&
           add_target(report, (struct target){work->name, "speed", "MB/s", rate / 1e6,
                                              work->rate_least / 1e6, false}) &&
           add_target(report, (struct target){work->name, "time", "s", r->time.median,
                                              work->seconds_most, true}) &&
           add_target(report, (struct target){work->name, "memory", "MiB", r->memory / (1 << 20),
                                              work->memory_most / (1 << 20), true}) &&
           (!base ||
            (add_target(report, (struct target){work->name, work->base, "x its time", ratio,
                                                work->ratio_most, true}) &&
             add_target(report, (struct target){work->name, work->base, "x its time", ratio,
                                                two ? work->ratio_least : 0, false})));
}

static bool add_results(struct running *r, const bool *selected, struct report *report)
{
    for (size_t w = 0; w < work_count; w++) {
        const struct work *work = &works[w];
        const char *lanes = r->options->lanes ? r->options->lanes : work->lanes;
        struct work_result *row = selected[w] ? report_work(report) : NULL;
        if (selected[w] && !row)
            return false;
        if (row)
            *row = (struct work_result){
                .name = work->name,
                .title = work->title,
                .isa = r->options->isa ? r->options->isa : report->machine.isa_chosen,
                .lanes = lanes ? lanes : "auto",
                .unit = work->unit ? work->unit : "combination-bar",
                .threads = threads_of(r, work),
                .time = spread_of(r->seconds[w], r->options->rounds),
                .processor = spread_of(r->processor[w], r->options->rounds).median,
                .amount = r->amount[w],
                .memory = r->memory[w]};
    }
    for (size_t w = 0; w < work_count; w++)
        if (selected[w] && r->options->sizes.for_target && !add_targets(report, &works[w]))
            return false;
    return true;
}

static admf_status run_rounds(struct running *r, const bool *selected)
{
    for (int round = 0; round < r->options->rounds; round++)
        for (size_t w = 0; w < work_count; w++) {
            if (!selected[w])
                continue;
            if (cli_lively(stderr))
                cli_note("round %d of %d: %s", round + 1, r->options->rounds, works[w].name);
            admf_status status = run_once(r, w, round);
            if (status != ADMF_OK)
                return status;
        }
    return ADMF_OK;
}

admf_status works_run(const struct work_options *options, struct report *report, admf_error *error)
{
    static struct running r;
    bool selected[WORKS_MAX];
    r = (struct running){.options = options, .error = error};
    if (!child_beside("admf", r.admf) || !child_beside("admf-bench", r.self))
        return fail(error, ADMF_NO_INPUT, r.admf,
                    "is not beside this program; works need both of them in one folder");
    for (size_t w = 0; w < work_count; w++)
        selected[w] = name_is_selected(works[w].name, options->names, options->name_count);
    admf_status status = make_folder(&r);
    if (status != ADMF_OK)
        return status;
    status = run_rounds(&r, selected);
    if (status == ADMF_OK && !add_results(&r, selected, report))
        status = ADMF_INTERNAL;
    nftw(r.folder, remove_one, 16, FTW_DEPTH | FTW_PHYS);
    return status;
}
