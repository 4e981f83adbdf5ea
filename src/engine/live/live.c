#include "engine/live/live_parts.h"

#include <math.h>
#include <string.h>

/* Frames decoded together: as many as fit a block of the player's, for the longer the group, the
 * later a control is heard. */
enum { GROUP_SAMPLES = 256 };

static const double slide_seconds = 0.018, fade_seconds = 0.01;

static size_t frames_of(const lts_feature *feature, double seconds)
{
    double frames =
        floor(seconds * lts_feature_sample_rate(feature) / (double)lts_feature_hop(feature));
    return frames > 1 ? (size_t)frames : 1;
}

lts_status live_create(const lts_feature *feature, live **out, lts_error *err)
{
    live *l;
    *out = NULL;
    lts_status status = lts_feature_check(feature, err);
    if (status != LTS_OK)
        return status;
    status = lts_alloc_checked(&l, 1, sizeof *l, "live voices", err);
    if (status != LTS_OK)
        return status;
    pthread_mutex_init(&l->lock, NULL);
    l->bins = lts_feature_floats(feature);
    l->hop = lts_feature_hop(feature);
    l->octave = lts_feature_octave(feature);
    l->group = GROUP_SAMPLES / l->hop;
    l->group = l->group < 1 ? 1 : l->group > LIVE_GROUP ? LIVE_GROUP : l->group;
    l->slide = frames_of(feature, slide_seconds);
    l->fade = frames_of(feature, fade_seconds);
    l->rates = live_level_rates(feature);
    l->used = l->group * l->hop;
    l->gains = (live_gains){1, 1};
    l->limiter = limiter_start(lts_feature_sample_rate(feature));
    status = lts_alloc_checked(&l->ready, l->used, sizeof(float), "live voices", err);
    if (status != LTS_OK)
        goto done;
    status = lts_alloc_checked(&l->sound, l->hop, sizeof(float), "live voices", err);
    if (status != LTS_OK)
        goto done;
    status =
        lts_alloc_checked(&l->magnitudes, LIVE_ROWS * l->bins, sizeof(float), "live voices", err);
    if (status != LTS_OK)
        goto done;
    for (unsigned i = 0; i < LIVE_VOICES; i++) {
        status = lts_feature_vocoder_create(feature, i, &l->voice[i].vocoder, err);
        if (status != LTS_OK)
            goto done;
        live_level_restart(&l->voice[i].level);
    }
    l->delay = lts_vocoder_delay(l->voice[0].vocoder);
    *out = l;
    l = NULL;
done:
    live_destroy(l);
    return status;
}

/* A list of walks nobody else knows. */
static void release_walks(live_walk *w)
{
    while (w) {
        live_walk *next = w->next;
        void (*release)(void *user) = w->release;
        void *user = w->user;
        /* The walk's scratch is the model's, which may go with the loop. */
        live_walk_destroy(w);
        if (release)
            release(user);
        w = next;
    }
}

void live_destroy(live *l)
{
    if (!l)
        return;
    release_walks(l->done);
    release_walks(l->ended);
    for (unsigned i = 0; i < LIVE_VOICES; i++) {
        release_walks(l->voice[i].pending);
        release_walks(l->voice[i].walk);
        release_walks(l->voice[i].leaving);
        lts_vocoder_destroy(l->voice[i].vocoder);
        lts_free(l->voice[i].offset);
    }
    pthread_mutex_destroy(&l->lock);
    lts_free(l->ready);
    lts_free(l->sound);
    lts_free(l->magnitudes);
    lts_free(l);
}

void live_join(live *l, live_guest *add, void *user)
{
    l->guest = add;
    l->guest_user = user;
}

void live_reap(live *l)
{
    pthread_mutex_lock(&l->lock);
    live_walk *done = l->done;
    l->done = NULL;
    pthread_mutex_unlock(&l->lock);
    release_walks(done);
}

live_voice *live_find(live *l, unsigned voice, lts_error *err)
{
    if (voice < LIVE_VOICES)
        return &l->voice[voice];
    lts_fail(err, LTS_ERR_ARGUMENT, "voice %u: choose 1 to %d", voice + 1, LIVE_VOICES);
    return NULL;
}

lts_status live_bad_weight(size_t sound, float weight, lts_error *err)
{
    return lts_fail(err, LTS_ERR_ARGUMENT, "weight %zu is %g: choose %d to %d", sound + 1,
                    (double)weight, -LIVE_MOST_WEIGHT, LIVE_MOST_WEIGHT);
}

lts_status live_bad_alignment(size_t sounds, lts_error *err)
{
    return lts_fail(err, LTS_ERR_SHAPE, "%zu sounds: only two are aligned", sounds);
}

