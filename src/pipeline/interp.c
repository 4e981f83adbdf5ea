#include "lts/interp.h"

#include "pipeline/excerpt.h"
#include "pipeline/sound.h"

#include <string.h>

enum {
    ENCODED = 512
}; /* frames encoded at once; a multiple of what lts_renderer_encode asks for */

typedef struct sound {
    char *path;
    double offset; /* seconds, of the frame the excerpt begins on */
    excerpt_span span;
    lts_render_ends ends;
    float *mean;         /* (T,Z); NULL when streamed */
    float *log_variance; /* (T,Z); NULL until a path is sampled, and when streamed */
    excerpt *reading;    /* streamed: the frames from `frame` on are still to be read */
    size_t frame, have;  /* the frames of the latents at hand: frame-have .. frame-1 */
    float *chunk;        /* (2,ENCODED,Z): means, log-variances */
} sound;

struct lts_interp {
    const lts_model *model;
    lts_renderer *renderer;
    sound *sounds;
    size_t count, frames, samples;
    float *magnitudes; /* (ENCODED,K) */
};

static size_t latent_of(const lts_interp *interp)
{
    return lts_model_settings(interp->model)->latent;
}

/* Where the excerpt lies in its file, and what goes on around it. */
static lts_status place_sound(lts_interp *interp, const lts_source *source, sound *into,
                              lts_error *err)
{
    const lts_cqt_config *config = lts_renderer_settings(interp->renderer);
    lts_audio_info info;
    into->path = lts_strdup(source->path);
    if (!into->path)
        return lts_fail(err, LTS_ERR_MEMORY, "%s: out of memory", source->path);
    lts_status status = lts_audio_probe(source->path, &info, err);
    if (status != LTS_OK)
        return status;
    into->span = excerpt_span_of(config, source->offset, interp->samples);
    into->offset = (double)into->span.start / config->sample_rate;
    const double end = (double)(into->span.start + interp->samples + (size_t)config->hop);
    into->ends = (lts_render_ends){.more_before = into->span.start > 0,
                                   .more_after = info.seconds * config->sample_rate >= end};
    return LTS_OK;
}

static lts_status open_excerpt(const lts_interp *interp, const sound *of, excerpt **out,
                               lts_error *err)
{
    return excerpt_open(lts_renderer_plan(interp->renderer), of->path, of->span, out, err);
}

/* The next frames of `e`, at most ENCODED, frame `first` the first of them: mean (*count,Z),
 * log_variance (*count,Z) or NULL. */
static lts_status encode_next(lts_interp *interp, excerpt *e, size_t first, float *mean,
                              float *log_variance, size_t *count, lts_error *err)
{
    const size_t bins = lts_model_settings(interp->model)->bins, latent = latent_of(interp);
    const float *rows;
    *count = 0;
    for (size_t got = 1; got > 0 && *count < ENCODED; *count += got) {
        lts_status status = excerpt_rows(e, ENCODED - *count, &rows, &got, err);
        if (status != LTS_OK)
            return status;
        memcpy(interp->magnitudes + *count * bins, rows, got * bins * sizeof *rows);
    }
    lts_renderer_encode(interp->renderer, interp->magnitudes, *count, mean, log_variance);
    lts_status status = excerpt_check(e, mean, first, *count, latent, "latents", err);
    if (status == LTS_OK && log_variance)
        status = excerpt_check(e, log_variance, first, *count, latent, "latents", err);
    return status;
}

/* All of a sound: mean (T,Z), log_variance (T,Z) or NULL. */
static lts_status encode_sound(lts_interp *interp, const sound *of, float *mean,
                               float *log_variance, const lts_reporter *reporter, lts_error *err)
{
    const size_t latent = latent_of(interp);
    excerpt *e = NULL;
    lts_status status = open_excerpt(interp, of, &e, err);
    for (size_t t = 0, count; status == LTS_OK && t < interp->frames; t += count) {
        status = encode_next(interp, e, t, mean + t * latent,
                             log_variance ? log_variance + t * latent : NULL, &count, err);
        if (status == LTS_OK && lts_cancelled(reporter))
            status = lts_fail(err, LTS_ERR_CANCELLED, "cancelled before the render");
    }
    excerpt_close(e);
    return status;
}

static lts_status encode_means(lts_interp *interp, sound *into, const lts_reporter *reporter,
                               lts_error *err)
{
    lts_status status = lts_alloc_checked(&into->mean, interp->frames,
                                          latent_of(interp) * sizeof(float), "a latent path", err);
    if (status == LTS_OK)
        status = encode_sound(interp, into, into->mean, NULL, reporter, err);
    return status;
}

