/* SPDX-License-Identifier: Apache-2.0 */
/* vd vlog(vd x): the bits of math_log in every lane. */
#ifndef ADMF_MATH_VLOG_H
#define ADMF_MATH_VLOG_H

#include "kernels/math/form_vector.h"
#include "kernels/math/log_template.h"
#include "kernels/math/form_end.h"

#endif
