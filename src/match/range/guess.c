#include "match/range/guess.h"

#include "lts/dsp.h"
#include "match/range/axis.h"

#include <math.h>
#include <string.h>

/* --- Listening ------------------------------------------------------------------------------- */

enum { SIZE = 4096, HOP = 1024, BINS = SIZE / 2 + 1, BLOCK = 256 };
static const double weakest = 0.01; /* of the strongest partial */

/* The root of the mean power of each bin over time. */
static lts_status mean_magnitudes(const float *x, size_t n, float *mean, lts_error *err)
{
    const lts_stft_config config = {.size = SIZE, .hop = HOP};
    const size_t frames = n / HOP + 1;
    lts_stft *stft = NULL;
    lts_stft_work *work = NULL;
    float *magnitudes = NULL;
    lts_status status = lts_stft_create(&config, &stft, err);
    if (status != LTS_OK)
        goto done;
    status = lts_stft_work_create(stft, &work, err);
    if (status != LTS_OK)
        goto done;
    status = lts_alloc_checked(&magnitudes, frames * BINS, sizeof *magnitudes, "a guess", err);
    if (status != LTS_OK)
        goto done;
    lts_stft_magnitudes(work, x, n, frames, magnitudes);
    for (size_t k = 0; k < BINS; k++) {
        double power = 0;
        for (size_t t = 0; t < frames; t++)
            power += (double)magnitudes[t * BINS + k] * (double)magnitudes[t * BINS + k];
        mean[k] = (float)sqrt(power / (double)frames);
    }
done:
    lts_free(magnitudes);
    lts_stft_work_destroy(work);
    lts_stft_destroy(stft);
    return status;
}

/* Keeps the strongest, in falling order. */
static void keep_partial(guess *g, double frequency, double strength)
{
    size_t at = g->partials < GUESS_PARTIALS ? g->partials++ : GUESS_PARTIALS;
    for (; at > 0 && strength > g->strength[at - 1]; at--)
        if (at < GUESS_PARTIALS) {
            g->partial[at] = g->partial[at - 1];
            g->strength[at] = g->strength[at - 1];
        }
    if (at < GUESS_PARTIALS) {
        g->partial[at] = frequency;
        g->strength[at] = strength;
    }
}

/* Peaks, at the vertex of the parabola through their logarithms. */
static void find_partials(const float *mean, double rate, guess *g)
{
    double sum = 0, moment = 0;
    for (size_t k = 1; k + 1 < BINS; k++) {
        const double frequency = (double)k * rate / SIZE;
        sum += (double)mean[k];
        moment += (double)mean[k] * frequency;
        if (!(mean[k] > mean[k - 1] && mean[k] >= mean[k + 1] && mean[k - 1] > 0 &&
              mean[k + 1] > 0))
            continue;
        const double before = log((double)mean[k - 1]), after = log((double)mean[k + 1]);
        const double curve = before + after - 2 * log((double)mean[k]);
        const double shift = curve < 0 ? (before - after) / (2 * curve) : 0;
        keep_partial(g, frequency + shift * rate / SIZE, (double)mean[k]);
    }
    g->centroid = sum > 0 ? moment / sum : rate / 8;
    while (g->partials > 0 && g->strength[g->partials - 1] < weakest * g->strength[0])
        g->partials--;
    for (size_t i = g->partials; i-- > 0;)
        g->strength[i] /= g->strength[0];
}

static double level_at(const float *x, size_t n, size_t block)
{
    double sum = 0;
    for (size_t i = block * BLOCK; i < n && i < (block + 1) * BLOCK; i++)
        sum += (double)x[i] * (double)x[i];
    return sqrt(sum / BLOCK);
}

/* Straight lines through the levels: up to the loudest block, down to a third of it, the level
 * where the key is let go, and from there to silence. */
static void find_envelope(const float *x, size_t n, double rate, double gate, guess *g)
{
    const size_t blocks = n / BLOCK > 0 ? n / BLOCK : 1;
    size_t loudest = 0;
    double peak = 0;
    for (size_t b = 0; b < blocks; b++)
        if (level_at(x, n, b) > peak) {
            peak = level_at(x, n, b);
            loudest = b;
        }
    size_t third = loudest;
    while (third < blocks && level_at(x, n, third) > peak / 3)
        third++;
    const double second = rate / BLOCK;
    const size_t let_go = (size_t)fmin(gate * second, (double)blocks - 1);
    const double held = peak > 0 ? level_at(x, n, let_go) / peak : 0;
    const double last = peak > 0 ? level_at(x, n, blocks - 1) / peak : 0;
    const double left = ((double)blocks - (double)let_go) / second;
    g->attack = fmax((double)loudest / second, 0.002);
    g->decay = fmax(1.5 * (double)(third - loudest) / second, 0.005);
    g->sustain = fmin(held, 1);
    g->release = last < 0.9 * held ? fmax(left / (1 - last / held), 0.005) : 10;
}

