/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The table of one instruction set, made from the catalogue: a row without a kernel
 * does not link. Strengths and confidences that are always 1 have no kernel, nor have
 * strategies codes that do more than compare, nor features a bar to begin at that never forget;
 * weak references leave them NULL.
 */
#include "kernels/table.h"

#include "kernels/vec.h"

#define WEAK __attribute__((weak))

#define FEATURE(name, ...) WEAK feature_begin_bar KERNEL(feature_begin_##name);
#include "kernels/catalog/features.def"
#undef FEATURE

#define STRATEGY(name, ...)                                                                        \
    strategy_kernel KERNEL(strategy_##name);                                                       \
    WEAK coded_strategy_kernel KERNEL(coded_##name);                                               \
    WEAK strength_kernel KERNEL(strength_##name);
#include "kernels/catalog/strategies.def"
#undef STRATEGY

#define CLASSIFIER(name, ...)                                                                      \
    classifier_kernel KERNEL(classifier_##name);                                                   \
    WEAK confidence_kernel KERNEL(confidence_##name);
#define DAY_CLASSIFIER(name, ...)                                                                  \
    day_scratch_bytes KERNEL(day_scratch_##name);                                                  \
    day_kernel KERNEL(days_##name);
#include "kernels/catalog/classifiers.def"
#undef DAY_CLASSIFIER
#undef CLASSIFIER

encode_kernel KERNEL(encode);
column_words_kernel KERNEL(defined);
range_kernel KERNEL(ranges);
lane_kernel KERNEL(lockstep);
event_kernel KERNEL(events);
finish_kernel KERNEL(finish);
score_kernel KERNEL(score_halves);
rank_kernel KERNEL(rank_halves);

#define STRING_(x) #x
#define STRING(x) STRING_(x)

const struct kernel_table KERNEL(kernel_table) = {
    .name = STRING(ADMF_ISA),
    .width = WIDTH,
    .feature =
        {
#define FEATURE(name, ...)                                                                         \
    [FEATURE_##name] = {KERNEL(feature_bytes_##name), KERNEL(feature_begin_##name),                \
                        KERNEL(feature_##name)},
#include "kernels/catalog/features.def"
#undef FEATURE
        },
    .strategy =
        {
#define STRATEGY(name, ...) [STRATEGY_##name] = KERNEL(strategy_##name),
#include "kernels/catalog/strategies.def"
#undef STRATEGY
        },
    .coded =
        {
#define STRATEGY(name, ...) [STRATEGY_##name] = KERNEL(coded_##name),
#include "kernels/catalog/strategies.def"
#undef STRATEGY
        },
    .strength =
        {
#define STRATEGY(name, ...) [STRATEGY_##name] = KERNEL(strength_##name),
#include "kernels/catalog/strategies.def"
#undef STRATEGY
        },
    .classifier =
        {
#define CLASSIFIER(name, ...) [CLASSIFIER_##name] = KERNEL(classifier_##name),
#define DAY_CLASSIFIER(name, ...)
#include "kernels/catalog/classifiers.def"
#undef DAY_CLASSIFIER
#undef CLASSIFIER
        },
    .confidence =
        {
#define CLASSIFIER(name, ...) [CLASSIFIER_##name] = KERNEL(confidence_##name),
#define DAY_CLASSIFIER(name, ...)
#include "kernels/catalog/classifiers.def"
#undef DAY_CLASSIFIER
#undef CLASSIFIER
        },
    .day =
        {
#define CLASSIFIER(name, ...)
#define DAY_CLASSIFIER(name, ...)                                                                  \
    [CLASSIFIER_##name] = {KERNEL(day_scratch_##name), KERNEL(days_##name)},
#include "kernels/catalog/classifiers.def"
#undef DAY_CLASSIFIER
#undef CLASSIFIER
        },
    .encode = KERNEL(encode),
    .defined = KERNEL(defined),
    .ranges = KERNEL(ranges),
    .lockstep = KERNEL(lockstep),
    .events = KERNEL(events),
    .finish = KERNEL(finish),
    .score_halves = KERNEL(score_halves),
    .rank_halves = KERNEL(rank_halves),
};
