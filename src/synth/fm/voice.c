/* One note of the frequency-modulation synthesizer while its parameters move. */
#include "synth/fm/decimator.h"
#include "synth/fm/fm.h"
#include "synth/fm/key_envelope.h"
#include "synth/fm/waves.h"

#include <string.h>

enum { BLOCK = 64, MOST = BLOCK * DECIMATOR_TIMES };

static const double two_pi = 6.283185307179586;

typedef struct carried {
    double phase, turn; /* of the carrier and of its modulator, periods */
} carried;

struct lts_synth_voice {
    lts_synth_settings settings;
    size_t count, slots;
    size_t *slot; /* (count) of the values */
    double least[FM_SLOTS], most[FM_SLOTS], now[FM_SLOTS], target[FM_SLOTS];
    bool smooth, started;
    carried oscillator[LTS_SYNTH_OSCILLATORS];
    double gater; /* periods */
    key_envelope envelope;
    double s1, s2; /* the filter's integrators */
    double taps[DECIMATOR_TAPS];
    double turn[MOST + 1], phase[MOST + 1], step[MOST + 1];
    double sum[DECIMATOR_HISTORY + MOST], y[BLOCK];
};

lts_status lts_synth_voice_create(const lts_synth_space *space, double sample_rate,
                                  lts_synth_voice **out, lts_error *err)
{
    lts_synth_voice *voice = NULL;
    lts_synth_space *own = NULL;
    *out = NULL;
    if (space->settings.source != LTS_SYNTH_FM)
        return lts_fail(err, LTS_ERR_ARGUMENT, "source = %s: only fm has voices",
                        synth_kind_of(space->settings.source)->name);
    lts_status status = lts_synth_space_copy(space, &own, err);
    if (status != LTS_OK)
        return status;
    lts_synth_settings settings = space->settings;
    if (sample_rate != 0)
        settings.sample_rate = sample_rate;
    status = lts_synth_space_set_settings(own, &settings, err);
    if (status != LTS_OK)
        goto done;
    if ((status = lts_alloc_checked(&voice, 1, sizeof *voice, "a voice", err)) != LTS_OK)
        goto done;
    voice->settings = settings;
    voice->count = own->count;
    voice->slots = synth_fm.slots(&settings);
    voice->smooth = fm_is_smooth(&settings);
    decimator_design(voice->taps);
    status = lts_alloc_checked(&voice->slot, own->count, sizeof *voice->slot, "a voice", err);
    if (status != LTS_OK)
        goto done;
    for (size_t p = 0; p < own->count; p++) {
        const synth_parameter *parameter = &own->parameter[p];
        voice->slot[p] = parameter->slot;
        voice->least[parameter->slot] = parameter->legal.least;
        voice->most[parameter->slot] = parameter->legal.most;
        voice->now[parameter->slot] = parameter->value;
    }
    lts_synth_voice_reset(voice);
    *out = voice;
    voice = NULL;
done:
    lts_synth_voice_destroy(voice);
    lts_synth_space_destroy(own);
    return status;
}

void lts_synth_voice_destroy(lts_synth_voice *voice)
{
    if (!voice)
        return;
    lts_free(voice->slot);
    lts_free(voice);
}

void lts_synth_voice_reset(lts_synth_voice *voice)
{
    voice->started = false;
    voice->gater = voice->s1 = voice->s2 = 0;
    voice->envelope = (key_envelope){0};
}

void lts_synth_voice_key(lts_synth_voice *voice, bool pressed)
{
    if (pressed)
        key_envelope_press(&voice->envelope);
    else
        key_envelope_release(&voice->envelope);
}

bool lts_synth_voice_active(const lts_synth_voice *voice)
{
    return voice->envelope.stage != KEY_SILENT || fabs(voice->s1) + fabs(voice->s2) > 1e-6;
}

/* What an oscillator does in a block: each of these goes in a line from `from`, by `by` a sample.
 */
