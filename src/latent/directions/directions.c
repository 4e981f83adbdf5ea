#include "lts/directions.h"

#include <math.h>
#include <string.h>
#include <strings.h>

lts_status lts_directions_alloc(size_t latent, size_t count, lts_directions *out, lts_error *err)
{
    *out = (lts_directions){.latent = latent, .count = count};
    lts_status status =
        lts_alloc_checked(&out->direction, count, sizeof *out->direction, "directions", err);
    if (status != LTS_OK)
        goto done;
    status = lts_alloc_checked(&out->move, count, latent * sizeof *out->move, "directions", err);
done:
    if (status != LTS_OK)
        lts_directions_free(out);
    return status;
}

void lts_directions_free(lts_directions *directions)
{
    lts_free(directions->direction);
    lts_free(directions->move);
    *directions = (lts_directions){0};
}

/* "supported are Bright, Fat"; NULL when memory is short. */
static char *name_supported(const lts_directions *d)
{
    char *text = NULL;
    for (size_t i = 0; i < d->count; i++) {
        if (!d->direction[i].fit.supported)
            continue;
        char *longer = text ? lts_format("%s, %s", text, d->direction[i].name)
                            : lts_format("supported are %s", d->direction[i].name);
        lts_free(text);
        text = longer;
        if (!text)
            return NULL;
    }
    return text ? text : lts_strdup("none is supported");
}

static lts_status unknown(const lts_directions *d, const char *name, const char *supported,
                          lts_error *err)
{
    const char **words = NULL;
    lts_status status = lts_alloc_checked(&words, d->count, sizeof *words, "directions", err);
    if (status != LTS_OK)
        return status;
    for (size_t i = 0; i < d->count; i++)
        words[i] = d->direction[i].name;
    const size_t near = lts_nearest(name, words, d->count);
    status = near < d->count
                 ? lts_fail(err, LTS_ERR_NOT_FOUND,
                            "%.64s: no descriptor of the data set: did you mean %s? %s", name,
                            words[near], supported)
                 : lts_fail(err, LTS_ERR_NOT_FOUND, "%.64s: no descriptor of the data set: %s",
                            name, supported);
    lts_free(words);
    return status;
}

static lts_status unsupported(const lts_direction *of, const char *supported, lts_error *err)
{
    const lts_direction_fit *fit = &of->fit;
    if (isnan(fit->r2))
        return lts_fail(err, LTS_ERR_NOT_FOUND,
                        "%s: no direction: its %zu labelled sounds are of one magnitude or of "
                        "fewer than three groups: %s",
                        of->name, fit->points, supported);
    return lts_fail(err, LTS_ERR_NOT_FOUND,
                    "%s: no direction: its held-out labels give R2 %.2f and correlation %.2f of "
                    "%zu sounds, R2 %.2f or more is wanted of at least %d: %s",
                    of->name, fit->r2, fit->correlation, fit->points, LTS_DIRECTION_R2,
                    LTS_DIRECTION_POINTS, supported);
}

lts_status lts_directions_find(const lts_directions *d, const char *name, size_t *index,
                               lts_error *err)
{
    size_t i = 0;
    while (i < d->count && strcasecmp(d->direction[i].name, name) != 0)
        i++;
    *index = i;
    if (i < d->count && d->direction[i].fit.supported)
        return LTS_OK;
    char *supported = name_supported(d);
    if (!supported)
        return lts_no_memory("directions", err);
    lts_status status = i < d->count ? unsupported(&d->direction[i], supported, err)
                                     : unknown(d, name, supported, err);
    lts_free(supported);
    return status;
}

lts_status lts_directions_add(const lts_directions *d, const char *name, double amount,
                              float *offset, lts_error *err)
{
    size_t index;
    if (!(fabs(amount) <= LTS_DIRECTION_MOST))
        return lts_fail(err, LTS_ERR_ARGUMENT, "%.64s=%g: the amount must be %g to %g", name,
                        amount, -LTS_DIRECTION_MOST, LTS_DIRECTION_MOST);
    lts_status status = lts_directions_find(d, name, &index, err);
    if (status != LTS_OK)
        return status;
    for (size_t z = 0; z < d->latent; z++)
        offset[z] += (float)amount * d->move[index * d->latent + z];
    return status;
}
