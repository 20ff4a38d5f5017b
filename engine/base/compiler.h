/* SPDX-License-Identifier: Apache-2.0 */
/* What the library was built with, as `admf doctor` and every cube tell it: "gcc 12.2.0". */
#ifndef ADMF_ENGINE_BASE_COMPILER_H
#define ADMF_ENGINE_BASE_COMPILER_H

#if defined(__clang__)
#define COMPILER_TEXT(x) #x
#define COMPILER_VERSION(a, b, c) COMPILER_TEXT(a) "." COMPILER_TEXT(b) "." COMPILER_TEXT(c)
#define COMPILER "clang " COMPILER_VERSION(__clang_major__, __clang_minor__, __clang_patchlevel__)
#else
#define COMPILER "gcc " __VERSION__
#endif

#endif
