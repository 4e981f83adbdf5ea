/* How the two sounds of an interpolation align. */
#include "pipeline/interp/interp_sounds.h"

#include <math.h>

void interp_alignment_free(interp_alignment *a)
{
    if (!a)
        return;
    for (size_t s = 0; s < 2; s++) {
        lts_free(a->magnitudes[s]);
        lts_free(a->frame[s]);
        lts_free(a->mean[s]);
        lts_free(a->log_variance[s]);
        lts_free(a->envelope[s]);
    }
    lts_free(a->shift);
    lts_free(a->rows);
    interp_course_free(&a->course);
    lts_align_time_destroy(a->time);
    lts_align_work_destroy(a->work);
    lts_free(a);
}

static lts_status check_request(const lts_interp *interp, lts_alignment how,
                                lts_interp_method method, lts_error *err)
{
    const lts_feature *feature = lts_renderer_feature(interp->renderer);
    if (interp->count != 2)
        return lts_fail(err, LTS_ERR_ARGUMENT,
                        "alignment and methods without a model are for two sounds, not %zu: leave "
                        "them out",
                        interp->count);
    if (feature->kind != LTS_FEATURE_CQT)
        return lts_fail(err, LTS_ERR_ARGUMENT, "features %s cannot be aligned",
                        lts_feature_kind_text((int)feature->kind));
    if (method == LTS_INTERP_TRANSPORT && (how == LTS_ALIGNED_PITCH || how == LTS_ALIGNED_BOTH))
        return lts_fail(err, LTS_ERR_ARGUMENT,
                        "transport moves partials itself: align in time, or not at all");
    const size_t most = LTS_INTERP_ALIGNED / (2 * sizeof(float)) / interp_bins(interp);
    if (interp->frames > most) {
        const double rate = lts_feature_sample_rate(feature) / (double)lts_feature_hop(feature);
        return lts_fail(err, LTS_ERR_ARGUMENT,
                        "%.0f s are too long to be kept for an alignment: take %.0f s at most, or "
                        "align none",
                        (double)interp->frames / rate, floor((double)most / rate));
    }
    return LTS_OK;
}

/* An excerpt's magnitudes (T,K). */
static lts_status read_magnitudes(const lts_interp *interp, const interp_sound *of,
                                  float *magnitudes, const lts_reporter *reporter, lts_error *err)
{
    const size_t bins = interp_bins(interp);
    excerpt *e;
    lts_status status = interp_open_excerpt(interp, of, &e, err);
    if (status != LTS_OK)
        return status;
    for (size_t t = 0, count; t < interp->frames; t += count) {
        const size_t left = interp->frames - t;
        count = left < INTERP_ENCODED ? left : INTERP_ENCODED;
        if ((status = excerpt_read(e, count, magnitudes + t * bins, err)) != LTS_OK)
            goto done;
        if (lts_cancelled(reporter)) {
            status = lts_fail(err, LTS_ERR_CANCELLED, "cancelled before the render");
            goto done;
        }
    }
done:
    excerpt_close(e);
    return status;
}

/* Both excerpts' magnitudes, and the scratch that giving them takes. */
static lts_status keep_magnitudes(const lts_interp *interp, interp_alignment *a,
                                  const lts_reporter *reporter, lts_error *err)
{
    const size_t row = interp_bins(interp) * sizeof(float);
    lts_status status = lts_alloc_checked(&a->rows, INTERP_GROUP, row, "magnitudes", err);
    if (status != LTS_OK)
        return status;
    for (size_t s = 0; s < 2; s++) {
        status = lts_alloc_checked(&a->magnitudes[s], interp->frames, row, "magnitudes", err);
        if (status != LTS_OK)
            return status;
        status = lts_alloc_checked(&a->frame[s], 1, row, "magnitudes", err);
        if (status != LTS_OK)
            return status;
        status = read_magnitudes(interp, &interp->sounds[s], a->magnitudes[s], reporter, err);
        if (status != LTS_OK)
            return status;
    }
    return LTS_OK;
}

