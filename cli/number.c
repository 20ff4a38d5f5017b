/* SPDX-License-Identifier: Apache-2.0 */
#include "number.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void format_special(char out[CLI_NUMBER_MAX], double number)
{
    snprintf(out, CLI_NUMBER_MAX, "%s", isnan(number) ? "nan" : number > 0 ? "inf" : "-inf");
}

void cli_format_exact(char out[CLI_NUMBER_MAX], double number)
{
    int digits = 0;
    if (!isfinite(number)) {
        format_special(out, number);
        return;
    }
    do {
        snprintf(out, CLI_NUMBER_MAX, "%.*e", digits, number);
    } while (strtod(out, NULL) != number && digits++ < 16);
    int exponent = atoi(strchr(out, 'e') + 1);
    if (exponent >= -5 && exponent < 16)
        snprintf(out, CLI_NUMBER_MAX, "%.*f", digits > exponent ? digits - exponent : 0, number);
}

void cli_format_rounded(char out[CLI_NUMBER_MAX], double number)
{
    double size = fabs(number);
    if (isnan(number))
        snprintf(out, CLI_NUMBER_MAX, "-");
    else if (isinf(number))
        format_special(out, number);
    else if (size != 0 && (size < 0.001 || size >= 1e9))
        snprintf(out, CLI_NUMBER_MAX, "%.4e", number);
    else
        snprintf(out, CLI_NUMBER_MAX, "%.4f", number);
}

void cli_format_bytes(char *out, size_t size, uint64_t bytes)
{
    static const char *const units[] = {"B", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB"};
    double value = (double)bytes;
    int unit = 0;
    while (value >= 1024 && unit < 6) {
        value /= 1024;
        unit++;
    }
    snprintf(out, size, value < 10 && unit ? "%.1f %s" : "%.0f %s", value, units[unit]);
}

void cli_format_rate(char *out, size_t size, double per_second)
{
    static const char *const units[] = {"", " k", " M", " G", " T", " P"};
    int unit = 0;
    while (per_second >= 999.5 && unit < 5) {
        per_second /= 1000;
        unit++;
    }
    snprintf(out, size, "%.3g%s", per_second, units[unit]);
}

void cli_format_clock(char *out, size_t size, double seconds)
{
    if (!(seconds < 1e8)) {
        snprintf(out, size, "years");
        return;
    }
    unsigned long whole = seconds > 0 ? (unsigned long)(seconds + 0.5) : 0;
    if (whole < 3600)
        snprintf(out, size, "%lu:%02lu", whole / 60, whole % 60);
    else
        snprintf(out, size, "%lu:%02lu:%02lu", whole / 3600, whole / 60 % 60, whole % 60);
}

void cli_format_seconds(char *out, size_t size, double seconds)
{
    unsigned long whole = seconds > 0 && seconds < 1e15 ? (unsigned long)(seconds + 0.5) : 0;
    if (seconds < 60)
        snprintf(out, size, "%.3g s", seconds);
    else if (whole < 3600)
        snprintf(out, size, "%lu min %lu s", whole / 60, whole % 60);
    else
        snprintf(out, size, "%lu h %lu min", whole / 3600, whole / 60 % 60);
}