lts_status guess_listen(const float *x, size_t n, const lts_synth_settings *settings, double pitch,
                        guess *out, lts_error *err)
{
    float *mean;
    *out = (guess){.pitch = pitch};
    lts_status status = lts_alloc_checked(&mean, BINS, sizeof *mean, "a guess", err);
    if (status != LTS_OK)
        return status;
    status = mean_magnitudes(x, n, mean, err);
    if (status != LTS_OK)
        goto done;
    find_partials(mean, settings->sample_rate, out);
    find_envelope(x, n, settings->sample_rate, settings->gate, out);
done:
    lts_free(mean);
    return status;
}

/* --- Drawing --------------------------------------------------------------------------------- */

/* A factor around 1, its logarithm evenly between -octaves and octaves. */
static double around(lts_rng *rng, double octaves)
{
    return exp2(octaves * (2 * lts_rng_uniform(rng) - 1));
}

typedef struct drawn_oscillator {
    double f, v, a, b;
} drawn_oscillator;

/* A partial, the pitch or a harmonic of it; plain, with a vibrato, or frequency-modulated by a
 * simple ratio of its own frequency (Chowning 1973). */
static drawn_oscillator draw_oscillator(const guess *g, double widest_v, lts_rng *rng)
{
    static const double ratio[] = {0.25, 0.5, 1, 1.414, 2, 3};
    drawn_oscillator o = {.f = g->centroid * around(rng, 1.5), .a = 0.1, .v = 1};
    const double way = lts_rng_uniform(rng);
    if (isfinite(g->pitch) && way < 0.3) {
        o.f = g->pitch * (double)(1 + lts_rng_below(rng, 3));
        o.a = 0.4 * around(rng, 1);
    } else if (g->partials > 0 && way < 0.95) {
        /* Strong ones sooner: the least of two draws of a falling order. */
        const size_t one = (size_t)lts_rng_below(rng, g->partials);
        const size_t other = (size_t)lts_rng_below(rng, g->partials);
        const size_t at = one < other ? one : other;
        o.f = g->partial[at];
        o.a = g->strength[at] * around(rng, 0.5);
    }
    const double modulated = lts_rng_uniform(rng);
    if (modulated < 0.25) {
        o.v = 2 * around(rng, 2);
        o.b = 0.01 * o.f * lts_rng_uniform(rng);
    } else if (modulated < 0.5) {
        o.v = fmin(o.f * ratio[lts_rng_below(rng, sizeof ratio / sizeof *ratio)], widest_v);
        o.b = o.v * 3 * lts_rng_uniform(rng);
    }
    return o;
}

void guess_draw(const guess *g, const lts_synth_space *space, lts_rng *rng, double *values)
{
    const bool relative = lts_synth_space_settings(space)->fm.relative;
    drawn_oscillator o = {0};
    char prefix[LTS_SYNTH_NAME] = "";
    for (size_t free = 0; free < lts_synth_space_free(space); free++) {
        const size_t p = lts_synth_space_free_at(space, free);
        const char *name = lts_synth_space_at(space, p).name;
        const char *end = strrchr(name, '_');
        const bool of_oscillator = end && strlen(end) == 2 && strchr("fvAB", end[1]);
        if (of_oscillator) {
            /* The first of an oscillator's parameters draws them all. */
            const size_t length = (size_t)(end - name);
            if (strlen(prefix) != length || strncmp(prefix, name, length) != 0) {
                o = draw_oscillator(g, 1000, rng);
                memcpy(prefix, name, length);
                prefix[length] = '\0';
            }
            values[p] = end[1] == 'f'   ? o.f
                        : end[1] == 'v' ? o.v
                        : end[1] == 'A' ? o.a
                        : relative      ? o.b / o.f
                                        : o.b;
            continue;
        }
        const struct {
            const char *name;
            double value;
        } other[] = {{"attack", g->attack * around(rng, 1)},
                     {"decay", g->decay * around(rng, 1)},
                     {"sustain", g->sustain * around(rng, 0.5)},
                     {"release", g->release * around(rng, 0.5)},
                     {"f_cut", 2 * g->centroid * around(rng, 1.5)},
                     {"q", 0.7 * around(rng, 1)},
                     {"f_gate", 0}};
        for (size_t i = 0; i < sizeof other / sizeof *other; i++)
            if (strcmp(name, other[i].name) == 0)
                values[p] = other[i].value;
    }
}
