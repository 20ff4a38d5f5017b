/* SPDX-License-Identifier: Apache-2.0 */
/* Classifiers that are fitted to session days, once for each model that they know. */
#include "bench/kernel_case.h"
#include "tests/kernels/hmm_reference.h"
#include "tests/kernels/svm_reference.h"

enum { DAYS = 600, LEAST_DAYS = 90, MOST_DAYS = 489 };

struct day_pass {
    const struct kernel_case *c;
    const struct kernel_table *table;
    struct bars bars;
    struct day_series days;
    void *scratch;
    struct day_labels out;
};

static struct day_labels reference(const struct kernel_case *c, const struct day_series *days)
{
    size_t window = (size_t)c->params[1], every = (size_t)c->params[2];
    if (c->id != CLASSIFIER_hmm)
        give_up("%s has no reference", classifier_rows[c->id].name);
    if (c->params[0] == GAUSSIAN)
        return hmm_reference(days, window, every, NULL, NULL);
    struct svm_days svm = svm_reference(days, window, every);
    free(svm.value);
    return svm.labels;
}

static bool check(const struct kernel_case *c, const struct kernel_table *table, size_t n,
                  uint64_t seed, char text[DIFFERENCE_MAX])
{
    struct bars b = walk_of_days(n, seed, seed % 2 == 0);
    struct day_series days = series_of(&b);
    struct day_labels expected = reference(c, &days), got = new_labels(n);
    bool same = true;
    run_days(table, c->params, &days, 0, n, got.label, got.confidence);
    for (size_t d = 0; same && d < n; d++) {
        same = got.label[d] == expected.label[d] &&
               same_bits(got.confidence[d], expected.confidence[d]);
        if (!same)
            snprintf(text, DIFFERENCE_MAX, "day %zu: %d %.17g, not %d %.17g", d, got.label[d],
                     got.confidence[d], expected.label[d], expected.confidence[d]);
    }
    free_labels(&expected);
    free_labels(&got);
    free_bars(&b);
    return same;
}

static void run(void *own)
{
    struct day_pass *pass = own;
    pass->table->day[pass->c->id].run(pass->c->params, &pass->days, 0, pass->days.count,
                                      pass->scratch, pass->out.label, pass->out.confidence);
}

static void release(void *own)
{
    struct day_pass *pass = own;
    free_bars(&pass->bars);
    free_labels(&pass->out);
    free(pass->scratch);
    free(pass);
}

static struct pass prepare(const struct kernel_case *c, const struct kernel_table *table,
                           size_t size)
{
    struct day_pass *pass = allocate(sizeof *pass);
    *pass = (struct day_pass){.c = c, .table = table, .bars = walk_of_days(size, 1, false)};
    size_t bytes = table->day[c->id].scratch(c->params, size);
    pass->days = series_of(&pass->bars);
    pass->out = new_labels(size);
    pass->scratch = aligned_alloc(64, (bytes + 63) / 64 * 64 + 64);
    if (!pass->scratch)
        give_up("out of memory");
    return (struct pass){.run = run,
                         .release = release,
                         .own = pass,
                         .elements = (double)size,
                         .read = 3.0 * sizeof(double) * (double)size,
                         .written = (sizeof(double) + 1.0) * (double)size};
}

void cases_of_days(struct case_list *list)
{
    for (int id = 0; id < CLASSIFIER_COUNT; id++) {
        const admf_component *row = &classifier_rows[id];
        if (!case_baseline()->day[id].run)
            continue;
        /* The first parameter of such a row is the model. */
        const char *word = row->params[0].words;
        for (int v = 0; word && *word; v++) {
            int length = (int)strcspn(word, "|");
            struct kernel_case *c = case_add(list, "days.%s.%.*s", row->name, length, word);
            c->element = "day";
            c->size = DAYS;
            c->least = LEAST_DAYS;
            c->most = MOST_DAYS;
            c->id = id;
            for (int k = 0; k < row->n_params; k++)
                c->params[k] = row->params[k].fallback;
            c->params[0] = v;
            c->check = check;
            c->prepare = prepare;
            word += length + (word[length] == '|');
        }
    }
}
