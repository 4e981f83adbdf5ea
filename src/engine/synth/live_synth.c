#include "engine/synth/live_synth_parts.h"

#include <math.h>
#include <string.h>

static const double slide_seconds = 0.018;

static bool ends_in(const char *name, const char *end)
{
    const size_t length = strlen(name), tail = strlen(end);
    return length > tail && strcmp(name + length - tail, end) == 0;
}

/* A plain tone at 440 Hz of all oscillators together, without modulation, low-pass or gater. */
static double plain(const lts_synth_space *space, size_t index, const synth_scale *s)
{
    static const struct {
        const char *name;
        double value;
    } plain_values[] = {{"attack", 0.01}, {"decay", 0.1}, {"sustain", 0.8}, {"release", 0.1},
                        {"f_cut", 4000},  {"q", 0.707},   {"f_gate", 0}};
    const lts_synth_parameter p = lts_synth_space_at(space, index);
    const size_t oscillators = lts_synth_space_settings(space)->fm.oscillators;
    double value = p.value;
    if (p.levels == 0)
        return value;
    if (ends_in(p.name, "_f"))
        value = 440;
    else if (ends_in(p.name, "_A"))
        value = 0.5 / (double)oscillators;
    for (size_t i = 0; i < sizeof plain_values / sizeof *plain_values; i++)
        if (strcmp(p.name, plain_values[i].name) == 0)
            value = plain_values[i].value;
    return fmin(fmax(value, s->least), s->most);
}

static lts_status allocate(live_synth *s, lts_error *err)
{
    static const char what[] = "a synthesizer";
    lts_status status = lts_alloc_checked(&s->scale, s->count, sizeof *s->scale, what, err);
    if (status != LTS_OK)
        return status;
    if ((status = lts_alloc_checked(&s->pitch, s->count, sizeof *s->pitch, what, err)) != LTS_OK)
        return status;
    if ((status = lts_alloc_checked(&s->goal, s->count, sizeof *s->goal, what, err)) != LTS_OK)
        return status;
    if ((status = lts_alloc_checked(&s->wanted, s->count, sizeof *s->wanted, what, err)) != LTS_OK)
        return status;
    if ((status = lts_alloc_checked(&s->glide, s->count, sizeof *s->glide, what, err)) != LTS_OK)
        return status;
    return lts_alloc_checked(&s->values, s->count, sizeof *s->values, what, err);
}

lts_status live_synth_create(const lts_synth_space *space, double sample_rate, live_synth **out,
                             lts_error *err)
{
    live_synth *s;
    *out = NULL;
    lts_status status = lts_alloc_checked(&s, 1, sizeof *s, "a synthesizer", err);
    if (status != LTS_OK)
        return status;
    pthread_mutex_init(&s->lock, NULL);
    s->rate = sample_rate;
    s->count = lts_synth_space_count(space);
    s->slide = (size_t)fmax(1, slide_seconds * sample_rate / LIVE_SYNTH_STEP);
    s->limiter = limiter_start(sample_rate);
    s->least_level = s->least_peak = 1;
    s->controls.gain = s->gain.goal = s->gain.now = 1;
    s->fade.goal = s->fade.now = 1;
    s->taken = s->controls;
    lts_synth_settings settings = *lts_synth_space_settings(space);
    settings.sample_rate = sample_rate;
    status = lts_synth_voice_create(space, sample_rate, &s->voice, err);
    if (status != LTS_OK)
        goto done;
    status = lts_synth_space_copy(space, &s->space, err);
    if (status != LTS_OK)
        goto done;
    status = lts_synth_space_set_settings(s->space, &settings, err);
    if (status != LTS_OK)
        goto done;
    status = allocate(s, err);
    if (status != LTS_OK)
        goto done;
    for (size_t p = 0; p < s->count; p++) {
        s->scale[p] = scale_of(s->space, p);
        s->pitch[p] = ends_in(lts_synth_space_at(s->space, p).name, "_f");
        s->goal[p] = plain(s->space, p, &s->scale[p]);
    }
    *out = s;
    s = NULL;
done:
    live_synth_destroy(s);
    return status;
}

void live_synth_destroy(live_synth *s)
{
    if (!s)
        return;
    lts_synth_voice_destroy(s->voice);
    lts_synth_space_destroy(s->space);
    lts_free(s->scale);
    lts_free(s->pitch);
    lts_free(s->goal);
    lts_free(s->wanted);
    lts_free(s->glide);
    lts_free(s->values);
    pthread_mutex_destroy(&s->lock);
    lts_free(s);
}

const lts_synth_space *live_synth_space(const live_synth *s)
{
    return s->space;
}

const synth_scale *live_synth_scale(const live_synth *s, size_t index)
{
    return &s->scale[index];
}

void live_synth_set(live_synth *s, const double *values)
{
    pthread_mutex_lock(&s->lock);
    memcpy(s->goal, values, s->count * sizeof *values);
    pthread_mutex_unlock(&s->lock);
}

void live_synth_get(live_synth *s, double *values)
{
    pthread_mutex_lock(&s->lock);
    memcpy(values, s->goal, s->count * sizeof *values);
    pthread_mutex_unlock(&s->lock);
}

void live_synth_move(live_synth *s, size_t index, double value)
{
    pthread_mutex_lock(&s->lock);
    s->goal[index] = value;
    pthread_mutex_unlock(&s->lock);
}

void live_synth_gain(live_synth *s, double gain)
{
    pthread_mutex_lock(&s->lock);
    s->controls.gain = gain;
    pthread_mutex_unlock(&s->lock);
}

void live_synth_transpose(live_synth *s, double semitones)
{
    pthread_mutex_lock(&s->lock);
    s->controls.semitones = semitones;
    pthread_mutex_unlock(&s->lock);
}

static void hold(live_synth *s, bool pressed, double period, double gate)
{
    pthread_mutex_lock(&s->lock);
    s->controls.pressed = pressed;
    s->controls.presses += pressed;
    s->controls.period = period;
    s->controls.gate = gate;
    pthread_mutex_unlock(&s->lock);
}

void live_synth_press(live_synth *s)
{
    hold(s, true, 0, 0);
}

void live_synth_release(live_synth *s)
{
    hold(s, false, 0, 0);
}

void live_synth_loop(live_synth *s, double period, double gate)
{
    hold(s, true, period, gate);
}

bool live_synth_silence(live_synth *s)
{
    pthread_mutex_lock(&s->lock);
    const bool sounded = s->controls.pressed || s->sounding;
    s->controls.pressed = false;
    s->controls.period = 0;
    s->controls.silences++;
    pthread_mutex_unlock(&s->lock);
    return sounded;
}

bool live_synth_active(live_synth *s)
{
    pthread_mutex_lock(&s->lock);
    const bool active = s->controls.pressed || s->sounding;
    pthread_mutex_unlock(&s->lock);
    return active;
}

void live_synth_take_gains(live_synth *s, double *level, double *peak)
{
    pthread_mutex_lock(&s->lock);
    *level = s->least_level;
    *peak = s->least_peak;
    s->least_level = s->least_peak = 1;
    pthread_mutex_unlock(&s->lock);
}
