/* SPDX-License-Identifier: Apache-2.0 */
#include <inttypes.h>

#include "admf/market.h"
#include "engine/api/market_output.h"
#include "engine/base/failure.h"
#include "engine/cpu/cpu.h"
#include "io/market/timestamp.h"

/* Time and five columns of eight bytes, and the number of the day. */
enum { BYTES_PER_BAR = 6 * 8 + 4 };

/* Times without an offset are UTC, as all of a synthetic series is. */
static admf_status read_start(const char *text, int64_t *start, admf_error *error)
{
    char why[STAMP_WHY];
    struct zone *utc = NULL;
    admf_status status = zone_open("UTC", &utc, error);
    if (!status && !stamp_read_limit(utc, text ? text : "2020-01-01", false, start, why))
        status = fail(error, ADMF_USAGE, "start: %s", why);
    zone_close(&utc);
    return status;
}

/* Said beforehand, because a system that overcommits would kill the process instead. */
static admf_status check_memory(uint64_t bars, admf_error *error)
{
    uint64_t available = cpu_memory_available();
    if (bars > INT32_MAX || bars * BYTES_PER_BAR <= available)
        return ADMF_OK; /* more than INT32_MAX are refused for their number */
    return fail(error, ADMF_INTERNAL,
                "%" PRIu64 " bars need %" PRIu64 " MiB of memory and %" PRIu64
                " MiB are available; ask for fewer bars",
                bars, bars * BYTES_PER_BAR >> 20, available >> 20);
}

admf_status admf_synth(const admf_synth_options *options, admf_error *error)
{
    struct bars *bars = NULL;
    struct synth_options walk = {.symbol = options->symbol,
                                 .count = options->bars,
                                 .seed = options->seed,
                                 .bar_length = 60 * NS_PER_SECOND,
                                 .price = options->price == 0 ? 100 : options->price,
                                 .volatility =
                                     options->volatility == 0 ? 0.0005 : options->volatility,
                                 .stop = options->stop};
    market_writer *write = market_output(options->output, options->force, error);
    admf_status status = write ? ADMF_OK : error->code;
    if (!status)
        status = read_start(options->start, &walk.start, error);
    if (!status)
        status = check_memory(options->bars, error);
    if (!status)
        status = bars_synthesise(&walk, &bars, error);
    if (!status)
        status = write(bars, options->output, options->force, options->stop, error);
    bars_free(&bars);
    return status;
}
