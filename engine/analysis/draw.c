/* SPDX-License-Identifier: Apache-2.0 */
/* Both draws take what comes, in order, with the probability that is left (selection sampling:
 * Knuth, The Art of Computer Programming 2, 3.4.2, algorithm S). */
#include "engine/analysis/draw.h"

#include "engine/analysis/trials.h"
#include "engine/base/failure.h"
#include "engine/base/memory.h"
#include "kernels/math/philox.h"

/* What random numbers are for, part of Philox's counter; and the seed of every cube. */
enum { FOR_TRIALS = 0x5452494c, FOR_PIECES = 0x50494543, SEED = 1 };
enum { NEAR_CELLS = 1 << 17 };

struct selection {
    uint32_t purpose;
    uint64_t left, needed; /* to come; to be taken of them */
};

static bool takes(struct selection *s, uint64_t number)
{
    double u = philox_unit(philox_u64(SEED, s->purpose, number));
    bool taken = s->needed > 0 && u * (double)s->left < (double)s->needed;
    s->left--;
    s->needed -= taken;
    return taken;
}

/* Cells that are read together, and how many of them are trials. */
struct counted {
    struct cube_piece piece;
    uint64_t trials;
};

static uint64_t end_of(const struct cube_piece *piece) { return piece->first + piece->count; }

struct draw {
    admf_cube *cube;
    const struct cube_blocks *blocks;
    uint64_t count, room, trials; /* pieces; of all of them */
    struct counted *pieces;       /* owned: those with trials */
    uint64_t at;                  /* the piece that a trial is in, or the next one */
    struct selection selection;
    struct drawn_trials *drawn;
};

static admf_status add_piece(struct draw *d, uint64_t combo, admf_error *error)
{
    if (d->count == d->room) {
        uint64_t room = d->room ? 2 * d->room : DRAW_PIECES;
        struct counted *pieces = memory_resize(d->pieces, room, sizeof *pieces);
        if (!pieces)
            return fail_memory(error);
        d->pieces = pieces;
        d->room = room;
    }
    struct cube_piece piece = cube_block_piece(d->cube, d->blocks, combo);
    d->pieces[d->count++] = (struct counted){.piece = piece};
    return ADMF_OK;
}

static admf_status count_trial(void *context, uint64_t combo, double sharpe, admf_error *error)
{
    struct draw *d = context;
    const struct counted *last = d->count ? &d->pieces[d->count - 1] : NULL;
    (void)sharpe;
    if (!last || combo >= end_of(&last->piece))
        if (add_piece(d, combo, error) != ADMF_OK)
            return error->code;
    d->pieces[d->count - 1].trials++;
    d->trials++;
    return ADMF_OK;
}

/* Leaves some of the pieces. */
static void draw_pieces(struct draw *d)
{
    struct selection s = {.purpose = FOR_PIECES, .left = d->count, .needed = DRAW_PIECES};
    uint64_t all = d->count;
    d->count = d->trials = 0;
    for (uint64_t k = 0; k < all; k++) {
        if (takes(&s, d->pieces[k].piece.first)) {
            d->trials += d->pieces[k].trials;
            d->pieces[d->count++] = d->pieces[k];
        }
    }
}

static admf_status draw_trial(void *context, uint64_t combo, double sharpe, admf_error *error)
{
    struct draw *d = context;
    (void)sharpe;
    (void)error;
    while (d->at < d->count && combo >= end_of(&d->pieces[d->at].piece))
        d->at++;
    if (d->at < d->count && combo >= d->pieces[d->at].piece.first && takes(&d->selection, combo))
        d->drawn->combos[d->drawn->count++] = combo;
    return ADMF_OK;
}

/* Pieces that are near one another in one go: metrics are read in larger ones. */
static admf_status draw_from_pieces(struct draw *d, int sharpe, uint64_t symbol, uint64_t window,
                                    admf_error *error)
{
    admf_status status = ADMF_OK;
    for (uint64_t k = 0, next; !status && k < d->count; k = next) {
        uint64_t first = d->pieces[k].piece.first;
        for (next = k + 1; next < d->count; next++)
            if (end_of(&d->pieces[next].piece) - first > NEAR_CELLS)
                break;
        struct cube_piece near = {first, end_of(&d->pieces[next - 1].piece) - first};
        status = trials_visit(d->cube, sharpe, symbol, window, &near, draw_trial, d, error);
    }
    return status;
}

admf_status draw_trials(struct drawn_trials *drawn, admf_cube *cube,
                        const struct cube_blocks *blocks, uint64_t symbol, uint64_t window,
                        uint64_t most, admf_error *error)
{
    struct draw d = {.cube = cube, .blocks = blocks, .drawn = drawn};
    int sharpe = admf_cube_metric_index(cube, "sharpe");
    const struct cube_piece all = {0, admf_cube_combinations(cube)};
    *drawn = (struct drawn_trials){0};
    admf_status status = trials_visit(cube, sharpe, symbol, window, &all, count_trial, &d, error);
    if (d.trials > most && d.count > DRAW_PIECES)
        draw_pieces(&d);
    uint64_t needed = d.trials < most ? d.trials : most;
    d.selection = (struct selection){FOR_TRIALS, d.trials, needed};
    drawn->combos = memory_new(needed, sizeof *drawn->combos);
    if (!status && !drawn->combos)
        status = fail_memory(error);
    if (!status)
        status = draw_from_pieces(&d, sharpe, symbol, window, error);
    memory_free(d.pieces);
    return status;
}

void draw_deinit(struct drawn_trials *drawn)
{
    memory_free(drawn->combos);
    *drawn = (struct drawn_trials){0};
}
