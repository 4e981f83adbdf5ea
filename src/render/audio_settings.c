#include "lts/render.h"

static lts_status number(const lts_model *model, const char *key, double *value, lts_error *err)
{
    const char *text = lts_model_note_get(model, key);
    if (!text)
        return lts_fail(err, LTS_ERR_NOT_FOUND,
                        "model: its notes have no %s: train it with lts-train", key);
    if (!lts_parse_double(text, value))
        return lts_fail(err, LTS_ERR_FORMAT, "model: note %s = %s: expected a number", key, text);
    return LTS_OK;
}

static lts_status whole_number(const lts_model *model, const char *key, int *value, lts_error *err)
{
    double parsed;
    lts_status status = number(model, key, &parsed, err);
    if (status != LTS_OK)
        return status;
    if (!(parsed >= 1 && parsed <= 1e6) || parsed != (int)parsed)
        return lts_fail(err, LTS_ERR_FORMAT, "model: note %s = %g: expected a whole number", key,
                        parsed);
    *value = (int)parsed;
    return LTS_OK;
}

lts_status lts_render_settings(const lts_model *model, lts_cqt_config *config, lts_error *err)
{
    lts_status status = number(model, "audio.sample_rate", &config->sample_rate, err);
    if (status != LTS_OK)
        return status;
    status = whole_number(model, "audio.hop_length", &config->hop, err);
    if (status != LTS_OK)
        return status;
    status = whole_number(model, "audio.bins_per_octave", &config->bins_per_octave, err);
    if (status != LTS_OK)
        return status;
    status = whole_number(model, "audio.num_octaves", &config->octaves, err);
    if (status != LTS_OK)
        return status;
    status = number(model, "audio.fmin", &config->fmin, err);
    if (status != LTS_OK)
        return status;
    status = lts_cqt_check(config, err);
    if (status != LTS_OK)
        return status;
    size_t bins = lts_model_settings(model)->bins;
    if (lts_cqt_bins(config) != bins)
        return lts_fail(err, LTS_ERR_SHAPE,
                        "model: its notes give %zu bins (%d octaves x %d), its layers take %zu",
                        lts_cqt_bins(config), config->octaves, config->bins_per_octave, bins);
    return LTS_OK;
}
