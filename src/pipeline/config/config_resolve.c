#include "pipeline/config/config.h"

#include <string.h>

int config_architecture(const lts_config *config)
{
    int type = 0;
    while (lts_model_type_text(type) &&
           strcmp(lts_model_type_text(type), config_types[config->type]) != 0)
        type++;
    return lts_model_type_text(type) ? type : -1;
}

static lts_status infer_type(lts_config *config, const lts_reporter *reporter, lts_error *err)
{
    if (config->type != 0)
        return LTS_OK;
    const char *type = lts_ini_has_section(config->source, "CVAE")  ? "cvae"
                       : lts_config_given(config, "VAE.num_layers") ? "vae2"
                                                                    : "vae";
    lts_message(reporter, LTS_LEVEL_DETAIL, "[model] type: %s", type);
    return config_read(config_find("model", "type"), type, config, err);
}

static void infer_loss(lts_config *config, const lts_reporter *reporter)
{
    if (config->origin != LTS_ORIGIN_PYTORCH || lts_config_given(config, "training.loss"))
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
    const config_row *row, *other;
    for (size_t r = 0; (row = config_row_at(r)); r++) {
        const char *note = row->note;
        bool said = false;
        char keys[256] = "";
        size_t used = 0;
        for (size_t q = 0; note && q < r; q++)
            said = said || config_row_at(q)->note == note;
        for (size_t q = r; note && !said && (other = config_row_at(q)); q++) {
            const char *given = other->note == note ? config_given(config, other) : NULL;
            if (given && given[0] && used < sizeof keys)
                used += (size_t)snprintf(keys + used, sizeof keys - used, "%s%s", used ? ", " : "",
                                         other->key);
        }
        if (used)
            lts_message(reporter, LTS_LEVEL_NOTE, "%s: %s has no effect here: %s", config->path,
                        keys, note);
    }
}

/* Settings of the model that its architecture does not read; a flag that is off asks for nothing.
 */
static void explain_unread(const lts_config *config, const char *place,
                           const lts_reporter *reporter)
{
    const int architecture = config_architecture(config);
    const config_row *row;
    for (size_t r = 0; architecture >= 0 && (row = config_row_at(r)); r++) {
        const char *given = config_given(config, row);
        if (config_applies(row, architecture) || !given || !given[0])
            continue;
        const bool is_original =
            architecture == LTS_MODEL_VAE && config_applies(row, LTS_MODEL_VAE2);
        if (row->kind != CONFIG_FLAG || *(const bool *)((const char *)config + row->offset))
            lts_message(reporter, LTS_LEVEL_NOTE, "%s: %s has no effect in the model %s%s", place,
                        row->key, lts_model_type_text(architecture),
                        is_original ? ", as in the original" : "");
    }
}

lts_status config_resolve(lts_config *config, const lts_reporter *reporter, lts_error *err)
{
    const char *place = config->path[0] ? config->path : "settings";
    lts_status status = infer_type(config, reporter, err);
    if (status != LTS_OK)
        return status;
    infer_loss(config, reporter);
    explain_kept(config, reporter);
    if (config->audio.cqt_bit_depth == 1)
        lts_message(reporter, LTS_LEVEL_NOTE,
                    "%s: cqt_bit_depth = float64: arrays are written as float32", place);
    explain_unread(config, place, reporter);
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
    const char *place = config->path[0] ? config->path : "settings";
    const int architecture = config_architecture(config);
    if (architecture < 0) {
        char available[128];
        size_t types = 0;
        while (lts_model_type_text((int)types))
            types++;
        config_names(config_types + 1, types, available, sizeof available);
        return lts_fail(err, LTS_ERR_ARGUMENT,
                        "%s%s[model] type = %s%s: not available in this version: set it to %s",
                        config->path, config->path[0] ? ": " : "", config_types[config->type],
                        lts_config_given(config, "model.type") ? "" : " (told from [CVAE])",
                        available);
    }
    *model = config->model;
    model->type = (lts_model_type)architecture;
    model->bins = lts_cqt_bins(&cqt);
    return lts_model_check(model, place, err);
}
