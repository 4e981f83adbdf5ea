/* Whole sounds of the frequency-modulation synthesizer, in blocks. */
#include "synth/fm/decimator.h"
#include "synth/fm/fm.h"
#include "synth/fm/oscillators.h"

#include <math.h>
#include <string.h>

enum { BLOCK = FM_BLOCK };

typedef struct fm_renderer {
    lts_synth_settings settings;
    size_t samples;
    bool smooth;
    double taps[DECIMATOR_TAPS];
    fm_oscillators oscillators;
    fm_turning gater;
    double sum[DECIMATOR_HISTORY + BLOCK], y[BLOCK];
} fm_renderer;

/* A stage of the envelope: level + slope (n - origin) for samples n before `end`. */
typedef struct stage {
    double end, level, slope, origin;
} stage;

enum { ATTACK, DECAY, SUSTAIN, RELEASE, STAGES };

/* The first sample n with n / rate >= time. */
static double sample_at(double time, double rate)
{
    double n = ceil(time * rate);
    while (n > 0 && (n - 1) / rate >= time)
        n--;
    while (n / rate < time)
        n++;
    return n;
}

static void stages_of(const fm_envelope *e, double gate, double rate, stage s[STAGES])
{
    const double a = e->attack, d = e->decay, r = e->release, end = sample_at(gate, rate);
    const double left = r > 0 ? fm_held(e, gate) : 0;
    s[ATTACK] = (stage){fmin(sample_at(a, rate), end), 0, a > 0 ? 1 / (a * rate) : 0, 0};
    s[DECAY] = (stage){fmin(sample_at(a + d, rate), end), 1,
                       d > 0 ? (e->sustain - 1) / (d * rate) : 0, a * rate};
    s[SUSTAIN] = (stage){end, e->sustain, 0, 0};
    s[RELEASE] =
        (stage){sample_at(gate + r, rate), left, r > 0 ? -left / (r * rate) : 0, gate * rate};
}

/* x times the envelope from sample `first` on. */
LTS_CLONES static void shape_block(const stage *s, double first, double *x)
{
    int from = 0;
    for (int k = 0; k < STAGES; k++) {
        const double left = fmin(s[k].end - first, BLOCK);
        const int end = left > from ? (int)left : from;
        const double level = s[k].level + s[k].slope * (first - s[k].origin), slope = s[k].slope;
#pragma omp simd
        for (int i = from; i < end; i++)
            x[i] *= level + slope * i;
        from = end;
    }
    for (int i = from; i < BLOCK; i++)
        x[i] = 0;
}

/* The two-pole low-pass with its coefficients (Bristow-Johnson's cookbook) and its past. */
typedef struct lowpass {
    double gain, a1, a2;   /* u = gain (x + 2 x1 + x2), y = u - a1 y1 - a2 y2 */
    double x1, x2, u1, u2; /* one and two samples ago */
    double y[4];           /* four samples ago to one */
} lowpass;

static lowpass lowpass_of(double f, double q, double rate)
{
    const double w = 6.283185307179586 * f / rate, alpha = sin(w) / (2 * q), c = cos(w);
    return (lowpass){.gain = (1 - c) / 2 / (1 + alpha),
                     .a1 = -2 * c / (1 + alpha),
                     .a2 = (1 - alpha) / (1 + alpha)};
}

/* A sample of a recursion waits for the one before it. With the poles' mirror images multiplied to
 * both sides (scattered look-ahead: Parhi & Messerschmitt 1989),
 * y = u - a1 u1 + a2 u2 + (a1^2 - 2 a2) y2 - a2^2 y4, it waits for the second one before it. */
