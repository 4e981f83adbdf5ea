/* The settings of models as one table: it drives model files, resumption, configuration and
 * default.ini. */
#include "model/arch/settings.h"
#include "model/model_parts.h"

enum {
    MOST_BINS = 1 << 20,
    MOST_DIMENSIONS = 65536,
    MOST_UNITS = 262144,
    MOST_DIVIDER = 16,
    MOST_PARAMETERS = 4096,
    MOST_CLASSES = 1024,
    MOST_DEEP = 8, /* convolutions and dense layers of a cvae */
    MOST_FILTERS = 4096,
    MOST_CONDITIONS = 4096
};

static const char *const activations[] = {"relu", "silu", "leaky_relu", NULL};
static const char *const upsamplings[] = {"transposed", "nearest", "bilinear", NULL};
static const char *const conditions[] = {"none", "descriptor", "perceptual", NULL};
static const char *const outputs[] = {"linear", "relu", "sigmoid", NULL};
static const char *const compressions[] = {"none", "power", "log", NULL};

static const char *const architectures[] = {"c1",   "c2",   "c3",      "c4",  "c5", "c6",
                                            "c6xl", "ce2e", "ce2e_2d", "own", NULL};

#define ANY        ~0u
#define INVERSYNTH (1u << LTS_MODEL_INVERSYNTH)
#define VAE2       (1u << LTS_MODEL_VAE2)
#define VAES       (1u << LTS_MODEL_VAE | VAE2)
#define CVAE       (1u << LTS_MODEL_CVAE)
#define SEMANTIC   (1u << LTS_MODEL_SEMANTIC)
#define AT(member) .offset = offsetof(lts_model_config, member)