/* Only a sampled path asks for the log-variances, a third of the encoder's work. */
static lts_status encode_log_variances(lts_interp *interp, const lts_reporter *reporter,
                                       lts_error *err)
{
    lts_status status = LTS_OK;
    for (size_t s = 0; status == LTS_OK && s < interp->count; s++) {
        sound *of = &interp->sounds[s];
        if (of->log_variance)
            continue;
        status = lts_alloc_checked(&of->log_variance, interp->frames,
                                   latent_of(interp) * sizeof(float), "a latent path", err);
        if (status == LTS_OK)
            status = encode_sound(interp, of, of->mean, of->log_variance, reporter, err);
        if (status != LTS_OK) {
            lts_free(of->log_variance);
            of->log_variance = NULL;
        }
    }
    return status;
}

/* A lts_render_path of an interpolation that keeps none. */
static lts_status read_path(void *user, size_t which, size_t first, size_t count, float *mean,
                            float *log_variance, lts_error *err)
{
    lts_interp *interp = user;
    sound *of = &interp->sounds[which];
    const size_t latent = latent_of(interp), row = latent * sizeof(float);
    float *spread = log_variance ? of->chunk + ENCODED * latent : NULL;
    if (first == 0) {
        excerpt_close(of->reading);
        of->reading = NULL;
        of->frame = of->have = 0;
        lts_status status = open_excerpt(interp, of, &of->reading, err);
        if (status != LTS_OK)
            return status;
    }
    for (size_t done = 0; done < count;) {
        if (first + done == of->frame) {
            lts_status status =
                encode_next(interp, of->reading, of->frame, of->chunk, spread, &of->have, err);
            if (status != LTS_OK)
                return status;
            of->frame += of->have;
        }
        const size_t at = first + done - (of->frame - of->have);
        const size_t here = of->have - at < count - done ? of->have - at : count - done;
        memcpy(mean + done * latent, of->chunk + at * latent, here * row);
        if (log_variance)
            memcpy(log_variance + done * latent, spread + at * latent, here * row);
        done += here;
    }
    return LTS_OK;
}

/* Everything but the sounds' latents. */
static lts_status create(const lts_model *model, const lts_source *sources, size_t count,
                         double duration, unsigned threads, lts_interp **out, lts_error *err)
{
    lts_cqt_config config;
    lts_interp *interp = NULL;
    size_t samples = 0;
    *out = NULL;
    if (count == 0)
        return lts_fail(err, LTS_ERR_ARGUMENT, "no sounds to interpolate");
    lts_status status = lts_render_settings(model, &config, err);
    if (status == LTS_OK)
        status = lts_sound_excerpt(sources, count, duration, config.sample_rate, (size_t)config.hop,
                                   &samples, err);
    if (status == LTS_OK)
        status = lts_alloc_checked(&interp, 1, sizeof *interp, "an interpolation", err);
    if (status != LTS_OK)
        return status;
    *interp = (lts_interp){
        .model = model, .samples = samples, .frames = lts_cqt_frames(&config, samples)};
    status = lts_alloc_checked(&interp->sounds, count, sizeof *interp->sounds, "sounds", err);
    if (status == LTS_OK) {
        interp->count = count;
        status = lts_renderer_create(model, samples, threads, &interp->renderer, err);
    }
    if (status == LTS_OK)
        status = lts_alloc_checked(&interp->magnitudes, ENCODED,
                                   lts_cqt_bins(&config) * sizeof(float), "magnitudes", err);
    for (size_t s = 0; status == LTS_OK && s < count; s++)
        status = place_sound(interp, &sources[s], &interp->sounds[s], err);
    if (status != LTS_OK) {
        lts_interp_close(interp);
        return status;
    }
    *out = interp;
    return LTS_OK;
}

static lts_status keep_paths(lts_interp *interp, const lts_reporter *reporter, lts_error *err)
{
    lts_status status = LTS_OK;
    for (size_t s = 0; status == LTS_OK && s < interp->count; s++)
        status = encode_means(interp, &interp->sounds[s], reporter, err);
    return status;
}

lts_status lts_interp_open(const lts_model *model, const lts_source *sources, size_t count,
                           double duration, unsigned threads, lts_interp **out,
                           const lts_reporter *reporter, lts_error *err)
{
    lts_status status = create(model, sources, count, duration, threads, out, err);
    if (status == LTS_OK)
        status = keep_paths(*out, reporter, err);
    if (status != LTS_OK) {
        lts_interp_close(*out);
        *out = NULL;
    }
    return status;
}

