/* The frames of two aligned sounds, as a renderer asks for them. */
#include "pipeline/interp/interp_sounds.h"

#include <math.h>
#include <string.h>

static const double fade_seconds = 0.03; /* in which a sound that has ended gives its weight away */

double interp_alpha(const float *weight, size_t frames, size_t t)
{
    const double a = weight[t], b = weight[frames + t];
    return a + b != 0 ? a / (a + b) : a;
}

void interp_course_free(interp_course *course)
{
    lts_free(course->weight);
    lts_free(course->position[0]);
    lts_free(course->position[1]);
    lts_free(course->shift);
    *course = (interp_course){0};
}

/* The share of its weight that a sound keeps: all inside, none from `fade` frames beyond on. */
static double kept_share(double position, size_t frames, double fade)
{
    const double beyond = fmax(-position, position - (double)(frames - 1));
    return 1 - fmin(1, fmax(0, beyond / fade));
}

static double held(double position, size_t frames)
{
    return fmin(fmax(position, 0), (double)(frames - 1));
}

/* The value at time m, between those of the frames around it. */
static float value_at(const float *value, size_t frames, double m)
{
    const double at = held(m, frames), whole = floor(at), share = at - whole;
    const size_t i = (size_t)whole;
    if (share == 0)
        return value[i];
    return (float)((1 - share) * value[i] + share * value[i + 1]);
}

lts_status interp_course_create(const lts_interp *interp, const float *weight,
                                interp_course *course, lts_error *err)
{
    const interp_alignment *a = interp->alignment;
    const lts_feature *feature = lts_renderer_feature(interp->renderer);
    const double rate = lts_feature_sample_rate(feature) / (double)lts_feature_hop(feature);
    const size_t frames = interp->frames;
    lts_status status =
        lts_alloc_checked(&course->weight, frames, 2 * sizeof *course->weight, "weights", err);
    if (status != LTS_OK)
        return status;
    for (size_t s = 0; s < 2; s++) {
        status = lts_alloc_checked(&course->position[s], frames, sizeof *course->position[s],
                                   "positions", err);
        if (status != LTS_OK)
            return status;
    }
    status = lts_alloc_checked(&course->shift, frames, sizeof *course->shift, "shifts", err);
    if (status != LTS_OK)
        return status;
    float *w = course->weight;
    double *pa = course->position[0], *pb = course->position[1];
    for (size_t t = 0; t < frames; t++)
        w[t] = (float)interp_alpha(weight, frames, t);
    lts_align_time_positions(a->time, w, frames, pa, pb);
    memcpy(w, weight, 2 * frames * sizeof *w);
    for (size_t t = 0; t < frames; t++) {
        const double of_a = kept_share(pa[t], frames, rate * fade_seconds);
        const double of_b = kept_share(pb[t], frames, rate * fade_seconds);
        const double wa = w[t], wb = w[frames + t];
        course->shift[t] = a->shift ? value_at(a->shift, frames, (pa[t] + pb[t]) / 2) : 0;
        if (fmin(of_a, of_b) < 1 && fmax(of_a, of_b) == 1) {
            w[t] = (float)(wa * of_a + wb * (1 - of_b));
            w[frames + t] = (float)(wb * of_b + wa * (1 - of_a));
        }
        pa[t] = held(pa[t], frames);
        pb[t] = held(pb[t], frames);
    }
    return LTS_OK;
}

void interp_course_read(const lts_interp *interp, const interp_course *course, size_t s, size_t t,
                        float *row)
{
    const size_t bins = interp_bins(interp);
    lts_align_time_read(interp->alignment->magnitudes[s], interp->frames, bins,
                        course->position[s][t], row);
}

/* Frame t of sound s moved to the pitch between: row (K). */
static void read_moved(const lts_interp *interp, size_t s, size_t t, float *row)
{
    interp_alignment *a = interp->alignment;
    const size_t bins = interp_bins(interp);
    double move[2];
    interp_course_read(interp, &a->course, s, t, a->frame[s]);
    lts_align_meet(a->course.shift[t], interp_alpha(a->course.weight, interp->frames, t), &move[0],
                   &move[1]);
    lts_align_transpose(a->frame[s], bins,
                        lts_feature_octave(lts_renderer_feature(interp->renderer)), move[s], row);
}

/* A lts_render_path: groups of frames begin on multiples of INTERP_GROUP, wherever it is asked to
 * begin, so that latents do not depend on that. */
