/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/plan/series.h"

#include <string.h>

#include "engine/base/failure.h"
#include "engine/base/text.h"
#include "engine/catalog/catalog.h"

const char *const market_column_names[MARKET_COUNT] = {"open", "high", "low", "close", "volume"};

static int position(const char *const *names, int count, const char *name, size_t length)
{
    for (int i = 0; i < count; i++)
        if (strlen(names[i]) == length && strncmp(names[i], name, length) == 0)
            return i;
    return -1;
}

static int find_feature(const char *name, size_t length)
{
    for (int i = 0; i < FEATURE_COUNT; i++)
        if (position(&catalog_features[i].name, 1, name, length) == 0)
            return i;
    return -1;
}

static int find_param(const admf_component *owner, const char *name, size_t length)
{
    for (int i = 0; i < owner->n_params; i++)
        if (position(&owner->params[i].name, 1, name, length) == 0)
            return i;
    return -1;
}

/* One argument: a parameter of the owner or a number. */
static bool take_argument(struct series *s, const admf_component *owner, const char *text,
                          size_t length)
{
    int k = s->arguments++;
    s->argument[k] = find_param(owner, text, length);
    return s->argument[k] >= 0 || number_from_text(text, length, &s->constant[k]);
}

static bool take_arguments(struct series *s, const admf_component *owner, const char **text)
{
    const char *p = *text + 1;
    for (;;) {
        p += strspn(p, " ");
        size_t length = strcspn(p, ",)");
        if (p[length] == '\0' || s->arguments >= catalog_features[s->feature].n_params ||
            !take_argument(s, owner, p, length))
            return false;
        p += length;
        if (*p++ == ')')
            break;
    }
    *text = p;
    return true;
}

static bool parse(const char *text, const admf_component *owner, struct series *s)
{
    size_t length = strcspn(text, "(.");
    s->market = position(market_column_names, MARKET_COUNT, text, length);
    if (s->market >= 0)
        return text[length] == '\0';
    s->feature = find_feature(text, length);
    if (s->feature < 0)
        return false;
    text += length;
    if (*text == '(' && !take_arguments(s, owner, &text))
        return false;
    const admf_component *row = &catalog_features[s->feature];
    if (*text == '.') {
        s->member = position(row->members, row->n_members, text + 1, strlen(text + 1));
        return s->member >= 0;
    }
    return *text == '\0' && row->n_members == 1;
}

admf_status series_parse(const char *text, const admf_component *owner, struct series *out,
                         admf_error *error)
{
    *out = (struct series){.market = -1, .feature = -1};
    if (parse(text, owner, out))
        return ADMF_OK;
    return fail(error, ADMF_INTERNAL, "the row of '%s' needs '%s', which is no series", owner->name,
                text);
}

void series_params(const struct series *series, const double *params, double *out)
{
    const admf_component *row = &catalog_features[series->feature];
    for (int k = 0; k < row->n_params; k++) {
        if (k >= series->arguments)
            out[k] = row->params[k].fallback;
        else
            out[k] = series->argument[k] >= 0 ? params[series->argument[k]] : series->constant[k];
    }
}
