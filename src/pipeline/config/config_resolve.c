#include "pipeline/config/config_table.h"

#include <string.h>

/* The first of the types is auto, which loading replaces. */
int config_architecture(const lts_config *config)
{
    return config->type - 1;
}

bool lts_config_classifies(const lts_config *config)
{
    return config_architecture(config) == LTS_MODEL_INVERSYNTH;
}

/* Types that the sections of a file without [VAE] tell of. */
static const struct {
    const char *section, *type;
} section_types[] = {{"CVAE", "cvae"}, {"semantic", "semantic"}, {"inversynth", "inversynth"}};
enum { SECTION_TYPES = sizeof section_types / sizeof *section_types };

static lts_status infer_type(lts_config *config, const lts_reporter *reporter, lts_error *err)
{
    if (config->type != 0)
        return LTS_OK;
    const lts_ini *source = config->source;
    const char *type = lts_config_given(config, "VAE.num_layers") ? "vae2" : "vae";
    for (size_t s = 0; !lts_ini_has_section(source, "VAE") && s < SECTION_TYPES; s++)
        if (lts_ini_has_section(source, section_types[s].section)) {
            type = section_types[s].type;
            break;
        }
    lts_message(reporter, LTS_LEVEL_DETAIL, "[model] type: %s", type);
    return config_read(config_find("model", "type"), type, config, err);
}

static void infer_loss(lts_config *config, const lts_reporter *reporter)
{
    if (config->origin != LTS_ORIGIN_PYTORCH || config->training.loss != LTS_LOSS_SUM ||
        lts_config_given(config, "training.loss"))
        return;
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
    for (size_t r = 0; (row = config_row_at(r)); r++) {
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

/* A setting of a feature as a number; pitches were checked when they were read. */
static double setting_value(const lts_config *config, const lts_feature_setting *setting)
{
    const config_row *row = config_find(setting->section, setting->key);
    const void *place = (const char *)config + row->offset;
    double value = 0;
    if (row->kind == CONFIG_INT)
        value = (double)*(const int64_t *)place;
    else if (row->kind == CONFIG_PITCH)
        lts_parse_pitch(*(char *const *)place, &value);
    else
        value = *(const double *)place;
    return value;
}

lts_status lts_config_feature(const lts_config *config, lts_feature *feature, lts_error *err)
{
    lts_error reason = {0};
    const lts_feature_setting *setting;
    lts_status status = LTS_OK;
    *feature = lts_feature_defaults((lts_feature_kind)config->audio.features);
    for (size_t i = 0; (setting = lts_feature_setting_at(feature->kind, i)); i++) {
        status = lts_feature_set(feature, setting, setting_value(config, setting), &reason);
        if (status != LTS_OK)
            goto done;
    }
    status = lts_feature_check(feature, &reason);
done:
    if (status != LTS_OK)
        lts_fail(err, status, "%s%s[%s]: %s", config->path, config->path[0] ? ": " : "",
                 lts_feature_setting_at(feature->kind, 0)->section, reason.text);
    return status;
}

lts_alignment lts_config_alignment(const lts_config *config, lts_alignment otherwise)
{
    if (config->render.align > 0)
        return (lts_alignment)(config->render.align - 1);
    const bool original = config->origin != LTS_ORIGIN_OWN ||
                          strncmp(config_presets[config->preset], "original-", 9) == 0;
    return original ? LTS_ALIGNED_NONE : otherwise;
}

double lts_config_kl_beta(const lts_config *config)
{
    switch (config_architecture(config)) {
    case LTS_MODEL_CVAE: return config->cvae.kl_beta;
    case LTS_MODEL_SEMANTIC: return config->semantic.kl_beta;
    default: return config->vae.kl_beta;
    }
}

/* What the architecture reads of frames or notes; else LTS_ERR_ARGUMENT. */
static lts_status check_feature(const lts_feature *feature, int architecture, const char *place,
                                lts_error *err)
{
    const bool any = architecture == LTS_MODEL_INVERSYNTH || architecture == LTS_MODEL_SEMANTIC;
    if (!any && !lts_feature_is_magnitude(feature))
        return lts_fail(err, LTS_ERR_ARGUMENT,
                        "%s: [audio] features = %s: a %s learns magnitudes: set features to %s",
                        place, lts_feature_kind_text((int)feature->kind),
                        lts_model_type_text(architecture), lts_feature_kind_text(LTS_FEATURE_CQT));
    if (architecture == LTS_MODEL_CVAE && lts_feature_octave(feature) % 2 != 0)
        return lts_fail(err, LTS_ERR_ARGUMENT,
                        "%s: [audio] bins_per_octave = %d: a cvae reads frames as images of half "
                        "as many rows: use an even number",
                        place, lts_feature_octave(feature));
    return LTS_OK;
}

lts_status lts_config_model(const lts_config *config, lts_model_config *model, lts_error *err)
{
    lts_feature feature;
    const lts_model_setting *setting;
    const char *place = config->path[0] ? config->path : "settings";
    const int architecture = config_architecture(config);
    lts_status status = lts_config_feature(config, &feature, err);
    if (status != LTS_OK)
        return status;
    if ((status = check_feature(&feature, architecture, place, err)) != LTS_OK)
        return status;
    *model = lts_model_type_defaults((lts_model_type)architecture);
    for (size_t s = 0; (setting = lts_model_setting_at(s)); s++)
        if (lts_model_setting_applies(setting, architecture))
            lts_model_setting_copy(setting,
                                   (const lts_model_config *)(const void *)((const char *)config +
                                                                            config_store(setting)),
                                   model);
    model->bins = lts_feature_floats(&feature);
    model->rows = lts_feature_rows(&feature);
    model->level_octave = (size_t)lts_feature_octave(&feature);
    if (architecture == LTS_MODEL_CVAE)
        model->rows = model->level_octave / 2;
    return lts_model_check(model, place, err);
}
