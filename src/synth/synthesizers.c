#include "synth/synthesizer.h"

#include <string.h>

/* A row for each lts_synth_source, in its order. */
static const synth_kind *const kinds[] = {[LTS_SYNTH_FM] = &synth_fm, [LTS_SYNTH_LV2] = &synth_lv2};
enum { KINDS = sizeof kinds / sizeof *kinds };

const synth_kind *synth_kind_of(lts_synth_source source)
{
    return (unsigned)source < KINDS ? kinds[source] : NULL;
}

const synth_kind *synth_kind_named(const char *name, lts_synth_source *source)
{
    for (int k = 0; k < KINDS; k++)
        if (strcmp(kinds[k]->name, name) == 0) {
            *source = (lts_synth_source)k;
            return kinds[k];
        }
    return NULL;
}

const char *synth_kind_names(void)
{
    return "fm or lv2";
}

struct lts_synth {
    lts_synth_space *space;
    const synth_kind *kind;
    void *renderer;
    size_t samples;
    double *values, *slot_values;
};

lts_status lts_synth_create(const lts_synth_space *space, lts_synth **out, lts_error *err)
{
    lts_synth *synth = NULL;
    *out = NULL;
    lts_status status = lts_alloc_checked(&synth, 1, sizeof *synth, "a synthesizer", err);
    if (status != LTS_OK)
        return status;
    synth->kind = synth_kind_of(space->settings.source);
    synth->samples = synth_settings_samples(&space->settings);
    status = lts_synth_space_copy(space, &synth->space, err);
    if (status != LTS_OK)
        goto done;
    status = lts_alloc_checked(&synth->values, space->count, sizeof *synth->values, "a synthesizer",
                               err);
    if (status != LTS_OK)
        goto done;
    status = lts_alloc_checked(&synth->slot_values, space->count, sizeof *synth->slot_values,
                               "a synthesizer", err);
    if (status != LTS_OK)
        goto done;
    status = synth->kind->create(space, synth->samples, &synth->renderer, err);
    if (status != LTS_OK)
        goto done;
    *out = synth;
    synth = NULL;
done:
    lts_synth_destroy(synth);
    return status;
}

void lts_synth_destroy(lts_synth *synth)
{
    if (!synth)
        return;
    if (synth->renderer)
        synth->kind->destroy(synth->renderer);
    lts_free(synth->values);
    lts_free(synth->slot_values);
    lts_synth_space_destroy(synth->space);
    lts_free(synth);
}

size_t lts_synth_samples(const lts_synth *synth)
{
    return synth->samples;
}

lts_status lts_synth_render(lts_synth *synth, const double *values, float *x, lts_error *err)
{
    const lts_synth_space *space = synth->space;
    lts_status status = synth_values_check(space, values, err);
    if (status != LTS_OK)
        return status;
    for (size_t p = 0; p < space->count; p++)
        synth->slot_values[space->parameter[p].slot] = values[p];
    status = synth->kind->render(synth->renderer, synth->slot_values, x, err);
    if (status != LTS_OK || !space->settings.normalize)
        return status;
    float peak = 0;
    for (size_t i = 0; i < synth->samples; i++) {
        const float level = x[i] < 0 ? -x[i] : x[i];
        peak = level > peak ? level : peak;
    }
    for (size_t i = 0; peak > 0 && i < synth->samples; i++)
        x[i] /= peak;
    return LTS_OK;
}

lts_status lts_synth_render_classes(lts_synth *synth, const int32_t *classes, float *x,
                                    lts_error *err)
{
    lts_status status = lts_synth_values(synth->space, classes, synth->values, err);
    if (status != LTS_OK)
        return status;
    return lts_synth_render(synth, synth->values, x, err);
}
