#include "dsp/vocoder/vocoder.h"

#include <math.h>
#include <string.h>

/* As in the offline integration: delta, the sinusoid's distance from f_k in bins, by the Hann
 * window's response (gradient.c). */
LTS_CLONES static void deviations(const float *restrict level, float skew,
                                  float *restrict deviation, size_t bins)
{
    const float half_ln2 = 0.34657359f;
    for (size_t k = 0; k < bins; k++) {
        float h = approx_tanh(half_ln2 * (level[k + 2] - level[k]));
        deviation[k] = 4 * h / (3 + sqrtf(9 - 8 * h * h)) - skew * (1 + 2 * h * h);
    }
}

/* f_k factor (1 + delta / Q) = f_k (1 + delta' / Q) */
LTS_CLONES static void detune(float *restrict deviation, float factor, float quality, size_t bins)
{
    for (size_t k = 0; k < bins; k++)
        deviation[k] = deviation[k] * factor + quality * (factor - 1);
}

/* How far the energy lies behind the frame, in samples. A Hann window cos^2(pi u / l) over an
 * impulse at distance u has, a hop h later and earlier, magnitudes whose roots' ratio is
 * (1 - tan a tan b) / (1 + tan a tan b), a = pi u / l, b = pi h / l; so tan a is
 * -tanh(ln(ratio) / 4) / tan b, however few hops the window spans. For `count` bins from `to` on,
 * whose sound comes from the filters of the bins from `from` on. */
LTS_CLONES static void delays(const lts_vocoder *v, const float *const *level, size_t from,
                              size_t to, size_t count, float *restrict delay)
{
    const float *restrict near = v->near + from, *restrict far = v->far + from;
    const float *restrict cotangent = v->cotangent + from, *restrict width = v->width + from;
    const float *restrict e2 = level[0] + to, *restrict e1 = level[1] + to;
    const float *restrict l1 = level[3] + to, *restrict l2 = level[4] + to;
    for (size_t i = 0; i < count; i++) {
        float rise = near[i] * (l1[i] - e1[i]) + far[i] * (l2[i] - e2[i]);
        delay[to + i] = width[i] * approx_atan(cotangent[i] * approx_tanh(rise));
    }
}

static void all_delays(lts_vocoder *v, const float *const *level, ptrdiff_t moved)
{
    const size_t distance = (size_t)(moved < 0 ? -moved : moved);
    memset(v->delay, 0, v->bins * sizeof *v->delay);
    if (distance < v->bins)
        delays(v, level, moved < 0 ? distance : 0, moved > 0 ? distance : 0, v->bins - distance,
               v->delay);
}

/* As turns_from, to a float's precision: an error of one sample's step grows over the hop. */
static inline turns fine_turns(float angle)
{
    return (turns)(int32_t)((angle - rintf(angle)) * 4294967040.0f);
}

LTS_CLONES static void steps(const lts_vocoder *v, turns *restrict step, turns *restrict above,
                             size_t bins)
{
    const float *restrict now = v->now.deviation, *restrict past = v->past.deviation;
    const float *restrict advance = v->advance, *restrict climb = v->climb;
    const float *restrict delay = v->delay;
    const turns *restrict carrier = v->carrier;
    for (size_t k = 0; k < bins; k++)
        step[k] = carrier[k] + fine_turns(advance[k] * (now[k] + past[k]));
    const uint8_t *restrict turned = v->turned;
    for (size_t k = 0; k + 1 < bins; k++)
        above[k] = turns_from(climb[k] * (delay[k] + delay[k + 1])) +
                   ((turns)(turned[k] ^ turned[k + 1]) << 31);
}

LTS_CLONES static void loudnesses(const float *restrict level, float top,
                                  uint8_t *restrict loudness, size_t bins)
{
    for (size_t k = 0; k < bins; k++) {
        float l = VOCODER_LEVELS - 1 + VOCODER_LEVELS_AN_OCTAVE * (level[k] - top);
        loudness[k] = (uint8_t)(int)(l > 0 ? l : 0);
    }
}

static const float *row_at(const lts_vocoder *v, size_t behind)
{
    size_t row = (v->row + VOCODER_ROWS - behind) % VOCODER_ROWS;
    return v->level + row * (v->bins + 2);
}

void vocoder_gradient(lts_vocoder *v)
{
    const size_t bins = v->bins, row = (v->row + VOCODER_ROWS - v->lookahead) % VOCODER_ROWS;
    const float *level[VOCODER_ROWS];
    /* With a look-ahead of 1 the rows two frames away have weight 0. */
    for (size_t i = 0; i < VOCODER_ROWS; i++) {
        size_t behind = v->lookahead + VOCODER_LOOKAHEAD - i;
        level[i] = row_at(v, behind < VOCODER_ROWS ? behind : 0) + 1;
    }
    if (v->lookahead == 1)
        level[4] = level[3];
    const float *now = row_at(v, v->lookahead);
    memcpy(v->now.amplitude, v->amplitude + row * bins, bins * sizeof(float));
    v->now.top = now[1];
    for (size_t k = 1; k < bins; k++)
        v->now.top = fmaxf(v->now.top, now[k + 1]);
    deviations(now, v->skew, v->now.deviation, bins);
    vocoder_lobes(v, now + 1);
    detune(v->now.deviation, v->detune[row], v->quality, bins);
    all_delays(v, level, v->moved[row]);
    steps(v, v->step, v->above, bins);
    /* Levels of both frames are taken relative to the louder frame. */
    float top = fmaxf(v->now.top, v->past.top);
    loudnesses(now + 1, top, v->now.loudness, bins);
    loudnesses(row_at(v, v->lookahead + 1) + 1, top, v->past.loudness, bins);
}
