/* SPDX-License-Identifier: Apache-2.0 */
/* Contiguous arrays of one file into shuffled, deflated chunks of another. */
#ifndef ADMF_IO_CUBE_PACKING_H
#define ADMF_IO_CUBE_PACKING_H

#include "io/cube/variables.h"
#include "io/hdf5/chunk_packer.h"

/* From where to where. */
struct packing {
    int source;       /* the file of the arrays, open */
    const char *from; /* its path, for messages */
    struct chunk_packer *packer;
};

/* Gives the packer every chunk of a variable, from its offset in the source on. */
admf_status pack_variable(const struct packing *packing, const struct variable *variable,
                          hid_t dataset, admf_error *error);

#endif