/* By the model, latents of a group of frames of each sound; by others, their own scratch. */
static lts_status make_work(const lts_interp *interp, interp_alignment *a, lts_error *err)
{
    const lts_feature *feature = lts_renderer_feature(interp->renderer);
    const size_t row = interp_latent(interp) * sizeof(float);
    float **const path[] = {&a->mean[0], &a->log_variance[0], &a->mean[1], &a->log_variance[1]};
    lts_status status = LTS_OK;
    if (a->method != LTS_INTERP_MODEL)
        return lts_align_work_create(
            interp_bins(interp), lts_feature_octave(feature),
            lts_feature_sample_rate(feature) / (double)lts_feature_hop(feature), &a->work, err);
    for (size_t i = 0; i < sizeof path / sizeof *path; i++)
        if ((status = lts_alloc_checked(path[i], INTERP_GROUP, row, "latent paths", err)) != LTS_OK)
            return status;
    return status;
}

/* One line; NULL when memory is short. */
static char *describe(const lts_interp *interp, const interp_alignment *a,
                      const lts_align_report *pitch)
{
    static const char *const methods[] = {[LTS_INTERP_MODEL] = "",
                                          [LTS_INTERP_SHIFT] = "mixed by shift, ",
                                          [LTS_INTERP_TRANSPORT] = "mixed by transport, "};
    const lts_feature *feature = lts_renderer_feature(interp->renderer);
    const lts_align_time_gain time = lts_align_time_gained(a->time);
    const double semitones = 12 * pitch->shift / lts_feature_octave(feature);
    char *in_time = time.aligned
                        ? lts_format("aligned in time: %zu onsets matched, coinciding %.2f -> %.2f",
                                     time.matched, time.coincidence_before, time.coincidence_after)
                        : lts_strdup("");
    char *in_pitch =
        a->shift ? lts_format("aligned in pitch: b lies %.1f semitones %s a in %.0f %% of the "
                              "sound, correlation %.2f -> %.2f",
                              fabs(semitones), semitones < 0 ? "below" : "above",
                              100 * pitch->aligned, pitch->before, pitch->after)
                 : lts_strdup("");
    char *text = NULL;
    if (in_time && in_pitch)
        text = lts_format("%s%s%s%s%s", methods[a->method], in_time,
                          time.aligned && a->shift ? "; " : "", in_pitch,
                          time.aligned || a->shift ? "" : "not aligned: nothing is gained by it");
    lts_free(in_time);
    lts_free(in_pitch);
    return text;
}

lts_status lts_interp_align(lts_interp *interp, lts_alignment how, lts_interp_method method,
                            const lts_reporter *reporter, lts_error *err)
{
    lts_align_report pitch = {0};
    lts_error why = {0};
    interp_alignment *a = NULL;
    bool unused = false;
    interp_alignment_free(interp->alignment);
    lts_free(interp->aligned);
    interp->alignment = NULL;
    interp->aligned = NULL;
    if (how == LTS_ALIGNED_NONE && method == LTS_INTERP_MODEL)
        return LTS_OK;
    lts_status status = check_request(interp, how, method, &why);
    if (status != LTS_OK && how == LTS_ALIGNED_AUTO && method == LTS_INTERP_MODEL) {
        interp->aligned = lts_format("not aligned: %s", why.text);
        return interp->aligned ? LTS_OK : lts_no_memory("an alignment", err);
    }
    if (status != LTS_OK)
        return lts_fail(err, status, "%s", why.text);
    status = lts_alloc_checked(&a, 1, sizeof *a, "an alignment", err);
    if (status != LTS_OK)
        return status;
    a->method = method;
    interp->alignment = a;
    status = keep_magnitudes(interp, a, reporter, err);
    if (status != LTS_OK)
        goto done;
    status = make_work(interp, a, err);
    if (status != LTS_OK)
        goto done;
    status = interp_align_time(interp, a, how, err);
    if (status != LTS_OK)
        goto done;
    status = interp_align_pitch(interp, a, how, &pitch, reporter, err);
    if (status != LTS_OK)
        goto done;
    interp->aligned = describe(interp, a, &pitch);
    if (!interp->aligned)
        status = lts_no_memory("an alignment", err);
    /* What gains nothing is mixed as ever, from the latents that are there. */
    unused = method == LTS_INTERP_MODEL && !a->shift && !lts_align_time_gained(a->time).aligned;
done:
    if (status != LTS_OK || unused) {
        interp_alignment_free(a);
        interp->alignment = NULL;
    }
    return status;
}

const char *lts_interp_alignment(const lts_interp *interp)
{
    return interp->aligned ? interp->aligned : "";
}
