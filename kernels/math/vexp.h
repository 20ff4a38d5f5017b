/* SPDX-License-Identifier: Apache-2.0 */
/* vd vexp(vd x): the bits of math_exp in every lane. */
#ifndef ADMF_MATH_VEXP_H
#define ADMF_MATH_VEXP_H

#include "kernels/math/form_vector.h"
#include "kernels/math/exp_template.h"
#include "kernels/math/form_end.h"

#endif
