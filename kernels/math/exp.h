/* SPDX-License-Identifier: Apache-2.0 */
/* double math_exp(double x): exponential function, see exp_template.h. */
#ifndef ADMF_MATH_EXP_H
#define ADMF_MATH_EXP_H

#include "kernels/math/form_scalar.h"
#include "kernels/math/exp_template.h"
#include "kernels/math/form_end.h"

#endif
