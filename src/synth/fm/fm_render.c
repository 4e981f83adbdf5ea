/* Whole sounds of the frequency-modulation synthesizer, in blocks. */
#include "synth/fm/decimator.h"
#include "synth/fm/fm.h"
#include "synth/fm/waves.h"

#include <string.h>

enum { BLOCK = 256, TURNS = BLOCK + 1 };

/* How far into a period a jump is seen early, so that a sample on it falls behind it, whatever the
 * rounding: at f = 440 Hz without modulation, and at 16,384 Hz, every 2048th sample is on one. */
static const double ahead = 1e-9;

typedef struct fm_renderer {
    lts_synth_settings settings;
    size_t samples;
    bool smooth;
    double taps[DECIMATOR_TAPS];
    /* cos and sin of 2 pi v i / rate for i = 0 .. BLOCK, of one modulator at a time; and of all of
     * them where the block in work begins. */
    double cosine[LTS_SYNTH_OSCILLATORS + 1][TURNS], sine[LTS_SYNTH_OSCILLATORS + 1][TURNS];
    double phase[BLOCK], step[BLOCK], sum[DECIMATOR_HISTORY + BLOCK], y[BLOCK + 2];
} fm_renderer;

/* A sine that runs along: its turns of a block's samples, and where the block begins. */
typedef struct turning {
    const double *cosine, *sine;
    double c, s;
} turning;

/* Doubles what is known of the table until it is full: cos(a + b) and sin(a + b). */
LTS_CLONES static void fill_turns(double frequency, double rate, double *cosine, double *sine)
{
    cosine[0] = 1;
    sine[0] = 0;
    for (int known = 1; known < TURNS; known *= 2) {
        const double angle = 6.283185307179586 * frequency * known / rate;
        const double c = cos(angle), s = sin(angle);
        const int more = known < TURNS - known ? known : TURNS - known;
#pragma omp simd
        for (int i = 0; i < more; i++) {
            cosine[known + i] = cosine[i] * c - sine[i] * s;
            sine[known + i] = sine[i] * c + cosine[i] * s;
        }
    }
}

static turning turn_from(double *cosine, double *sine, double frequency, double rate, double first)
{
    const double angle = 6.283185307179586 * frequency * first / rate;
    fill_turns(frequency, rate, cosine, sine);
    return (turning){cosine, sine, cos(angle), sin(angle)};
}

static void turn_on(turning *t)
{
    const double c = t->c * t->cosine[BLOCK] - t->s * t->sine[BLOCK];
    t->s = t->s * t->cosine[BLOCK] + t->c * t->sine[BLOCK];
    t->c = c;
}

typedef struct oscillator {
    double f, amplitude, deviation, depth, phase; /* depth: B / (2 pi v) */
    lts_synth_wave wave;
    turning modulator;
} oscillator;

/* phase = f t + B / (2 pi v) (1 - cos 2 pi v t), and its change a sample, for the BLOCK samples
 * from `first` on. */
SYNTH_INLINE void modulate(const oscillator *o, double first, double rate, double *phase,
                           double *step)
{
    const double *cosine = o->modulator.cosine, *sine = o->modulator.sine;
    const double c = o->modulator.c, s = o->modulator.s, period = 1 / rate;
    const double f = o->f, depth = o->depth, deviation = o->deviation, begin = o->phase;
#pragma omp simd
    for (int i = 0; i < BLOCK; i++) {
        const double turned = c * cosine[i] - s * sine[i];
        phase[i] = f * ((first + i) * period) + depth * (1 - turned) + begin;
        step[i] = (f + deviation * (s * cosine[i] + c * sine[i])) * period;
    }
}

/* The sum of all oscillators for a block. */
LTS_CLONES static void sum_block(const oscillator *o, size_t count, double first, double rate,
                                 bool smooth, double *phase, double *step, double *sum)
{
    memset(sum, 0, BLOCK * sizeof *sum);
    for (size_t w = 0; w < count; w++) {
        modulate(&o[w], first, rate, phase, step);
        wave_add_any(phase, step, o[w].amplitude, 0, o[w].wave, smooth, sum, BLOCK);
    }
}

/* x times the envelope at (first + i) / rate. */
LTS_CLONES static void shape_block(const fm_envelope *e, double gate, double first, double rate,
                                   double *x)
{
    const double per_attack = e->attack > 0 ? 1 / e->attack : 0;
    const double fall = e->decay > 0 ? (1 - e->sustain) / e->decay : 0;
    const double per_release = e->release > 0 ? 1 / e->release : 0;
    const double left = fm_held(e, gate), attack = e->attack, decayed = e->attack + e->decay;
    const double sustain = e->sustain, after = e->release > 0 ? left : 0;
#pragma omp simd
    for (int i = 0; i < BLOCK; i++) {
        const double t = (first + i) / rate;
        const double held = t < attack    ? t * per_attack
                            : t < decayed ? 1 - fall * (t - attack)
                                          : sustain;
        const double part = 1 - (t - gate) * per_release;
        x[i] *= t < gate ? held : after * (part > 0 ? part : 0);
    }
}

/* The two-pole low-pass with its coefficients (Bristow-Johnson's cookbook) and its past. */
typedef struct lowpass {
    double gain, a1, a2;   /* y = gain (x + 2 x1 + x2) - a1 y1 - a2 y2 */
    double x1, x2, y1, y2; /* one and two samples ago */
} lowpass;

