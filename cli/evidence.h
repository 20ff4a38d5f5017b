/* SPDX-License-Identifier: Apache-2.0 */
/* What tells skill from luck, beside the entries of a ranking. */
#ifndef ADMF_CLI_EVIDENCE_H
#define ADMF_CLI_EVIDENCE_H

#include "admf/analysis.h"
#include "json.h"
#include "table.h"

/* One symbol and window. */
struct cli_series {
    bool shown; /* has an entry: only then it is cross-validated */
    admf_trials trials;
    admf_overfitting overfitting;
};

typedef struct cli_evidence {
    admf_trials trials;        /* from which was chosen: of all symbols and windows looked at */
    double expected_maximum;   /* annualised Sharpe ratio of the best of them without skill */
    uint64_t places, windows;  /* series; of one symbol */
    struct cli_series *series; /* [places], symbol by symbol */
    /* of each entry */
    double *deflated;
    admf_neighbourhood *neighbourhoods;
    const char *not_deflated; /* why none is; NULL where some are */
} cli_evidence;

/* cli_evidence_free also after a failure. */
admf_status cli_evidence_find(cli_evidence *evidence, admf_cube *cube,
                              const admf_rank_options *options, const admf_ranking *ranking,
                              admf_error *error);
void cli_evidence_free(cli_evidence *evidence);

/* Columns of a table, and the cells of an entry in them. */
void cli_evidence_columns(cli_table *table);
void cli_evidence_cells(const cli_evidence *evidence, uint64_t entry, cli_table *table);
/* What the columns mean, and what there is to say of all entries together. */
void cli_evidence_print(const cli_evidence *evidence, const admf_cube *cube, const char *by,
                        uint64_t entries);

/* Members of the object of an entry, and of the one around them. */
void cli_evidence_entry_json(const cli_evidence *evidence, uint64_t entry, cli_json *json);
void cli_evidence_json(const cli_evidence *evidence, const admf_cube *cube, cli_json *json);

#endif
