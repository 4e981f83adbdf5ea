#include "engine/live/live_parts.h"

#include <math.h>
#include <string.h>

static void end_walk(live *l, live_walk **walk)
{
    if (!*walk)
        return;
    (*walk)->next = l->ended;
    l->ended = *walk;
    *walk = NULL;
}

/* A pending walk begins, unless the voice is still going over from the one before. */
static void apply_pending(live *l, live_voice *v, unsigned number)
{
    if (!v->pending || v->leaving)
        return;
    if (v->walk) {
        v->leaving = v->walk;
        v->crossing = l->slide;
    } else {
        lts_vocoder_restart(v->vocoder, number);
        live_level_restart(&v->level);
        v->gain = (live_slide){0};
        v->transpose = (live_slide){.value = v->controls.transpose, .goal = v->controls.transpose};
    }
    v->walk = v->pending;
    v->pending = NULL;
    v->stopping = false;
}

/* With the lock held: takes up what has changed since the block before, and says how things are. */
static void exchange(live *l)
{
    while (l->ended) {
        live_walk *w = l->ended;
        l->ended = w->next;
        w->next = l->done;
        l->done = w;
    }
    l->gains.level = fmin(l->gains.level, l->limiter.least_level);
    l->gains.peak = fmin(l->gains.peak, l->limiter.least_peak);
    l->limiter.least_level = l->limiter.least_peak = 1;
    for (unsigned i = 0; i < LIVE_VOICES; i++) {
        live_voice *v = &l->voice[i];
        apply_pending(l, v, i);
        if (!v->walk)
            continue;
        v->repeated += v->walk->repeated;
        v->walk->repeated = 0;
        if (!v->wanted && !v->stopping) {
            v->stopping = true;
            live_slide_to(&v->gain, 0, l->slide);
        }
        if (v->pending || v->stopping)
            continue;
        live_walk_control(v->walk, &v->controls, l);
        live_slide_to(&v->gain, v->controls.gain, l->slide);
        live_slide_to(&v->transpose, v->controls.transpose, l->slide);
        v->position =
            v->walk->loop.frames > 1 ? v->walk->position / (double)(v->walk->loop.frames - 1) : 0;
        v->distance = v->walk->distance;
    }
}

void live_fill(live *l, float *x, size_t count)
{
    pthread_mutex_lock(&l->lock);
    exchange(l);
    pthread_mutex_unlock(&l->lock);
    const size_t whole = l->group * l->hop;
    while (count > 0) {
        if (l->used == whole) {
            live_group(l);
            limiter_run(&l->limiter, l->ready, whole);
            l->used = 0;
        }
        size_t part = whole - l->used < count ? whole - l->used : count;
        for (size_t i = 0; i < part; i++)
            x[i] += l->ready[l->used + i];
        l->used += part;
        x += part;
        count -= part;
    }
}

/* All walks of the model of walks[first] are decoded by its scratch, in one batch. */
static void decode_model(live *l, live_walk **walks, size_t count, size_t first)
{
    live_walk *host = walks[first];
    const lts_model *model = host->loop.model;
    const size_t latent = host->loop.latent, group = l->group;
    size_t rows = 0;
    live_align_group(l, host, walks + first, count - first);
    for (size_t g = 0; g < group; g++)
        for (size_t i = first; i < count; i++)
            if (walks[i] && walks[i]->loop.model == model) {
                live_walk_step(walks[i], g, l->fade);
                memcpy(host->batch + rows++ * latent, walks[i]->z, latent * sizeof(float));
                if (g + 1 == group)
                    live_walk_measure(walks[i]);
            }
    lts_model_decode(model, host->work, host->batch, rows, l->magnitudes);
    rows = 0;
    for (size_t g = 0; g < group; g++)
        for (size_t i = first; i < count; i++)
            if (walks[i] && walks[i]->loop.model == model)
                live_walk_accept(walks[i], l->magnitudes + rows++ * l->bins,
                                 walks[i]->magnitudes + g * l->bins, l->bins);
    for (size_t i = count; i-- > first;)
        if (walks[i] && walks[i]->loop.model == model)
            walks[i] = NULL;
}

static void decode_all(live *l)
{
    live_walk *walks[2 * LIVE_VOICES];
    size_t count = 0;
    for (size_t i = 0; i < LIVE_VOICES; i++) {
        if (l->voice[i].walk)
            walks[count++] = l->voice[i].walk;
        if (l->voice[i].leaving)
            walks[count++] = l->voice[i].leaving;
    }
    for (size_t i = 0; i < count; i++)
        if (walks[i])
            decode_model(l, walks, count, i);
}

LTS_CLONES static void add_ramp(const float *restrict sound, float from, float slope,
                                float *restrict x, size_t hop)
{
    for (size_t i = 0; i < hop; i++)
        x[i] += sound[i] * (from + slope * (float)(int)i);
}

/* The loop being left and the one gone over to, mixed. */
static void mix_leaving(const live *l, const live_voice *v, size_t g)
{
    float *m = v->walk->magnitudes + g * l->bins;
    const float *old = v->leaving->magnitudes + g * l->bins;
    const float part = (float)v->crossing / (float)(l->slide + 1);
    for (size_t k = 0; k < l->bins; k++)
        m[k] += part * (old[k] - m[k]);
    v->walk->asked[g] = live_level_cross(v->walk->asked[g], v->leaving->asked[g], (double)part);
}

static void sound_voice(live *l, live_voice *v)
{
    for (size_t g = 0; g < l->group && v->walk; g++) {
        if (v->leaving && v->crossing > 0) {
            mix_leaving(l, v, g);
            v->crossing--;
        }
        const double before = v->gain.value * v->level.factor;
        const double semitones = live_slide_step(&v->transpose);
        lts_vocoder_frame(v->vocoder, v->walk->magnitudes + g * l->bins, semitones, l->sound);
        const double gain =
            live_slide_step(&v->gain) * live_level_step(l, &v->level, v->walk->asked[g], l->sound);
        add_ramp(l->sound, (float)before, (float)((gain - before) / (double)l->hop),
                 l->ready + g * l->hop, l->hop);
        if (v->stopping && v->gain.left == 0) {
            end_walk(l, &v->leaving);
            end_walk(l, &v->walk);
        }
    }
    if (v->leaving && v->crossing == 0)
        end_walk(l, &v->leaving);
}

void live_group(live *l)
{
    memset(l->ready, 0, l->group * l->hop * sizeof *l->ready);
    decode_all(l);
    for (size_t i = 0; i < LIVE_VOICES; i++)
        if (l->voice[i].walk)
            sound_voice(l, &l->voice[i]);
    if (l->guest)
        l->guest(l->guest_user, l->ready, l->group * l->hop);
}
