#include "lts/formats.h"
#include "pipeline/interp/interp_change.h"
#include "pipeline/interp/interp_sounds.h"
#include "pipeline/sound/sound.h"
#include "pipeline/sound/sound_writer.h"

#include <math.h>

/* The model and the sounds, and the path taken between them. */
static char *describe(const lts_interp *interp, const char *path, const lts_render_config *config)
{
    const bool levels = config && lts_model_has_level(interp->model);
    char *text =
        lts_format("%s, model %s%s%s%s", path, lts_model_hash(interp->model),
                   config && config->sample ? ", latent path sampled" : "",
                   levels ? ", level " : "", levels ? lts_level_law_text((int)config->level) : "");
    if (text && config && config->distance && config->limit > 0) {
        char *longer = lts_format("%s, within distance %.15g", text, config->limit);
        lts_free(text);
        text = longer;
    }
    if (text && config && config->offset && config->offset_text) {
        char *longer = lts_format("%s, %s", text, config->offset_text);
        lts_free(text);
        text = longer;
    }
    if (text && interp->alignment) {
        char *longer = lts_format("%s, %s", text, lts_interp_alignment(interp));
        lts_free(text);
        text = longer;
    }
    for (size_t s = 0; text && s < interp->count; s++) {
        const interp_sound *of = &interp->sounds[s];
        char *longer = lts_format("%s, sound %zu %s@%.15g", text, s + 1, of->path, of->offset);
        lts_free(text);
        text = longer;
    }
    return text;
}

char *lts_interp_comment(const lts_interp *interp, const char *path,
                         const lts_render_config *config)
{
    char *origin = describe(interp, path, config);
    char *comment = origin ? lts_sound_comment(origin, &config->phase) : NULL;
    lts_free(origin);
    return comment;
}

/* A lts_render_decoded of a lts_npy_writer. */
static lts_status append_magnitudes(void *writer, size_t first, size_t count,
                                    const float *magnitudes, lts_error *err)
{
    (void)first;
    return lts_npy_writer_append(writer, magnitudes, count, err);
}

/* Where the samples of a mixture go. */
typedef struct listeners {
    sound_writer *writer;
    interp_heard *heard; /* with an offset; else NULL */
} listeners;

static lts_status tell_listeners(void *user, const float *x, size_t count, lts_error *err)
{
    const listeners *to = user;
    lts_status status = sound_writer_append(to->writer, x, count, err);
    if (status != LTS_OK || !to->heard)
        return status;
    return interp_heard_append(to->heard, x, count, err);
}

/* The mixture's sound into a writer and, where they are wanted, its magnitudes into a file. */
static lts_status save_mixture(lts_interp *interp, const lts_interp_made *made,
                               const lts_render_config *config, const listeners *to,
                               const lts_reporter *reporter, lts_error *err)
{
    const size_t bins = lts_feature_floats(lts_renderer_feature(interp->renderer));
    const lts_render_output out = {.sink = tell_listeners, .user = (void *)to};
    lts_npy_writer *magnitudes = NULL;
    lts_mixture mixture;
    lts_status status =
        interp_mixture(interp, made->weight, config->sample, &mixture, reporter, err);
    if (status != LTS_OK)
        return status;
    if (made->magnitudes)
        status = lts_npy_writer_open(made->magnitudes, bins, &magnitudes, err);
    if (status != LTS_OK)
        return status;
    mixture.decoded = magnitudes ? append_magnitudes : NULL;
    mixture.decoded_user = magnitudes;
    status = lts_render(interp->renderer, &mixture, config, interp->samples, &out, reporter, err);
    if (status != LTS_OK || !magnitudes)
        goto done;
    status = lts_npy_writer_commit(magnitudes, err);
    magnitudes = NULL;
done:
    lts_npy_writer_abort(magnitudes);
    return status;
}

lts_status lts_interp_save(lts_interp *interp, const char *file, const lts_interp_made *made,
                           const lts_sound_output *output, const lts_reporter *reporter,
                           lts_error *err)
{
    const lts_render_config *config = made->config;
    lts_distance_stats distances = {0};
    lts_render_config measured = config ? *config : lts_render_defaults();
    measured.measured = &distances;
    char *origin = describe(interp, made->path, made->weight ? config : NULL);
    if (!origin)
        return lts_no_memory(file, err);
    const lts_sound sound = {.file = file,
                             .path = made->path,
                             .origin = origin,
                             .phase = config ? &config->phase : NULL,
                             .distance = &distances,
                             .n = interp->samples,
                             .sample_rate =
                                 lts_feature_sample_rate(lts_renderer_feature(interp->renderer))};
    const bool moved = made->weight && measured.offset;
    sound_writer *writer = NULL;
    interp_heard heard = {0};
    lts_status status = sound_writer_open(&sound, output, &writer, err);
    if (status != LTS_OK)
        goto done;
    if (moved)
        status = interp_heard_open(interp, &heard, err);
    if (status != LTS_OK)
        goto done;
    const listeners to = {writer, moved ? &heard : NULL};
    if (made->weight)
        status = save_mixture(interp, made, &measured, &to, reporter, err);
    else if (config)
        status = lts_interp_phase_only(interp, made->sound, &config->phase, sound_writer_append,
                                       writer, reporter, err);
    else
        status = lts_interp_original(interp, made->sound, sound_writer_append, writer, err);
    if (status != LTS_OK)
        goto done;
    status = sound_writer_commit(writer, reporter, err);
    writer = NULL;
    if (status != LTS_OK)
        goto done;
    if (moved)
        status = interp_report_change(interp, file, made, &heard, reporter, err);
done:
    sound_writer_abort(writer);
    interp_heard_close(&heard);
    lts_free(origin);
    return status;
}

