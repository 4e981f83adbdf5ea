#include "align/pitch/tracker.h"

#include <math.h>
#include <string.h>

static const double pi = 3.14159265358979;

/* Seconds over which a shift begins and ends; dB a second by which the loudest frame is forgotten;
 * how much better another path must be before it is taken, correlation times seconds; octaves a
 * second at which the shift goes over to it. */
static const double fade_time = 0.05, forgetting = 3, hysteresis = 0.015, glide = 4;

/* The best state within reach of `at`. */
static size_t best_near(const float *value, size_t shifts, size_t at, size_t reach)
{
    size_t best = at;
    for (size_t k = at > reach ? at - reach : 0; k < shifts && k <= at + reach; k++)
        if (value[k] > value[best])
            best = k;
    return best;
}

static void begin(lts_align_tracker *tracker)
{
    memset(tracker->value, 0, (2 * tracker->scale.range + 2) * sizeof *tracker->value);
    memset(tracker->loudest, 0, sizeof tracker->loudest);
    tracker->at = 2 * tracker->scale.range + 1;
    tracker->share = tracker->shift = 0;
    tracker->begun = true;
}

/* The state that the path is in now. */
static size_t choose(const lts_align_tracker *tracker)
{
    const float *value = tracker->value;
    const size_t none = 2 * tracker->scale.range + 1;
    size_t here = tracker->at, top = none;
    if (here != none)
        here = best_near(value, none, here, tracker->scale.reach);
    for (size_t k = 0; k < none; k++)
        if (value[k] > value[top])
            top = k;
    return (double)value[top] > (double)value[here] + hysteresis ? top : here;
}

static double approach(double value, double goal, double step)
{
    return value < goal ? fmin(value + step, goal) : fmax(value - step, goal);
}

double lts_align_tracker_follow(lts_align_tracker *tracker, const float *a, const float *b)
{
    const size_t none = 2 * tracker->scale.range + 1;
    const double dt = 1 / tracker->config.frame_rate;
    const float kept = (float)pow(10, -forgetting * dt / 30);
    align_scale scale = tracker->scale;
    float energy[2];
    if (!tracker->begun)
        begin(tracker);
    scale.dt = dt;
    align_scores(a, b, tracker->config.bins, scale.span, scale.range, tracker->scratch,
                 tracker->score, energy);
    for (int i = 0; i < 2; i++)
        tracker->loudest[i] = fmaxf(energy[i], tracker->loudest[i] * kept);
    align_advance(&scale, tracker->score, align_weight(energy, tracker->loudest),
                  tracker->config.threshold, tracker->value, tracker->next, NULL);
    tracker->at = choose(tracker);
    if (tracker->at != none) {
        const double goal = align_refine(tracker->score, scale.range, tracker->at);
        tracker->shift = tracker->share > 0 ? approach(tracker->shift, goal,
                                                       glide * dt * tracker->config.bins_per_octave)
                                            : goal;
    }
    tracker->share = approach(tracker->share, tracker->at != none, dt / fade_time);
    return tracker->share > 0 ? tracker->shift * (0.5 - 0.5 * cos(pi * tracker->share)) : 0;
}
