/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Reading the `needs` of a component: "close", "sma(fast_period)",
 * "macd(fast_period, slow_period, signal_period).histogram".
 */
#ifndef ADMF_ENGINE_PLAN_SERIES_H
#define ADMF_ENGINE_PLAN_SERIES_H

#include "admf/error.h"
#include "admf/types.h"

enum market_column {
    MARKET_OPEN,
    MARKET_HIGH,
    MARKET_LOW,
    MARKET_CLOSE,
    MARKET_VOLUME,
    MARKET_COUNT
};
extern const char *const market_column_names[MARKET_COUNT];

/* A parsed need: a market column, or a member of a feature. */
struct series {
    int market;  /* enum market_column, or -1 */
    int feature; /* feature_id where market is -1 */
    int member;
    int arguments;                 /* given; the rest take their defaults */
    int argument[ADMF_PARAMS_MAX]; /* index of the owner's parameter; -1: a constant */
    double constant[ADMF_PARAMS_MAX];
};

/* Rows are part of the program, so a text that does not parse is ADMF_INTERNAL. */
admf_status series_parse(const char *text, const admf_component *owner, struct series *out,
                         admf_error *error);

/* The feature's parameters for an owner with parameters `params`. */
void series_params(const struct series *series, const double *params, double *out);

#endif
