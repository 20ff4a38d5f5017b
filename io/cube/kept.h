/* SPDX-License-Identifier: Apache-2.0 */
/* /kept_equity, /trade_list, /signals, /regime_series: more of single combinations; /selection and
 * /stitched: those chosen in training windows, and what became of them; /monte_carlo: what else
 * could have become of the best; /regime_choice and /adaptive: those chosen for each regime, and
 * what became of following them. */
#ifndef ADMF_IO_CUBE_KEPT_H
#define ADMF_IO_CUBE_KEPT_H

#include "io/cube/cube_writer.h"
#include "io/cube/group_tables.h"

enum kept_group {
    KEPT_EQUITY,
    KEPT_TRADES,
    KEPT_SIGNALS,
    KEPT_REGIMES,
    KEPT_SELECTION,
    KEPT_STITCHED,
    KEPT_MONTE_CARLO,
    KEPT_CHOICE,
    KEPT_ADAPTIVE,
    KEPT_GROUPS
};

/* Of one group: `cells` says where each combination's rows are in `values`. */
struct kept {
    hid_t group; /* 0: not started */
    struct table cells, values;
};

/* One ragged series: values[c] as the group's columns say, `count` rows. */
admf_status kept_series(struct kept *kept, enum kept_group which, struct cube_file *file,
                        const struct cube_layout *layout, const struct cube_cell *cell,
                        uint64_t count, const void *const *values, admf_error *error);
admf_status kept_trades(struct kept *kept, struct cube_file *file, const struct cube_layout *layout,
                        const struct cube_cell *cell, uint64_t count,
                        const struct cube_trade *trades, admf_error *error);
admf_status kept_choice(struct kept *kept, struct cube_file *file, const struct cube_layout *layout,
                        const struct cube_choice *choice, admf_error *error);
admf_status kept_stitched(struct kept *kept, struct cube_file *file,
                          const struct cube_layout *layout, const struct cube_choice *choice,
                          uint64_t count, const int64_t *time, const double *equity,
                          admf_error *error);
/* The group alone, which stays empty where no combination follows. */
admf_status kept_start(struct kept *kept, enum kept_group which, struct cube_file *file,
                       admf_error *error);
admf_status kept_resampled(struct kept *kept, struct cube_file *file,
                           const struct cube_layout *layout, const struct cube_resampled *resampled,
                           admf_error *error);
/* Into both groups: rows of the choice and the portfolio. */
admf_status kept_adaptive(struct kept *choices, struct kept *kept, struct cube_file *file,
                          const struct cube_layout *layout, const struct cube_adaptive *adaptive,
                          admf_error *error);
/* kept[KEPT_GROUPS] */
admf_status kept_finish(struct kept *kept, struct cube_file *file, admf_error *error);
void kept_drop(struct kept *kept);

#endif
