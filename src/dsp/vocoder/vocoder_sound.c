#include "dsp/vector.h"
#include "dsp/vocoder/vocoder.h"

#include <math.h>
#include <string.h>

enum {
    TOGETHER = 2, /* oscillators in one loop, to keep the processor's pipes full */
    RENEW = 1024  /* samples after which rotations are computed anew, before rounding adds up */
};

static const float inaudible = 1e-7f; /* amplitude */

/* One oscillator from frame to frame, (a + (b - a) t / hop) cos(p + w t): through both frames'
 * amplitudes and phases, the frequency w being the one nearest to their mean that does. */
typedef struct oscillator {
    turns phase, step;
    float amplitude, slope;
} oscillator;

static oscillator make(const lts_vocoder *v, size_t k)
{
    const turns hop = (turns)v->hop;
    const float a = v->past.amplitude[k], b = v->now.amplitude[k];
    oscillator o = {.phase = v->past.phase[k],
                    .step = v->step[k],
                    .amplitude = a,
                    .slope = (b - a) / (float)v->hop};
    const int32_t missing = (int32_t)(v->now.phase[k] - o.phase - o.step * hop);
    /* A bin that is too quiet for a phase in one frame takes its phase from the other frame. */
    if (!v->past.loudness[k])
        o.phase += (turns)missing;
    else if (v->now.loudness[k])
        o.step += (turns)(missing / (int32_t)v->hop);
    return o;
}

/* x (count, rounded up to whole vectors) += TOGETHER oscillators, `begin` samples after past. */
LTS_CLONES static void add(const oscillator *o, size_t begin, size_t count, float *restrict x)
{
    v8 c[TOGETHER], s[TOGETHER], turn_c[TOGETHER], turn_s[TOGETHER];
    v8 t = {0, 1, 2, 3, 4, 5, 6, 7};
    t += (float)begin;
    for (size_t i = 0; i < TOGETHER; i++) {
        float cosine[8], sine[8], ahead_cosine, ahead_sine;
        turns phase = o[i].phase + o[i].step * (turns)begin;
        for (unsigned j = 0; j < 8; j++)
            turns_cos_sin(phase + o[i].step * j, &cosine[j], &sine[j]);
        turns_cos_sin(o[i].step * 8, &ahead_cosine, &ahead_sine);
        c[i] = V8_CONST(cosine);
        s[i] = V8_CONST(sine);
        turn_c[i] = ahead_cosine - (v8){0};
        turn_s[i] = ahead_sine - (v8){0};
    }
    for (size_t n = 0; n < count; n += 8) {
        v8 sum = V8_CONST(x + n);
        for (size_t i = 0; i < TOGETHER; i++) {
            sum += (o[i].amplitude + o[i].slope * t) * c[i];
            v8 next = c[i] * turn_c[i] - s[i] * turn_s[i];
            s[i] = s[i] * turn_c[i] + c[i] * turn_s[i];
            c[i] = next;
        }
        V8(x + n) = sum;
        t += 8.0f;
    }
}

static void add_all(const oscillator *o, size_t hop, float *x)
{
    for (size_t begin = 0; begin < hop; begin += RENEW)
        add(o, begin, hop - begin < RENEW ? hop - begin : RENEW, x + begin);
}

void vocoder_sound(lts_vocoder *v)
{
    oscillator group[TOGETHER] = {{0}};
    size_t count = 0;
    memset(v->sound, 0, v->room * sizeof *v->sound);
    for (size_t k = 0; k < v->bins; k++) {
        if (v->past.amplitude[k] < inaudible && v->now.amplitude[k] < inaudible)
            continue;
        group[count++] = make(v, k);
        if (count == TOGETHER) {
            add_all(group, v->hop, v->sound);
            count = 0;
        }
    }
    if (count > 0) {
        memset(group + count, 0, (TOGETHER - count) * sizeof *group);
        add_all(group, v->hop, v->sound);
    }
}