static lts_status check_range(const char *what, double value, double least, double most,
                              lts_error *err)
{
    if (value >= least && value <= most)
        return LTS_OK;
    return lts_fail(err, LTS_ERR_ARGUMENT, "%s %g: choose %g to %g", what, value, least, most);
}

static lts_status check_loop(const live *l, const loop *asked, lts_error *err)
{
    if (asked->sounds < 1 || asked->sounds > LIVE_SOUNDS)
        return lts_fail(err, LTS_ERR_ARGUMENT, "%zu sounds: a voice mixes 1 to %d", asked->sounds,
                        LIVE_SOUNDS);
    if (asked->frames < 1)
        return lts_fail(err, LTS_ERR_ARGUMENT, "a loop of no frames: choose a longer excerpt");
    const lts_model_config *model = lts_model_settings(asked->model);
    if (model->bins != l->bins)
        return lts_fail(err, LTS_ERR_SHAPE, "a model of %zu bins for voices of %zu", model->bins,
                        l->bins);
    if (lts_model_columns(asked->model) != asked->latent)
        return lts_fail(err, LTS_ERR_SHAPE, "a loop of %zu latent columns for a model of %zu",
                        asked->latent, lts_model_columns(asked->model));
    return LTS_OK;
}

static lts_status check_start(const live *l, const live_start_config *config, lts_error *err)
{
    lts_status status = check_loop(l, &config->loop, err);
    if (status != LTS_OK)
        return status;
    if (config->alignment && config->loop.sounds != 2)
        return live_bad_alignment(config->loop.sounds, err);
    for (size_t s = 0; s < config->loop.sounds; s++)
        if (!(fabsf(config->weight[s]) <= LIVE_MOST_WEIGHT))
            return live_bad_weight(s, config->weight[s], err);
    status = check_range("position", config->position, 0, 1, err);
    if (status != LTS_OK)
        return status;
    status = check_range("gain", config->gain, 0, LIVE_MOST_GAIN, err);
    if (status != LTS_OK)
        return status;
    return check_range("transpose", config->transpose, -LIVE_MOST_SEMITONES, LIVE_MOST_SEMITONES,
                       err);
}

/* What a voice needs to start; the offset is to be freed where a step fails too. */
static lts_status prepare_start(live *l, unsigned voice, const live_start_config *config,
                                live_voice **v, float **offset, live_walk **walk, lts_error *err)
{
    *v = live_find(l, voice, err);
    if (!*v)
        return LTS_ERR_ARGUMENT;
    lts_status status = check_start(l, config, err);
    if (status != LTS_OK)
        return status;
    status = lts_alloc_checked(offset, config->loop.latent, sizeof **offset, "a voice", err);
    if (status != LTS_OK)
        return status;
    return live_walk_create(l, config, walk, err);
}

lts_status live_start(live *l, unsigned voice, const live_start_config *config, lts_error *err)
{
    live_voice *v;
    live_walk *walk = NULL;
    float *offset = NULL;
    const lts_status status = prepare_start(l, voice, config, &v, &offset, &walk, err);
    live_reap(l);
    if (status != LTS_OK) {
        lts_free(offset);
        if (config->release)
            config->release(config->user);
        return status;
    }
    pthread_mutex_lock(&l->lock);
    live_walk *replaced = v->pending;
    float *before = v->offset;
    v->offset = offset;
    v->latent = config->loop.latent;
    v->pending = walk;
    v->wanted = true;
    v->sounds = config->loop.sounds;
    v->position = config->position;
    v->distance = -1;
    v->controls = (live_controls){.speed = 1,
                                  .gain = config->gain,
                                  .transpose = config->transpose,
                                  .alignment = config->alignment,
                                  .offset = offset};
    pthread_mutex_unlock(&l->lock);
    lts_free(before);
    release_walks(replaced);
    return LTS_OK;
}

lts_status live_stop(live *l, unsigned voice, lts_error *err)
{
    live_voice *v = live_find(l, voice, err);
    if (!v)
        return LTS_ERR_ARGUMENT;
    pthread_mutex_lock(&l->lock);
    const bool sounded = v->wanted;
    live_walk *dropped = v->pending;
    v->pending = NULL;
    v->wanted = false;
    pthread_mutex_unlock(&l->lock);
    release_walks(dropped);
    live_reap(l);
    if (!sounded)
        return lts_fail(err, LTS_ERR_NOT_FOUND, "voice %u does not sound", voice + 1);
    return LTS_OK;
}

void live_stop_all(live *l)
{
    for (unsigned i = 0; i < LIVE_VOICES; i++)
        live_stop(l, i, NULL);
}
