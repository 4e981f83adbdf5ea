#include "lts/interp.h"

#include "pipeline/sound.h"

#include <math.h>
#include <string.h>

typedef struct sound {
    char *path;
    double offset;       /* seconds, of the frame the excerpt begins on */
    float *x;            /* the excerpt and its context */
    size_t total;        /* samples in x */
    size_t before;       /* of them in front of the excerpt */
    float *mean;         /* (T,Z) */
    float *log_variance; /* (T,Z), NULL until a path is sampled */
    lts_render_ends ends;
} sound;

struct lts_interp {
    const lts_model *model;
    lts_renderer *renderer;
    sound *sounds;
    size_t count, frames, samples;
};

/* Reads the excerpt with as much before and after it as the longest filter hears, so that its
 * frames are those of the whole file. The excerpt begins on a hop, as the originals cut it. */
static lts_status read_sound(lts_interp *interp, const lts_source *source, sound *into,
                             lts_error *err)
{
    const lts_cqt_config *config = lts_renderer_settings(interp->renderer);
    size_t hop = (size_t)config->hop, context = lts_render_context(config);
    double rate = config->sample_rate;
    size_t start = (size_t)floor(source->offset * rate + 1e-6) / hop * hop;
    size_t wanted, got;
    float *read = NULL;
    into->before = start < context ? start : context;
    into->offset = (double)start / rate;
    wanted = into->before + interp->samples;
    into->path = lts_strdup(source->path);
    if (!into->path)
        return lts_fail(err, LTS_ERR_MEMORY, "%s: out of memory", source->path);
    lts_status status = lts_audio_load(source->path, rate, (double)(start - into->before) / rate,
                                       (double)(wanted + context) / rate, &read, &got, err);
    if (status == LTS_OK && got + hop < wanted) {
        status = lts_fail(err, LTS_ERR_FORMAT,
                          "%s: cut short: its data end %.3f s before its header says so: replace "
                          "it, or take a shorter excerpt",
                          source->path, (double)(wanted - got) / rate);
        lts_free(read);
    } else if (status == LTS_OK && got < wanted) {
        /* The file may end up to a hop before the excerpt does: silence follows it. */
        status = lts_alloc_checked(&into->x, wanted, sizeof *into->x, "samples", err);
        if (status == LTS_OK)
            memcpy(into->x, read, got * sizeof *read);
        lts_free(read);
        got = wanted;
    } else {
        into->x = read;
    }
    into->total = got;
    into->ends = (lts_render_ends){.more_before = start > 0, .more_after = got >= wanted + hop};
    return status;
}

static lts_status encode_sound(lts_interp *interp, sound *into, const lts_reporter *reporter,
                               lts_error *err)
{
    size_t latent = lts_model_settings(interp->model)->latent;
    lts_status status = lts_alloc_checked(&into->mean, interp->frames, latent * sizeof(float),
                                          "a latent path", err);
    if (status == LTS_OK)
        status = lts_renderer_encode(interp->renderer, into->x, into->total, into->before,
                                     interp->samples, into->mean, NULL, reporter, err);
    return status;
}

/* Only a sampled path asks for the log-variances, a third of the encoder's work. */
static lts_status encode_log_variances(lts_interp *interp, const lts_reporter *reporter,
                                       lts_error *err)
{
    size_t latent = lts_model_settings(interp->model)->latent;
    lts_status status = LTS_OK;
    for (size_t s = 0; status == LTS_OK && s < interp->count; s++) {
        sound *of = &interp->sounds[s];
        if (of->log_variance)
            continue;
        status = lts_alloc_checked(&of->log_variance, interp->frames, latent * sizeof(float),
                                   "a latent path", err);
        if (status == LTS_OK)
            status =
                lts_renderer_encode(interp->renderer, of->x, of->total, of->before, interp->samples,
                                    of->mean, of->log_variance, reporter, err);
        if (status != LTS_OK) {
            lts_free(of->log_variance);
            of->log_variance = NULL;
        }
    }
    return status;
}

lts_status lts_interp_open(const lts_model *model, const lts_source *sources, size_t count,
                           double duration, unsigned threads, lts_interp **out,
                           const lts_reporter *reporter, lts_error *err)
{
    *out = NULL;
    lts_cqt_config config;
    size_t samples = 0;
    if (count == 0)
        return lts_fail(err, LTS_ERR_ARGUMENT, "no sounds to interpolate");
    lts_status status = lts_render_settings(model, &config, err);
    if (status == LTS_OK)
        status = lts_sound_excerpt(sources, count, duration, config.sample_rate, (size_t)config.hop,
                                   &samples, err);
    if (status != LTS_OK)
        return status;
    lts_interp *interp;
    status = lts_alloc_checked(&interp, 1, sizeof *interp, "an interpolation", err);
    if (status != LTS_OK)
        return status;
    interp->model = model;
    interp->samples = samples;
    interp->frames = lts_cqt_frames(&config, samples);
    status = lts_alloc_checked(&interp->sounds, count, sizeof *interp->sounds, "sounds", err);
    if (status == LTS_OK) {
        interp->count = count;
        status = lts_renderer_create(model, samples, threads, &interp->renderer, err);
    }
    for (size_t s = 0; status == LTS_OK && s < count; s++) {
        status = read_sound(interp, &sources[s], &interp->sounds[s], err);
        if (status == LTS_OK)
            status = encode_sound(interp, &interp->sounds[s], reporter, err);
    }
    if (status != LTS_OK) {
        lts_interp_close(interp);
        return status;
    }
    *out = interp;
    return LTS_OK;
}

