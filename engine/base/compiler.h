/* SPDX-License-Identifier: Apache-2.0 */
/* What the library was built with, as `admf doctor` and every cube tell it: "gcc 12.2.0". */
#ifndef ADMF_ENGINE_BASE_COMPILER_H
#define ADMF_ENGINE_BASE_COMPILER_H

#if defined(__clang__)
#define COMPILER "clang " __clang_version__
#else
#define COMPILER "gcc " __VERSION__
#endif

#endif
