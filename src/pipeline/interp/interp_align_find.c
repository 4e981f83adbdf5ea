/* By how much two sounds are to be moved in time and in pitch. */
#include "pipeline/interp/interp_sounds.h"

lts_status interp_align_time(const lts_interp *interp, interp_alignment *a, lts_alignment how,
                             lts_error *err)
{
    const lts_feature *feature = lts_renderer_feature(interp->renderer);
    const size_t frames = interp->frames;
    const lts_align_time_config config = {.frame_rate = lts_feature_sample_rate(feature) /
                                                        (double)lts_feature_hop(feature),
                                          .bins_per_octave = lts_feature_octave(feature),
                                          .always = how != LTS_ALIGNED_AUTO};
    if (how == LTS_ALIGNED_NONE || how == LTS_ALIGNED_PITCH)
        return lts_align_time_identity(frames, frames, &a->time, err);
    lts_status status = lts_align_time_create(a->magnitudes[0], frames, a->magnitudes[1], frames,
                                              interp_bins(interp), &config, &a->time, err);
    if (how == LTS_ALIGNED_AUTO && (status == LTS_ERR_ARGUMENT || status == LTS_ERR_SHAPE))
        status = lts_align_time_identity(frames, frames, &a->time, err);
    return status;
}

lts_status interp_align_pitch(const lts_interp *interp, interp_alignment *a, lts_alignment how,
                              lts_align_report *report, const lts_reporter *reporter,
                              lts_error *err)
{
    const lts_feature *feature = lts_renderer_feature(interp->renderer);
    const lts_align_config config =
        lts_align_defaults(interp_bins(interp), lts_feature_octave(feature),
                           lts_feature_sample_rate(feature) / (double)lts_feature_hop(feature));
    interp_course course = {0};
    float *half = NULL;
    lts_status status;
    if (how == LTS_ALIGNED_NONE || how == LTS_ALIGNED_TIME || a->method == LTS_INTERP_TRANSPORT ||
        lts_align_check(&config, NULL) != LTS_OK)
        return LTS_OK;
    /* What falls together half way between the sounds. */
    status = lts_alloc_checked(&half, interp->frames, 2 * sizeof *half, "weights", err);
    if (status != LTS_OK)
        goto done;
    for (size_t i = 0; i < 2 * interp->frames; i++)
        half[i] = 0.5f;
    status = interp_course_create(interp, half, &course, err);
    if (status != LTS_OK)
        goto done;
    status = lts_align_pitch_along(&config, a->magnitudes[0], a->magnitudes[1], interp->frames,
                                   course.position[0], course.position[1], &a->shift, report,
                                   reporter, err);
done:
    interp_course_free(&course);
    lts_free(half);
    return status;
}
