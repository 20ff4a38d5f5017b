/* SPDX-License-Identifier: Apache-2.0 */
/* Against a close more than entry_threshold deviations from its mean. */
#include "kernels/strategies/sign.h"

SIGNAL_KERNEL(mean_reversion) { return against(sign_beyond(x[0], p[1])); }
