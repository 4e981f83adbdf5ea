/* Architectures as tables of layers. Adding one is adding a row to `architectures`, with its number
 * in lts_model_type, and rows for its settings to the table of settings. */
#include "model/arch/layer_table.h"
#include "model/model_parts.h"

static void add(layer_table *table, nn_layer_kind kind, const char *name, size_t outputs,
                nn_activation_kind activation)
{
    table_add(table, kind, name, (nn_shape){outputs, 1, 1}, activation);
}

/* A path from the input of layer `from` to the first `reach` numbers of the last layer, whose
 * activation then follows the path. */
static void add_linear_path(layer_table *table, const char *name, size_t from, size_t reach)
{
    nn_layer *last = &table->row[table->count - 1];
    const nn_activation_kind activation = last->activation;
    last->activation = NN_LINEAR;
    add(table, NN_LINEAR_PATH, name, nn_outputs(last), activation);
    nn_layer *row = &table->row[table->count - 1];
    row->from = from;
    row->source = table->row[from].in;
    row->reach = reach;
}

/* Mean and log-variance, a linear path to the mean, and the sample: the end of every encoder. */
static void add_heads(layer_table *table, const lts_model_config *config, const char *mean,
                      const char *log_variance)
{
    const size_t latent = config->latent;
    table_add_gaussian(table, latent, mean, log_variance);
    if (config->linear_paths)
        add_linear_path(table, "encoder_path", 0, latent);
    add(table, NN_SAMPLE, "z", latent, NN_LINEAR);
}

/* The output layer of every decoder, which begins at layer `first`. */
static void add_output(layer_table *table, const lts_model_config *config, const char *name,
                       size_t first)
{
    add(table, NN_DENSE, name, config->bins, table_output(config));
    if (config->linear_paths)
        add_linear_path(table, "decoder_path", first, config->bins);
}

/* Tatar, Bisig & Pasquier 2020, the PyTorch original: names are those of its state_dict. */
static void build_vae(const lts_model_config *config, layer_table *table)
{
    const nn_activation_kind hidden = table_hidden(config);
    add(table, NN_DENSE, "fc1", config->units, hidden);
    add_heads(table, config, "fc21", "fc22");
    const size_t decoder = table->count;
    add(table, NN_DENSE, "fc3", config->units, hidden);
    add_output(table, config, "fc4", decoder);
}

/* Each hidden layer of vae2 has units / 2^((units_divider - 1) depth) units; 0 when none is left.
 */
static size_t vae2_width(const lts_model_config *config, size_t depth)
{
    size_t halvings = (config->units_divider - 1) * depth;
    return halvings < 64 ? config->units >> halvings : 0;
}

static void add_hidden(layer_table *table, const lts_model_config *config, const char *side,
                       size_t index, size_t width)
{
    char name[NN_LAYER_NAME];
    bool norm = config->batch_norm && index > 0;
    snprintf(name, sizeof name, "%s.%zu", side, index);
    add(table, NN_DENSE, name, width, norm ? NN_LINEAR : table_hidden(config));
    snprintf(name, sizeof name, "%s.%zu.norm", side, index);
    if (norm)
        add(table, NN_BATCH_NORM, name, width, table_hidden(config));
}

/* The TensorFlow original: a tapering encoder and its mirror image. */
static void build_vae2(const lts_model_config *config, layer_table *table)
{
    const size_t layers = config->layers;
    for (size_t i = 0; i <= layers; i++)
        add_hidden(table, config, "encoder", i, vae2_width(config, i));
    add_heads(table, config, "z_mean", "z_log_var");
    const size_t decoder = table->count;
    for (size_t i = 0; i <= layers; i++)
        add_hidden(table, config, "decoder", i, vae2_width(config, layers - i));
    add_output(table, config, "output", decoder);
}

static lts_status check_vae2(const lts_model_config *config, const char *place, lts_error *err)
{
    if (vae2_width(config, config->layers) < 1)
        return lts_fail(err, LTS_ERR_ARGUMENT,
                        "%s: %zu layers that shrink by n_units_divider %zu leave no unit of %zu: "
                        "use fewer layers or more units",
                        place, config->layers, config->units_divider, config->units);
    return LTS_OK;
}

static const struct {
    const char *text;
    /* What settings must fulfil together; NULL: nothing. */
    lts_status (*check)(const lts_model_config *config, const char *place, lts_error *err);
    void (*build)(const lts_model_config *config, layer_table *table);
    bool classifies;
} architectures[] = {
    [LTS_MODEL_VAE] = {"vae", NULL, build_vae, false},
    [LTS_MODEL_VAE2] = {"vae2", check_vae2, build_vae2, false},
    [LTS_MODEL_INVERSYNTH] = {"inversynth", inversynth_check, inversynth_build, true},
    [LTS_MODEL_CVAE] = {"cvae", cvae_check, cvae_build, false},
    [LTS_MODEL_SEMANTIC] = {"semantic", semantic_check, semantic_build, false},
};

enum { TYPES = sizeof architectures / sizeof *architectures };

const char *lts_model_type_text(int type)
{
    return (unsigned)type < TYPES ? architectures[type].text : NULL;
}

bool model_classifies(const lts_model_config *config)
{
    return architectures[config->type].classifies;
}

lts_status lts_model_check(const lts_model_config *config, const char *place, lts_error *err)
{
    if (!lts_model_type_text((int)config->type))
        return lts_fail(err, LTS_ERR_ARGUMENT, "%s: no such model type: %d", place,
                        (int)config->type);
    lts_status status = model_settings_check(config, place, err);
    if (status != LTS_OK)
        return status;
    if (architectures[config->type].check)
        return architectures[config->type].check(config, place, err);
    return LTS_OK;
}

void model_layers(const lts_model_config *config, layer_table *table)
{
    table->in = (nn_shape){config->bins, 1, 1};
    architectures[config->type].build(config, table);
}