static lowpass lowpass_of(double f, double q, double rate)
{
    const double w = 6.283185307179586 * f / rate, alpha = sin(w) / (2 * q), c = cos(w);
    return (lowpass){.gain = (1 - c) / 2 / (1 + alpha),
                     .a1 = -2 * c / (1 + alpha),
                     .a2 = (1 - alpha) / (1 + alpha)};
}

/* What goes around is one product and one sum a sample: the rest is known before. */
static void filter_block(lowpass *l, double *x)
{
    double x1 = l->x1, x2 = l->x2, y1 = l->y1, y2 = l->y2;
    const double gain = l->gain, a1 = l->a1, a2 = l->a2;
    for (int i = 0; i < BLOCK; i++) {
        const double y = (gain * (x[i] + 2 * x1 + x2) - a2 * y2) - a1 * y1;
        x2 = x1;
        x1 = x[i];
        y2 = y1;
        y1 = y;
        x[i] = y;
    }
    /* What rings below any float costs nothing but time. */
    *l = (lowpass){gain, a1, a2, x1, x2, fabs(y1) < 1e-60 ? 0 : y1, fabs(y2) < 1e-60 ? 0 : y2};
}

LTS_CLONES static void gate_block(const turning *gater, double *x)
{
    const double *cosine = gater->cosine, *sine = gater->sine;
#pragma omp simd
    for (int i = 0; i < BLOCK; i++)
        x[i] *= (1 + (gater->s * cosine[i] + gater->c * sine[i])) / 2;
}

lts_status fm_render_create(const lts_synth_space *space, size_t samples, void **renderer,
                            lts_error *err)
{
    fm_renderer *r = NULL;
    lts_status status = lts_alloc_checked(&r, 1, sizeof *r, "a synthesizer", err);
    *renderer = r;
    if (status != LTS_OK)
        return status;
    r->settings = space->settings;
    r->samples = samples;
    r->smooth = fm_is_smooth(&space->settings);
    decimator_design(r->taps);
    return LTS_OK;
}

void fm_render_destroy(void *renderer)
{
    lts_free(renderer);
}

/* The oscillators as they are at sample `first` of their rate. */
static void set_oscillators(fm_renderer *r, const double *value, double first, double rate,
                            oscillator *o)
{
    const lts_synth_fm *fm = &r->settings.fm;
    for (size_t w = 0; w < fm->oscillators; w++, value += FM_OF_OSCILLATOR) {
        const double deviation = value[FM_B] * (fm->relative ? value[FM_F] : 1);
        o[w] = (oscillator){.f = value[FM_F],
                            .amplitude = value[FM_A],
                            .deviation = deviation,
                            .depth = deviation / (6.283185307179586 * value[FM_V]),
                            .phase = fm->oscillator[w].phase + (r->smooth ? 0 : ahead),
                            .wave = fm->oscillator[w].wave,
                            .modulator =
                                turn_from(r->cosine[w], r->sine[w], value[FM_V], rate, first)};
    }
}

lts_status fm_render(void *renderer, const double *value, float *x, lts_error *err)
{
    fm_renderer *r = renderer;
    (void)err;
    const lts_synth_fm *fm = &r->settings.fm;
    const double rate = r->settings.sample_rate;
    const double *filter = value + fm_filter_slot(fm), *gate = value + fm_gater_slot(fm);
    const double osc_rate = r->smooth ? DECIMATOR_TIMES * rate : rate;
    const fm_envelope e = fm_envelope_of(value + fm_envelope_slot(fm));
    lowpass low = {0};
    turning gater = {0};
    oscillator o[LTS_SYNTH_OSCILLATORS];
    /* The decimator's first window begins DECIMATOR_DELAY before time 0. */
    double at = r->smooth ? DECIMATOR_HISTORY - DECIMATOR_DELAY - BLOCK : 0;
    double *fresh = r->sum + DECIMATOR_HISTORY;
    set_oscillators(r, value, at, osc_rate, o);
    if (fm->filter)
        low = lowpass_of(filter[0], filter[1], rate);
    if (fm->gater)
        gater = turn_from(r->cosine[LTS_SYNTH_OSCILLATORS], r->sine[LTS_SYNTH_OSCILLATORS], gate[0],
                          rate, 0);
    for (size_t done = 0; done < r->samples; done += BLOCK) {
        /* A naive block is one of the oscillators', a smooth one is four after a first history. */
        const int parts = r->smooth ? DECIMATOR_TIMES + (done == 0) : 1;
        for (int part = 0; part < parts; part++) {
            sum_block(o, fm->oscillators, at, osc_rate, r->smooth, r->phase, r->step, fresh);
            at += BLOCK;
            for (size_t w = 0; w < fm->oscillators; w++)
                turn_on(&o[w].modulator);
            const int made = part - (parts - DECIMATOR_TIMES);
            if (!r->smooth)
                memcpy(r->y, fresh, BLOCK * sizeof *fresh);
            else if (made >= 0)
                decimator_run(r->taps, r->sum, r->y + made * BLOCK / DECIMATOR_TIMES,
                              BLOCK / DECIMATOR_TIMES);
            if (r->smooth)
                memmove(r->sum, r->sum + BLOCK, DECIMATOR_HISTORY * sizeof *r->sum);
        }
        shape_block(&e, r->settings.gate, (double)done, rate, r->y);
        if (fm->filter)
            filter_block(&low, r->y);
        if (fm->gater) {
            gate_block(&gater, r->y);
            turn_on(&gater);
        }
        const size_t count = r->samples - done < BLOCK ? r->samples - done : BLOCK;
        for (size_t i = 0; i < count; i++)
            x[done + i] = (float)r->y[i];
    }
    return LTS_OK;
}
