#include "lts/dsp.h"
#include "pipeline/latent_map/map_parts.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

typedef struct entry {
    const char *text;
    double hz; /* of a pitch; 0 when the texts are none */
    size_t point;
} entry;

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

/* Runs of digits by their numbers, everything else by its bytes: 1-9 comes before 1-10. */
static int compare_naturally(const char *a, const char *b)
{
    while (*a && *b) {
        if (is_digit(*a) && is_digit(*b)) {
            char *end_a, *end_b;
            const unsigned long long x = strtoull(a, &end_a, 10), y = strtoull(b, &end_b, 10);
            if (x != y)
                return x < y ? -1 : 1;
            a = end_a;
            b = end_b;
        } else if (*a != *b) {
            break;
        } else {
            a++;
            b++;
        }
    }
    return (unsigned char)*a - (unsigned char)*b;
}

static int by_text(const void *a, const void *b)
{
    const entry *x = a, *y = b;
    if (x->hz != y->hz)
        return x->hz < y->hz ? -1 : 1;
    const int order = compare_naturally(x->text, y->text);
    return order ? order : strcmp(x->text, y->text);
}

lts_status categories_find(const char *const *text, size_t n, categories *out, lts_error *err)
{
    entry *entries = NULL;
    size_t count = 0;
    bool pitches = true;
    *out = (categories){0};
    lts_status status = lts_alloc_checked(&entries, n, sizeof *entries, "labels", err);
    if (status != LTS_OK)
        goto done;
    status = lts_alloc_checked(&out->of, n, sizeof *out->of, "labels", err);
    if (status != LTS_OK)
        goto done;
    status = lts_alloc_checked(&out->name, n, sizeof *out->name, "labels", err);
    if (status != LTS_OK)
        goto done;
    for (size_t i = 0; i < n; i++) {
        out->of[i] = SIZE_MAX;
        if (text[i][0] == '\0')
            continue;
        entries[count] = (entry){.text = text[i], .point = i};
        pitches = pitches && lts_parse_pitch(text[i], &entries[count].hz);
        count++;
    }
    for (size_t e = 0; !pitches && e < count; e++)
        entries[e].hz = 0;
    qsort(entries, count, sizeof *entries, by_text);
    for (size_t e = 0; e < count; e++) {
        if (e == 0 || strcmp(entries[e - 1].text, entries[e].text) != 0)
            out->name[out->count++] = entries[e].text;
        out->of[entries[e].point] = out->count - 1;
    }
done:
    lts_free(entries);
    if (status != LTS_OK)
        categories_free(out);
    return status;
}

void categories_free(categories *c)
{
    lts_free(c->name);
    lts_free(c->of);
    *c = (categories){0};
}
