/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "bench/child.h"
#include "bench/json_file.h"
#include "bench/selection.h"
#include "bench/work_files.h"
#include "cli/messages.h"
#include "cli/stop.h"
#include "cli/terminal.h"
#include "engine/base/failure.h"
#include "engine/base/stop.h"

enum { WORKS_MAX = 32 };

/* The works while they are run. */
struct running {
    const struct work_options *options;
    struct work_files files;
    char admf[CHILD_PATH_MAX], self[CHILD_PATH_MAX];
    const volatile int *stop; /* not 0: a signal wants the end */
    bool selected[WORKS_MAX];
    double amount[WORKS_MAX], memory[WORKS_MAX], seconds[WORKS_MAX][ROUNDS_MAX];
    double processor[WORKS_MAX][ROUNDS_MAX];
};

/* How portfolios are made to go; NULL: as they like. A work that is about one way keeps to it. */
static const char *lanes_of(const struct running *r, const struct work *work)
{
    return work->lanes ? work->lanes : r->options->lanes;
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
    admf_status status = json_open(&json, path, r->files.error);
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
    char csv[WORK_PATH_MAX];
    int found = 0;
    FILE *file = fopen(path, "r");
    if (file && work->kind == WORK_READ_CSV)
        found = fscanf(file, "%lf %lf %lf", &bars, &close, seconds) - 1;
    else if (file)
        found = fscanf(file, "%lf s %lf bytes", seconds, amount);
    if (file)
        fclose(file);
    if (found != 2)
        return work_fail(&r->files, ADMF_INTERNAL, path, "has not the line that was expected");
    if (work->kind == WORK_READ_CSV) {
        work_path(&r->files, "bars.csv", csv);
        struct stat about;
        if (stat(csv, &about) != 0)
            return work_fail(&r->files, ADMF_IO, csv, strerror(errno));
        *amount = (double)about.st_size;
    }
    return ADMF_OK;
}

static admf_status run_sweep(struct running *r, const struct work *work, const char *config,
                             const char *output, struct child_result *result)
{
    char threads[16], cube[WORK_PATH_MAX];
    snprintf(threads, sizeof threads, "%d", threads_of(r, work));
    work_path(&r->files, "result.h5", cube);
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
    return child_run(arguments, NULL, output, result, r->files.error);
}

static admf_status run_part(struct running *r, const struct work *work, const char *output,
                            struct child_result *result)
{
    char path[WORK_PATH_MAX], input[WORK_PATH_MAX], side[16], threads[16];
    snprintf(threads, sizeof threads, "%d", threads_of(r, work));
    if (work->kind == WORK_READ_CSV) {
        work_path(&r->files, "bars.csv", path);
        work_path(&r->files, "line", input);
        FILE *file = fopen(input, "w");
        if (file)
            putc('\n', file);
        admf_status status = work_written(&r->files, file, input);
        if (status != ADMF_OK)
            return status;
        const char *arguments[] = {r->self, "read-csv", path, "--threads", threads, NULL};
        return child_run(arguments, input, output, result, r->files.error);
    }
    work_path(&r->files, "result.h5", path);
    snprintf(side, sizeof side, "%d", r->options->sizes.cube_side);
    const char *arguments[] = {r->self, "write-cube", path,    "--side",
                               side,    "--threads",  threads, NULL};
    return child_run(arguments, NULL, output, result, r->files.error);
}

/* What the work before has written, of which the last has some hundred megabytes: to let go of them
 * in its place would be time of this one. */
static admf_status remove_result(const struct running *r)
{
    char path[WORK_PATH_MAX];
    work_path(&r->files, "result.h5", path);
    return remove(path) == 0 || errno == ENOENT
               ? ADMF_OK
               : work_fail(&r->files, ADMF_IO, path, strerror(errno));
}

