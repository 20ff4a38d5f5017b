/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A feature of the catalogue over whole columns, on one thread, for measuring against other
 * libraries. Tiles run through the kernels of the feature and of what it needs, as in a run; the
 * members that are asked for are written whole.
 *
 *     feature_column FOLDER BARS FEATURE[.MEMBER,…] [PARAMETER…]
 *
 * FOLDER has open, high, low, close and volume as plain doubles, BARS each. Computes once, writes
 * FOLDER/out_MEMBER for each member, then for every line on standard input computes again and
 * prints the seconds it took. Without members all are asked for. Parameters that are left out have
 * their defaults.
 */
#define _DEFAULT_SOURCE
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <time.h>

#include "engine/catalog/catalog.h"
#include "engine/cpu/cpu.h"

enum { TILE = 8192, CHAIN_MAX = 8, MARKET = 5, BARS_PER_YEAR = 252 };
static const char *const market_names[MARKET] = {"open", "high", "low", "close", "volume"};

/* A feature with its parameters; what it needs stands before it in the chain. */
struct link {
    const admf_component *row;
    int feature;
    double params[ADMF_PARAMS_MAX];
    int market[ADMF_NEEDS_MAX]; /* -1: a link of the chain */
    int link[ADMF_NEEDS_MAX];
    void *state;
    double *out[ADMF_MEMBERS_MAX]; /* of a tile; of all bars, or NULL, for the last link */
};

static struct link chain[CHAIN_MAX];
static int chain_length;
static double *market[MARKET];
static size_t bars;

_Noreturn static void stop(const char *what, const char *name)
{
    fprintf(stderr, "feature_column: %s: %s\n", name, what);
    exit(ADMF_USAGE);
}

/* In large pages where there are some, as NumPy has its arrays. */
static void *take(size_t count, size_t size)
{
    const size_t page = (size_t)2 << 20, align = count * size < page ? 64 : page;
    void *block = aligned_alloc(align, (count * size + align) / align * align);
    if (!block)
        stop("out of memory", "feature_column");
    if (align == page)
        madvise(block, count * size, MADV_HUGEPAGE);
    return memset(block, 0, count * size);
}

static FILE *open_in(const char *folder, const char *prefix, const char *name, const char *mode)
{
    char path[1024];
    snprintf(path, sizeof path, "%s/%s%s", folder, prefix, name);
    FILE *file = fopen(path, mode);
    if (!file)
        stop("cannot be opened", path);
    return file;
}

static int add(const char *name, const double *params, size_t members_length);

/* Needs are columns of the market, or features like `ema(fast_period)`. */
static void resolve(struct link *link)
{
    for (int k = 0; k < link->row->n_needs; k++) {
        const char *need = link->row->needs[k];
        size_t length = strcspn(need, "(");
        char name[64] = "", argument[64] = "";
        double params[ADMF_PARAMS_MAX];
        link->market[k] = -1;
        for (int m = 0; m < MARKET; m++)
            if (strcmp(need, market_names[m]) == 0)
                link->market[k] = m;
        if (link->market[k] >= 0)
            continue;
        snprintf(name, sizeof name, "%.*s", (int)length, need);
        if (sscanf(need + length, "(%63[a-z_])", argument) != 1)
            stop("needs something unknown", need);
        int feature = catalog_find_component(catalog_features, FEATURE_COUNT, name);
        int from = catalog_find_param(link->row, argument);
        if (feature < 0 || from < 0)
            stop("needs something unknown", need);
        for (int p = 0; p < catalog_features[feature].n_params; p++)
            params[p] = catalog_features[feature].params[p].fallback;
        params[0] = link->params[from];
        link->link[k] = add(name, params, TILE);
    }
}

/* Appends a feature after what it needs; returns its place. */
static int add(const char *name, const double *params, size_t members_length)
{
    struct link link = {.feature = catalog_find_component(catalog_features, FEATURE_COUNT, name)};
    if (link.feature < 0)
        stop("no such feature", name);
    link.row = &catalog_features[link.feature];
    memcpy(link.params, params, sizeof link.params);
    resolve(&link);
    for (int m = 0; m < link.row->n_members; m++)
        link.out[m] = take(members_length, sizeof(double));
    if (chain_length == CHAIN_MAX)
        stop("needs too much", name);
    chain[chain_length] = link;
    return chain_length++;
}

