/* Presets: values that settings have where neither a file nor --set says otherwise. */
#include "pipeline/config/config_table.h"

#include <string.h>
#include <strings.h>

enum { MOST_VALUES = 20 };

typedef struct preset {
    const char *name, *help;
    const char *value[MOST_VALUES]; /* "section.key=value" */
} preset;

/* What both originals train. */
#define ORIGINALS                                                                                  \
    "VAE.activation=relu", "VAE.output_activation=relu", "VAE.linear_paths=False",                 \
        "VAE.gain_shape=False", "VAE.kl_beta=0.0005", "training.compression=none",                 \
        "training.compression_exponent=0.33333333333333331", "training.epochs=100",                \
        "training.minutes=0", "training.batch_size=64", "training.learning_rate=0.0001",           \
        "training.schedule=constant", "training.transpose_share=0", "training.gradient_clip=0"

static const preset presets[] = {
    {"default", "the built-in settings, those of default.ini: five minutes of training", {NULL}},
    {"original-tensorflow",
     "the network and training of Latent Timbre Synthesis, TensorFlow version",
     {ORIGINALS, "training.loss=mean"}},
    {"original-pytorch",
     "the same of the PyTorch version: its loss is a sum",
     {ORIGINALS, "training.loss=sum"}},
    {"small",
     "16 latent dimensions, to be explored by hand",
     {"VAE.latent_dim=16", "VAE.n_units=1024", "VAE.kl_beta=0.004"}},
    {"inversynth",
     "the classifier of synthesizer sounds, for files with an [inversynth]",
     {"model.type=inversynth", "audio.features=log-stft", "audio.sample_rate=16384",
      "audio.hop_length=256", "audio.n_fft=512", "audio.segment_samples=16384", "training.loss=bce",
      "training.epochs=100", "training.minutes=0", "training.batch_size=16",
      "training.learning_rate=0.001", "training.transpose_share=0", "training.gradient_clip=0",
      "training.early_patience_epoch=10", "extra.description=inversynth"}},
    {"semantic",
     "the network and training of the Semantic Timbre Generation System, for files with a "
     "[semantic]",
     {"model.type=semantic", "audio.features=stft", "training.loss=elbo", "training.epochs=300",
      "training.minutes=0", "training.batch_size=64", "training.learning_rate=0.0005",
      "training.schedule=constant", "training.transpose_share=0", "training.gradient_clip=0",
      "extra.description=semantic"}},
    {"best",
     "an hour of training, at half the step size",
     {"training.minutes=60", "training.learning_rate=0.001"}},
};
enum { COUNT = sizeof presets / sizeof *presets };
_Static_assert((int)COUNT < (int)CONFIG_NAMES, "their names have room");

const char *lts_config_preset(int index, const char **help)
{
    if (index < 0 || index >= COUNT)
        return NULL;
    if (help)
        *help = presets[index].help;
    return presets[index].name;
}

static const preset *find(const char *name)
{
    for (size_t p = 0; p < COUNT; p++)
        if (strcasecmp(presets[p].name, name) == 0)
            return &presets[p];
    return NULL;
}

/* Keys that only files of this version have: one with a [VAE] and none of them describes a network
 * as the originals and version 0.1 knew it. */
static bool is_earlier(const lts_config *config)
{
    static const char *const later[] = {"activation", "linear_paths", "gain_shape"};
    bool has_later = false;
    for (size_t k = 0; k < sizeof later / sizeof *later; k++)
        has_later = has_later || lts_ini_get(config->source, "VAE", later[k]);
    return lts_ini_has_section(config->source, "VAE") && !has_later;
}

/* The preset that the file means when it names none. */
static const char *guess(const lts_config *config)
{
    switch (config->origin) {
    case LTS_ORIGIN_PYTORCH: return "original-pytorch";
    case LTS_ORIGIN_TENSORFLOW: return "original-tensorflow";
    default:
        if (lts_ini_has_section(config->source, "VAE"))
            return is_earlier(config) ? "original-tensorflow" : "default";
        if (lts_ini_has_section(config->source, "CVAE"))
            return "default";
        return lts_ini_has_section(config->source, "semantic")     ? "semantic"
               : lts_ini_has_section(config->source, "inversynth") ? "inversynth"
                                                                   : "default";
    }
}

lts_status config_apply_preset(lts_config *config, const char *name, const lts_reporter *reporter,
                               lts_error *err)
{
    const bool guessed = strcasecmp(name, "auto") == 0;
    const preset *chosen = find(guessed ? guess(config) : name);
    if (!chosen)
        return lts_fail(err, LTS_ERR_ARGUMENT, "%s: no such preset", name);
    if (guessed && config->origin == LTS_ORIGIN_OWN && is_earlier(config))
        lts_message(reporter, LTS_LEVEL_NOTE,
                    "%s: its [VAE] has no %s: what it leaves out is as in %s; [model] preset = "
                    "default would not",
                    config->path, "activation, linear_paths or gain_shape", chosen->name);
    lts_status status = config_read(config_find("model", "preset"), chosen->name, config, err);
    if (status != LTS_OK)
        return status;
    return config_preset_values(config, err);
}

static const char *const *values_of(const lts_config *config)
{
    return presets[config->preset - 1].value;
}

lts_status config_preset_values(lts_config *config, lts_error *err)
{
    const char *const *value = values_of(config);
    lts_status status = LTS_OK;
    for (size_t v = 0; v < MOST_VALUES && value[v]; v++) {
        status = config_read(config_find_name(value[v]), strchr(value[v], '=') + 1, config, err);
        if (status != LTS_OK)
            return status;
    }
    return status;
}

bool config_preset_has(const lts_config *config, const config_row *row)
{
    const char *const *value = values_of(config);
    for (size_t v = 0; v < MOST_VALUES && value[v]; v++)
        if (config_find_name(value[v]) == row)
            return true;
    return false;
}