typedef struct line {
    double from, by;
} line;

static line line_of(double from, double to, size_t n)
{
    return (line){from, (to - from) / (double)n};
}

/* The phase's change is f / rate and what B / (2 pi v) (1 - cos 2 pi v t) changes by, so that where
 * nothing moves the phase is that of the equation. */
SYNTH_INLINE void run_oscillator(carried *o, line f, line v, line depth, double period,
                                 double *turn, double *phase, double *step, int n)
{
    const double begin = wave_centred(o->turn);
#pragma omp simd
    for (int i = 0; i <= n; i++) {
        const double at = begin + period * (v.from * i + 0.5 * v.by * ((double)i * (i - 1)));
        turn[i] = wave_cosine(wave_centred(at));
    }
    o->turn = begin + period * (v.from * n + 0.5 * v.by * ((double)n * (n - 1)));
#pragma omp simd
    for (int i = 0; i < n; i++)
        step[i] =
            (f.from + f.by * i) * period + (depth.from + depth.by * i) * (turn[i] - turn[i + 1]);
    double sum = wave_centred(o->phase);
    for (int i = 0; i < n; i++) {
        phase[i] = sum;
        sum += step[i];
    }
    o->phase = sum;
}

/* The deviation in Hz over 2 pi v. */
static double depth_of(const lts_synth_fm *fm, const double *value)
{
    const double deviation = value[FM_B] * (fm->relative ? value[FM_F] : 1);
    return deviation / (two_pi * value[FM_V]);
}

LTS_CLONES static void sum_oscillators(lts_synth_voice *voice, const double *from, const double *to,
                                       int n, double *sum)
{
    const lts_synth_fm *fm = &voice->settings.fm;
    const double period = 1 / (voice->settings.sample_rate * (voice->smooth ? DECIMATOR_TIMES : 1));
    memset(sum, 0, (size_t)n * sizeof *sum);
    for (size_t w = 0; w < fm->oscillators; w++) {
        const double *a = from + w * FM_OF_OSCILLATOR, *b = to + w * FM_OF_OSCILLATOR;
        const line amplitude = line_of(a[FM_A], b[FM_A], (size_t)n);
        run_oscillator(&voice->oscillator[w], line_of(a[FM_F], b[FM_F], (size_t)n),
                       line_of(a[FM_V], b[FM_V], (size_t)n),
                       line_of(depth_of(fm, a), depth_of(fm, b), (size_t)n), period, voice->turn,
                       voice->phase, voice->step, n);
        wave_add_any(voice->phase, voice->step, amplitude.from, amplitude.by,
                     fm->oscillator[w].wave, voice->smooth, sum, n);
    }
}

/* Puts the oscillators to time 0, and what the decimator needs of the time before behind it. */
static void start(lts_synth_voice *voice)
{
    const lts_synth_fm *fm = &voice->settings.fm;
    const double before = voice->smooth ? MOST + DECIMATOR_DELAY - DECIMATOR_HISTORY : 0;
    const double t = -before / (DECIMATOR_TIMES * voice->settings.sample_rate);
    memcpy(voice->now, voice->target, sizeof voice->now);
    for (size_t w = 0; w < fm->oscillators; w++) {
        const double *value = voice->now + w * FM_OF_OSCILLATOR;
        const double turn = value[FM_V] * t;
        voice->oscillator[w].turn = turn;
        voice->oscillator[w].phase = value[FM_F] * t +
                                     depth_of(fm, value) * (1 - cos(two_pi * turn)) +
                                     fm->oscillator[w].phase + (voice->smooth ? 0 : fm_jump_ahead);
    }
    if (voice->smooth) {
        sum_oscillators(voice, voice->now, voice->now, MOST, voice->sum + DECIMATOR_HISTORY);
        memmove(voice->sum, voice->sum + MOST, DECIMATOR_HISTORY * sizeof *voice->sum);
    }
    voice->started = true;
}

