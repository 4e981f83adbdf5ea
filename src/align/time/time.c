#include "align/time/time.h"

#include <math.h>

/* The largest matrix of dynamic time warping, in cells of a byte, and the radius of its band that
 * short sounds get, in steps: 3 s, which there is room for in 20 minutes. */
enum { MOST_CELLS = 1 << 26, LEAST_RADIUS = 250 };

lts_align_time_config lts_align_time_defaults(void)
{
    return (lts_align_time_config){.frame_rate = 44100.0 / 128, .bins_per_octave = 48};
}

static lts_status check_config(const lts_align_time_config *config, lts_error *err)
{
    if (!(config->frame_rate >= 20 && config->frame_rate <= 100000))
        return lts_fail(err, LTS_ERR_ARGUMENT,
                        "alignment in time: %g frames a second: must be 20 to 100000",
                        config->frame_rate);
    if (config->bins_per_octave < 1 || config->bins_per_octave > 4096)
        return lts_fail(err, LTS_ERR_ARGUMENT,
                        "alignment in time: %d bins an octave: must be 1 to 4096",
                        config->bins_per_octave);
    return LTS_OK;
}

static lts_status check_sound(const char *name, const float *x, size_t frames, size_t bins,
                              double frame_rate, lts_error *err)
{
    if (frames == 0 || bins == 0)
        return lts_fail(err, LTS_ERR_SHAPE,
                        "%s: %zu frames of %zu bins: there must be one of each or more", name,
                        frames, bins);
    if ((double)frames > 20 * 60 * frame_rate)
        return lts_fail(err, LTS_ERR_SHAPE,
                        "%s: %zu frames are too long to align: shorten it to 20 minutes", name,
                        frames);
    const size_t bad = lts_first_nonfinite(x, frames * bins);
    if (bad < frames * bins)
        return lts_fail(err, LTS_ERR_NONFINITE, "%s: frame %zu, bin %zu is not a finite number",
                        name, bad / bins, bad % bins);
    for (size_t i = 0; i < frames * bins; i++)
        if (x[i] < 0)
            return lts_fail(err, LTS_ERR_ARGUMENT,
                            "%s: frame %zu, bin %zu is %g: magnitudes are 0 or more", name,
                            i / bins, i % bins, (double)x[i]);
    return LTS_OK;
}

/* A third of the longer sound, which lets one run at half the other's speed, where there is room.
 */
static size_t choose_radius(const time_profile *a, const time_profile *b)
{
    const size_t longer = a->steps > b->steps ? a->steps : b->steps;
    const size_t wanted = longer / 3 > LEAST_RADIUS ? longer / 3 : LEAST_RADIUS;
    const size_t most = MOST_CELLS / a->steps / 2;
    return wanted < most ? wanted : most;
}

/* Whether the spline is worth its bends: thresholds as in the header. */
static bool is_gained(const lts_align_time_gain *gain)
{
    const size_t fewer = gain->onsets_a < gain->onsets_b ? gain->onsets_a : gain->onsets_b;
    return gain->coincidence_after >= gain->coincidence_before + 0.15 &&
           gain->distance_after <= 0.95 * gain->distance_before && 2 * gain->matched >= fewer;
}

static lts_status align(const time_profile *a, const time_profile *b,
                        const lts_align_time_config *config, lts_align_time *alignment,
                        lts_error *err)
{
    time_cell *path = NULL;
    size_t count = 0;
    lts_status status = LTS_OK;
    if (a->onsets > 0 && b->onsets > 0) {
        status = time_warp(a, b, choose_radius(a, b), &path, &count, NULL, err);
        if (status != LTS_OK)
            goto done;
        status = time_match(a, b, config->frame_rate, path, count, alignment, err);
        if (status != LTS_OK)
            goto done;
    }
    time_spline_tangents(alignment);
    time_measure(a, b, config->frame_rate, alignment);
    alignment->gain.aligned =
        alignment->gain.matched > 0 && (config->always || is_gained(&alignment->gain));
    if (!alignment->gain.aligned) {
        alignment->knots = 0;
        alignment->reach = 0;
    }
done:
    lts_free(path);
    return status;
}

lts_status lts_align_time_identity(size_t frames_a, size_t frames_b, lts_align_time **out,
                                   lts_error *err)
{
    *out = NULL;
    if (frames_a == 0 || frames_b == 0)
        return lts_fail(err, LTS_ERR_SHAPE, "alignment in time: a sound has no frames");
    lts_status status = lts_alloc_checked(out, 1, sizeof **out, "an alignment", err);
    if (status != LTS_OK)
        return status;
    (*out)->frames_a = frames_a;
    (*out)->frames_b = frames_b;
    return LTS_OK;
}

lts_status lts_align_time_create(const float *a, size_t frames_a, const float *b, size_t frames_b,
                                 size_t bins, const lts_align_time_config *config,
                                 lts_align_time **out, lts_error *err)
{
    time_profile of_a = {0}, of_b = {0};
    *out = NULL;
    lts_status status = check_config(config, err);
    if (status != LTS_OK)
        goto done;
    status = check_sound("sound A", a, frames_a, bins, config->frame_rate, err);
    if (status != LTS_OK)
        goto done;
    status = check_sound("sound B", b, frames_b, bins, config->frame_rate, err);
    if (status != LTS_OK)
        goto done;
    status = time_profile_create(a, frames_a, bins, config, &of_a, err);
    if (status != LTS_OK)
        goto done;
    status = time_profile_create(b, frames_b, bins, config, &of_b, err);
    if (status != LTS_OK)
        goto done;
    status = lts_align_time_identity(frames_a, frames_b, out, err);
    if (status != LTS_OK)
        goto done;
    status = align(&of_a, &of_b, config, *out, err);
done:
    if (status != LTS_OK) {
        lts_align_time_destroy(*out);
        *out = NULL;
    }
    time_profile_free(&of_a);
    time_profile_free(&of_b);
    return status;
}

void lts_align_time_destroy(lts_align_time *alignment)
{
    if (!alignment)
        return;
    lts_free(alignment->knot);
    lts_free(alignment);
}

lts_align_time_gain lts_align_time_gained(const lts_align_time *alignment)
{
    return alignment->gain;
}

void lts_align_time_pair(const lts_align_time *alignment, size_t index, double *position_a,
                         double *position_b)
{
    const time_knot *knot = &alignment->knot[alignment->first + index];
    *position_a = knot->m + knot->d;
    *position_b = knot->m - knot->d;
}
