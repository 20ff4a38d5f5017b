/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Every .c file under kernels/ is compiled once per instruction set, with
 * ADMF_ISA set to the target's name (v2, v3, v4 or neon). KERNEL(name) gives a
 * symbol its target's suffix; everything else in a kernel file is static inline.
 */
#ifndef ADMF_KERNELS_ISA_H
#define ADMF_KERNELS_ISA_H

#define ADMF_PASTE_(a, b) a##_##b
#define ADMF_PASTE(a, b) ADMF_PASTE_(a, b)
#define KERNEL(name) ADMF_PASTE(name, ADMF_ISA)

#endif
