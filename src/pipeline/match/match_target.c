#include "match/pitch.h"
#include "pipeline/match/matcher.h"

#include <math.h>
#include <string.h>

static const float silence = 1e-3f; /* of the peak, 60 dB below it */

/* Samples before the sound begins, with a few milliseconds that are left to it; n when it never
 * does. */
static size_t count_silence(const float *x, size_t n, double rate)
{
    const size_t before = (size_t)(0.002 * rate);
    float peak = 0;
    size_t first = 0;
    for (size_t i = 0; i < n; i++)
        peak = fmaxf(peak, fabsf(x[i]));
    while (first < n && fabsf(x[first]) <= silence * peak)
        first++;
    if (first == n)
        return n;
    return first > 10 * before ? first - before : 0;
}

double matcher_gain(const lts_matcher *m, const float *x)
{
    double sum = 0;
    for (size_t i = 0; i < m->samples; i++)
        sum += (double)x[i] * (double)x[i];
    const double level = sqrt(sum / (double)m->samples);
    return level >= m->quiet / 2 && level <= m->loud * 2 ? 1 : m->usual / level;
}

/* The range of the levels of what is a frequency of a note: the parameters NAME_f. */
static void find_range(const lts_synth_space *space, double *lowest, double *highest)
{
    *lowest = *highest = (double)NAN;
    for (size_t p = 0; p < lts_synth_space_count(space); p++) {
        const lts_synth_parameter parameter = lts_synth_space_at(space, p);
        const size_t length = strlen(parameter.name);
        if (length < 2 || strcmp(parameter.name + length - 2, "_f") != 0)
            continue;
        const bool fixed = parameter.levels == 0;
        const double first = fixed ? parameter.value : parameter.level[0];
        const double last = fixed ? parameter.value : parameter.level[parameter.levels - 1];
        *lowest = fmin(first, *lowest);
        *highest = fmax(last, *highest);
    }
}

lts_status lts_match_read(lts_matcher *m, const lts_source *source, lts_match_target *out,
                          lts_error *err)
{
    const double rate = lts_synth_space_settings(m->space)->sample_rate;
    float *x = NULL;
    size_t n = 0;
    *out = (lts_match_target){.gain = 1};
    /* Silence before the sound may be long: what follows it is what is wanted. */
    lts_status status = lts_audio_load(source->path, rate, source->offset, -1, &x, &n, err);
    if (status != LTS_OK)
        return status;
    const size_t skipped = count_silence(x, n, rate), left = n - skipped;
    if (left == 0) {
        status =
            lts_fail(err, LTS_ERR_ARGUMENT, "%s: silent: there is nothing to match", source->path);
        goto done;
    }
    status = lts_alloc_checked(&out->x, m->samples, sizeof *out->x, "a target", err);
    if (status != LTS_OK)
        goto done;
    const size_t taken = left < m->samples ? left : m->samples;
    memcpy(out->x, x + skipped, taken * sizeof *x);
    memset(out->x + taken, 0, (m->samples - taken) * sizeof *x);
    out->skipped = (double)skipped / rate;
    out->seconds = (double)left / rate;
    out->gain = matcher_gain(m, out->x);
    for (size_t i = 0; i < m->samples; i++)
        out->x[i] *= (float)out->gain;
    out->pitch = match_pitch(out->x, taken, rate);
    find_range(m->space, &out->lowest, &out->highest);
done:
    lts_free(x);
    return status;
}

void lts_match_target_free(lts_match_target *target)
{
    lts_free(target->x);
    *target = (lts_match_target){0};
}
