/* SPDX-License-Identifier: Apache-2.0 */
#define _DEFAULT_SOURCE /* getloadavg */
#include "bench/report.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/messages.h"

/* The line "model name : …" of x86; other processors have none. */
static void name_processor(char *name, size_t size)
{
    char line[256];
    FILE *file = fopen("/proc/cpuinfo", "r");
    snprintf(name, size, "unknown processor");
    while (file && fgets(line, sizeof line, file)) {
        char *colon = strchr(line, ':');
        if (strncmp(line, "model name", 10) != 0 || !colon)
            continue;
        colon[strcspn(colon, "\n")] = '\0';
        colon += 1 + strspn(colon + 1, " ");
        snprintf(name, size, "%s", colon);
        break;
    }
    if (file)
        fclose(file);
}

admf_status report_init(struct report *report, bool quick, admf_error *error)
{
    *report = (struct report){.quick = quick};
    if (admf_machine_describe("auto", &report->machine, error) != ADMF_OK)
        return error->code;
    name_processor(report->processor, sizeof report->processor);
    if (getloadavg(&report->load, 1) != 1)
        report->load = NAN;
    if (limits_measure(quick, &report->limits))
        return ADMF_OK;
    *error = (admf_error){.code = ADMF_INTERNAL, .message = "out of memory"};
    return ADMF_INTERNAL;
}

void report_deinit(struct report *report)
{
    free(report->kernels);
    free(report->works);
    free(report->targets);
    *report = (struct report){0};
}

/* Room for one more row behind `count` of them. */
static void *grow(void *rows, size_t count, size_t size)
{
    void *more = count & (count - 1) ? rows : realloc(rows, (count ? 2 * count : 1) * size);
    if (!more) {
        cli_complain("out of memory");
        return NULL;
    }
    memset((char *)more + count * size, 0, size);
    return more;
}

#define ADD_ROW(report, rows, count)                                                               \
    void *more = grow((report)->rows, (report)->count, sizeof *(report)->rows);                    \
    if (!more)                                                                                     \
        return NULL;                                                                               \
    (report)->rows = more;                                                                         \
    return &(report)->rows[(report)->count++]

struct kernel_result *report_kernel(struct report *report)
{
    ADD_ROW(report, kernels, kernel_count);
}
struct work_result *report_work(struct report *report) { ADD_ROW(report, works, work_count); }
struct target *report_target(struct report *report) { ADD_ROW(report, targets, target_count); }

double deviation_of(const struct spread *time) { return time->rounds > 1 ? time->deviation : NAN; }

struct bound bound_of(const struct report *report, const struct kernel_result *kernel)
{
    const struct isa_limits *isa = limits_of(&report->limits, kernel->isa);
    const struct operations *o = &kernel->operations;
    const struct {
        const char *name;
        double seconds;
    } limit[] = {{"loads", kernel->read / isa->loads},
                 {"stores", kernel->written / isa->stores},
                 {"arithmetic", o->arithmetic / isa->additions},
                 {"divisions", o->divisions / isa->divisions}};
    struct bound bound = {"-", 0};
    for (size_t k = 0; kernel->counted && k < sizeof limit / sizeof *limit; k++) {
        double share = limit[k].seconds / kernel->time.median;
        if (share > bound.share)
            bound = (struct bound){limit[k].name, share};
    }
    return bound;
}
