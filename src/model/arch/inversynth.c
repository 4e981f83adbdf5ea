/* The networks of InverSynth (Barkan, Tsiris, Koenigstein & Katz 2019, tables I to III), each as
 * the text that a network of one's own is told by. */
#include "model/arch/layer_table.h"

#include <string.h>

enum { HIDDEN_UNITS = 512, MOST_FILTERS = 65536, ENTRY_TEXT = 64 };

#define C6 "32x3x3/2x2, 71x3x3/2x2, 128x3x4/2x3, 128x3x3/2x2, 128x3x3/2x2, 128x3x3/1x2"
/* Samples become a learned spectrum of 64 frames and 257 columns. */
#define FRONT "96x64/4, 96x32/4, 128x16/4, 257x8/4, image, "

static const char *const networks[] = {
    [LTS_INVERSYNTH_C1] = "38x13x26/13x26",
    [LTS_INVERSYNTH_C2] = "35x6x7/5x6, 87x6x9/5x8",
    [LTS_INVERSYNTH_C3] = "32x4x5/3x4, 98x4x6/3x5, 128x4x6/3x5",
    [LTS_INVERSYNTH_C4] = "32x3x4/2x3, 65x3x4/2x3, 105x3x4/2x3, 128x4x5/3x4",
    [LTS_INVERSYNTH_C5] = "32x3x3/2x2, 98x3x3/2x2, 128x3x4/2x3, 128x3x5/2x4, 128x3x3/2x2",
    [LTS_INVERSYNTH_C6] = C6,
    [LTS_INVERSYNTH_C6XL] = "64x3x3/2x2, 128x3x3/2x2, 128x3x4/2x3, 128x3x3/2x2, 256x3x3/2x2, "
                            "256x3x3/1x2",
    [LTS_INVERSYNTH_CE2E] = FRONT C6,
    [LTS_INVERSYNTH_CE2E_2D] = FRONT "32x3x3/2x2, 71x3x3/2x2, 128x3x4/2x3, 128x3x3/2x2, "
                                     "128x1x1/2x2, 128x1x1/1x2",
};

static const char *text_of(const lts_model_config *config)
{
    return config->architecture == LTS_INVERSYNTH_OWN ? config->convolutions
                                                      : networks[config->architecture];
}

/* The next text between commas, blanks around it dropped; false after the last. */
static bool next_entry(const char **text, char entry[ENTRY_TEXT])
{
    if (!*text)
        return false;
    const char *comma = strchr(*text, ',');
    const char *begin = *text + strspn(*text, " \t"), *end = comma ? comma : begin + strlen(begin);
    *text = comma ? comma + 1 : NULL;
    while (end > begin && (end[-1] == ' ' || end[-1] == '\t'))
        end--;
    snprintf(entry, ENTRY_TEXT, "%.*s", (int)(end - begin), begin);
    return true;
}

/* Exactly as many numbers as the format has, and nothing after them. */
static bool is_read(const char *entry, int found, int wanted, int end)
{
    return found == wanted && end > 0 && entry[end] == '\0' && !strpbrk(entry, " +-");
}

/* Filters, window and strides; a window of samples has one column. */
static bool read_entry(const char *entry, bool *of_samples, nn_layer *layer)
{
    nn_extent *kernel = &layer->kernel, *stride = &layer->stride;
    size_t *filters = &layer->out.channels;
    int end = 0;
    int found = sscanf(entry, "%6zux%6zux%6zu/%6zux%6zu%n", filters, &kernel->height,
                       &kernel->width, &stride->height, &stride->width, &end);
    *of_samples = !is_read(entry, found, 5, end);
    if (*of_samples) {
        end = 0;
        kernel->width = stride->width = 1;
        found = sscanf(entry, "%6zux%6zu/%6zu%n", filters, &kernel->height, &stride->height, &end);
        if (!is_read(entry, found, 3, end))
            return false;
    }
    const size_t size[] = {kernel->height, kernel->width, stride->height, stride->width};
    for (int i = 0; i < 4; i++)
        if (size[i] < 1 || size[i] > NN_MAX_KERNEL)
            return false;
    return *filters >= 1 && *filters <= MOST_FILTERS;
}

static lts_status refuse(const char *place, size_t index, const char *entry, const char *why,
                         lts_error *err)
{
    return lts_fail(err, LTS_ERR_ARGUMENT, "%s: layers: layer %zu, '%s', %s", place, index + 1,
                    entry, why);
}

/* Adds the layer that an entry tells of. */
static lts_status add_entry(const char *entry, size_t index, layer_table *table, const char *place,
                            lts_error *err)
{
    const nn_shape in = table_shape(table);
    nn_layer *layer = &table->row[table->count];
    bool of_samples = true;
    *layer = (nn_layer){.kind = NN_RESHAPE, .in = in, .out = {1, in.height, in.channels}};
    if (strcmp(entry, "image") == 0) {
        snprintf(layer->name, sizeof layer->name, "image");
    } else {
        layer->kind = NN_CONVOLUTION;
        layer->activation = NN_RELU;
        if (!read_entry(entry, &of_samples, layer))
            return refuse(place, index, entry,
                          "cannot be: expected filters, window and strides, such as 32x3x3/2x2, "
                          "or 96x64/4 of samples, or image",
                          err);
        layer->out.height = (in.height + layer->stride.height - 1) / layer->stride.height;
        layer->out.width = (in.width + layer->stride.width - 1) / layer->stride.width;
        snprintf(layer->name, sizeof layer->name, "conv%zu", index + 1);
    }
    if (of_samples && in.width > 1)
        return refuse(place, index, entry,
                      "is for samples, but reads an image: give window and strides two sizes each",
                      err);
    table->count++;
    return LTS_OK;
}

/* Fills the table up to the dense layers. */
static lts_status add_convolutions(const lts_model_config *config, layer_table *table,
                                   const char *place, lts_error *err)
{
    const char *text = text_of(config);
    char entry[ENTRY_TEXT];
    lts_status status = LTS_OK;
    for (size_t i = 0; next_entry(&text, entry); i++) {
        status = i < MODEL_MAX_LAYERS
                     ? add_entry(entry, i, table, place, err)
                     : lts_fail(err, LTS_ERR_ARGUMENT, "%s: layers: more than %d layers", place,
                                MODEL_MAX_LAYERS);
        if (status != LTS_OK)
            return status;
    }
    return status;
}

static nn_shape input_shape(const lts_model_config *config)
{
    return (nn_shape){1, config->rows, config->bins / config->rows};
}

lts_status inversynth_check(const lts_model_config *config, const char *place, lts_error *err)
{
    layer_table *table;
    if (config->bins % config->rows != 0)
        return lts_fail(err, LTS_ERR_ARGUMENT, "%s: %zu numbers cannot be an example of %zu rows",
                        place, config->bins, config->rows);
    lts_status status = lts_alloc_checked(&table, 1, sizeof *table, "a table of layers", err);
    if (status != LTS_OK)
        return status;
    table->in = input_shape(config);
    status = add_convolutions(config, table, place, err);
    lts_free(table);
    return status;
}

void inversynth_build(const lts_model_config *config, layer_table *table)
{
    table->in = input_shape(config);
    add_convolutions(config, table, "", NULL); /* checked before */
    table_add_dense(table, "fc1", HIDDEN_UNITS, NN_RELU);
    table_add_dense(table, "fc2", config->parameters * config->classes, NN_LINEAR);
    for (size_t l = 0; l < table->count; l++)
        table->row[l].he_init = config->he_init && table->row[l].activation == NN_RELU;
}
