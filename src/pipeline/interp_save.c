#include "lts/interp.h"

#include <math.h>
#include <string.h>

static const char *init_name(lts_phase_init init)
{
    return init == LTS_PHASE_PGHI ? "pghi" : init == LTS_PHASE_RANDOM ? "random" : "zero";
}

/* Everything needed to make the sound again, for the file's comment. */
static char *describe(const lts_interp *interp, const char *path, const lts_render_config *config)
{
    char *text = lts_format("latent-timbre %s, model %s", LTS_VERSION,
                            lts_model_hash(lts_interp_model(interp)));
    for (size_t s = 0; text && s < lts_interp_count(interp); s++) {
        lts_source source = lts_interp_source(interp, s);
        char *longer = lts_format("%s, sound %zu %s@%g", text, s + 1, source.path, source.offset);
        lts_free(text);
        text = longer;
    }
    if (!text)
        return NULL;
    char *whole = lts_format("%s, %s, phase %s %d iterations seed %llu%s", text, path,
                             init_name(config->phase.init), config->phase.iterations,
                             (unsigned long long)config->phase.seed,
                             config->sample ? ", latent path sampled" : "");
    lts_free(text);
    return whole;
}

lts_status lts_interp_save(lts_interp *interp, const char *file, float *x, const char *path,
                           const lts_render_config *config, const lts_interp_output *output,
                           const lts_reporter *reporter, lts_error *err)
{
    size_t n = lts_interp_samples(interp), clipped = 0;
    float peak = 0;
    if (output->normalize)
        lts_normalize(x, n);
    for (size_t i = 0; i < n; i++) {
        peak = fmaxf(peak, fabsf(x[i]));
        clipped += fabsf(x[i]) > 1;
    }
    char *comment = describe(interp, path, config);
    if (!comment)
        return lts_fail(err, LTS_ERR_MEMORY, "%s: out of memory", file);
    double rate = lts_renderer_settings(lts_interp_renderer(interp))->sample_rate;
    lts_audio_format format = {.sample_rate = rate, .bits = output->bits, .comment = comment};
    lts_status status = lts_audio_save(file, x, n, &format, err);
    lts_free(comment);
    if (status != LTS_OK)
        return status;
    if (clipped && output->bits != LTS_AUDIO_FLOAT)
        lts_message(reporter, LTS_LEVEL_WARNING,
                    "%s: %zu samples were clipped (peak %.2f): use --normalize or --bits 32f", file,
                    clipped, (double)peak);
    lts_field fields[] = {{.name = "file", .text = file},
                          {.name = "path", .text = path},
                          {.name = "seconds", .number = (double)n / rate},
                          {.name = "peak", .number = peak}};
    lts_record(reporter, "sound", fields, sizeof fields / sizeof *fields);
    return LTS_OK;
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

static lts_status save_alpha(lts_interp *interp, const char *folder, int index, double alpha,
                             int digits, float *weight, float *x, const lts_render_config *config,
                             const lts_interp_output *output, const lts_reporter *reporter,
                             lts_error *err)
{
    size_t frames = lts_interp_frames(interp);
    for (size_t t = 0; t < frames; t++) {
        weight[t] = (float)alpha;
        weight[frames + t] = (float)(1 - alpha);
    }
    char *file = lts_format("%s/%2d-x_interpolations_%2.*f.wav", folder, index, digits, alpha);
    char *path = lts_format("alpha %.*f", digits, alpha);
    lts_status status = LTS_OK;
    if (!file || !path)
        status = lts_fail(err, LTS_ERR_MEMORY, "%s: out of memory", folder);
    if (status == LTS_OK)
        status = lts_interp_render(interp, weight, config, x, reporter, err);
    if (status == LTS_OK)
        status = lts_interp_save(interp, file, x, path, config, output, reporter, err);
    lts_free(file);
    lts_free(path);
    return status;
}

lts_status lts_interp_save_range(lts_interp *interp, const char *folder, double from, double to,
                                 double step, const lts_render_config *config,
                                 const lts_interp_output *output, const lts_reporter *reporter,
                                 lts_error *err)
{
    if (!(step > 0) || !(to >= from) || (to - from) / step > 9999)
        return lts_fail(err, LTS_ERR_ARGUMENT,
                        "alpha %g:%g:%g: give FROM:TO:STEP, rising, at most 10000 values", from, to,
                        step);
    if (lts_interp_count(interp) != 2)
        return lts_fail(err, LTS_ERR_ARGUMENT, "a range of alpha needs two sounds, not %zu",
                        lts_interp_count(interp));
    int count = (int)floor((to - from) / step + 1e-6) + 1;
    float *weight = NULL, *x = NULL;
    lts_status status = lts_make_folder(folder, err);
    if (status == LTS_OK)
        status = lts_alloc_checked(&weight, lts_interp_frames(interp), 2 * sizeof *weight,
                                   "weights", err);
    if (status == LTS_OK)
        status = lts_alloc_checked(&x, lts_interp_samples(interp), sizeof *x, "samples", err);
    double start = lts_now();
    for (int i = 0; status == LTS_OK && i < count; i++) {
        if (lts_cancelled(reporter)) {
            status = lts_fail(err, LTS_ERR_CANCELLED, "stopped after %d of %d sounds", i, count);
            break;
        }
        status = save_alpha(interp, folder, i, from + i * step, decimals(from, step), weight, x,
                            config, output, reporter, err);
        lts_progress(reporter, "sounds", i + 1, count, (i + 1) / (lts_now() - start));
    }
    lts_free(weight);
    lts_free(x);
    return status;
}
