/* SPDX-License-Identifier: Apache-2.0 */
/* Sign of the MACD histogram where it is beyond min_histogram. */
#include "kernels/strategies/sign.h"

SIGNAL_KERNEL(macd_crossover) { return sign_beyond(x[0], p[3]); }