static void compute(const struct kernel_table *table)
{
    for (int c = 0; c < chain_length; c++)
        memset(chain[c].state, 0, table->feature[chain[c].feature].bytes(chain[c].params));
    for (size_t t = 0; t < bars; t += TILE)
        for (int c = 0; c < chain_length; c++) {
            const struct link *link = &chain[c];
            struct stretch s = {.first = t,
                                .count = bars - t < TILE ? bars - t : TILE,
                                .bars_per_year = BARS_PER_YEAR};
            for (int k = 0; k < link->row->n_needs; k++)
                s.in[k] = link->market[k] >= 0 ? market[link->market[k]] + t
                                               : chain[link->link[k]].out[0];
            for (int m = 0; m < link->row->n_members; m++)
                s.out[m] = link->out[m] ? link->out[m] + (c == chain_length - 1 ? t : 0) : NULL;
            table->feature[link->feature].advance(link->params, &s, link->state);
        }
}

/* Leaves out the members of a link that are not in a list with commas. */
static void ask_for(struct link *link, char *list)
{
    bool asked[ADMF_MEMBERS_MAX] = {false};
    for (char *name = strtok(list, ","); name; name = strtok(NULL, ",")) {
        int m = 0;
        while (m < link->row->n_members && strcmp(link->row->members[m], name) != 0)
            m++;
        if (m == link->row->n_members)
            stop("no such member", name);
        asked[m] = true;
    }
    for (int m = 0; m < link->row->n_members; m++)
        if (!asked[m]) {
            free(link->out[m]);
            link->out[m] = NULL;
        }
}

static double now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

int main(int argc, char **argv)
{
    if (argc < 4) {
        fprintf(stderr, "usage: feature_column FOLDER BARS FEATURE[.MEMBER,…] [PARAMETER…]\n");
        return ADMF_USAGE;
    }
    bars = strtoull(argv[2], NULL, 10);
    admf_error error = {0};
    const struct kernel_table *table = cpu_choose(NULL, &error);
    char *members = strchr(argv[3], '.');
    if (members)
        *members++ = 0;
    int feature = catalog_find_component(catalog_features, FEATURE_COUNT, argv[3]);
    if (!table || feature < 0 || argc - 4 > catalog_features[feature].n_params)
        stop("no such feature, or too many parameters", argv[3]);
    double params[ADMF_PARAMS_MAX] = {0};
    for (int p = 0; p < catalog_features[feature].n_params; p++)
        params[p] =
            p + 4 < argc ? strtod(argv[p + 4], NULL) : catalog_features[feature].params[p].fallback;
    for (int m = 0; m < MARKET; m++) {
        FILE *file = open_in(argv[1], "", market_names[m], "rb");
        market[m] = take(bars, sizeof(double));
        if (fread(market[m], sizeof(double), bars, file) != bars)
            stop("has fewer bars", market_names[m]);
        fclose(file);
    }
    struct link *last = &chain[add(argv[3], params, bars)];
    if (members)
        ask_for(last, members);
    for (int c = 0; c < chain_length; c++)
        chain[c].state = take(1, table->feature[chain[c].feature].bytes(chain[c].params));

    compute(table);
    for (int m = 0; m < last->row->n_members; m++) {
        if (!last->out[m])
            continue;
        FILE *file = open_in(argv[1], "out_", last->row->members[m], "wb");
        if (fwrite(last->out[m], sizeof(double), bars, file) != bars || fclose(file) != 0)
            stop("cannot be written", last->row->members[m]);
    }
    puts("ready");
    fflush(stdout);
    for (int c; (c = getchar()) != EOF;) {
        if (c != '\n')
            continue;
        double start = now();
        compute(table);
        printf("%.9f\n", now() - start);
        fflush(stdout);
    }
    return 0;
}
