/* SPDX-License-Identifier: Apache-2.0 */
/* By what a store is recognised: the configuration and the data that its signals follow from. */
#ifndef ADMF_IO_SIGNALS_SIGNAL_IDENTITY_H
#define ADMF_IO_SIGNALS_SIGNAL_IDENTITY_H

#include <hdf5.h>

#include "engine/base/text.h"
#include "io/signals/signal_layout.h"

/* "strategies: 6 instances, digest 0123456789abcdef" and so on, a line each. */
void identity_of_axes(const struct signal_layout *layout, struct text *out);
/* For each symbol a line with the digests of its bars and days, and bars a year. */
void identity_of_data(const struct signal_layout *layout, struct text *out);
/* The text of /provenance with the digest of everything outside it. */
#define CONTENT_DIGEST "content_digest"
/* What the policy of a classifier allows: "unknown both, bear flat, bull long; close". */
void policy_text(const struct instance *classifier, struct text *out);

/*
 * Compares an open store with a layout. ADMF_BAD_CONFIG where it is of other strategies,
 * classifiers or policies, naming the first that differs; ADMF_BAD_DATA where it is of other data
 * or no store.
 */
admf_status identity_agrees(const struct signal_layout *layout, hid_t file, const char *path,
                            admf_error *error);

#endif
