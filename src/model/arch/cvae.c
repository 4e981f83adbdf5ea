/* The convolutional model of Latent Timbre Synthesis, TensorFlow version: a frame is read as an
 * image, though its rows are no octaves, and halved by convolutions. Its output is linear, as
 * there, whatever its settings said. */
#include "model/arch/layer_table.h"

static nn_shape input_shape(const lts_model_config *config)
{
    return (nn_shape){1, config->rows, config->bins / config->rows};
}

/* Units of dense layer `index`, the first 0. */
static size_t dense_width(const lts_model_config *config, size_t index)
{
    size_t width = config->dense_units;
    while (index-- > 0)
        width /= config->dense_divider;
    return width;
}

lts_status cvae_check(const lts_model_config *config, const char *place, lts_error *err)
{
    nn_shape image = input_shape(config);
    if (config->bins % config->rows != 0)
        return lts_fail(err, LTS_ERR_ARGUMENT,
                        "%s: a frame of %zu bins cannot be an image of %zu rows", place,
                        config->bins, config->rows);
    if (config->dense_layers > 0 && dense_width(config, config->dense_layers - 1) < 1)
        return lts_fail(err, LTS_ERR_ARGUMENT,
                        "%s: %zu dense layers that shrink by dense_unit_divider %zu leave no unit "
                        "of %zu: use fewer layers or more units",
                        place, config->dense_layers, config->dense_divider, config->dense_units);
    for (size_t i = 0; config->upsampling != LTS_UPSAMPLING_TRANSPOSED && i <= config->conv_layers;
         i++) {
        if (image.height % 2 != 0 || image.width % 2 != 0)
            return lts_fail(err, LTS_ERR_ARGUMENT,
                            "%s: [CVAE] upsampling: convolution %zu halves %zu x %zu, which cannot "
                            "be doubled again: use fewer num_conv_layers or transposed",
                            place, i + 1, image.height, image.width);
        image.height /= 2;
        image.width /= 2;
    }
    return LTS_OK;
}

/* With batch normalisation before its activation where the settings ask for it. */
static void add_dense(layer_table *table, const lts_model_config *config, const char *side,
                      size_t index, size_t width, nn_activation_kind activation)
{
    char name[NN_LAYER_NAME];
    snprintf(name, sizeof name, "%s.dense%zu", side, index);
    table_add_dense(table, name, width, config->batch_norm ? NN_LINEAR : activation);
    snprintf(name, sizeof name, "%s.norm%zu", side, index);
    if (config->batch_norm)
        table_add(table, NN_BATCH_NORM, name, (nn_shape){width, 1, 1}, activation);
}

static void set_window(nn_layer *row, const lts_model_config *config, size_t stride)
{
    row->kernel = (nn_extent){config->kernel, config->kernel};
    row->stride = (nn_extent){stride, stride};
}

/* From an image of half the size to `image`. */
static void add_larger(layer_table *table, const lts_model_config *config, size_t index,
                       nn_shape image, nn_activation_kind activation)
{
    const bool repeats = config->upsampling != LTS_UPSAMPLING_TRANSPOSED;
    char name[NN_LAYER_NAME];
    snprintf(name, sizeof name, "decoder.up%zu", index);
    if (repeats)
        table_add(table, NN_UPSAMPLE, name,
                  (nn_shape){table_shape(table).channels, image.height, image.width}, NN_LINEAR)
            ->smooth = config->upsampling == LTS_UPSAMPLING_BILINEAR;
    snprintf(name, sizeof name, "decoder.conv%zu", index);
    set_window(table_add(table, repeats ? NN_CONVOLUTION : NN_TRANSPOSED_CONVOLUTION, name, image,
                         activation),
               config, repeats ? 1 : 2);
}

void cvae_build(const lts_model_config *config, layer_table *table)
{
    const nn_activation_kind hidden = table_hidden(config);
    const size_t layers = config->conv_layers + 1, dense = config->dense_layers;
    nn_shape image[MODEL_MAX_LAYERS];
    char name[NN_LAYER_NAME];
    table->in = input_shape(config);
    for (size_t i = 0; i < layers; i++) {
        image[i] = table_shape(table);
        snprintf(name, sizeof name, "encoder.conv%zu", i + 1);
        const nn_shape half = {config->first_filters << i, (image[i].height + 1) / 2,
                               (image[i].width + 1) / 2};
        set_window(table_add(table, NN_CONVOLUTION, name, half, hidden), config, 2);
    }
    const nn_shape small = table_shape(table);
    for (size_t i = 0; i < dense; i++)
        add_dense(table, config, "encoder", i + 1, dense_width(config, i), hidden);
    table_add_gaussian(table, config->latent, "z_mean", "z_log_var");
    table_add(table, NN_SAMPLE, "z", (nn_shape){config->latent, 1, 1}, NN_LINEAR);
    /* The original leaves the decoder's first layer without an activation. */
    for (size_t i = 0; i < dense; i++)
        add_dense(table, config, "decoder", i + 1, dense_width(config, dense - 1 - i),
                  i > 0 ? hidden : NN_LINEAR);
    add_dense(table, config, "decoder", dense + 1, nn_size(small), dense > 0 ? hidden : NN_LINEAR);
    table_add(table, NN_RESHAPE, "decoder.image", small, NN_LINEAR);
    for (size_t i = layers; i-- > 0;) {
        image[i].channels = i > 0 ? config->first_filters << (i - 1) : 1;
        add_larger(table, config, layers - i, image[i], i > 0 ? hidden : NN_LINEAR);
    }
    table_add(table, NN_RESHAPE, "frame", (nn_shape){config->bins, 1, 1}, NN_LINEAR);
}
