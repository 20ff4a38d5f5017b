/* SPDX-License-Identifier: Apache-2.0 */
/* Numbers that the system tells in small text files. */
#ifndef ADMF_ENGINE_CPU_SYSTEM_NUMBER_H
#define ADMF_ENGINE_CPU_SYSTEM_NUMBER_H

#include <stdint.h>

/* The first number that follows `key` at the start of a line of a file; else `none`. */
uint64_t system_number(const char *path, const char *key, uint64_t none);

#endif
