/* SPDX-License-Identifier: Apache-2.0 */
/* The libraries loaded now, which need not be those that the program was built with. */
#ifndef ADMF_IO_HDF5_LIBRARY_VERSIONS_H
#define ADMF_IO_HDF5_LIBRARY_VERSIONS_H

/* Static texts such as "1.10.8". */
const char *version_of_hdf5(void);
const char *version_of_libyaml(void);
const char *version_of_isal(void);
const char *version_of_zlib(void);

#endif
