#include "dsp/vocoder/vocoder.h"

#include <math.h>
#include <string.h>

/* How much louder than the Hann window's response a cell beside a peak may be and still be nothing
 * but that response, log2: 3 dB. */
static const float tolerance = 0.5f;

/* Within so many bins of a peak the law of the deviation, or a neighbour's phase, does better. */
static const float nearest = 1.6f;

/* Of the Hann window's response sin(pi v) / (pi v (1 - v^2)) at v bins, log2: the tops of its side
 * lobes, and what a peak loses that lies delta bins off its bin, |delta| <= 1/2. */
static float side_lobe(float v)
{
    return -approx_log2(3.14159265f * v * (v * v - 1));
}

static float loss(float delta)
{
    return 0.945f * delta * delta;
}

/* The cells on one side of the peak at bin k. */
static void claim_side(lts_vocoder *v, const float *level, size_t k, int side, float delta,
                       float top)
{
    for (int d = 1; d <= VOCODER_REACH; d++) {
        const ptrdiff_t j = (ptrdiff_t)k + side * d;
        const float distance = (float)d - (float)side * delta;
        if (j < 0 || j >= (ptrdiff_t)v->bins)
            return;
        if (distance < nearest)
            continue;
        const float expected = top + side_lobe(distance);
        if (level[j] > expected + tolerance)
            return;
        if (expected <= v->claim[j])
            continue;
        v->claim[j] = expected;
        v->now.deviation[j] =
            v->quality * ((1 + delta / v->quality) * v->ratio[VOCODER_REACH - side * d] - 1);
        v->turned[j] = distance >= 2 && (int)distance % 2 == 0;
    }
}

/* The law of the deviation holds around a peak; further off, cells may be no more than the window's
 * side lobes, which have the peak's frequency and alternate in sign. */
void vocoder_lobes(lts_vocoder *v, const float *level)
{
    const float silence = -25; /* log2 of A: nothing beside such a peak is audible */
    for (size_t k = 0; k < v->bins; k++)
        v->claim[k] = -INFINITY;
    memset(v->turned, 0, v->bins);
    for (size_t k = 0; k < v->bins; k++) {
        if (level[k] < silence || level[k] < level[(ptrdiff_t)k - 1] || level[k] <= level[k + 1])
            continue;
        const float delta = v->now.deviation[k], top = level[k] + loss(delta);
        if (fabsf(delta) > 0.6f)
            continue;
        claim_side(v, level, k, -1, delta, top);
        claim_side(v, level, k, 1, delta, top);
    }
}
