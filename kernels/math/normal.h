/* SPDX-License-Identifier: Apache-2.0 */
/* double math_normal_cdf(double x): Φ(x), and its tail; see normal_template.h. */
#ifndef ADMF_MATH_NORMAL_H
#define ADMF_MATH_NORMAL_H

#include "kernels/math/exp.h"

#include "kernels/math/form_scalar.h"
#include "kernels/math/normal_template.h"
#include "kernels/math/form_end.h"

#endif
