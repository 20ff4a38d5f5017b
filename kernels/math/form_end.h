/* SPDX-License-Identifier: Apache-2.0 */
/* Clears the words of form_scalar.h or form_vector.h. */
#undef FORM_FUNCTION
#undef FORM
#undef REAL
#undef WORD64
#undef K
#undef BITS
#undef REAL_OF
#undef LT
#undef NE
#undef SEL
#undef ALL
