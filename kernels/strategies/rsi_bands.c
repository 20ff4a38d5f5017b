/* SPDX-License-Identifier: Apache-2.0 */
/* Long while the RSI is below `lower`, short while above `upper`. */
#include "kernels/strategies/sign.h"

SIGNAL_KERNEL(rsi_bands) { return outside(x[0], p[1], p[2]); }
