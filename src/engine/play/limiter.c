#include "engine/play/limiter.h"

#include <math.h>

enum { STEP = 32 /* samples over which a gain moves */ };
static const float knee = 0.99f;

static const double smoothing = 0.005; /* s, of the power */
static const double lead = 2;          /* how much of what is known may be had at once */
static const double lowest = 0.1;      /* what is known from the start */
static const double highest_known = 2;
static const double learning = 0.07;  /* s in which what is known doubles, */
static const double forgetting = 0.5; /* s in which it halves, */
static const double memory = 3;       /* s for which it stays */
static const double recovering = 0.2; /* s in which the gain for peaks doubles */

static float bend(float x)
{
    const float rest = 1 - knee, over = fabsf(x) - knee;
    if (isnan(x))
        return 0;
    return copysignf(isinf(x) ? 1 : fminf(1, knee + rest * (over / (over + rest))), x);
}

size_t limiter_apply(float *x, size_t n)
{
    size_t beyond = 0;
    for (size_t i = 0; i < n; i++)
        if (!(fabsf(x[i]) <= knee)) {
            beyond += !(fabsf(x[i]) <= 1);
            x[i] = bend(x[i]);
        }
    return beyond;
}

limiter limiter_start(double sample_rate)
{
    return (limiter){.sample_rate = sample_rate,
                     .known = lowest,
                     .level = 1,
                     .peak = 1,
                     .least_level = 1,
                     .least_peak = 1};
}

static double mean_square(const float *x, size_t n)
{
    double sum = 0;
    for (size_t i = 0; i < n; i++)
        sum += (double)x[i] * (double)x[i];
    return sum / (double)n;
}

static double highest(const float *x, size_t n)
{
    float most = 0;
    for (size_t i = 0; i < n; i++)
        most = fmaxf(most, fabsf(x[i]));
    return (double)most;
}

static void track_level(limiter *l, double level, double seconds)
{
    l->idle = level > l->known / 2 ? 0 : l->idle + seconds;
    if (level > l->known)
        l->known = fmin(fmin(level, highest_known), l->known * exp2(seconds / learning));
    else if (l->idle > memory)
        l->known = fmax(lowest, l->known * exp2(-seconds / forgetting));
}

/* From one gain to the other, along a line. */
static void ramp(float *x, size_t n, double from, double to)
{
    if (from == 1 && to == 1)
        return;
    for (size_t i = 0; i < n; i++)
        x[i] *= (float)(from + (to - from) * (double)(i + 1) / (double)n);
}

static double keep_level(limiter *l, const float *x, size_t n)
{
    const double seconds = (double)n / l->sample_rate;
    const double kept = exp(-seconds / smoothing);
    l->power = kept * l->power + (1 - kept) * mean_square(x, n);
    const double level = sqrt(l->power);
    track_level(l, level, seconds);
    return level > lead * l->known ? lead * l->known / level : 1;
}

static double keep_peak(const limiter *l, double highest_now, size_t n)
{
    const double back = l->peak * exp2((double)n / l->sample_rate / recovering);
    const double bound = highest_now > (double)knee ? (double)knee / highest_now : 1;
    return fmin(fmin(back, bound), 1);
}

/* x is followed by `ahead` samples that come next. */
static void run_step(limiter *l, float *x, size_t n, size_t ahead)
{
    const double level = keep_level(l, x, n);
    ramp(x, n, l->level, level);
    const double peak = keep_peak(l, fmax(highest(x, n), level * highest(x + n, ahead)), n);
    ramp(x, n, l->peak, peak);
    limiter_apply(x, n);
    l->level = level;
    l->peak = peak;
    l->least_level = fmin(l->least_level, level);
    l->least_peak = fmin(l->least_peak, peak);
}

static void clear_wrong(float *x, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (!isfinite(x[i]))
            x[i] = 0;
}

void limiter_run(limiter *l, float *x, size_t n)
{
    clear_wrong(x, n);
    for (size_t i = 0; i < n; i += STEP) {
        const size_t part = n - i < STEP ? n - i : STEP, rest = n - i - part;
        run_step(l, x + i, part, rest < STEP ? rest : STEP);
    }
}
