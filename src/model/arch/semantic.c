/* The auto-encoder of the Semantic Timbre Generation System (Cameron 2026): five convolutions of
 * 512, 256, 128, 64 and 32 filters, and their mirror image. */
#include "model/arch/layer_table.h"

#include <stdlib.h>
#include <string.h>

enum { MOST_FILTERS = 65536, LEAST_COLUMNS = 4 };

static const nn_extent kernel = {3, 3};

/* The filters between commas; how many, or 0 when the text is not such a list. */
static size_t read_filters(const char *text, size_t filters[MODEL_MAX_LAYERS])
{
    size_t count = 0;
    for (const char *at = text;; at++) {
        char *end;
        at += strspn(at, " \t");
        if (count == MODEL_MAX_LAYERS || *at < '0' || *at > '9')
            return 0;
        const unsigned long value = strtoul(at, &end, 10);
        at = end + strspn(end, " \t");
        if (value < 1 || value > MOST_FILTERS || (*at != ',' && *at != '\0'))
            return 0;
        filters[count++] = value;
        if (*at == '\0')
            return count;
    }
}

lts_status semantic_check(const lts_model_config *config, const char *place, lts_error *err)
{
    size_t filters[MODEL_MAX_LAYERS];
    if (config->bins % config->rows != 0)
        return lts_fail(err, LTS_ERR_ARGUMENT, "%s: %zu numbers cannot be an example of %zu rows",
                        place, config->bins, config->rows);
    if (read_filters(config->filters, filters) == 0)
        return lts_fail(err, LTS_ERR_ARGUMENT,
                        "%s: [semantic] filters = %s: must be 1 to %d whole numbers of 1 to %d "
                        "between commas, such as 512, 256, 128, 64, 32",
                        place, config->filters, MODEL_MAX_LAYERS, MOST_FILTERS);
    if (config->condition == LTS_CONDITION_NONE && config->conditions > 0)
        return lts_fail(err, LTS_ERR_ARGUMENT,
                        "%s: [semantic] condition = none, but a condition of %zu numbers", place,
                        config->conditions);
    return LTS_OK;
}

static void add_norm(layer_table *table, const char *side, size_t index)
{
    char name[NN_LAYER_NAME];
    snprintf(name, sizeof name, "%s.norm%zu", side, index);
    table_add(table, NN_BATCH_NORM, name, table_shape(table), NN_LINEAR);
}

static nn_extent stride_of(nn_shape image)
{
    return (nn_extent){2, image.width > LEAST_COLUMNS ? 2 : 1};
}

/* A convolution that halves the image. */
static void add_convolution(layer_table *table, size_t index, size_t filters)
{
    const nn_shape in = table_shape(table);
    const nn_extent stride = stride_of(in);
    char name[NN_LAYER_NAME];
    snprintf(name, sizeof name, "encoder.conv%zu", index);
    nn_layer *row = table_add(
        table, NN_CONVOLUTION, name,
        (nn_shape){filters, (in.height + 1) / 2, (in.width + stride.width - 1) / stride.width},
        NN_RELU);
    row->kernel = kernel;
    row->stride = stride;
    add_norm(table, "encoder", index);
}

/* The transposed one that leads back to `image`, with other channels. */
static void add_transposed(layer_table *table, size_t index, nn_shape image,
                           nn_activation_kind activation)
{
    char name[NN_LAYER_NAME];
    snprintf(name, sizeof name, "decoder.conv%zu", index);
    nn_layer *row = table_add(table, NN_TRANSPOSED_CONVOLUTION, name, image, activation);
    row->kernel = kernel;
    row->stride = stride_of(image);
}

void semantic_build(const lts_model_config *config, layer_table *table)
{
    size_t filters[MODEL_MAX_LAYERS];
    nn_shape image[MODEL_MAX_LAYERS + 1];
    const size_t layers = read_filters(config->filters, filters);
    table->in = (nn_shape){1, config->rows, config->bins / config->rows};
    for (size_t i = 0; i < layers; i++) {
        image[i] = table_shape(table);
        add_convolution(table, i + 1, filters[i]);
    }
    const nn_shape small = table_shape(table);
    table_add_gaussian(table, config->latent, "mu", "log_variance");
    table_add_condition(table, "encoder.condition", config->conditions, 2 * config->latent);
    table_add(table, NN_SAMPLE, "z", (nn_shape){config->latent, 1, 1}, NN_LINEAR);
    table_add_dense(table, "decoder.dense", nn_size(small), NN_LINEAR);
    table_add_condition(table, "decoder.condition", config->conditions, nn_size(small));
    table_add(table, NN_RESHAPE, "decoder.image", small, NN_LINEAR);
    for (size_t i = layers; i-- > 1;) {
        image[i].channels = filters[i];
        add_transposed(table, layers - i, image[i], NN_RELU);
        add_norm(table, "decoder", layers - i);
    }
    add_transposed(table, layers, image[0], NN_SIGMOID);
}