void lts_interp_close(lts_interp *interp)
{
    if (!interp)
        return;
    for (size_t s = 0; s < interp->count; s++) {
        lts_free(interp->sounds[s].path);
        lts_free(interp->sounds[s].x);
        lts_free(interp->sounds[s].mean);
        lts_free(interp->sounds[s].log_variance);
    }
    lts_free(interp->sounds);
    lts_renderer_destroy(interp->renderer);
    lts_free(interp);
}

size_t lts_interp_count(const lts_interp *interp)
{
    return interp->count;
}

size_t lts_interp_frames(const lts_interp *interp)
{
    return interp->frames;
}

size_t lts_interp_samples(const lts_interp *interp)
{
    return interp->samples;
}

lts_renderer *lts_interp_renderer(lts_interp *interp)
{
    return interp->renderer;
}

const lts_model *lts_interp_model(const lts_interp *interp)
{
    return interp->model;
}

lts_source lts_interp_source(const lts_interp *interp, size_t s)
{
    return (lts_source){.path = interp->sounds[s].path, .offset = interp->sounds[s].offset};
}

const float *lts_interp_excerpt(const lts_interp *interp, size_t s)
{
    return interp->sounds[s].x + interp->sounds[s].before;
}

const float *lts_interp_mean(const lts_interp *interp, size_t s)
{
    return interp->sounds[s].mean;
}

/* A mixture goes on where any of its sounds does. */
static lts_render_ends mixture_ends(const lts_interp *interp)
{
    lts_render_ends ends = {false, false};
    for (size_t s = 0; s < interp->count; s++) {
        ends.more_before = ends.more_before || interp->sounds[s].ends.more_before;
        ends.more_after = ends.more_after || interp->sounds[s].ends.more_after;
    }
    return ends;
}

/* The sounds' paths as a mixture along `weight`; `*paths` (lts_free) holds its pointers. */
static lts_status open_mixture(lts_interp *interp, const float *weight,
                               const lts_render_config *config, const float ***paths,
                               lts_mixture *mixture, const lts_reporter *reporter, lts_error *err)
{
    *paths = NULL;
    lts_status status = config->sample ? encode_log_variances(interp, reporter, err) : LTS_OK;
    if (status == LTS_OK)
        status = lts_alloc_checked(paths, 2 * interp->count, sizeof **paths, "latent paths", err);
    if (status != LTS_OK)
        return status;
    for (size_t s = 0; s < interp->count; s++) {
        (*paths)[s] = interp->sounds[s].mean;
        (*paths)[interp->count + s] = interp->sounds[s].log_variance;
    }
    *mixture = (lts_mixture){.sounds = interp->count,
                             .frames = interp->frames,
                             .mean = *paths,
                             .log_variance = config->sample ? *paths + interp->count : NULL,
                             .weight = weight,
                             .ends = mixture_ends(interp)};
    return LTS_OK;
}

lts_status lts_interp_render_blocks(lts_interp *interp, const float *weight,
                                    const lts_render_config *config, float *x,
                                    lts_render_ready *ready, void *user,
                                    const lts_reporter *reporter, lts_error *err)
{
    const float **paths;
    lts_mixture mixture;
    lts_status status = open_mixture(interp, weight, config, &paths, &mixture, reporter, err);
    if (status == LTS_OK)
        status = lts_render_blocks(interp->renderer, &mixture, config, x, interp->samples, ready,
                                   user, reporter, err);
    lts_free(paths);
    return status;
}

lts_status lts_interp_render(lts_interp *interp, const float *weight,
                             const lts_render_config *config, float *x,
                             const lts_reporter *reporter, lts_error *err)
{
    return lts_interp_render_blocks(interp, weight, config, x, NULL, NULL, reporter, err);
}

lts_status lts_interp_retake(lts_interp *interp, const float *weight, const float *before,
                             const lts_render_config *config, float *x, size_t *first,
                             size_t *count, const lts_reporter *reporter, lts_error *err)
{
    const float **paths;
    lts_mixture mixture;
    *first = *count = 0;
    lts_status status = open_mixture(interp, weight, config, &paths, &mixture, reporter, err);
    if (status == LTS_OK)
        status = lts_render_retake(interp->renderer, &mixture, before, config, x, interp->samples,
                                   first, count, reporter, err);
    lts_free(paths);
    return status;
}

lts_status lts_interp_phase_only(lts_interp *interp, size_t s, const lts_phase_config *phase,
                                 float *x, const lts_reporter *reporter, lts_error *err)
{
    float *magnitudes;
    const sound *from = &interp->sounds[s];
    const lts_cqt_config *config = lts_renderer_settings(interp->renderer);
    size_t bins = lts_cqt_bins(config);
    lts_status status = lts_alloc_checked(&magnitudes, lts_cqt_frames(config, from->total),
                                          bins * sizeof *magnitudes, "magnitudes", err);
    if (status != LTS_OK)
        return status;
    lts_renderer_analyse(interp->renderer, from->x, from->total, magnitudes);
    status =
        lts_renderer_phase(interp->renderer, magnitudes + from->before / (size_t)config->hop * bins,
                           interp->frames, phase, x, interp->samples, reporter, err);
    lts_free(magnitudes);
    return status;
}
