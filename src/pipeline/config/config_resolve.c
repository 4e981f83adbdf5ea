#include "pipeline/config/config.h"

#include <string.h>

static void settle_type(lts_config *config, const lts_reporter *reporter)
{
    const config_row *layers = config_find("VAE", "num_layers");
    const char *given = config_given(config, layers);
    if (config->model.type != LTS_CONFIG_AUTO)
        return;
    config->model.type = lts_ini_has_section(config->source, "CVAE") ? LTS_CONFIG_CVAE
                         : given && given[0]                         ? LTS_CONFIG_VAE2
                                                                     : LTS_CONFIG_VAE;
    lts_message(reporter, LTS_LEVEL_DETAIL, "[model] type: %s",
                config_find("model", "type")->choices[config->model.type]);
}

static void settle_loss(lts_config *config, const lts_reporter *reporter)
{
    const char *given = config_given(config, config_find("training", "loss"));
    if (config->origin != LTS_ORIGIN_PYTORCH || (given && given[0]))
        return;
    config->training.loss = LTS_LOSS_SUM;
    lts_message(reporter, LTS_LEVEL_NOTE,
                "%s: a file of the PyTorch original, by its [audio] sampling_rate: training takes "
                "its loss = sum, with Adam's epsilon of 1e-8; [training] loss = mean would not",
                config->path);
}

/* Notes of equal text are said once, with all the keys they are about. */
static void explain_kept(const lts_config *config, const lts_reporter *reporter)
{
    for (size_t r = 0; r < config_count; r++) {
        const char *note = config_table[r].note;
        bool said = false;
        char keys[256] = "";
        size_t used = 0;
        for (size_t q = 0; note && q < r; q++)
            said = said || config_table[q].note == note;
        for (size_t q = r; note && !said && q < config_count; q++) {
            const config_row *row = &config_table[q];
            const char *given = row->note == note ? config_given(config, row) : NULL;
            if (given && given[0] && used < sizeof keys)
                used += (size_t)snprintf(keys + used, sizeof keys - used, "%s%s", used ? ", " : "",
                                         row->key);
        }
        if (used)
            lts_message(reporter, LTS_LEVEL_NOTE, "%s: %s has no effect here: %s", config->path,
                        keys, note);
    }
}

static void explain_vae2(const lts_config *config, const char *place, const lts_reporter *reporter)
{
    for (size_t r = 0; config->model.type == LTS_CONFIG_VAE && r < config_count; r++) {
        const config_row *row = &config_table[r];
        const char *given = row->vae2 ? config_given(config, row) : NULL;
        if (given && given[0] && (row->kind != CONFIG_FLAG || config->vae.batch_norm))
            lts_message(reporter, LTS_LEVEL_NOTE,
                        "%s: %s has no effect in the model vae, as in the original", place,
                        row->key);
    }
}

lts_status config_resolve(lts_config *config, const lts_reporter *reporter, lts_error *err)
{
    const char *place = config->path[0] ? config->path : "settings";
    settle_type(config, reporter);
    settle_loss(config, reporter);
    explain_kept(config, reporter);
    if (config->audio.cqt_bit_depth == 1)
        lts_message(reporter, LTS_LEVEL_NOTE,
                    "%s: cqt_bit_depth = float64: arrays are written as float32", place);
    explain_vae2(config, place, reporter);
    if (strcmp(config->extra.description, config->dataset.cqt_dataset) == 0 ||
        strcmp(config->extra.description, "audio") == 0)
        return lts_fail(err, LTS_ERR_ARGUMENT,
                        "%s: [extra] description = %s: that folder of the data set holds %s; "
                        "choose another name for the runs",
                        place, config->extra.description,
                        strcmp(config->extra.description, "audio") == 0 ? "the sounds"
                                                                        : "the arrays");
    if (strcmp(config->dataset.cqt_dataset, "audio") == 0)
        return lts_fail(err, LTS_ERR_ARGUMENT,
                        "%s: [dataset] cqt_dataset = audio: that folder holds the sounds; choose "
                        "another name for the arrays",
                        place);
    if (config->extra.alpha_max < config->extra.alpha_min)
        return lts_fail(err, LTS_ERR_ARGUMENT, "%s: [extra] alpha_max = %g is below alpha_min = %g",
                        place, config->extra.alpha_max, config->extra.alpha_min);
    return LTS_OK;
}

lts_status lts_config_cqt(const lts_config *config, lts_cqt_config *cqt, lts_error *err)
{
    lts_error reason = {0};
    *cqt = (lts_cqt_config){.sample_rate = config->audio.sample_rate,
                            .hop = (int)config->audio.hop_length,
                            .bins_per_octave = (int)config->audio.bins_per_octave,
                            .octaves = (int)config->audio.num_octaves};
    lts_parse_pitch(config->audio.cqt_fmin, &cqt->fmin);
    lts_status status = lts_cqt_check(cqt, &reason);
    if (status != LTS_OK)
        return lts_fail(err, status, "%s%s[audio]: %s", config->path, config->path[0] ? ": " : "",
                        reason.text);
    return LTS_OK;
}

lts_status lts_config_model(const lts_config *config, lts_model_config *model, lts_error *err)
{
    lts_cqt_config cqt;
    lts_status status = lts_config_cqt(config, &cqt, err);
    if (status != LTS_OK)
        return status;
    if (config->model.type != LTS_CONFIG_VAE && config->model.type != LTS_CONFIG_VAE2)
        return lts_fail(err, LTS_ERR_ARGUMENT,
                        "%s%s[model] type = %s%s: not available in this version: set it to vae or "
                        "vae2",
                        config->path, config->path[0] ? ": " : "",
                        config_find("model", "type")->choices[config->model.type],
                        lts_config_given(config, "model.type") ? "" : " (told from [CVAE])");
    *model = (lts_model_config){
        .type = config->model.type == LTS_CONFIG_VAE2 ? LTS_MODEL_VAE2 : LTS_MODEL_VAE,
        .bins = lts_cqt_bins(&cqt),
        .latent = (size_t)config->vae.latent_dim,
        .units = (size_t)config->vae.n_units,
        .layers = (size_t)config->vae.num_layers,
        .units_divider = (size_t)config->vae.n_units_divider,
        .batch_norm = config->vae.batch_norm,
        .output = (lts_output)config->vae.output_activation,
        .compression = (lts_compression)config->training.compression,
    };
    return LTS_OK;
}
