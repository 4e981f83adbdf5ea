#include "engine/live/live_parts.h"

#include <math.h>
#include <string.h>

/* A full-scale sinusoid's magnitude is below 200; what a decoder makes beyond this, far outside
 * what it learnt, is no sound. */
static const float loudest = 1e6f;

lts_status live_walk_create(const live *l, const live_start_config *config, live_walk **out,
                            lts_error *err)
{
    const size_t latent = config->loop.latent, frames = config->loop.frames;
    live_walk *w;
    *out = NULL;
    lts_status status = lts_alloc_checked(&w, 1, sizeof *w, "a voice", err);
    if (status != LTS_OK)
        return status;
    const struct {
        float **array;
        size_t count;
    } arrays[] = {
        {&w->batch, LIVE_ROWS * latent},
        {&w->magnitudes, LIVE_GROUP * l->bins},
        {&w->good, l->bins},
        {&w->z, latent},
        {&w->other, latent},
        {&w->from, latent},
        {&w->added, latent},
        {&w->add_slope, latent},
        {&w->add_goal, latent},
        {&w->latents, (size_t)LIVE_GROUP * 2 * latent},
        {&w->row, l->bins},
    };
    for (size_t i = 0; i < sizeof arrays / sizeof *arrays; i++) {
        status = lts_alloc_checked(arrays[i].array, arrays[i].count, sizeof(float), "a voice", err);
        if (status != LTS_OK)
            goto done;
    }
    status = lts_model_work_create(config->loop.model, 1, &w->work, err);
    if (status != LTS_OK)
        goto done;
    w->loop = config->loop;
    w->levels = lts_model_has_level(config->loop.model);
    w->floor = live_level_floor(&w->loop);
    w->release = config->release;
    w->user = config->user;
    w->position = config->position * (double)(frames - 1);
    w->speed = 1;
    w->distance = -1;
    memcpy(w->weight, config->weight, w->loop.sounds * sizeof(float));
    memcpy(w->goal, w->weight, sizeof w->goal);
    *out = w;
    w = NULL;
done:
    live_walk_destroy(w);
    return status;
}

void live_walk_destroy(live_walk *w)
{
    if (!w)
        return;
    lts_model_work_destroy(w->work);
    lts_free(w->batch);
    lts_free(w->magnitudes);
    lts_free(w->good);
    lts_free(w->z);
    lts_free(w->other);
    lts_free(w->from);
    lts_free(w->added);
    lts_free(w->add_slope);
    lts_free(w->add_goal);
    lts_free(w->latents);
    lts_free(w->row);
    lts_free(w);
}

/* What is heard next comes from elsewhere: it begins from the latent heard last. */
static void begin_jump(live_walk *w, size_t fade)
{
    if (!w->begun)
        return;
    memcpy(w->from, w->z, w->loop.latent * sizeof *w->from);
    w->fading = fade;
}

void live_walk_control(live_walk *w, const live_controls *controls, const live *l)
{
    w->speed = controls->speed;
    w->freeze = controls->freeze;
    if (w->law != l->law) {
        w->law = l->law;
        begin_jump(w, l->fade);
    }
    if (w->limit != l->limit) {
        w->limit = l->limit;
        begin_jump(w, l->fade);
    }
    if (w->jumps != controls->jumps) {
        w->jumps = controls->jumps;
        w->position = controls->jump * (double)(w->loop.frames - 1);
        begin_jump(w, l->fade);
    }
    if (w->alignment != controls->alignment) {
        w->alignment = controls->alignment;
        w->planned = w->seam = false;
        begin_jump(w, l->fade);
    }
    if (w->adds != controls->adds) {
        w->adds = controls->adds;
        w->adding = l->slide;
        w->adds_any = true;
        for (size_t i = 0; i < w->loop.latent; i++) {
            w->add_goal[i] = controls->offset[i];
            w->add_slope[i] = (w->add_goal[i] - w->added[i]) / (float)l->slide;
        }
    }
    if (w->reweighs != controls->reweighs) {
        w->reweighs = controls->reweighs;
        w->sliding = l->slide;
        for (size_t s = 0; s < w->loop.sounds; s++) {
            w->goal[s] = controls->weight[s];
            w->slope[s] = (w->goal[s] - w->weight[s]) / (float)l->slide;
        }
    }
}

/* The offset goes to its goal in equal steps; z is moved by it. */
static void add_offset(live_walk *w)
{
    if (!w->adds_any)
        return;
    w->adding -= w->adding > 0;
    for (size_t i = 0; i < w->loop.latent - w->levels; i++) {
        w->added[i] = w->adding ? w->added[i] + w->add_slope[i] : w->add_goal[i];
        w->z[i] += w->added[i];
    }
}

void live_walk_weigh(live_walk *w)
{
    if (w->sliding == 0)
        return;
    w->sliding--;
    for (size_t s = 0; s < w->loop.sounds; s++)
        w->weight[s] = w->sliding ? w->weight[s] + w->slope[s] : w->goal[s];
}

