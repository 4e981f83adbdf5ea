#include "engine/live/loop_align.h"

#include <math.h>
#include <stdio.h>

static double frame_rate(const lts_feature *feature)
{
    return lts_feature_sample_rate(feature) / (double)lts_feature_hop(feature);
}

/* lag from the positions at alpha 1/2, where the time of the morph is half way between both. */
static lts_status fill_lag(const lts_align_time *time, size_t frames, float *lag, lts_error *err)
{
    float *alpha = NULL;
    double *a = NULL, *b = NULL;
    lts_status status = lts_alloc_checked(&alpha, frames, sizeof *alpha, "an alignment", err);
    if (status != LTS_OK)
        goto done;
    status = lts_alloc_checked(&a, frames, sizeof *a, "an alignment", err);
    if (status != LTS_OK)
        goto done;
    status = lts_alloc_checked(&b, frames, sizeof *b, "an alignment", err);
    if (status != LTS_OK)
        goto done;
    for (size_t t = 0; t < frames; t++)
        alpha[t] = 0.5f;
    lts_align_time_positions(time, alpha, frames, a, b);
    for (size_t t = 0; t < frames; t++)
        lag[t] = (float)(0.5 * (a[t] - b[t]));
done:
    lts_free(alpha);
    lts_free(a);
    lts_free(b);
    return status;
}

static lts_status find_lag(const lts_feature *feature, size_t frames, bool always,
                           loop_found *found, lts_error *err)
{
    const float *const *m = found->alignment.magnitudes;
    const lts_align_time_config config = {.frame_rate = frame_rate(feature),
                                          .bins_per_octave = lts_feature_octave(feature),
                                          .always = always};
    lts_align_time *time;
    lts_status status = lts_align_time_create(m[0], frames, m[1], frames,
                                              lts_feature_floats(feature), &config, &time, err);
    if (status != LTS_OK)
        return status;
    found->time = lts_align_time_gained(time);
    if (found->time.aligned) {
        status = lts_alloc_checked(&found->lag, frames, sizeof *found->lag, "an alignment", err);
        if (status != LTS_OK)
            goto done;
        status = fill_lag(time, frames, found->lag, err);
    }
done:
    lts_align_time_destroy(time);
    found->alignment.lag = found->lag;
    return status;
}

/* Where the onsets meet, each sound going on with its other end. */
static lts_status find_shift(const lts_feature *feature, size_t frames, loop_found *found,
                             lts_error *err)
{
    const float *const *m = found->alignment.magnitudes;
    const lts_align_config config = lts_align_defaults(
        lts_feature_floats(feature), lts_feature_octave(feature), frame_rate(feature));
    const double length = (double)(frames - 1);
    double *at;
    lts_status status = lts_alloc_checked(&at, frames, 2 * sizeof *at, "an alignment", err);
    if (status != LTS_OK)
        return status;
    for (size_t i = 0; i < 2 * frames; i++) {
        const size_t t = i % frames;
        const double lag = found->lag ? (double)found->lag[t] : 0;
        at[i] = (double)t + (i < frames ? lag : -lag);
        if (found->lag)
            at[i] -= length > 0 ? floor(at[i] / length) * length : at[i];
    }
    status = lts_align_pitch_along(&config, m[0], m[1], frames, at, at + frames, &found->shift,
                                   &found->pitch, NULL, err);
    lts_free(at);
    found->alignment.shift = found->shift;
    return status;
}

lts_status loop_find(const lts_feature *feature, const float *const magnitudes[2], size_t frames,
                     lts_alignment way, loop_found *found, lts_error *err)
{
    *found = (loop_found){.alignment = {.magnitudes = {magnitudes[0], magnitudes[1]}}};
    lts_status status = LTS_OK;
    if (way == LTS_ALIGNED_TIME || way == LTS_ALIGNED_BOTH || way == LTS_ALIGNED_AUTO)
        status = find_lag(feature, frames, way != LTS_ALIGNED_AUTO, found, err);
    if (status != LTS_OK)
        return status;
    if (way == LTS_ALIGNED_PITCH || way == LTS_ALIGNED_BOTH || way == LTS_ALIGNED_AUTO)
        return find_shift(feature, frames, found, err);
    return LTS_OK;
}

void loop_found_free(loop_found *found)
{
    lts_free(found->shift);
    lts_free(found->lag);
    *found = (loop_found){0};
}

bool loop_found_any(const loop_found *found)
{
    return found->shift || found->lag;
}

void loop_found_text(const loop_found *found, const lts_feature *feature, lts_alignment way,
                     char text[LOOP_FOUND_TEXT])
{
    static const char *const nothing[LTS_ALIGNMENTS] = {
        "by none", "no shift of the pitch is worth it", "no onsets match",
        "no shift of the pitch is worth it, and no onsets match", "nothing is gained by it"};
    char pitch[LOOP_FOUND_TEXT] = "", time[LOOP_FOUND_TEXT] = "";
    const double semitones = 12 * found->pitch.shift / lts_feature_octave(feature);
    if (!loop_found_any(found)) {
        snprintf(text, LOOP_FOUND_TEXT, "not aligned: %s", nothing[way]);
        return;
    }
    if (found->shift)
        snprintf(pitch, sizeof pitch, "%+.1f semitones, alike %.2f to %.2f", semitones,
                 found->pitch.before, found->pitch.after);
    if (found->lag)
        snprintf(time, sizeof time, "onsets together %.0f %% to %.0f %%",
                 100 * found->time.coincidence_before, 100 * found->time.coincidence_after);
    snprintf(text, LOOP_FOUND_TEXT, "aligned: %.50s%s%.50s", pitch,
             found->shift && found->lag ? "; " : "", time);
}
