/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A store of signals: what strategies and classifiers say, as changes only.
 *
 * An HDF5 file of the same shape as a cube. Dimensions symbol, strategy, classifier with the
 * names, types and parameters of a cube; for each symbol and instance strategy_offset and
 * strategy_count (classifier_…) say which rows of /strategy_changes (/classifier_changes) are
 * its own: the bars, from 0, at which what it says changes, and what it says from there on.
 * Before its first row it says 0: flat, or label unknown. strength(symbol, strategy, bar) is
 * there where sizes were scaled by it.
 */
#ifndef ADMF_IO_SIGNALS_SIGNAL_LAYOUT_H
#define ADMF_IO_SIGNALS_SIGNAL_LAYOUT_H

#include "engine/expand/axis.h"
#include "io/cube/cube_writer.h"
#include "io/market/bars.h"

enum { SIGNALS_FORMAT_VERSION = 1 };
#define SIGNALS_FORMAT "admf signals"

/* The two axes that say something: AXIS_STRATEGY and AXIS_CLASSIFIER index arrays of it. */
enum { SIGNAL_AXES = 2 };

/* What a store looks like. Everything is borrowed. */
struct signal_layout {
    size_t symbol_count;
    struct bars *const *bars; /* [symbol_count] */
    const struct axis *axes;  /* [AXIS_COUNT], as axes_expand makes them */
    bool strength;            /* of strategies, at every bar */
    int deflate, threads;     /* 0: none, 1 … 9; that pack */
    const char *title;        /* attribute of the file; NULL: a default */
    size_t provenance_count;
    const struct cube_text *provenance;
};

/* Changes of one instance: parallel arrays, bars ascending. */
struct signal_changes {
    size_t count;
    const uint32_t *bar;
    const int8_t *value; /* a strategy's signal, 1, 0 or -1; a classifier's code of a label */
};

#endif
