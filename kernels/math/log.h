/* SPDX-License-Identifier: Apache-2.0 */
/* double math_log(double x): natural logarithm, see log_template.h. */
#ifndef ADMF_MATH_LOG_H
#define ADMF_MATH_LOG_H

#include "kernels/math/form_scalar.h"
#include "kernels/math/log_template.h"
#include "kernels/math/form_end.h"

#endif