static lts_status give_path(void *user, size_t s, size_t first, size_t count, float *mean,
                            float *log_variance, lts_error *err)
{
    lts_interp *interp = user;
    interp_alignment *a = interp->alignment;
    const size_t bins = interp_bins(interp);
    const size_t latent = interp_latent(interp), row = latent * sizeof(float);
    (void)err;
    for (size_t done = 0, here; done < count; done += here) {
        const size_t t = first + done, at = t % INTERP_GROUP, left = interp->frames - (t - at);
        const size_t size = left < INTERP_GROUP ? left : INTERP_GROUP;
        here = size - at < count - done ? size - at : count - done;
        if (a->group[s] != t - at) {
            for (size_t i = 0; i < size; i++)
                read_moved(interp, s, t - at + i, a->rows + i * bins);
            lts_renderer_encode(interp->renderer, a->rows, size, a->mean[s],
                                log_variance ? a->log_variance[s] : NULL);
            a->group[s] = t - at;
        }
        memcpy(mean + done * latent, a->mean[s] + at * latent, here * row);
        if (log_variance)
            memcpy(log_variance + done * latent, a->log_variance[s] + at * latent, here * row);
    }
    return LTS_OK;
}

/* A lts_render_rows of the methods without a model. */
static lts_status give_rows(void *user, size_t first, size_t count, float *magnitudes,
                            lts_error *err)
{
    lts_interp *interp = user;
    interp_alignment *a = interp->alignment;
    const size_t bins = interp_bins(interp);
    (void)err;
    if (first != a->next)
        lts_align_work_restart(a->work);
    for (size_t t = first; t < first + count; t++, magnitudes += bins) {
        const double alpha = interp_alpha(a->course.weight, interp->frames, t);
        for (size_t s = 0; s < 2; s++)
            interp_course_read(interp, &a->course, s, t, a->frame[s]);
        if (a->method == LTS_INTERP_TRANSPORT)
            lts_align_transport(a->work, a->frame[0], a->frame[1], alpha, magnitudes);
        else
            lts_align_mix(a->work, a->frame[0], a->frame[1], a->course.shift[t], alpha, magnitudes);
    }
    a->next = first + count;
    return LTS_OK;
}

/* The sounds' levels where the course stands in them. */
static lts_status warp_envelopes(const lts_interp *interp, lts_error *err)
{
    interp_alignment *a = interp->alignment;
    for (size_t s = 0; s < 2; s++) {
        if (!a->envelope[s]) {
            lts_status status = lts_alloc_checked(&a->envelope[s], interp->frames,
                                                  sizeof *a->envelope[s], "levels", err);
            if (status != LTS_OK)
                return status;
        }
        for (size_t t = 0; t < interp->frames; t++)
            a->envelope[s][t] =
                value_at(interp->sounds[s].envelope, interp->frames, a->course.position[s][t]);
    }
    return LTS_OK;
}

lts_status interp_aligned_mixture(lts_interp *interp, const float *weight, lts_mixture *mixture,
                                  lts_error *err)
{
    interp_alignment *a = interp->alignment;
    interp_course_free(&a->course);
    lts_status status = interp_course_create(interp, weight, &a->course, err);
    if (status != LTS_OK)
        return status;
    if (mixture->envelope) {
        status = warp_envelopes(interp, err);
        if (status != LTS_OK)
            return status;
        for (size_t s = 0; s < 2; s++)
            interp->paths[2 * interp->count + s] = a->envelope[s];
    }
    mixture->weight = a->course.weight;
    a->group[0] = a->group[1] = a->next = SIZE_MAX;
    if (a->method == LTS_INTERP_MODEL) {
        mixture->path = give_path;
        mixture->path_user = interp;
    } else {
        mixture->rows = give_rows;
        mixture->rows_user = interp;
    }
    return LTS_OK;
}

lts_status interp_aligned_before(const lts_interp *interp, const float *before, float *changed,
                                 lts_error *err)
{
    const interp_course *now = &interp->alignment->course;
    const size_t frames = interp->frames;
    interp_course then = {0};
    lts_status status = interp_course_create(interp, before, &then, err);
    if (status != LTS_OK)
        goto done;
    memcpy(changed, then.weight, 2 * frames * sizeof *changed);
    for (size_t t = 0; t < frames; t++)
        if (then.position[0][t] != now->position[0][t] ||
            then.position[1][t] != now->position[1][t] || then.shift[t] != now->shift[t])
            changed[t] = NAN;
done:
    interp_course_free(&then);
    return status;
}