/* Zavalishin 2012, section 4.3: two trapezoidal integrators, g = tan(pi f_cut / rate), solved for
 * the loop without delay; g and the damping 1/q go in lines. */
static void filter(lts_synth_voice *voice, const double *from, const double *to, double *x,
                   size_t n)
{
    const double rate = voice->settings.sample_rate;
    const line g = line_of(tan(two_pi / 2 * from[0] / rate), tan(two_pi / 2 * to[0] / rate), n);
    const line k = line_of(1 / from[1], 1 / to[1], n);
    double s1 = voice->s1, s2 = voice->s2;
    for (size_t i = 0; i < n; i++) {
        const double gi = g.from + g.by * (double)i, ki = k.from + k.by * (double)i;
        const double band = (s1 + gi * (x[i] - s2)) / (1 + gi * (gi + ki));
        const double low = s2 + gi * band;
        s1 = 2 * band - s1;
        s2 = 2 * low - s2;
        x[i] = low;
    }
    voice->s1 = fabs(s1) < 1e-60 ? 0 : s1;
    voice->s2 = fabs(s2) < 1e-60 ? 0 : s2;
}

/* n samples, at most BLOCK, while the parameters go from `from` to `to`. */
static void process_block(lts_synth_voice *voice, const double *from, const double *to, float *x,
                          size_t n)
{
    const lts_synth_fm *fm = &voice->settings.fm;
    const double period = 1 / voice->settings.sample_rate;
    const fm_envelope e = fm_envelope_of(to + fm_envelope_slot(fm));
    double *fresh = voice->smooth ? voice->sum + DECIMATOR_HISTORY : voice->y;
    const int many = (int)n * (voice->smooth ? DECIMATOR_TIMES : 1);
    sum_oscillators(voice, from, to, many, fresh);
    if (voice->smooth) {
        decimator_run(voice->taps, voice->sum, voice->y, (int)n);
        memmove(voice->sum, voice->sum + many, DECIMATOR_HISTORY * sizeof *voice->sum);
    }
    for (size_t i = 0; i < n; i++)
        voice->y[i] *= key_envelope_next(&voice->envelope, &e, period);
    if (fm->filter)
        filter(voice, from + fm_filter_slot(fm), to + fm_filter_slot(fm), voice->y, n);
    if (fm->gater) {
        const size_t slot = fm_gater_slot(fm);
        const line f = line_of(from[slot], to[slot], n);
        for (size_t i = 0; i < n; i++) {
            voice->y[i] *= (1 + wave_sine(voice->gater)) / 2;
            voice->gater = wave_centred(voice->gater + (f.from + f.by * (double)i) * period);
        }
    }
    for (size_t i = 0; i < n; i++)
        x[i] = (float)voice->y[i];
}

void lts_synth_voice_process(lts_synth_voice *voice, const double *values, float *x, size_t n)
{
    double from[FM_SLOTS], to[FM_SLOTS];
    memcpy(voice->target, voice->now, sizeof voice->target);
    for (size_t p = 0; p < voice->count; p++) {
        const size_t slot = voice->slot[p];
        const double least = voice->least[slot], most = voice->most[slot];
        if (!isnan(values[p]))
            voice->target[slot] = values[p] < least ? least : values[p] > most ? most : values[p];
    }
    if (!voice->started && n > 0)
        start(voice);
    for (size_t done = 0; done < n; done += BLOCK) {
        const size_t count = n - done < BLOCK ? n - done : BLOCK;
        const double part = (double)count / (double)(n - done);
        memcpy(from, voice->now, sizeof from);
        for (size_t s = 0; s < voice->slots; s++)
            to[s] = count == n - done ? voice->target[s]
                                      : from[s] + part * (voice->target[s] - from[s]);
        process_block(voice, from, to, x + done, count);
        memcpy(voice->now, to, voice->slots * sizeof *to);
    }
}
