/* SPDX-License-Identifier: Apache-2.0 */
/* HDF5 1.10 loses memory of its own over a damaged file, whether it is linked as a shared library
 * or as an archive. To be included by a test that shows it such files. */
#ifndef ADMF_TESTS_HDF5_LEAKS_H
#define ADMF_TESTS_HDF5_LEAKS_H

#ifdef __SANITIZE_ADDRESS__
const char *__lsan_default_suppressions(void);
const char *__lsan_default_suppressions(void) { return "leak:libhdf5\nleak:^H5\n"; }
#endif

#endif
