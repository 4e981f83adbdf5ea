#include "engine/synth/live_synth_parts.h"

#include <math.h>
#include <string.h>

static const synth_scale linear = {.least = -1e9, .most = 1e9};

static void glide_to(glide *g, double goal, size_t steps)
{
    if (goal == g->goal)
        return;
    g->from = g->now;
    g->goal = goal;
    g->left = steps;
}

static void glide_at_once(glide *g, double goal)
{
    g->now = g->goal = goal;
    g->left = 0;
}

static double glide_step(glide *g, const synth_scale *s, size_t steps)
{
    if (g->left > 0) {
        g->left--;
        g->now = scale_mix(s, g->goal, g->from, 1 - (double)g->left / (double)steps);
    }
    return g->now;
}

/* From silence a note begins with all as it is asked for. */
static void begin(live_synth *s)
{
    lts_synth_voice_reset(s->voice);
    for (size_t p = 0; p < s->count; p++)
        glide_at_once(&s->glide[p], s->wanted[p]);
    glide_at_once(&s->gain, s->taken.gain);
    glide_at_once(&s->semitones, s->taken.semitones);
    glide_at_once(&s->fade, 1);
    s->ending = false;
}

static void press(live_synth *s)
{
    if (!lts_synth_voice_active(s->voice))
        begin(s);
    /* A note that is asked for while another one is made silent. */
    s->ending = false;
    glide_to(&s->fade, 1, s->slide);
    lts_synth_voice_key(s->voice, true);
    s->down = true;
}

static void release(live_synth *s)
{
    if (s->down)
        lts_synth_voice_key(s->voice, false);
    s->down = false;
}

/* Takes up what has changed since the fill before. */
static void exchange(live_synth *s)
{
    pthread_mutex_lock(&s->lock);
    const live_synth_controls before = s->taken;
    s->taken = s->controls;
    memcpy(s->wanted, s->goal, s->count * sizeof *s->goal);
    pthread_mutex_unlock(&s->lock);
    if (s->taken.silences != before.silences) {
        s->ending = true;
        glide_to(&s->fade, 0, s->slide);
    }
    if (s->taken.presses != before.presses) {
        s->clock = 0;
        press(s);
    }
    if (!s->taken.pressed)
        release(s);
    for (size_t p = 0; p < s->count; p++)
        glide_to(&s->glide[p], s->wanted[p], s->slide);
    glide_to(&s->gain, s->taken.gain, s->slide);
    glide_to(&s->semitones, s->taken.semitones, s->slide);
}

/* The loop's key, and how many samples it stays as it is, at most n. */
static size_t run_loop(live_synth *s, size_t n)
{
    if (!(s->taken.period > 0))
        return n;
    const double period = fmax(1, s->taken.period * s->rate), gate = s->taken.gate * s->rate;
    if (s->clock >= period) {
        s->clock -= period;
        release(s);
        press(s);
    }
    if (s->clock >= gate)
        release(s);
    const double until = s->clock < gate && gate < period ? gate : period;
    const double left = ceil(until - s->clock);
    return left < (double)n ? (size_t)fmax(1, left) : n;
}

/* A step of at most LIVE_SYNTH_STEP samples. */
static void step(live_synth *s, float *x, size_t n)
{
    float y[LIVE_SYNTH_STEP];
    const double before = s->gain.now * s->fade.now;
    const double ratio = exp2(glide_step(&s->semitones, &linear, s->slide) / 12);
    for (size_t p = 0; p < s->count; p++) {
        s->values[p] = glide_step(&s->glide[p], &s->scale[p], s->slide);
        if (s->pitch[p])
            s->values[p] = fmin(s->values[p] * ratio, s->scale[p].most);
    }
    const double after =
        glide_step(&s->gain, &linear, s->slide) * glide_step(&s->fade, &linear, s->slide);
    lts_synth_voice_process(s->voice, s->values, y, n);
    for (size_t i = 0; i < n; i++)
        x[i] += y[i] * (float)(before + (after - before) * (double)(i + 1) / (double)n);
    if (s->ending && s->fade.left == 0) {
        lts_synth_voice_reset(s->voice);
        s->ending = false;
        s->down = false;
    }
}

void live_synth_fill(void *synth, float *x, size_t n)
{
    live_synth *s = synth;
    exchange(s);
    for (size_t done = 0; done < n;) {
        const size_t rest = n - done < LIVE_SYNTH_STEP ? n - done : LIVE_SYNTH_STEP;
        const size_t part = run_loop(s, rest);
        if (s->down || lts_synth_voice_active(s->voice))
            step(s, x + done, part);
        s->clock += (double)part;
        done += part;
    }
    const bool sounding = s->down || s->taken.period > 0 || lts_synth_voice_active(s->voice);
    pthread_mutex_lock(&s->lock);
    s->sounding = sounding;
    pthread_mutex_unlock(&s->lock);
}

void live_synth_play(live_synth *s, float *x, size_t n)
{
    enum { PART = 256 };
    float y[PART];
    for (size_t done = 0; done < n; done += PART) {
        const size_t part = n - done < PART ? n - done : PART;
        memset(y, 0, part * sizeof *y);
        live_synth_fill(s, y, part);
        limiter_run(&s->limiter, y, part);
        for (size_t i = 0; i < part; i++)
            x[done + i] += y[i];
    }
    pthread_mutex_lock(&s->lock);
    s->least_level = fmin(s->least_level, s->limiter.least_level);
    s->least_peak = fmin(s->least_peak, s->limiter.least_peak);
    pthread_mutex_unlock(&s->lock);
    s->limiter.least_level = s->limiter.least_peak = 1;
}
