/* SPDX-License-Identifier: Apache-2.0 */
/*
 * hmm: labels bear, neutral and bull of session days, by a Gaussian hidden Markov model or
 * a linear support vector machine that is fitted again every refit_days days.
 */
#include "kernels/classifiers/hmm_gaussian_days.h"
#include "kernels/classifiers/hmm_svm_days.h"

DAY_SCRATCH(hmm)
{
    struct scratch s = {0};
    struct gaussian_plan gaussian = {.fits = fit_days_of(p)};
    struct svm_plan svm = {.fits = fit_days_of(p)};
    if (p[0] == HMM_GAUSSIAN)
        lay_out_gaussian(&gaussian, &s, days);
    else
        lay_out_svm(&svm, &s, days);
    return s.used;
}

static void gaussian_range(const struct fit_days *fits, const struct day_series *days, size_t first,
                           size_t last, void *scratch, uint8_t *label, double *confidence)
{
    struct scratch s = {.base = scratch};
    struct gaussian_plan g = {.fits = *fits,
                              .first_fit = fit_on(fits, first),
                              .last_fit = fit_on(fits, last),
                              .first_day = first,
                              .last_day = last};
    lay_out_gaussian(&g, &s, days->count);
    label_gaussian(&g, days, label, confidence);
}

static void svm_range(const struct fit_days *fits, const struct day_series *days, size_t first,
                      size_t last, void *scratch, uint8_t *label, double *confidence)
{
    struct scratch s = {.base = scratch};
    struct svm_plan g = {.fits = *fits,
                         .first_fit = fit_on(fits, first),
                         .last_fit = fit_on(fits, last),
                         .first_day = first,
                         .last_day = last};
    lay_out_svm(&g, &s, days->count);
    label_svm(&g, days, label, confidence);
}

DAY_KERNEL(hmm)
{
    struct fit_days fits = fit_days_of(p);
    size_t end = first + n, from = first > fits.start ? first : fits.start;
    for (size_t j = 0; j < n; j++) {
        label[j] = UNKNOWN;
        confidence[j] = 0.0;
    }
    if (from >= end)
        return;
    label += from - first;
    confidence += from - first;
    if (p[0] == HMM_GAUSSIAN)
        gaussian_range(&fits, days, from, end - 1, scratch, label, confidence);
    else
        svm_range(&fits, days, from, end - 1, scratch, label, confidence);
}
