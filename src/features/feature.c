#include "features/kinds.h"

#include <math.h>

static const feature_kind *const kinds[] = {[LTS_FEATURE_CQT] = &feature_cqt,
                                            [LTS_FEATURE_SAMPLES] = &feature_samples,
                                            [LTS_FEATURE_LOG_STFT] = &feature_log_stft,
                                            [LTS_FEATURE_STFT] = &feature_stft};

const feature_kind *feature_kind_at(int kind)
{
    return kind >= 0 && kind < (int)(sizeof kinds / sizeof *kinds) ? kinds[kind] : NULL;
}

const char *lts_feature_kind_text(int kind)
{
    const feature_kind *row = feature_kind_at(kind);
    return row ? row->name : NULL;
}

lts_feature lts_feature_defaults(lts_feature_kind kind)
{
    return kinds[kind]->defaults();
}

lts_status lts_feature_check(const lts_feature *feature, lts_error *err)
{
    const feature_kind *row = feature_kind_at((int)feature->kind);
    if (!row)
        return lts_fail(err, LTS_ERR_ARGUMENT, "feature: kind %d: there is none of this number",
                        (int)feature->kind);
    return row->check(feature, err);
}

size_t lts_feature_rows(const lts_feature *feature)
{
    return kinds[feature->kind]->rows(feature);
}

size_t lts_feature_columns(const lts_feature *feature)
{
    return kinds[feature->kind]->columns(feature);
}

size_t lts_feature_floats(const lts_feature *feature)
{
    return lts_feature_rows(feature) * lts_feature_columns(feature);
}

double lts_feature_sample_rate(const lts_feature *feature)
{
    return kinds[feature->kind]->sample_rate(feature);
}

size_t lts_feature_hop(const lts_feature *feature)
{
    return kinds[feature->kind]->hop(feature);
}

size_t lts_feature_count(const lts_feature *feature, size_t samples)
{
    return kinds[feature->kind]->count(feature, samples);
}

size_t lts_feature_context(const lts_feature *feature)
{
    return kinds[feature->kind]->context(feature);
}

void lts_feature_shape_text(const lts_feature *feature, char text[LTS_FEATURE_SHAPE_TEXT])
{
    kinds[feature->kind]->shape_text(feature, text);
}

bool lts_feature_is_magnitude(const lts_feature *feature)
{
    return kinds[feature->kind]->magnitudes;
}

bool lts_feature_is_note(const lts_feature *feature)
{
    return kinds[feature->kind]->note;
}

bool lts_feature_is_invertible(const lts_feature *feature)
{
    return kinds[feature->kind]->recover != NULL;
}

int lts_feature_octave(const lts_feature *feature)
{
    const feature_kind *row = feature_kind_at((int)feature->kind);
    return row->octave ? row->octave(feature) : 0;
}

double lts_feature_column_at(const lts_feature *feature, double hz)
{
    const feature_kind *row = kinds[feature->kind];
    return row->column_at ? row->column_at(feature, hz) : (double)NAN;
}

lts_status lts_feature_vocoder_create(const lts_feature *feature, uint64_t seed, lts_vocoder **out,
                                      lts_error *err)
{
    *out = NULL;
    lts_status status = lts_feature_check(feature, err);
    if (status != LTS_OK)
        return status;
    const feature_kind *row = kinds[feature->kind];
    if (!row->vocoder_create)
        return lts_fail(err, LTS_ERR_ARGUMENT,
                        "features %s cannot be played frame by frame: load a model of %s",
                        row->name, feature_cqt.name);
    return row->vocoder_create(feature, seed, out, err);
}
