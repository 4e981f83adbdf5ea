#include "features/kinds.h"

#include <math.h>
#include <stdio.h>

static const lts_feature_setting settings[] = {
    {.name = "sample_rate",
     .key = "sample_rate",
     .alias = "sampling_rate",
     .offset = offsetof(lts_feature, cqt.sample_rate)},
    {.name = "hop_length",
     .key = "hop_length",
     .whole = true,
     .offset = offsetof(lts_feature, cqt.hop)},
    {.name = "bins_per_octave",
     .key = "bins_per_octave",
     .whole = true,
     .offset = offsetof(lts_feature, cqt.bins_per_octave)},
    {.name = "num_octaves",
     .key = "num_octaves",
     .whole = true,
     .offset = offsetof(lts_feature, cqt.octaves)},
    {.name = "fmin", .key = "cqt_fmin", .pitch = true, .offset = offsetof(lts_feature, cqt.fmin)},
    {.name = NULL},
};

static lts_feature defaults(void)
{
    return (lts_feature){.kind = LTS_FEATURE_CQT, .cqt = lts_cqt_defaults()};
}

static lts_status check(const lts_feature *feature, lts_error *err)
{
    return lts_cqt_check(&feature->cqt, err);
}

static size_t rows(const lts_feature *feature)
{
    (void)feature;
    return 1;
}

static size_t columns(const lts_feature *feature)
{
    return lts_cqt_bins(&feature->cqt);
}

static double sample_rate(const lts_feature *feature)
{
    return feature->cqt.sample_rate;
}

static size_t hop(const lts_feature *feature)
{
    return (size_t)feature->cqt.hop;
}

static size_t count(const lts_feature *feature, size_t samples)
{
    return lts_cqt_frames(&feature->cqt, samples);
}

/* Half of the longest filter, the lowest bin's. */
static size_t context(const lts_feature *feature)
{
    const lts_cqt_config *config = &feature->cqt;
    double ratio = pow(2, 2.0 / config->bins_per_octave);
    double longest = (ratio + 1) / (ratio - 1) * config->sample_rate / config->fmin;
    return ((size_t)(longest / 2) / (size_t)config->hop + 2) * (size_t)config->hop;
}

static void shape_text(const lts_feature *feature, char text[LTS_FEATURE_SHAPE_TEXT])
{
    snprintf(text, LTS_FEATURE_SHAPE_TEXT, "%d octaves x %d", feature->cqt.octaves,
             feature->cqt.bins_per_octave);
}

const feature_kind feature_cqt = {.name = "cqt",
                                  .version = 1,
                                  .settings = settings,
                                  .defaults = defaults,
                                  .check = check,
                                  .rows = rows,
                                  .columns = columns,
                                  .sample_rate = sample_rate,
                                  .hop = hop,
                                  .count = count,
                                  .context = context,
                                  .shape_text = shape_text};
