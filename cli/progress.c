/* SPDX-License-Identifier: Apache-2.0 */
#include "progress.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "number.h"
#include "terminal.h"

enum { BETWEEN_LINES = 30 /* seconds */, BAR_MOST = 32 };

/*
 * Where the present stage began: rates leave out what a resumed run found done, and the
 * time spent before.
 */
static struct {
    char stage[32];
    double seconds, work;
    uint64_t combinations;
    double said; /* seconds at the last line printed */
    bool drawn;  /* a bar stands on the terminal     */
} start;

void cli_progress_clear(void)
{
    if (start.drawn)
        fputs("\r\033[K", stderr);
    start.drawn = false;
}

static void note_start(const admf_progress *now)
{
    const char *stage = now->stage ? now->stage : "running";
    if (strncmp(start.stage, stage, sizeof start.stage - 1) == 0 && now->seconds >= start.seconds)
        return;
    if (now->seconds < start.said)
        start.said = 0;
    snprintf(start.stage, sizeof start.stage, "%s", stage);
    start.seconds = now->seconds;
    start.work = now->combination_bars_done;
    start.combinations = now->combinations_done;
}

/* Share done. Combination-bars are the finer measure: combinations may all end together. */
static double share(const admf_progress *now)
{
    double done =
        now->combinations ? (double)now->combinations_done / (double)now->combinations : 0;
    if (now->combination_bars > 0)
        done = now->combination_bars_done / now->combination_bars;
    return done < 0 ? 0 : done > 1 ? 1 : done;
}

/*
 * "4/24 combinations, 12.3 k/s, 4.51 G combination-bars/s, 0:12 left"; beside a bar shorter,
 * with `unit` "combo".
 */
static void describe(const admf_progress *now, const char *unit, char *out, size_t size)
{
    char combinations[32], bars[32], left[32];
    double seconds = now->seconds - start.seconds;
    double work = now->combination_bars_done - start.work;
    double rest = now->combination_bars - now->combination_bars_done;
    int used = snprintf(out, size, "%" PRIu64 "/%" PRIu64 " %ss", now->combinations_done,
                        now->combinations, unit);
    if (seconds < 0.2 || work <= 0 || used < 0 || (size_t)used >= size)
        return;
    /* Combinations in hand count by their share, else they come in jumps. */
    double done = now->combination_bars > 0
                      ? work / now->combination_bars * (double)now->combinations
                      : (double)(now->combinations_done - start.combinations);
    cli_format_rate(combinations, sizeof combinations, done / seconds);
    cli_format_rate(bars, sizeof bars, work / seconds);
    cli_format_clock(left, sizeof left, rest * seconds / work);
    snprintf(out + used, size - (size_t)used, ", %s/s, %s %s-bars/s, %s left", combinations, bars,
             unit, left);
}

static void draw(const admf_progress *now, const char *text)
{
    char bar[BAR_MOST + 1];
    int columns = cli_terminal_columns(stderr);
    int room = columns - (int)strlen(text) - (int)strlen(start.stage) - 12;
    int size = room > BAR_MOST ? BAR_MOST : room;
    fprintf(stderr, "\r%s ", start.stage);
    if (size >= 6) {
        memset(bar, '.', sizeof bar);
        memset(bar, '#', (size_t)(share(now) * size));
        bar[size] = '\0';
        fprintf(stderr, "[%s] ", bar);
    }
    int used = (int)strlen(start.stage) + (size >= 6 ? size + 4 : 1) + 6;
    fprintf(stderr, "%3d%% %.*s\033[K", (int)(100 * share(now)),
            columns > used ? columns - used : 0, text);
    fflush(stderr);
    start.drawn = true;
}

void cli_progress_show(void *context, const admf_progress *progress)
{
    char text[160];
    (void)context;
    note_start(progress);
    bool lively = cli_lively(stderr);
    if (!lively && progress->seconds - start.said < BETWEEN_LINES)
        return;
    describe(progress,
             progress->unit ? progress->unit
             : lively       ? "combo"
                            : "combination",
             text, sizeof text);
    if (lively) {
        draw(progress, text);
        return;
    }
    start.said = progress->seconds;
    fprintf(stderr, "%s: %d%%, %s\n", start.stage, (int)(100 * share(progress)), text);
}