lts_status lts_interp_open_stream(const lts_model *model, const lts_source *sources, size_t count,
                                  double duration, unsigned threads, size_t most, lts_interp **out,
                                  const lts_reporter *reporter, lts_error *err)
{
    lts_status status = create(model, sources, count, duration, threads, out, err);
    if (status != LTS_OK)
        return status;
    lts_interp *interp = *out;
    const size_t row = latent_of(interp) * sizeof(float);
    if (interp->frames <= most / row / count)
        status = keep_paths(interp, reporter, err);
    else
        for (size_t s = 0; status == LTS_OK && s < count; s++)
            status = lts_alloc_checked(&interp->sounds[s].chunk, (size_t)2 * ENCODED, row,
                                       "a latent path", err);
    if (status != LTS_OK) {
        lts_interp_close(interp);
        *out = NULL;
    }
    return status;
}

void lts_interp_close(lts_interp *interp)
{
    if (!interp)
        return;
    for (size_t s = 0; s < interp->count; s++) {
        excerpt_close(interp->sounds[s].reading);
        lts_free(interp->sounds[s].path);
        lts_free(interp->sounds[s].mean);
        lts_free(interp->sounds[s].log_variance);
        lts_free(interp->sounds[s].chunk);
    }
    lts_free(interp->sounds);
    lts_free(interp->magnitudes);
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
    const bool streamed = interp->sounds[0].chunk;
    lts_status status = LTS_OK;
    *paths = NULL;
    *mixture = (lts_mixture){.sounds = interp->count,
                             .frames = interp->frames,
                             .weight = weight,
                             .ends = mixture_ends(interp)};
    if (streamed) {
        mixture->path = read_path;
        mixture->path_user = interp;
        return LTS_OK;
    }
    if (config->sample)
        status = encode_log_variances(interp, reporter, err);
    if (status == LTS_OK)
        status = lts_alloc_checked(paths, 2 * interp->count, sizeof **paths, "latent paths", err);
    if (status != LTS_OK)
        return status;
    for (size_t s = 0; s < interp->count; s++) {
        (*paths)[s] = interp->sounds[s].mean;
        (*paths)[interp->count + s] = interp->sounds[s].log_variance;
    }
    mixture->mean = *paths;
    mixture->log_variance = config->sample ? *paths + interp->count : NULL;
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

lts_status lts_interp_render_stream(lts_interp *interp, const float *weight,
                                    const lts_render_config *config, lts_render_sink *sink,
                                    void *user, const lts_reporter *reporter, lts_error *err)
{
    const float **paths;
    lts_mixture mixture;
    lts_status status = open_mixture(interp, weight, config, &paths, &mixture, reporter, err);
    if (status == LTS_OK)
        status = lts_render_stream(interp->renderer, &mixture, config, interp->samples, sink, user,
                                   reporter, err);
    lts_free(paths);
    return status;
}

lts_status lts_interp_retake(lts_interp *interp, const float *weight, const float *before,
                             const lts_render_config *config, float *x, size_t *first,
                             size_t *count, const lts_reporter *reporter, lts_error *err)
{
    const float **paths;
    lts_mixture mixture;
    *first = *count = 0;
    if (interp->sounds[0].chunk)
        return lts_fail(err, LTS_ERR_ARGUMENT, "retake: the sounds' paths were not kept");
    lts_status status = open_mixture(interp, weight, config, &paths, &mixture, reporter, err);
    if (status == LTS_OK)
        status = lts_render_retake(interp->renderer, &mixture, before, config, x, interp->samples,
                                   first, count, reporter, err);
    lts_free(paths);
    return status;
}

/* The magnitudes of an excerpt, as lts_render_rows. */
static lts_status read_rows(void *user, size_t first, size_t count, float *magnitudes,
                            lts_error *err)
{
    excerpt *e = user;
    const size_t bins = excerpt_bins(e);
    const float *rows;
    (void)first;
    for (size_t done = 0, got; done < count; done += got) {
        lts_status status = excerpt_rows(e, count - done, &rows, &got, err);
        if (status != LTS_OK)
            return status;
        memcpy(magnitudes + done * bins, rows, got * bins * sizeof *rows);
    }
    return LTS_OK;
}

lts_status lts_interp_phase_only(lts_interp *interp, size_t s, const lts_phase_config *phase,
                                 lts_render_sink *sink, void *user, const lts_reporter *reporter,
                                 lts_error *err)
{
    const sound *of = &interp->sounds[s];
    excerpt *e = NULL;
    lts_status status = open_excerpt(interp, of, &e, err);
    if (status == LTS_OK)
        status = lts_render_rows_stream(interp->renderer, read_rows, e, interp->frames, of->ends,
                                        phase, interp->samples, sink, user, reporter, err);
    excerpt_close(e);
    return status;
}

lts_status lts_interp_original(const lts_interp *interp, size_t s, lts_render_sink *sink,
                               void *user, lts_error *err)
{
    const sound *of = &interp->sounds[s];
    return excerpt_samples(lts_renderer_settings(interp->renderer), of->path, of->span, sink, user,
                           err);
}
