/* SPDX-License-Identifier: Apache-2.0 */
/* The report as JSON: units are in the names, and every figure is there in full. */
#include <math.h>

#include "bench/commit.h"
#include "bench/report.h"

static void print_machine(cli_json *json, const struct report *report)
{
    const struct limits *limits = &report->limits;
    cli_json_text(json, "program", "admf-bench");
    cli_json_text(json, "version", report->machine.version);
    cli_json_text(json, "commit", ADMF_COMMIT);
    cli_json_text(json, "compiler", report->machine.compiler);
    cli_json_flag(json, "quick", report->quick);
    cli_json_open(json, "machine", '{');
    cli_json_text(json, "processor", report->processor);
    cli_json_count(json, "threads", (uint64_t)limits->threads);
    cli_json_number(json, "load_before", report->load);
    cli_json_number(json, "cycles_per_second", limits->frequency);
    cli_json_number(json, "memory_bytes_per_second_one_thread", limits->memory_one);
    cli_json_number(json, "memory_bytes_per_second_all_threads", limits->memory_all);
    cli_json_close(json, '}');
    cli_json_open(json, "limits", '[');
    for (int k = 0; k < limits->isa_count; k++) {
        cli_json_open(json, NULL, '{');
        cli_json_text(json, "isa", limits->isa[k].isa);
        cli_json_number(json, "additions_per_second", limits->isa[k].additions);
        cli_json_number(json, "divisions_per_second", limits->isa[k].divisions);
        cli_json_number(json, "load_bytes_per_second", limits->isa[k].loads);
        cli_json_number(json, "store_bytes_per_second", limits->isa[k].stores);
        cli_json_close(json, '}');
    }
    cli_json_close(json, ']');
}

static void print_spread(cli_json *json, const struct spread *time)
{
    cli_json_number(json, "seconds", time->median);
    cli_json_number(json, "deviation", deviation_of(time));
    cli_json_count(json, "rounds", (uint64_t)time->rounds);
}

static void print_kernel(cli_json *json, const struct report *report,
                         const struct kernel_result *kernel)
{
    struct bound bound = bound_of(report, kernel);
    const struct operations *o = &kernel->operations;
    cli_json_open(json, NULL, '{');
    cli_json_text(json, "name", kernel->name);
    cli_json_text(json, "isa", kernel->isa);
    cli_json_text(json, "element", kernel->element);
    print_spread(json, &kernel->time);
    cli_json_number(json, "cycles", kernel->time.median * kernel->frequency);
    cli_json_number(json, "bytes_read", kernel->read);
    cli_json_number(json, "bytes_written", kernel->written);
    cli_json_number(json, "instructions", kernel->counted ? o->instructions : NAN);
    cli_json_number(json, "operations", kernel->counted ? o->arithmetic : NAN);
    cli_json_number(json, "divisions", kernel->counted ? o->divisions : NAN);
    cli_json_text(json, "bound_by", bound.name);
    cli_json_number(json, "share_of_bound", bound.share);
    cli_json_close(json, '}');
}

static void print_work(cli_json *json, const struct work_result *work)
{
    cli_json_open(json, NULL, '{');
    cli_json_text(json, "name", work->name);
    cli_json_text(json, "title", work->title);
    cli_json_text(json, "isa", work->isa);
    cli_json_text(json, "lanes", work->lanes);
    cli_json_count(json, "threads", (uint64_t)work->threads);
    print_spread(json, &work->time);
    cli_json_number(json, "processor_seconds", work->processor);
    cli_json_text(json, "unit", work->unit);
    cli_json_number(json, "units", work->amount);
    cli_json_number(json, "peak_memory_bytes", work->memory);
    cli_json_close(json, '}');
}

static void print_target(cli_json *json, const struct target *target)
{
    cli_json_open(json, NULL, '{');
    cli_json_text(json, "work", target->work);
    cli_json_text(json, "measure", target->measure);
    cli_json_text(json, "unit", target->unit);
    cli_json_number(json, "value", target->value);
    cli_json_number(json, "value_by_processor", target->by_processor);
    cli_json_number(json, target->at_most ? "at_most" : "at_least", target->wanted);
    cli_json_close(json, '}');
}

void report_print_json(cli_json *json, const struct report *report)
{
    print_machine(json, report);
    cli_json_open(json, "kernels", '[');
    for (size_t k = 0; k < report->kernel_count; k++)
        print_kernel(json, report, &report->kernels[k]);
    cli_json_close(json, ']');
    cli_json_open(json, "works", '[');
    for (size_t k = 0; k < report->work_count; k++)
        print_work(json, &report->works[k]);
    cli_json_close(json, ']');
    cli_json_open(json, "targets", '[');
    for (size_t k = 0; k < report->target_count; k++)
        print_target(json, &report->targets[k]);
    cli_json_close(json, ']');
}
