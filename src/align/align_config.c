#include "align/align_parts.h"

#include <math.h>
#include <string.h>

/* Bins of the envelope to each side, octaves; seconds between frames that are compared; octaves a
 * second that a shift may glide. */
static const double envelope = 1.0 / 6, interval = 0.0087, glide = 4;

static const char *const alignments[] = {[LTS_ALIGNED_NONE] = "none",
                                         [LTS_ALIGNED_PITCH] = "pitch",
                                         [LTS_ALIGNED_TIME] = "time",
                                         [LTS_ALIGNED_BOTH] = "both",
                                         [LTS_ALIGNED_AUTO] = "auto"};

const char *lts_alignment_text(int alignment)
{
    return alignment >= 0 && alignment < LTS_ALIGNMENTS ? alignments[alignment] : NULL;
}

bool lts_parse_alignment(const char *text, lts_alignment *alignment)
{
    for (int i = 0; text && i < LTS_ALIGNMENTS; i++) {
        if (strcmp(text, alignments[i]) == 0) {
            *alignment = (lts_alignment)i;
            return true;
        }
    }
    return false;
}

lts_align_config lts_align_defaults(size_t bins, int bins_per_octave, double frame_rate)
{
    return (lts_align_config){.bins = bins,
                              .bins_per_octave = bins_per_octave,
                              .frame_rate = frame_rate,
                              .range = 1,
                              .threshold = 0.2};
}

lts_status lts_align_check(const lts_align_config *config, lts_error *err)
{
    if (config->bins < 2 || config->bins > LTS_ALIGN_BINS)
        return lts_fail(err, LTS_ERR_ARGUMENT, "alignment: %zu bins, expected 2 to %d",
                        config->bins, LTS_ALIGN_BINS);
    if (config->bins_per_octave < 1 || config->bins_per_octave > 4096)
        return lts_fail(err, LTS_ERR_ARGUMENT, "alignment: %d bins an octave, expected 1 to 4096",
                        config->bins_per_octave);
    if (!(config->frame_rate > 0 && config->frame_rate <= 1e8))
        return lts_fail(err, LTS_ERR_ARGUMENT,
                        "alignment: %g frames a second, expected above 0 and up to 1e8",
                        config->frame_rate);
    if (!(config->range > 0 && config->range <= 3))
        return lts_fail(err, LTS_ERR_ARGUMENT,
                        "alignment: a range of %g octaves, expected above 0 and up to 3",
                        config->range);
    if (!(config->threshold >= 0.01 && config->threshold <= 1))
        return lts_fail(err, LTS_ERR_ARGUMENT, "alignment: a threshold of %g, expected 0.01 to 1",
                        config->threshold);
    return LTS_OK;
}

align_scale align_scale_of(const lts_align_config *config)
{
    const double b = config->bins_per_octave, step = round(config->frame_rate * interval);
    align_scale scale = {
        .span = (size_t)fmax(2, round(envelope * b)),
        .range = (size_t)fmax(1, round(config->range * b)),
        .step = (size_t)fmax(1, step),
    };
    if (scale.range > config->bins - 1)
        scale.range = config->bins - 1;
    scale.dt = (double)scale.step / config->frame_rate;
    scale.reach = (size_t)fmin(ceil(glide * b * scale.dt), 2.0 * (double)scale.range);
    return scale;
}
