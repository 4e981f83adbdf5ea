#include "engine/live/live_parts.h"

#include <math.h>
#include <string.h>

static lts_status silent(unsigned voice, lts_error *err)
{
    return lts_fail(err, LTS_ERR_NOT_FOUND, "voice %u does not sound: start it first", voice + 1);
}

typedef enum place { SPEED, GAIN, TRANSPOSE, JUMP, FREEZE } place;

static void put(live_controls *c, place where, double value)
{
    switch (where) {
    case SPEED: c->speed = value; break;
    case GAIN: c->gain = value; break;
    case TRANSPOSE: c->transpose = value; break;
    case JUMP:
        c->jump = value;
        c->jumps++;
        break;
    case FREEZE: c->freeze = value != 0; break;
    }
}

static lts_status set(live *l, unsigned voice, place where, const char *what, double value,
                      double least, double most, lts_error *err)
{
    live_voice *v = live_find(l, voice, err);
    if (!v)
        return LTS_ERR_ARGUMENT;
    if (!(value >= least && value <= most))
        return lts_fail(err, LTS_ERR_ARGUMENT, "%s %g: choose %g to %g", what, value, least, most);
    pthread_mutex_lock(&l->lock);
    const bool sounds = v->wanted;
    if (sounds)
        put(&v->controls, where, value);
    pthread_mutex_unlock(&l->lock);
    return sounds ? LTS_OK : silent(voice, err);
}

lts_status live_position(live *l, unsigned voice, double position, lts_error *err)
{
    return set(l, voice, JUMP, "position", position, 0, 1, err);
}

lts_status live_freeze(live *l, unsigned voice, bool freeze, lts_error *err)
{
    return set(l, voice, FREEZE, "freeze", freeze, 0, 1, err);
}

lts_status live_speed(live *l, unsigned voice, double speed, lts_error *err)
{
    return set(l, voice, SPEED, "speed", speed, -LIVE_MOST_SPEED, LIVE_MOST_SPEED, err);
}

lts_status live_gain(live *l, unsigned voice, double gain, lts_error *err)
{
    return set(l, voice, GAIN, "gain", gain, 0, LIVE_MOST_GAIN, err);
}

lts_status live_transpose(live *l, unsigned voice, double semitones, lts_error *err)
{
    return set(l, voice, TRANSPOSE, "transpose", semitones, -LIVE_MOST_SEMITONES,
               LIVE_MOST_SEMITONES, err);
}

void live_levels(live *l, lts_level_law law)
{
    pthread_mutex_lock(&l->lock);
    l->law = law;
    pthread_mutex_unlock(&l->lock);
}

lts_status live_weights(live *l, unsigned voice, const float *weight, size_t count, lts_error *err)
{
    live_voice *v = live_find(l, voice, err);
    if (!v)
        return LTS_ERR_ARGUMENT;
    for (size_t s = 0; s < count && s < LIVE_SOUNDS; s++)
        if (!(fabsf(weight[s]) <= LIVE_MOST_WEIGHT))
            return live_bad_weight(s, weight[s], err);
    pthread_mutex_lock(&l->lock);
    const bool sounds = v->wanted;
    const size_t expected = v->sounds;
    if (sounds && count == expected) {
        memcpy(v->controls.weight, weight, count * sizeof *weight);
        v->controls.reweighs++;
    }
    pthread_mutex_unlock(&l->lock);
    if (!sounds)
        return silent(voice, err);
    if (count != expected)
        return lts_fail(err, LTS_ERR_SHAPE, "%zu weights for a voice of %zu sounds", count,
                        expected);
    return LTS_OK;
}

lts_status live_add(live *l, unsigned voice, const float *offset, size_t latent, lts_error *err)
{
    live_voice *v = live_find(l, voice, err);
    if (!v)
        return LTS_ERR_ARGUMENT;
    pthread_mutex_lock(&l->lock);
    const bool sounds = v->wanted, fits = latent <= v->latent;
    if (sounds && fits) {
        memcpy(v->offset, offset, latent * sizeof *offset);
        v->controls.adds++;
    }
    pthread_mutex_unlock(&l->lock);
    if (!sounds)
        return silent(voice, err);
    return fits ? LTS_OK
                : lts_fail(err, LTS_ERR_SHAPE, "%zu latent dimensions for a voice of %zu", latent,
                           v->latent);
}

void live_limit(live *l, double limit)
{
    pthread_mutex_lock(&l->lock);
    l->limit = limit;
    pthread_mutex_unlock(&l->lock);
}

lts_status live_align(live *l, unsigned voice, const loop_alignment *alignment, lts_error *err)
{
    live_voice *v = live_find(l, voice, err);
    if (!v)
        return LTS_ERR_ARGUMENT;
    pthread_mutex_lock(&l->lock);
    const bool sounds = v->wanted;
    const size_t count = v->sounds;
    if (sounds && (count == 2 || !alignment))
        v->controls.alignment = alignment;
    pthread_mutex_unlock(&l->lock);
    if (!sounds)
        return silent(voice, err);
    return count == 2 || !alignment ? LTS_OK : live_bad_alignment(count, err);
}

live_gains live_take_gains(live *l)
{
    pthread_mutex_lock(&l->lock);
    const live_gains least = l->gains;
    l->gains = (live_gains){1, 1};
    pthread_mutex_unlock(&l->lock);
    return least;
}

size_t live_take_repeated(live *l, unsigned voice)
{
    pthread_mutex_lock(&l->lock);
    const size_t repeated = l->voice[voice].repeated;
    l->voice[voice].repeated = 0;
    pthread_mutex_unlock(&l->lock);
    return repeated;
}

live_status live_watch(live *l, unsigned voice)
{
    live_status now = {0};
    if (voice >= LIVE_VOICES)
        return now;
    const live_voice *v = &l->voice[voice];
    pthread_mutex_lock(&l->lock);
    if (v->wanted)
        now = (live_status){.sounding = true,
                            .sounds = v->sounds,
                            .position = v->position,
                            .speed = v->controls.speed,
                            .distance = v->distance};
    pthread_mutex_unlock(&l->lock);
    return now;
}
