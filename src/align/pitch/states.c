#include "align/align_parts.h"

#include <math.h>

/* What it costs to go to another shift at once, and to begin or end shifting: correlation times
 * seconds, so that a better correlation must last. What a glide costs a bin. */
static const float jump_cost = 0.04f, switch_cost = 0.03f, glide_cost = 2e-4f;

/* Energies of cube roots in dB of amplitude: 30 log10. Full weight down to -30 dB beside the
 * loudest frame, none below -60 dB. */
double align_weight(const float energy[2], const float loudest[2])
{
    double weight = 1;
    for (int i = 0; i < 2; i++) {
        const double level = energy[i] > 0 ? 30 * log10((double)energy[i] / loudest[i]) : -100;
        weight *= fmax(0, fmin(1, (level + 60) / 30));
    }
    return weight;
}

double align_refine(const float *score, size_t range, size_t at)
{
    size_t k = at;
    while (k > 0 && score[k - 1] > score[k])
        k--;
    while (k < 2 * range && score[k + 1] > score[k])
        k++;
    if (k == 0 || k == 2 * range || (k > at ? k - at : at - k) > 2)
        return (double)at - (double)range;
    const double l = score[k - 1], m = score[k], r = score[k + 1], bend = l - 2 * m + r;
    return (double)k - (double)range + (bend < 0 ? 0.5 * (l - r) / bend : 0);
}

/* The best state to come from within `reach` of k; equals go to the nearest. */
static size_t best_near(const float *value, size_t states, size_t k, size_t reach, float *best)
{
    size_t from = k;
    *best = value[k];
    for (size_t j = 1; j <= reach; j++) {
        const float cost = glide_cost * (float)j;
        if (j <= k && value[k - j] - cost > *best) {
            *best = value[k - j] - cost;
            from = k - j;
        }
        if (k + j < states && value[k + j] - cost > *best) {
            *best = value[k + j] - cost;
            from = k + j;
        }
    }
    return from;
}

void align_advance(const align_scale *scale, const float *score, double weight, double threshold,
                   float *value, float *next, int16_t *from)
{
    const size_t shifts = 2 * scale->range + 1, none = shifts;
    const float unit = (float)(weight * scale->dt);
    const float still = score[scale->range] > 0 ? score[scale->range] : 0;
    size_t top = 0;
    for (size_t k = 1; k < shifts; k++)
        if (value[k] > value[top])
            top = k;
    const bool from_none = value[none] - switch_cost > value[top] - jump_cost;
    const float entry = from_none ? value[none] - switch_cost : value[top] - jump_cost;
    for (size_t k = 0; k < shifts; k++) {
        float best;
        size_t state = best_near(value, shifts, k, scale->reach, &best);
        if (entry > best) {
            best = entry;
            state = from_none ? none : top;
        }
        next[k] = best + unit * score[k];
        if (from)
            from[k] = (int16_t)state;
    }
    const bool stays = value[none] >= value[top] - switch_cost;
    next[none] =
        (stays ? value[none] : value[top] - switch_cost) + unit * (still + (float)threshold);
    if (from)
        from[none] = (int16_t)(stays ? none : top);
    /* The best is subtracted, so that sums over long sounds keep their precision. */
    float most = next[none];
    for (size_t k = 0; k < shifts; k++)
        most = next[k] > most ? next[k] : most;
    for (size_t k = 0; k <= none; k++)
        value[k] = next[k] - most;
}
