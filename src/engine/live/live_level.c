/* The gain that keeps a voice at the level between its sounds. What a decoder makes of a mixture,
 * and phases of magnitudes of no real sound, have levels of their own. */
#include "engine/live/live_parts.h"

#include <math.h>

/* Time constants of powers that are compared, s. The slow one leaves a steady sound even, which has
 * a power of its own in every hop. */
static const double quick = 0.025, slow = 0.12;

static const double most_gain = 4;

static const double correction = 1.5; /* the power of it, found by trial */

/* From such a difference between quick and slow powers on, dB, the quick gain counts; 1 dB further
 * it counts alone. What is asked is smooth already. */
static const double asked_steady = 0.3, got_steady = 1;

/* Of the loudest power in a loop: what lies below stays as it is, so that silence is not lifted. */
static const double least_share = 1e-6, least_power = 1e-16;

live_rates live_level_rates(const lts_feature *feature)
{
    const double hop = (double)lts_feature_hop(feature) / lts_feature_sample_rate(feature);
    return (live_rates){1 - exp(-hop / quick), 1 - exp(-hop / slow)};
}

double live_level_floor(const loop *of)
{
    float loudest = -INFINITY;
    for (size_t s = 0; of->level && s < of->sounds; s++)
        for (size_t t = 0; t < of->frames; t++)
            loudest = fmaxf(loudest, of->level[s][t]);
    return fmax(least_share * pow(10, (double)loudest / 10), least_power);
}

live_asked live_level_ask(const live_walk *w, const float *weight, const double *at)
{
    const size_t sounds = w->loop.sounds;
    float level[LIVE_SOUNDS], between = 0;
    const float *paths[LIVE_SOUNDS];
    if (!w->loop.level || w->law != LTS_LAW_LOUDNESS)
        return (live_asked){.floor = w->floor};
    for (size_t s = 0; s < sounds; s++) {
        const size_t frame = (size_t)at[s];
        const float *here = w->loop.level[s] + frame;
        const float part = (float)(at[s] - (double)frame);
        level[s] = part > 0 ? here[0] + part * (here[1] - here[0]) : here[0];
        paths[s] = &level[s];
    }
    lts_latent_mix_levels(paths, weight, sounds, 1, 1, &between);
    return (live_asked){pow(10, (double)between / 10), 1, w->floor};
}

live_asked live_level_cross(live_asked to, live_asked from, double part)
{
    return (live_asked){to.power + part * (from.power - to.power),
                        to.share + part * (from.share - to.share),
                        to.floor + part * (from.floor - to.floor)};
}

void live_level_restart(live_level *level)
{
    *level = (live_level){.factor = 1};
}

LTS_CLONES static float sum_squares(const float *x, size_t n)
{
    float sum = 0;
#pragma omp simd reduction(+ : sum)
    for (size_t i = 0; i < n; i++)
        sum += x[i] * x[i];
    return sum;
}

static double limited(double x, double most)
{
    return fmin(fmax(x, 1 / most), most);
}

/* How far a difference in dB between two powers is beyond a steady sound's, 0..1. */
static double changing(double a, double b, double steady)
{
    return fmin(fmax(fabs(10 * log10(a / b)) - steady, 0), 1);
}

/* With A the asked power and P that of the sound, both smoothed, sqrt(A / P) alone is late where a
 * sound sets in. So the quick gain is corrected by a power of A / Y, Y being the smoothed power of
 * what the voice has given and would give now. */
static double find_gain(const live_level *level, double floor, double power, double rate)
{
    double asked[2], got[2];
    for (int i = 0; i < 2; i++) {
        asked[i] = level->asked[i] + floor;
        got[i] = level->got[i] + floor;
    }
    const double change =
        fmax(changing(asked[0], asked[1], asked_steady), changing(got[0], got[1], got_steady));
    const double even = sqrt(asked[1] / got[1]), ratio = asked[0] / got[0];
    if (change <= 0)
        return limited(even, most_gain);
    const double given = level->given + rate * (ratio * power - level->given);
    const double following = sqrt(ratio) * pow(asked[0] / (given + floor), correction);
    return limited(pow(limited(following, most_gain) / even, change) * even, most_gain);
}

/* However it changes, the share of the gain is taken up without a step. */
static void move_share(const live *l, live_level *level, double share)
{
    const double most = 1 / (double)(l->fade + 1), step = share - level->share;
    level->share =
        level->frames == l->delay + 1 ? share : level->share + fmin(fmax(step, -most), most);
}

double live_level_step(const live *l, live_level *level, live_asked newest, const float *sound)
{
    enum { ROOM = LIVE_LEVEL_DELAY + 1 };
    const double rate[2] = {l->rates.quick, l->rates.slow}, before = level->factor;
    const double power = (double)sum_squares(sound, l->hop) / (double)l->hop;
    const live_asked asked = level->ring[(level->frames + ROOM - l->delay) % ROOM];
    level->ring[level->frames % ROOM] = newest;
    if (level->frames++ < l->delay) /* before the first frame */
        return before;
    move_share(l, level, asked.share);
    for (int i = 0; i < 2; i++) {
        level->asked[i] += rate[i] * (asked.power - level->asked[i]);
        level->got[i] += rate[i] * (power - level->got[i]);
    }
    level->factor =
        level->share > 0 ? pow(find_gain(level, asked.floor, power, rate[0]), level->share) : 1;
    const double now = level->factor, square = (before * before + before * now + now * now) / 3;
    level->given += rate[0] * (square * power - level->given);
    return now;
}
