/* SPDX-License-Identifier: Apache-2.0 */
#include <inttypes.h>
#include <stdio.h>

#include "admf/market.h"
#include "arguments.h"
#include "messages.h"
#include "stop.h"
#include "visible.h"

static int synth(const cli_command *self, int argc, char **argv)
{
    admf_synth_options options = {.bars = 10000, .seed = 1};
    const cli_option table[] = {
        {"output", 'o', CLI_TEXT, &options.output, "FILE", "the file to make: .csv or .h5", 0, 0},
        {"bars", 'n', CLI_COUNT, &options.bars, "N", "how many bars (default: 10000)", 0, 1},
        {"seed", 0, CLI_COUNT, &options.seed, "N", "equal seeds, equal series (default: 1)", 0, 0},
        {"symbol", 0, CLI_TEXT, &options.symbol, "NAME", "name of the series (default: SYNTH)", 0,
         0},
        {"start", 0, CLI_TEXT, &options.start, "TIME", "first bar (default: 2020-01-01)", 0, 0},
        {"price", 0, CLI_NUMBER, &options.price, "X", "first price (default: 100)", 0, 0},
        {"volatility", 0, CLI_NUMBER, &options.volatility, "X",
         "deviation of one bar's log return (default: 0.0005)", 0, 0},
        {"force", 'f', CLI_FLAG, &options.force, "", "replace FILE if it exists", 0, 0}};
    cli_operands operands = {{0}, 0, 0, 0, 0};
    int code;
    if (!cli_parse(self, table, sizeof table / sizeof *table, &operands, argc, argv, &code))
        return code;
    if (!options.output)
        return cli_misused(self, "`admf synth` needs -o FILE");

    admf_error error = {0};
    options.stop = cli_stop_watch();
    if (admf_synth(&options, &error) != ADMF_OK)
        return cli_fail_or_stop(&error);
    cli_print_visible(stdout, options.output);
    printf(": %" PRIu64 " bar%s, seed %" PRIu64 "\n", options.bars, options.bars == 1 ? "" : "s",
           options.seed);
    return ADMF_OK;
}

const cli_command cli_synth = {
    "synth",
    "make a series of random bars",
    "admf synth -o bars.csv\n"
    "admf synth -o bars.h5 --bars 1000000 --seed 7",
    "admf synth -o FILE [--bars N] [--seed N] [--symbol NAME] [--start TIME] [--price X]\n"
    "                  [--volatility X] [--force]",
    "Writes a series of one-minute bars whose log returns are random: the same seed makes the\n"
    "same series on every machine. For trying things out and for measuring speed; nothing\n"
    "found in it means anything.",
    synth};
