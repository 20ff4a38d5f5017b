/* SPDX-License-Identifier: Apache-2.0 */
/* The made series that drawn configurations name: calm ones and wild ones. */
#ifndef ADMF_TESTS_MINUTE_BARS_H
#define ADMF_TESTS_MINUTE_BARS_H

#include <stdio.h>
#include <stdlib.h>

#include "admf/market.h"
#include "tests/e2e/random_configuration.h"

/* A set-up of cmocka. DRAWN_FOLDER: below the build, of this test alone. */
static inline int make_minute_bars(void **state)
{
    (void)state;
    static const double volatility[DRAWN_MINUTE_FILES] = {0.0005, 0.003, 0.02, 0.15};
    if (system("mkdir -p " DRAWN_FOLDER) != 0)
        return -1;
    for (int i = 0; i < DRAWN_MINUTE_FILES; i++) {
        char path[512];
        admf_error error = {0};
        snprintf(path, sizeof path, DRAWN_FOLDER "/minute_%d.csv", i);
        admf_synth_options options = {.output = path,
                                      .bars = 900 + 400 * (uint64_t)i,
                                      .seed = 7 + (uint64_t)i,
                                      .start = "2021-03-01T20:10:00",
                                      .volatility = volatility[i],
                                      .force = true};
        if (admf_synth(&options, &error) != ADMF_OK) {
            print_error("%s\n", error.message);
            return -1;
        }
    }
    return 0;
}

#endif