static void mix_frame(const live_walk *w, size_t frame, float *z)
{
    const size_t sounds = w->loop.sounds, latent = w->loop.latent;
    const float *path[LIVE_SOUNDS];
    for (size_t s = 0; s < sounds; s++)
        path[s] = w->loop.mean[s] + frame * latent;
    lts_latent_mix(path, w->weight, sounds, 1, latent, z);
    if (w->levels && w->law == LTS_LAW_LOUDNESS)
        lts_latent_mix_levels(path, w->weight, sounds, 1, latent, z);
}

LTS_CLONES static void move_linearly(float *restrict z, const float *restrict to, float part,
                                     size_t latent)
{
    for (size_t i = 0; i < latent; i++)
        z[i] += part * (to[i] - z[i]);
}

/* z moved to `to` by `part`; whatever law mixes levels, between two moments of one voice they move
 * in loudness: in dB a sound would sink far on its way into silence. */
static void move(const live_walk *w, float *z, const float *to, float part)
{
    const size_t latent = w->loop.latent;
    const float *const ends[] = {z, to};
    const float weights[] = {1 - part, part};
    move_linearly(z, to, part, w->levels ? latent - 1 : latent);
    if (w->levels)
        lts_latent_mix_levels(ends, weights, 2, 1, latent, z);
}

/* The last frame is followed by the first. */
bool live_walk_advance(live_walk *w, double pace)
{
    const double length = (double)(w->loop.frames - 1);
    if (w->freeze)
        return false;
    w->position += w->speed * pace;
    if (w->position >= 0 && w->position <= length)
        return false;
    w->position = length > 0 ? fmod(w->position, length) : 0;
    if (w->position < 0)
        w->position += length;
    return true;
}

/* A sound's own distance at a place 0 .. T-1. */
static double own_distance(const live_walk *w, size_t s, double at)
{
    const size_t frame = (size_t)at;
    const float *own = w->loop.own + s * w->loop.frames + frame;
    const double between = at - (double)frame;
    return between > 0 ? (double)own[0] + between * ((double)own[1] - (double)own[0])
                       : (double)own[0];
}

/* The distance that the mixture may have of sounds at these places: no sound is pulled, and the
 * rounding of its own distance does not pull it either. */
static double allowed(const live_walk *w, const double at[LIVE_SOUNDS])
{
    double sum = 0, weights = 0;
    for (size_t s = 0; s < w->loop.sounds; s++) {
        const double weight = (double)w->weight[s];
        if (!(weight > 0))
            continue;
        sum += weight * own_distance(w, s, at[s]);
        weights += weight;
    }
    return fmax(w->limit, sum / fmax(weights, 1) * (1 + 1e-6));
}

void live_walk_measure(live_walk *w)
{
    if (w->loop.distance)
        w->distance = (double)lts_distance_point(w->loop.distance, w->z);
}

/* z = the mixture at the position. */
static void mix_here(live_walk *w)
{
    const size_t frame = (size_t)w->position;
    const float between = (float)(w->position - (double)frame);
    live_walk_weigh(w);
    mix_frame(w, frame, w->z);
    if (between > 0) {
        mix_frame(w, frame + 1, w->other);
        move(w, w->z, w->other, between);
    }
}

void live_walk_step(live_walk *w, size_t g, size_t fade)
{
    double at[LIVE_SOUNDS];
    for (size_t s = 0; s < LIVE_SOUNDS; s++)
        at[s] = w->alignment && s < 2 ? w->plan[g].at[s] : w->position;
    if (w->alignment && w->plan[g].jump)
        begin_jump(w, fade);
    if (w->alignment)
        live_align_mix(w, g, w->z);
    else
        mix_here(w);
    add_offset(w);
    w->asked[g] = live_level_ask(w, w->alignment ? w->plan[g].weight : w->weight, at);
    if (w->limit > 0 && w->loop.distance)
        lts_distance_limit(w->loop.distance, allowed(w, at), w->z);
    if (w->fading > 0) {
        move(w, w->z, w->from, (float)w->fading / (float)(fade + 1));
        w->fading--;
    }
    w->begun = true;
    if (!w->alignment && live_walk_advance(w, 1))
        begin_jump(w, fade);
}

LTS_CLONES static bool is_sound(const float *row, size_t bins)
{
    int wrong = 0;
    for (size_t k = 0; k < bins; k++)
        wrong |= !(row[k] >= 0 && row[k] <= loudest);
    return !wrong;
}

void live_walk_accept(live_walk *w, const float *row, float *magnitudes, size_t bins)
{
    if (is_sound(row, bins))
        memcpy(w->good, row, bins * sizeof *row);
    else
        w->repeated++;
    memcpy(magnitudes, w->good, bins * sizeof *row);
}

void live_slide_to(live_slide *s, double goal, size_t steps)
{
    if (goal == s->goal)
        return;
    s->goal = goal;
    s->slope = (goal - s->value) / (double)steps;
    s->left = steps;
}

double live_slide_step(live_slide *s)
{
    if (s->left > 0) {
        s->left--;
        s->value = s->left ? s->value + s->slope : s->goal;
    }
    return s->value;
}