static admf_status run_once(struct running *r, size_t w, int round)
{
    const struct work *work = &works[w];
    struct child_result result;
    char config[WORK_PATH_MAX], output[WORK_PATH_MAX];
    bool is_run = work->kind == WORK_RUN, is_process = work->kind == WORK_PROCESS;
    admf_status status = remove_result(r);
    if (status == ADMF_OK)
        status = work_bars_make(&r->files, work->bars);
    work_path(&r->files, "output", output);
    if ((is_run || is_process) && status == ADMF_OK)
        status = work_config_write(&r->files, work, lanes_of(r, work), config);
    if (status == ADMF_OK)
        status = is_run || is_process ? run_sweep(r, work, config, output, &result)
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

static bool add_targets(const struct running *r, struct report *report, const struct work *work)
{
    const struct work_result *row = find(report, work->name);
    const struct work_result *base = work->base ? find(report, work->base) : NULL;
    double rate = row->amount / row->time.median;
    double ratio = base ? row->time.median / base->time.median : 0;
    double by_processor = base ? row->processor / base->processor : 0;
    /* Meant for the best set there is, and for the way that a run would choose. */
    bool free = !r->options->isa && !r->options->lanes;
    /* A second thread can only be compared with where there is one. */
    bool two = !work->ratio_least || (base && base->threads == 2);
    const struct target targets[] = {
        {.measure = "speed of a core",
         .unit = "G combination-bars/s",
         .value = rate / row->threads / 1e9,
         .by_processor = row->amount / row->processor / 1e9,
         .wanted = free ? work->core_rate_least / 1e9 : 0},
        {.measure = "speed",
         .unit = "MB/s",
         .value = rate / 1e6,
         .by_processor = NAN,
         .wanted = work->rate_least / 1e6},
        {.measure = "time",
         .unit = "s",
         .value = row->time.median,
         .by_processor = row->processor,
         .wanted = work->seconds_most,
         .at_most = true},
        {.measure = "memory",
         .unit = "MiB",
         .value = row->memory / (1 << 20),
         .by_processor = NAN,
         .wanted = work->memory_most / (1 << 20),
         .at_most = true},
        {.measure = work->base,
         .unit = "x its time",
         .value = ratio,
         .by_processor = by_processor,
         .wanted = base ? work->ratio_most : 0,
         .at_most = true},
        {.measure = work->base,
         .unit = "x its time",
         .value = ratio,
         .by_processor = NAN,
         .wanted = base && two ? work->ratio_least : 0},
    };
    for (size_t k = 0; k < sizeof targets / sizeof *targets; k++) {
        struct target *target = targets[k].wanted > 0 ? report_target(report) : NULL;
        if (targets[k].wanted > 0 && !target)
            return false;
        if (target) {
            *target = targets[k];
            target->work = work->name;
        }
    }
    return true;
}

static bool add_results(struct running *r, struct report *report)
{
    const bool *selected = r->selected;
    for (size_t w = 0; w < work_count; w++) {
        const struct work *work = &works[w];
        const char *lanes = lanes_of(r, work);
        struct work_result *row = selected[w] ? report_work(report) : NULL;
        if (selected[w] && !row)
            return false;
        if (row)
            *row = (struct work_result){
                .name = work->name,
                .title = r->options->sizes.for_target ? work->title : "a small one: does it run?",
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
        if (selected[w] && r->options->sizes.for_target && !add_targets(r, report, &works[w]))
            return false;
    return true;
}

/* A work has failed: it is told at once, and the others have their rows without it. */
static void leave_out(struct running *r, size_t w, struct report *report)
{
    admf_error told = *r->files.error;
    snprintf(told.message, sizeof told.message, "%s is left out: %.*s", works[w].name,
             ADMF_MESSAGE_MAX - 64, r->files.error->message);
    int code = cli_fail(&told);
    if (report->left_out == ADMF_OK)
        report->left_out = code;
    r->selected[w] = false;
    *r->files.error = (admf_error){0};
}

static admf_status run_rounds(struct running *r, struct report *report)
{
    for (int round = 0; round < r->options->rounds; round++)
        for (size_t w = 0; w < work_count; w++) {
            if (!r->selected[w])
                continue;
            if (cli_lively(stderr))
                cli_note("round %d of %d: %s", round + 1, r->options->rounds, works[w].name);
            admf_status status = run_once(r, w, round);
            if (*r->stop)
                return stop_fail(r->stop, r->files.error);
            if (status != ADMF_OK && !r->options->keep_going)
                return status;
            if (status != ADMF_OK)
                leave_out(r, w, report);
        }
    return ADMF_OK;
}

admf_status works_run(const struct work_options *options, struct report *report, admf_error *error)
{
    static struct running r;
    r = (struct running){.options = options, .stop = cli_stop_watch()};
    admf_status status = work_files_init(&r.files, &options->sizes, error);
    if (status != ADMF_OK)
        return status;
    if (!child_beside("admf", r.admf) || !child_beside("admf-bench", r.self))
        status = work_fail(&r.files, ADMF_NO_INPUT, r.admf,
                           "is not beside this program; works need both of them in one folder");
    for (size_t w = 0; w < work_count; w++)
        r.selected[w] = name_is_selected(works[w].name, options->names, options->name_count);
    if (status == ADMF_OK)
        status = run_rounds(&r, report);
    if (status == ADMF_OK && !add_results(&r, report))
        status = fail_memory(error);
    work_files_remove(&r.files);
    return status;
}