static const lts_model_setting table[] = {
    {"bins", NULL, NULL, LTS_SETTING_SIZE, AT(bins), "384", 1, MOST_BINS, .types = ANY},
    {"level_octave", NULL, NULL, LTS_SETTING_SIZE, AT(level_octave), "48", 0, MOST_BINS,
     .absent = "0", .types = VAES | CVAE},
    {"latent", "VAE", "latent_dim", LTS_SETTING_SIZE, AT(latent), "256", 1, MOST_DIMENSIONS,
     .types = VAES, .help = "dimensions of the latent space"},
    {"units", "VAE", "n_units", LTS_SETTING_SIZE, AT(units), "2048", 1, MOST_UNITS, .types = VAES,
     .help = "units of the (first) hidden layer"},
    {"layers", "VAE", "num_layers", LTS_SETTING_SIZE, AT(layers), "2", 0, MODEL_MAX_LAYERS,
     .types = VAE2, .help = "vae2: hidden layers after the first, on either side"},
    {"units_divider", "VAE", "n_units_divider", LTS_SETTING_SIZE, AT(units_divider), "2", 1,
     MOST_DIVIDER, .types = VAE2,
     .help = "vae2: each has 2^(n_units_divider - 1) times fewer units than the one before"},
    {"batch_norm", "VAE", "batch_norm", LTS_SETTING_FLAG, AT(batch_norm), "False", .types = VAE2,
     .help = "vae2: batch normalisation in them"},
    {"activation", "VAE", "activation", LTS_SETTING_CHOICE, AT(activation), "silu",
     .absent = "relu", .choices = activations, .types = VAES,
     .help = "of hidden layers; silu, x sigmoid(x) (Elfwing et al. 2018), has no units that die"},
    {"output", "VAE", "output_activation", LTS_SETTING_CHOICE, AT(output), "linear",
     .choices = outputs, .types = VAES,
     .help = "what the decoder ends in; below a relu whole bins can die, linear is cut at 0 later"},
    {"linear_paths", "VAE", "linear_paths", LTS_SETTING_FLAG, AT(linear_paths), "True",
     .absent = "false", .types = VAES,
     .help = "a linear path beside encoder and decoder (He et al. 2016), which learns at once what "
             "is\n# linear in them: half the error after few epochs"},
    {"gain_shape", "VAE", "gain_shape", LTS_SETTING_FLAG, AT(gain_shape), "True", .absent = "false",
     .types = VAES,
     .help =
         "the network sees frames divided by their level (gain-shape, Sabin & Gray 1984), which "
         "travels\n# beside the latent vector in dB: a sound 70 dB down is learned like a loud "
         "one"},
    {"compression", "training", "compression", LTS_SETTING_CHOICE, AT(compression), "power",
     .choices = compressions, .types = VAES | CVAE,
     .help = "how the network sees magnitudes; power and log let it learn quiet sounds too"},
    {"exponent", "training", "compression_exponent", LTS_SETTING_REAL, AT(exponent), "0.5", 0.1, 1,
     .absent = "0.33333333333333331", .types = VAES | CVAE,
     .help = "of power: 0.5, square roots, errs less than cube roots on sounds never seen"},
    {"rows", NULL, NULL, LTS_SETTING_SIZE, AT(rows), "64", 1, MOST_BINS,
     .types = INVERSYNTH | CVAE | SEMANTIC},
    {"parameters", NULL, NULL, LTS_SETTING_SIZE, AT(parameters), "23", 1, MOST_PARAMETERS,
     .types = INVERSYNTH},
    {"classes", NULL, NULL, LTS_SETTING_SIZE, AT(classes), "16", 2, MOST_CLASSES,
     .types = INVERSYNTH},
    {"architecture", "inversynth", "architecture", LTS_SETTING_CHOICE, AT(architecture), "c6",
     .choices = architectures, .types = INVERSYNTH,
     .help = "inversynth: the network (Barkan et al. 2019); ce2e and ce2e_2d read samples"},
    {"convolutions", "inversynth", "layers", LTS_SETTING_TEXT, AT(convolutions), "",
     .types = INVERSYNTH,
     .help = "of architecture = own, such as 32x3x3/2x2, 64x3x4/2x3: filters, window and strides;\n"
             "# of samples 96x64/4, and image, after which they are read as an image"},
    {"he_init", "inversynth", "he_init", LTS_SETTING_FLAG, AT(he_init), "True", .absent = "false",
     .types = INVERSYNTH,
     .help = "weights before ReLUs begin in +-sqrt(6 / inputs) (He et al. 2015), not in +-sqrt(1 / "
             "inputs):\n# c6 learns sooner, c3 ends a little worse"},

    {"latent", "CVAE", "latent_dim", LTS_SETTING_SIZE, AT(latent), "256", 1, MOST_DIMENSIONS,
     .types = CVAE, .help = "cvae: dimensions of the latent space"},
    {"dense_layers", "CVAE", "num_dense_layers", LTS_SETTING_SIZE, AT(dense_layers), "3", 0,
     MOST_DEEP, .types = CVAE, .help = "dense layers on either side"},
    {"dense_units", "CVAE", "dense_units", LTS_SETTING_SIZE, AT(dense_units), "2048", 1, MOST_UNITS,
     .types = CVAE, .help = "units of the first"},
    {"dense_divider", "CVAE", "dense_unit_divider", LTS_SETTING_SIZE, AT(dense_divider), "2", 1,
     MOST_DIVIDER, .types = CVAE, .help = "each has so many times fewer than the one before"},
    {"conv_layers", "CVAE", "num_conv_layers", LTS_SETTING_SIZE, AT(conv_layers), "0", 0, MOST_DEEP,
     .types = CVAE,
     .help = "convolutions besides the first, each halving the frame, which is an image of\n# "
             "bins_per_octave / 2 rows"},
    {"first_filters", "CVAE", "num_inital_filters", LTS_SETTING_SIZE, AT(first_filters), "32", 1,
     MOST_FILTERS, .alias = "num_initial_filters", .types = CVAE,
     .help = "filters of the first; each has twice as many as the one before"},
    {"kernel", "CVAE", "kernel_size", LTS_SETTING_SIZE, AT(kernel), "3", 1, 64, .types = CVAE,
     .help = "rows and columns of their windows"},
    {"upsampling", "CVAE", "upsampling", LTS_SETTING_CHOICE, AT(upsampling), "transposed",
     .choices = upsamplings, .types = CVAE,
     .help = "in the decoder: transposed convolutions, or convolutions of repeated or mixed\n# "
             "positions"},
    {"batch_norm", "CVAE", "batch_norm", LTS_SETTING_FLAG, AT(batch_norm), "False", .types = CVAE,
     .help = "batch normalisation in the dense layers"},
    {"activation", "CVAE", "mid_activations", LTS_SETTING_CHOICE, AT(activation), "relu",
     .choices = activations, .types = CVAE, .help = "of hidden layers"},

    {"latent", "semantic", "latent_dimensions", LTS_SETTING_SIZE, AT(latent), "128", 1,
     MOST_DIMENSIONS, .types = SEMANTIC, .help = "semantic: dimensions of the latent space"},
    {"filters", "semantic", "filters", LTS_SETTING_TEXT, AT(filters), "512, 256, 128, 64, 32",
     .types = SEMANTIC, .help = "of each convolution; 32, 32, 32, 32, 32 trains in minutes"},
    {"condition", "semantic", "condition", LTS_SETTING_CHOICE, AT(condition), "none",
     .choices = conditions, .types = SEMANTIC,
     .help = "what encoder and decoder are told besides the sound: descriptor, its labels;\n# "
             "perceptual, what was measured of it"},
    {"conditions", NULL, NULL, LTS_SETTING_SIZE, AT(conditions), "0", 0, MOST_CONDITIONS,
     .types = SEMANTIC},
};

const lts_model_setting *lts_model_setting_at(size_t index)
{
    return index < sizeof table / sizeof *table ? &table[index] : NULL;
}
