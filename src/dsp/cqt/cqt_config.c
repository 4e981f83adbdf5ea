#include "lts/dsp.h"

#include <math.h>
#include <string.h>

#include "dsp/cqt/cqt.h"

lts_cqt_config lts_cqt_defaults(void)
{
    /* C1 lies 45 semitones below A4. */
    return (lts_cqt_config){.sample_rate = 44100,
                            .hop = 128,
                            .bins_per_octave = 48,
                            .octaves = 8,
                            .fmin = 440 * exp2(-45 / 12.0)};
}

double cqt_quality(const lts_cqt_config *config)
{
    double ratio = exp2(2.0 / config->bins_per_octave);
    return (ratio + 1) / (ratio - 1);
}

/* The largest number of whole octaves whose top bin stays below Nyquist. */
static int octaves_that_fit(const lts_cqt_config *config)
{
    double b = config->bins_per_octave;
    int octaves = (int)floor(log2(config->sample_rate / 2 / config->fmin) + 1 / b);
    while (octaves > 0 && config->fmin * exp2(octaves - 1 / b) >= config->sample_rate / 2)
        octaves--;
    return octaves > 0 ? octaves : 0;
}

static lts_status check_top(const lts_cqt_config *config, lts_error *err)
{
    double b = config->bins_per_octave, nyquist = config->sample_rate / 2;
    double top = config->fmin * exp2(config->octaves - 1 / b);
    if (top < nyquist)
        return LTS_OK;
    int fits = octaves_that_fit(config);
    if (fits == 0)
        return lts_fail(err, LTS_ERR_ARGUMENT,
                        "cqt: fmin: no octave from %g Hz fits below half the sample rate, %g Hz: "
                        "choose a lower fmin",
                        config->fmin, nyquist);
    return lts_fail(err, LTS_ERR_ARGUMENT,
                    "cqt: octaves: the top bin of %d octaves, %.0f Hz, is not below half the "
                    "sample rate, %g Hz: choose at most %d octaves",
                    config->octaves, top, nyquist, fits);
}

lts_status lts_cqt_check(const lts_cqt_config *config, lts_error *err)
{
    if (!(config->sample_rate >= 1 && config->sample_rate <= CQT_MAX_RATE))
        return lts_fail(err, LTS_ERR_ARGUMENT,
                        "cqt: sample_rate: %g Hz: choose 1 to %.0f Hz, usually 44100",
                        config->sample_rate, CQT_MAX_RATE);
    if (config->hop < 1 || config->hop > CQT_MAX_HOP)
        return lts_fail(err, LTS_ERR_ARGUMENT, "cqt: hop: %d samples: choose 1 to %d, usually 128",
                        config->hop, CQT_MAX_HOP);
    if (config->bins_per_octave < 1 || config->bins_per_octave > CQT_MAX_BINS)
        return lts_fail(err, LTS_ERR_ARGUMENT,
                        "cqt: bins_per_octave: %d: choose 1 to %d, usually 12 to 48",
                        config->bins_per_octave, CQT_MAX_BINS);
    if (config->octaves < 1 || config->octaves > CQT_MAX_OCTAVES)
        return lts_fail(err, LTS_ERR_ARGUMENT, "cqt: octaves: %d: choose 1 to %d, usually 8",
                        config->octaves, CQT_MAX_OCTAVES);
    if (!(config->fmin > 0 && isfinite(config->fmin)))
        return lts_fail(err, LTS_ERR_ARGUMENT,
                        "cqt: fmin: %g Hz: choose a frequency above 0, usually C1 = 32.7",
                        config->fmin);
    double longest = cqt_quality(config) * config->sample_rate / config->fmin;
    if (longest > CQT_MAX_FILTER)
        return lts_fail(err, LTS_ERR_ARGUMENT,
                        "cqt: fmin: the filter at %g Hz would be %.3g samples long, more than %d: "
                        "choose a higher fmin or fewer bins per octave",
                        config->fmin, longest, CQT_MAX_FILTER);
    return check_top(config, err);
}

size_t lts_cqt_bins(const lts_cqt_config *config)
{
    return (size_t)config->octaves * (size_t)config->bins_per_octave;
}

size_t lts_cqt_frames(const lts_cqt_config *config, size_t samples)
{
    return 1 + samples / (size_t)config->hop;
}

/* Semitones of C D E F G A B above C; -1 for any other letter. */
static int note_semitone(char letter)
{
    static const char letters[] = "C D EF G A B";
    const char upper = (char)(letter >= 'a' && letter <= 'g' ? letter - 'a' + 'A' : letter);
    const char *found = upper > ' ' ? strchr(letters, upper) : NULL;
    return found ? (int)(found - letters) : -1;
}

bool lts_parse_pitch(const char *text, double *hz)
{
    double value;
    text += strspn(text, " \t");
    if (lts_parse_double(text, &value)) {
        if (value > 0)
            *hz = value;
        return value > 0;
    }
    int semitone = note_semitone(*text);
    if (semitone < 0)
        return false;
    for (text++; *text == '#' || *text == 'b'; text++)
        semitone += *text == '#' ? 1 : -1;
    int64_t octave;
    if ((*text != '-' && (*text < '0' || *text > '9')) || !lts_parse_int(text, &octave) ||
        octave < -4 || octave > 16)
        return false;
    *hz = 440 * exp2((semitone - 9) / 12.0 + (double)(octave - 4));
    return true;
}