/* Decimals that tell the values of a range apart: one, as the originals write, or as many as
 * needed. */
static int decimals(double from, double step)
{
    for (int digits = 1; digits < 6; digits++) {
        double scale = pow(10, digits);
        if (fabs(from * scale - round(from * scale)) < 1e-6 &&
            fabs(step * scale - round(step * scale)) < 1e-6)
            return digits;
    }
    return 6;
}

/* A range's sound number `index`: its file, new; NULL when memory is short. */
static char *range_file(const char *folder, int index, double alpha, int digits)
{
    char *name = lts_format("%2d-x_interpolations_%2.*f.wav", index, digits, alpha);
    char *file = name ? lts_path_join(folder, name) : NULL;
    lts_free(name);
    return file;
}

/* Without the dust of the addition, so that 1 is 1 and 0 is not -0. */
static double range_value(double from, double step, int index)
{
    return round((from + index * step) * 1e9) / 1e9 + 0.0;
}

static lts_status check_not_read(const lts_interp *interp, const char *file, lts_error *err)
{
    for (size_t s = 0; s < interp->count; s++) {
        const lts_status status = lts_check_distinct(file, interp->sounds[s].path, err);
        if (status != LTS_OK)
            return status;
    }
    return LTS_OK;
}

/* A sound of an earlier range may lie in the very folder. */
static lts_status check_range_files(const lts_interp *interp, const char *folder, double from,
                                    double step, int count, lts_error *err)
{
    for (int i = 0; i < count; i++) {
        char *file = range_file(folder, i, range_value(from, step, i), decimals(from, step));
        const lts_status status =
            file ? check_not_read(interp, file, err) : lts_no_memory(folder, err);
        lts_free(file);
        if (status != LTS_OK)
            return status;
    }
    return LTS_OK;
}

int lts_interp_range_count(double from, double to, double step)
{
    double steps = floor((to - from) / step + 1e-6);
    return step > 0 && steps >= 0 && steps <= 9999 ? (int)steps + 1 : 0;
}

lts_status lts_interp_save_range(lts_interp *interp, const char *folder, double from, double to,
                                 double step, const lts_render_config *config,
                                 const lts_sound_output *output, const lts_reporter *reporter,
                                 lts_error *err)
{
    const int count = lts_interp_range_count(from, to, step), digits = decimals(from, step);
    const size_t frames = interp->frames;
    if (count == 0)
        return lts_fail(err, LTS_ERR_ARGUMENT,
                        "alpha %g:%g:%g: give FROM:TO:STEP, rising, at most 10000 values", from, to,
                        step);
    if (interp->count != 2)
        return lts_fail(err, LTS_ERR_ARGUMENT, "a range of alpha needs two sounds, not %zu",
                        interp->count);
    float *weight = NULL;
    int i = 0;
    lts_status status = check_range_files(interp, folder, from, step, count, err);
    if (status != LTS_OK)
        goto done;
    status = lts_make_folder(folder, err);
    if (status != LTS_OK)
        goto done;
    status = lts_alloc_checked(&weight, frames, 2 * sizeof *weight, "weights", err);
    if (status != LTS_OK)
        goto done;
    const double start = lts_now();
    for (; i < count && !lts_cancelled(reporter); i++) {
        const double alpha = range_value(from, step, i);
        for (size_t t = 0; t < frames; t++) {
            weight[t] = (float)alpha;
            weight[frames + t] = (float)(1 - alpha);
        }
        char *file = range_file(folder, i, alpha, digits);
        char *path = lts_format("alpha %.*f", digits, alpha);
        const lts_interp_made made = {.path = path, .weight = weight, .config = config};
        status = file && path ? lts_interp_save(interp, file, &made, output, reporter, err)
                              : lts_no_memory(folder, err);
        lts_free(file);
        lts_free(path);
        if (status != LTS_OK)
            break;
        lts_progress(reporter, "sounds", i + 1, count, (i + 1) / (lts_now() - start));
    }
    if (status == LTS_ERR_CANCELLED || (status == LTS_OK && i < count))
        status = lts_fail(err, LTS_ERR_CANCELLED,
                          "%s: interrupted: %d of %d sounds are there and whole", folder, i, count);
done:
    lts_free(weight);
    return status;
}
