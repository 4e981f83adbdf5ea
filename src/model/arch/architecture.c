/* Architectures as tables of layers. Adding one is adding a row to `architectures`. */
#include "model/model.h"

enum { MAX_WIDTH = 1 << 20, MAX_NUM_LAYERS = 64, MAX_ROWS = 8 + 4 * MAX_NUM_LAYERS };

typedef struct layer_table {
    lts_layer row[MAX_ROWS];
    size_t count;
} layer_table;

static void add(layer_table *table, lts_layer_kind kind, const char *name, size_t outputs,
                lts_activation activation)
{
    lts_layer *row = &table->row[table->count];
    size_t inputs = table->count ? row[-1].outputs : 0;
    *row =
        (lts_layer){.kind = kind, .inputs = inputs, .outputs = outputs, .activation = activation};
    snprintf(row->name, sizeof row->name, "%s", name);
    table->count++;
}

static void add_heads(layer_table *table, const char *mean, const char *log_variance, size_t latent)
{
    add(table, LTS_LAYER_GAUSSIAN, mean, 2 * latent, LTS_ACTIVATION_LINEAR);
    lts_layer *row = &table->row[table->count - 1];
    snprintf(row->second, sizeof row->second, "%s", log_variance);
    add(table, LTS_LAYER_SAMPLE, "z", latent, LTS_ACTIVATION_LINEAR);
}

static lts_activation output_activation(const lts_model_config *config)
{
    static const lts_activation of[] = {
        [LTS_OUTPUT_LINEAR] = LTS_ACTIVATION_LINEAR,
        [LTS_OUTPUT_RELU] = LTS_ACTIVATION_RELU,
        [LTS_OUTPUT_SIGMOID] = LTS_ACTIVATION_SIGMOID,
    };
    return of[config->output];
}

/* Tatar, Bisig & Pasquier 2020, the PyTorch original: names are those of its state_dict. */
static void build_vae(const lts_model_config *config, layer_table *table)
{
    add(table, LTS_LAYER_DENSE, "fc1", config->units, LTS_ACTIVATION_RELU);
    add_heads(table, "fc21", "fc22", config->latent);
    add(table, LTS_LAYER_DENSE, "fc3", config->units, LTS_ACTIVATION_RELU);
    add(table, LTS_LAYER_DENSE, "fc4", config->bins, output_activation(config));
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
    char name[LTS_LAYER_NAME];
    bool norm = config->batch_norm && index > 0;
    snprintf(name, sizeof name, "%s.%zu", side, index);
    add(table, LTS_LAYER_DENSE, name, width, norm ? LTS_ACTIVATION_LINEAR : LTS_ACTIVATION_RELU);
    snprintf(name, sizeof name, "%s.%zu.norm", side, index);
    if (norm)
        add(table, LTS_LAYER_BATCH_NORM, name, width, LTS_ACTIVATION_RELU);
}

/* The TensorFlow original: a tapering encoder and its mirror image. */
static void build_vae2(const lts_model_config *config, layer_table *table)
{
    const size_t layers = config->layers;
    for (size_t i = 0; i <= layers; i++)
        add_hidden(table, config, "encoder", i, vae2_width(config, i));
    add_heads(table, "z_mean", "z_log_var", config->latent);
    for (size_t i = 0; i <= layers; i++)
        add_hidden(table, config, "decoder", i, vae2_width(config, layers - i));
    add(table, LTS_LAYER_DENSE, "output", config->bins, output_activation(config));
}

static lts_status check_nothing(const lts_model_config *config, const char *place, lts_error *err)
{
    (void)config, (void)place, (void)err;
    return LTS_OK;
}

static lts_status check_vae2(const lts_model_config *config, const char *place, lts_error *err)
{
    if (config->layers > MAX_NUM_LAYERS)
        return lts_fail(err, LTS_ERR_ARGUMENT, "%s: num_layers is %zu, expected 0 to %d", place,
                        config->layers, MAX_NUM_LAYERS);
    if (config->units_divider < 1 || config->units_divider > MAX_NUM_LAYERS)
        return lts_fail(err, LTS_ERR_ARGUMENT, "%s: n_units_divider is %zu, expected 1 to %d",
                        place, config->units_divider, MAX_NUM_LAYERS);
    if (vae2_width(config, config->layers) < 1)
        return lts_fail(err, LTS_ERR_ARGUMENT,
                        "%s: %zu layers that shrink by n_units_divider %zu leave no unit of %zu: "
                        "use fewer layers or more units",
                        place, config->layers, config->units_divider, config->units);
    return LTS_OK;
}

static const struct {
    const char *text;
    lts_status (*check)(const lts_model_config *config, const char *place, lts_error *err);
    void (*build)(const lts_model_config *config, layer_table *table);
} architectures[] = {
    [LTS_MODEL_VAE] = {"vae", check_nothing, build_vae},
    [LTS_MODEL_VAE2] = {"vae2", check_vae2, build_vae2},
};

static const char *const output_text[] = {
    [LTS_OUTPUT_LINEAR] = "linear",
    [LTS_OUTPUT_RELU] = "relu",
    [LTS_OUTPUT_SIGMOID] = "sigmoid",
};

static const char *const compression_text[] = {
    [LTS_COMPRESSION_NONE] = "none",
    [LTS_COMPRESSION_POWER] = "power",
    [LTS_COMPRESSION_LOG] = "log",
};

enum {
    TYPES = sizeof architectures / sizeof *architectures,
    OUTPUTS = sizeof output_text / sizeof *output_text,
    COMPRESSIONS = sizeof compression_text / sizeof *compression_text
};

const char *model_type_text(int type)
{
    return (unsigned)type < TYPES ? architectures[type].text : NULL;
}

const char *model_output_text(int output)
{
    return (unsigned)output < OUTPUTS ? output_text[output] : NULL;
}

const char *model_compression_text(int compression)
{
    return (unsigned)compression < COMPRESSIONS ? compression_text[compression] : NULL;
}

static lts_status check_width(const char *place, const char *key, size_t value, lts_error *err)
{
    if (value < 1 || value > MAX_WIDTH)
        return lts_fail(err, LTS_ERR_ARGUMENT, "%s: %s is %zu, expected 1 to %d", place, key, value,
                        MAX_WIDTH);
    return LTS_OK;
}

static lts_status check(const lts_model_config *config, const char *place, lts_error *err)
{
    if (!model_type_text((int)config->type) || !model_output_text((int)config->output) ||
        !model_compression_text((int)config->compression))
        return lts_fail(err, LTS_ERR_ARGUMENT,
                        "%s: no such model type, output activation or compression: %d, %d, %d",
                        place, (int)config->type, (int)config->output, (int)config->compression);
    lts_status status = check_width(place, "bins", config->bins, err);
    if (status == LTS_OK)
        status = check_width(place, "latent_dim", config->latent, err);
    if (status == LTS_OK)
        status = check_width(place, "n_units", config->units, err);
    if (status == LTS_OK)
        status = architectures[config->type].check(config, place, err);
    return status;
}

lts_status model_build_net(const lts_model_config *config, const char *place, lts_net **out,
                           lts_error *err)
{
    *out = NULL;
    lts_status status = check(config, place, err);
    if (status != LTS_OK)
        return status;
    layer_table *table;
    status = lts_alloc_checked(&table, 1, sizeof *table, "a table of layers", err);
    if (status != LTS_OK)
        return status;
    architectures[config->type].build(config, table);
    table->row[0].inputs = config->bins;
    status = lts_net_create(table->row, table->count, out, err);
    lts_free(table);
    return status;
}
