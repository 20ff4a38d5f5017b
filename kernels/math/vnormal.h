/* SPDX-License-Identifier: Apache-2.0 */
/* vd vnormal_cdf(vd x): the bits of math_normal_cdf in every lane. */
#ifndef ADMF_MATH_VNORMAL_H
#define ADMF_MATH_VNORMAL_H

#include "kernels/math/vexp.h"

#include "kernels/math/form_vector.h"
#include "kernels/math/normal_template.h"
#include "kernels/math/form_end.h"

#endif