LTS_CLONES static void filter_block(lowpass *l, double *x)
{
    double u[BLOCK + 2], v[BLOCK];
    const double gain = l->gain, a1 = l->a1, a2 = l->a2, p = a1 * a1 - 2 * a2, q = -a2 * a2;
    u[0] = l->u2;
    u[1] = l->u1;
    u[2] = gain * (x[0] + 2 * l->x1 + l->x2);
    u[3] = gain * (x[1] + 2 * x[0] + l->x1);
#pragma omp simd
    for (int i = 2; i < BLOCK; i++)
        u[i + 2] = gain * (x[i] + 2 * x[i - 1] + x[i - 2]);
#pragma omp simd
    for (int i = 0; i < BLOCK; i++)
        v[i] = u[i + 2] - a1 * u[i + 1] + a2 * u[i];
    l->x2 = x[BLOCK - 2];
    l->x1 = x[BLOCK - 1];
    l->u2 = u[BLOCK];
    l->u1 = u[BLOCK + 1];
    double y4 = l->y[0], y3 = l->y[1], y2 = l->y[2], y1 = l->y[3];
    for (int i = 0; i < BLOCK; i += 4) {
        x[i] = y4 = (v[i] + q * y4) + p * y2;
        x[i + 1] = y3 = (v[i + 1] + q * y3) + p * y1;
        x[i + 2] = y2 = (v[i + 2] + q * y2) + p * y4;
        x[i + 3] = y1 = (v[i + 3] + q * y1) + p * y3;
    }
    /* What rings below any float costs nothing but time. */
    for (int i = 0; i < 4; i++)
        l->y[i] = fabs(x[BLOCK - 4 + i]) < 1e-60 ? 0 : x[BLOCK - 4 + i];
}

LTS_CLONES static void gate_block(const fm_turning *gater, double *x)
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

/* The oscillators' next BLOCK samples at the settings' rate. A naive block is one of theirs, a
 * smooth one is four, after a first history. */
static void oscillate(fm_renderer *r, bool begins)
{
    if (!r->smooth) {
        fm_oscillators_run(&r->oscillators, r->y);
        return;
    }
    for (int part = begins ? -1 : 0; part < DECIMATOR_TIMES; part++) {
        fm_oscillators_run(&r->oscillators, r->sum + DECIMATOR_HISTORY);
        if (part >= 0)
            decimator_run(r->taps, r->sum, r->y + part * BLOCK / DECIMATOR_TIMES,
                          BLOCK / DECIMATOR_TIMES);
        memmove(r->sum, r->sum + BLOCK, DECIMATOR_HISTORY * sizeof *r->sum);
    }
}

lts_status fm_render(void *renderer, const double *value, float *x, lts_error *err)
{
    fm_renderer *r = renderer;
    (void)err;
    const lts_synth_fm *fm = &r->settings.fm;
    const double rate = r->settings.sample_rate;
    const double *filter = value + fm_filter_slot(fm), *gate = value + fm_gater_slot(fm);
    const fm_envelope e = fm_envelope_of(value + fm_envelope_slot(fm));
    stage stages[STAGES];
    lowpass low = {0};
    stages_of(&e, r->settings.gate, rate, stages);
    /* The decimator's first window begins DECIMATOR_DELAY before time 0. */
    if (r->smooth)
        fm_oscillators_start(&r->oscillators, fm, value, true, DECIMATOR_TIMES * rate,
                             DECIMATOR_HISTORY - DECIMATOR_DELAY - BLOCK);
    else
        fm_oscillators_start(&r->oscillators, fm, value, false, rate, 0);
    if (fm->filter)
        low = lowpass_of(filter[0], filter[1], rate);
    if (fm->gater)
        fm_turning_start(&r->gater, gate[0], rate, 0);
    for (size_t done = 0; done < r->samples; done += BLOCK) {
        /* After the release only the filter rings. */
        if ((double)done >= stages[RELEASE].end) {
            memset(r->y, 0, sizeof r->y);
        } else {
            oscillate(r, done == 0);
            shape_block(stages, (double)done, r->y);
        }
        if (fm->filter)
            filter_block(&low, r->y);
        if (fm->gater) {
            gate_block(&r->gater, r->y);
            fm_turning_advance(&r->gater);
        }
        const size_t count = r->samples - done < BLOCK ? r->samples - done : BLOCK;
        for (size_t i = 0; i < count; i++)
            x[done + i] = (float)r->y[i];
    }
    return LTS_OK;
}
