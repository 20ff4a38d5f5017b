/* SPDX-License-Identifier: Apache-2.0 */
/* Long while the fast average is above the slow one, short while below. */
#include "kernels/signal.h"

COMPARISON_KERNEL(sma_crossover);
