/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a feature kernel is.
 *
 * A feature is computed along time in stretches of bars (tiles). A kernel keeps
 * what it must remember in a state of plain bytes, all zero before the first bar;
 * where a stretch ends never changes a value. Formulas, and how windows are summed
 * in blocks counted from bar 0, are in docs/NUMERICS.md.
 */
#ifndef ADMF_KERNELS_FEATURE_H
#define ADMF_KERNELS_FEATURE_H

#include <stddef.h>
#include <stdint.h>

#include "admf/types.h"
#include "kernels/isa.h"

/* The bars first … first+count-1. */
struct stretch {
    size_t first, count;
    /*
     * The columns of the row's NEEDS, in that order: in[k][i] belongs to bar
     * first+i. A market column (open, high, low, close, volume) may be read back to
     * bar 0, in[k][-(ptrdiff_t)first]; the column of another feature may not.
     */
    const double *in[ADMF_NEEDS_MAX];
    double *out[ADMF_MEMBERS_MAX]; /* where each member goes; NULL: nobody asked */
    double bars_per_year;          /* what annualises a deviation of one bar */
};

/*
 * FEATURE_STATE gives the bytes of state a set of parameters needs; FEATURE_KERNEL
 * computes one stretch. `p` are the parameters in the order of the row. The state is the
 * caller's, aligned for doubles, and sees the stretches of one series in turn. Nothing can
 * fail; where a value is undefined, NaN is written.
 *
 * FEATURE_BEGIN is for those that forget: a bar, `first` at most, at which a state that is all zero
 * may see its first stretch and be right from bar `first` on. Without, all bars are needed.
 */
typedef size_t feature_state_bytes(const double *p);
typedef size_t feature_begin_bar(const double *p, size_t first);
typedef void feature_kernel(const double *p, const struct stretch *s, void *state);

#define FEATURE_STATE(name) size_t KERNEL(feature_bytes_##name)(const double *p)
#define FEATURE_BEGIN(name) size_t KERNEL(feature_begin_##name)(const double *p, size_t first)
#define FEATURE_KERNEL(name)                                                                       \
    void KERNEL(feature_##name)(const double *p, const struct stretch *s, void *state)

#define FEATURE(name, ...)                                                                         \
    FEATURE_STATE(name);                                                                           \
    FEATURE_BEGIN(name);                                                                           \
    FEATURE_KERNEL(name);
#include "kernels/catalog/features.def"
#undef FEATURE

#endif
