#include "engine/jobs/job.h"

#include <math.h>
#include <string.h>

static lts_status copy_sources(const job *from, job *to, lts_error *err)
{
    lts_status status =
        lts_alloc_checked(&to->sources, from->count, sizeof *to->sources, "sources", err);
    if (status != LTS_OK)
        return status;
    for (size_t s = 0; s < from->count; s++) {
        to->sources[s] = (lts_source){lts_strdup(from->sources[s].path), from->sources[s].offset};
        to->count++;
        if (!to->sources[s].path)
            return lts_no_memory("sources", err);
    }
    return LTS_OK;
}

static lts_status copy_offset(const job *from, job *to, lts_error *err)
{
    const lts_render_config *render = &from->render;
    if (!render->offset)
        return LTS_OK;
    const size_t latent = lts_model_settings(from->model->model)->latent;
    lts_status status =
        lts_alloc_checked(&to->offset, latent, sizeof *to->offset, "an offset", err);
    if (status != LTS_OK)
        return status;
    memcpy(to->offset, render->offset, latent * sizeof *to->offset);
    to->offset_text = lts_strdup(render->offset_text ? render->offset_text : "moved");
    to->render.offset = to->offset;
    to->render.offset_text = to->offset_text;
    return to->offset_text ? LTS_OK : lts_no_memory("an offset", err);
}

static lts_status copy_weights(const job *from, job *to, lts_error *err)
{
    if (!from->weight)
        return LTS_OK;
    lts_status status =
        lts_alloc_checked(&to->weight, from->count, sizeof *to->weight, "weights", err);
    if (status != LTS_OK)
        return status;
    memcpy(to->weight, from->weight, from->count * sizeof *to->weight);
    return LTS_OK;
}

lts_status job_create(const job *from, job **out, lts_error *err)
{
    job *j;
    *out = NULL;
    lts_status status = lts_alloc_checked(&j, 1, sizeof *j, "a render", err);
    if (status != LTS_OK)
        return status;
    *j = *from;
    j->model = model_ref_hold(from->model);
    j->sources = NULL;
    j->count = 0;
    j->curve = (lts_curve){0};
    j->weight = NULL;
    j->offset = NULL;
    j->offset_text = NULL;
    status = copy_sources(from, j, err);
    if (status != LTS_OK)
        goto done;
    status = copy_offset(from, j, err);
    if (status != LTS_OK)
        goto done;
    if (from->curve.count > 0)
        status = lts_curve_copy(&from->curve, &j->curve, err);
    if (status != LTS_OK)
        goto done;
    status = copy_weights(from, j, err);
    if (status != LTS_OK)
        goto done;
    *out = j;
    j = NULL;
done:
    job_free(j);
    return status;
}

void job_free(job *j)
{
    if (!j)
        return;
    model_ref_drop(j->model);
    for (size_t s = 0; s < j->count; s++)
        lts_free(j->sources[s].path);
    lts_free(j->sources);
    lts_curve_free(&j->curve);
    lts_free(j->weight);
    lts_free(j->offset);
    lts_free(j->offset_text);
    lts_free(j);
}

bool job_same_offset(const job *a, const job *b)
{
    if (!a->offset || !b->offset)
        return a->offset == b->offset;
    return a->model == b->model &&
           memcmp(a->offset, b->offset,
                  lts_model_settings(a->model->model)->latent * sizeof *a->offset) == 0;
}

bool job_same_sounds(const job *a, const job *b)
{
    if (a->model != b->model || a->count != b->count || a->duration != b->duration)
        return false;
    for (size_t s = 0; s < a->count; s++)
        if (a->sources[s].offset != b->sources[s].offset ||
            strcmp(a->sources[s].path, b->sources[s].path) != 0)
            return false;
    return true;
}

/* Seconds to fractions of the sound, as lts_curve_load makes them; later times stay beyond its end,
 * so that the curve is cut where the sound ends. */
static lts_status resample_seconds(const lts_curve *curve, size_t frames, double duration,
                                   float *value, lts_error *err)
{
    lts_curve fractions = {0};
    lts_status status = lts_curve_copy(curve, &fractions, err);
    if (status != LTS_OK)
        goto done;
    for (size_t i = 0; i < fractions.count; i++) {
        double time = fractions.time[i];
        fractions.time[i] = time > 1.01 * duration ? time / duration : fmin(time / duration, 1);
    }
    lts_curve_resample(&fractions, frames, value);
done:
    lts_curve_free(&fractions);
    return status;
}

lts_status job_weights(const job *j, size_t frames, double duration, float *weight, lts_error *err)
{
    if (j->curve.count == 0) {
        for (size_t s = 0; s < j->count; s++)
            for (size_t t = 0; t < frames; t++)
                weight[s * frames + t] = j->weight[s];
        return LTS_OK;
    }
    if (j->count != 2)
        return lts_fail(err, LTS_ERR_SHAPE, "a curve goes between two sounds, not %zu", j->count);
    lts_status status = LTS_OK;
    if (j->curve_seconds)
        status = resample_seconds(&j->curve, frames, duration, weight, err);
    else
        lts_curve_resample(&j->curve, frames, weight);
    if (status != LTS_OK)
        return status;
    for (size_t t = 0; t < frames; t++)
        weight[frames + t] = 1 - weight[t];
    return LTS_OK;
}

/* The comment of a WAV has room for some 2,000 values. */
enum { MOST_VALUES = 1500, VALUE_ROOM = 40 };

char *job_describe(const job *j, bool retaken)
{
    size_t count = j->curve.count ? j->curve.count : j->count, room = 128 + count * VALUE_ROOM;
    char *text = lts_alloc(room, 1);
    if (!text)
        return NULL;
    const bool timed = j->curve.count > 1 && j->curve_seconds, many = count > MOST_VALUES;
    size_t at = (size_t)snprintf(text, room, "%s", j->curve.count ? "alpha" : "weights");
    for (size_t i = 0; i < count && !many; i++) {
        at += (size_t)snprintf(text + at, room - at, " %.6g",
                               (double)(j->curve.count ? j->curve.value[i] : j->weight[i]));
        if (timed)
            at += (size_t)snprintf(text + at, room - at, "@%.6gs", j->curve.time[i]);
    }
    if (many)
        at += (size_t)snprintf(text + at, room - at, " along a curve of %zu points", count);
    if (retaken)
        snprintf(text + at, room - at, ", retaken in part of a sound made before");
    return text;
}
