#include "synth/fm/oscillators.h"

#include "synth/fm/fm.h"
#include "synth/fm/waves.h"

#include <math.h>
#include <string.h>

/* Doubles what is known of the table until it is full: cos(a + b) and sin(a + b). */
LTS_CLONES static void fill_turns(double frequency, double rate, double *cosine, double *sine)
{
    cosine[0] = 1;
    sine[0] = 0;
    for (int known = 1; known < FM_TURNS; known *= 2) {
        const double angle = 6.283185307179586 * frequency * known / rate;
        const double c = cos(angle), s = sin(angle);
        const int more = known < FM_TURNS - known ? known : FM_TURNS - known;
#pragma omp simd
        for (int i = 0; i < more; i++) {
            cosine[known + i] = cosine[i] * c - sine[i] * s;
            sine[known + i] = sine[i] * c + cosine[i] * s;
        }
    }
}

void fm_turning_start(fm_turning *t, double frequency, double rate, double first)
{
    const double angle = 6.283185307179586 * frequency * first / rate;
    fill_turns(frequency, rate, t->cosine, t->sine);
    t->c = cos(angle);
    t->s = sin(angle);
}

void fm_turning_advance(fm_turning *t)
{
    const double c = t->c * t->cosine[FM_BLOCK] - t->s * t->sine[FM_BLOCK];
    t->s = t->s * t->cosine[FM_BLOCK] + t->c * t->sine[FM_BLOCK];
    t->c = c;
}

void fm_oscillators_start(fm_oscillators *o, const lts_synth_fm *fm, const double *value,
                          bool smooth, double rate, double at)
{
    o->count = fm->oscillators;
    o->smooth = smooth;
    o->rate = rate;
    o->at = at;
    for (size_t w = 0; w < o->count; w++, value += FM_OF_OSCILLATOR) {
        fm_oscillator *one = &o->oscillator[w];
        one->f = value[FM_F];
        one->amplitude = value[FM_A];
        one->deviation = value[FM_B] * (fm->relative ? value[FM_F] : 1);
        one->depth = one->deviation / (6.283185307179586 * value[FM_V]);
        one->phase = fm->oscillator[w].phase + (smooth ? 0 : fm_jump_ahead);
        one->wave = fm->oscillator[w].wave;
        fm_turning_start(&one->modulator, value[FM_V], rate, at);
    }
}

/* The phase over a block, a line and the modulator's sine:
 * f t + B / (2 pi v) (1 - cos 2 pi v t) = start + slope i - cosines cos_i + sines sin_i. */
typedef struct phase_path {
    const double *cosine, *sine;
    double start, slope, cosines, sines;
} phase_path;

static phase_path path_of(const fm_oscillator *o, double first, double rate)
{
    return (phase_path){.cosine = o->modulator.cosine,
                        .sine = o->modulator.sine,
                        .start = o->f * (first / rate) + o->depth + o->phase,
                        .slope = o->f / rate,
                        .cosines = o->depth * o->modulator.c,
                        .sines = o->depth * o->modulator.s};
}

SYNTH_INLINE double phase_at(phase_path p, int i)
{
    return p.start + p.slope * i - p.cosines * p.cosine[i] + p.sines * p.sine[i];
}

/* sum[i] += A wave(phase[i]) */
SYNTH_INLINE void add_naive(phase_path p, double amplitude, lts_synth_wave wave, double *sum)
{
#pragma omp simd
    for (int i = 0; i < FM_BLOCK; i++)
        sum[i] += amplitude * wave_sample(phase_at(p, i), 0, wave, false);
}

LTS_CLONES static void run_naive(const fm_oscillators *o, double *sum)
{
    for (size_t w = 0; w < o->count; w++) {
        const fm_oscillator *one = &o->oscillator[w];
        const phase_path p = path_of(one, o->at, o->rate);
        switch (one->wave) {
        case LTS_SYNTH_SINE: add_naive(p, one->amplitude, LTS_SYNTH_SINE, sum); break;
        case LTS_SYNTH_SAW: add_naive(p, one->amplitude, LTS_SYNTH_SAW, sum); break;
        case LTS_SYNTH_TRIANGLE: add_naive(p, one->amplitude, LTS_SYNTH_TRIANGLE, sum); break;
        default: add_naive(p, one->amplitude, LTS_SYNTH_SQUARE, sum);
        }
    }
}

/* The phase and its change a sample, (f + B sin 2 pi v t) / rate. */
SYNTH_INLINE void modulate(const fm_oscillator *o, double first, double rate, double *phase,
                           double *step)
{
    const phase_path p = path_of(o, first, rate);
    const double sines = o->modulator.s * o->deviation / rate;
    const double cosines = o->modulator.c * o->deviation / rate;
#pragma omp simd
    for (int i = 0; i < FM_BLOCK; i++) {
        phase[i] = phase_at(p, i);
        step[i] = p.slope + sines * p.cosine[i] + cosines * p.sine[i];
    }
}

LTS_CLONES static void run_smooth(fm_oscillators *o, double *sum)
{
    for (size_t w = 0; w < o->count; w++) {
        const fm_oscillator *one = &o->oscillator[w];
        modulate(one, o->at, o->rate, o->phase, o->step);
        wave_add_any(o->phase, o->step, one->amplitude, 0, one->wave, true, sum, FM_BLOCK);
    }
}

void fm_oscillators_run(fm_oscillators *o, double sum[FM_BLOCK])
{
    memset(sum, 0, FM_BLOCK * sizeof *sum);
    if (o->smooth)
        run_smooth(o, sum);
    else
        run_naive(o, sum);
    o->at += FM_BLOCK;
    for (size_t w = 0; w < o->count; w++)
        fm_turning_advance(&o->oscillator[w].modulator);
}
