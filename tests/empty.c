/* SPDX-License-Identifier: Apache-2.0 */
/* The probes library exists even where no test has a probe. */
typedef int probes_may_be_empty;
