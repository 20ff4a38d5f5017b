/* SPDX-License-Identifier: Apache-2.0 */
#define _POSIX_C_SOURCE 200809L /* access */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <unistd.h>

#include "admf/runs.h"
#include "analytics_path.h"
#include "arguments.h"
#include "json.h"
#include "messages.h"
#include "run_options.h"
#include "runs_print.h"
#include "terminal.h"

static const uint64_t SHOWN_AT_MOST = 20;

struct request {
    const char *path, *given; /* the store; what --analytics says, NULL: nothing */
    admf_runs_filter filter;
    bool json, config;
};

/* Where nothing was ever recorded there is no store: that is no mistake of whoever asks. */
static bool nothing_yet(const struct request *request)
{
    return !request->given && access(request->path, F_OK) != 0 && errno == ENOENT;
}

static int list(const struct request *request)
{
    admf_runs *runs = NULL, none = {0};
    admf_error error = {0};
    bool missing = nothing_yet(request);
    if (!missing && admf_runs_list(request->path, &request->filter, &runs, &error) != ADMF_OK)
        return cli_fail(&error);
    const admf_runs *found = runs ? runs : &none;
    if (request->json)
        cli_runs_json(found);
    else if (found->count)
        cli_runs_table(found);
    cli_streams_flush();
    if (found->count < found->total)
        cli_note("%zu of %" PRIu64 " runs; --limit N shows more", found->count, found->total);
    else if (found->count == 0 && (request->filter.status || request->filter.since) && !missing)
        cli_note("no such run in %s", request->path);
    else if (found->count == 0)
        cli_note("no run is recorded yet in %s", request->path);
    admf_runs_free(&runs);
    return ADMF_OK;
}

static int show(const struct request *request, const char *id)
{
    admf_runs *runs = NULL;
    admf_error error = {0};
    if (nothing_yet(request)) {
        cli_complain("no run '%s': none is recorded yet in %s", id, request->path);
        return ADMF_USAGE;
    }
    if (admf_runs_find(request->path, id, &runs, &error) != ADMF_OK)
        return cli_fail(&error);
    if (request->config)
        cli_streams_print(runs->items[0].resolved_configuration);
    else
        (request->json ? cli_run_show_json : cli_run_show)(&runs->items[0], request->given);
    admf_runs_free(&runs);
    return ADMF_OK;
}

static int runs(const cli_command *self, int argc, char **argv)
{
    struct request request = {0};
    char path[ADMF_PATH_MAX];
    admf_runs_filter *filter = &request.filter;
    const cli_option table[] = {
        {"status", 0, CLI_WORD, &filter->status, "STATUS",
         "only these: running, done, failed, stopped, interrupted",
         "running|done|failed|stopped|interrupted", 0},
        {"since", 0, CLI_TEXT, &filter->since, "DATE", "started then or later: 2026-01-31, UTC", 0,
         0},
        {"limit", 'n', CLI_COUNT, &filter->limit, "N", "how many at most (default: 20)", 0, 1},
        {"config", 0, CLI_FLAG, &request.config, "", "the configuration of run ID, to run again", 0,
         0},
        {"json", 0, CLI_FLAG, &request.json, "", "as JSON", 0, 0},
        CLI_ANALYTICS_OPTION(request.given, "FILE", "the record to read")};
    cli_operands operands = {{"ID", 0}, 0, 1, 0, 0};
    int code;
    if (!cli_parse(self, table, sizeof table / sizeof *table, &operands, argc, argv, &code))
        return code;
    bool filtered = filter->status || filter->since || filter->limit;
    if (operands.count && filtered)
        return cli_misused(self, "--status, --since and --limit are for the list, not for one run");
    if (request.config && (request.json || !operands.count))
        return cli_misused(self, request.json ? "--config and --json: choose one"
                                              : "--config needs the ID of a run");
    request.path = cli_analytics_path(request.given, path, sizeof path);
    if (!request.path)
        return cli_misused(self, request.given ? "--analytics off names no record to read"
                                               : "neither XDG_DATA_HOME nor HOME says where the "
                                                 "record is; --analytics FILE does");
    filter->limit = filter->limit ? filter->limit : SHOWN_AT_MOST;
    return operands.count ? show(&request, operands.values[0]) : list(&request);
}

const cli_command cli_runs = {
    "runs",
    "what was run before, and how to repeat it",
    "admf runs\n"
    "admf runs --status failed --since 2026-01-31\n"
    "admf runs 1a2b3c4d                          all of one run: the start or end of its id\n"
    "admf runs 1a2b3c4d --config > again.yaml    what it ran; the same digest again",
    "admf runs [--status STATUS] [--since DATE] [-n N] [--json] [--analytics FILE]\n"
    "       admf runs ID [--config | --json] [--analytics FILE]",
    "Lists what `admf run` recorded, newest first. ID is the beginning of a run's correlation id,\n"
    "with or without `workflow_`, or of the eight digits at its end; of that run everything is\n"
    "shown: its phases, the best combinations, the cube with its digest, and the command that\n"
    "repeats it. A run that is `running` still runs or was killed. The record is a SQLite "
    "database,\n"
    "$XDG_DATA_HOME/admf/analytics.db (~/.local/share where that is not set).",
    runs};
