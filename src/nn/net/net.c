#include "nn/layers/layer.h"

#include <string.h>

/* Far beyond any real network, and small enough that no product of sizes overflows. */
enum { MAX_LAYERS = 1024, MAX_SIZE = 1 << 24 };

const layer_kind *layer_kind_of(const nn_layer *layer)
{
    static const layer_kind *const kinds[NN_LAYER_KINDS] = {
        [NN_DENSE] = &layer_dense,
        [NN_BATCH_NORM] = &layer_batch_norm,
        [NN_GAUSSIAN] = &layer_gaussian,
        [NN_SAMPLE] = &layer_sample,
        [NN_LINEAR_PATH] = &layer_linear_path,
        [NN_CONVOLUTION] = &layer_convolution,
        [NN_TRANSPOSED_CONVOLUTION] = &layer_transposed_convolution,
        [NN_DROPOUT] = &layer_dropout,
        [NN_UPSAMPLE] = &layer_upsample,
        [NN_RESHAPE] = &layer_reshape,
    };
    return (unsigned)layer->kind < NN_LAYER_KINDS ? kinds[layer->kind] : NULL;
}

static bool is_legal(nn_shape shape)
{
    const size_t size[] = {shape.channels, shape.height, shape.width};
    size_t product = 1;
    for (int i = 0; i < 3; i++) {
        if (size[i] < 1 || size[i] > MAX_SIZE / product)
            return false;
        product *= size[i];
    }
    return true;
}

static bool are_equal(nn_shape a, nn_shape b)
{
    return a.channels == b.channels && a.height == b.height && a.width == b.width;
}

static lts_status check_layers(const nn_layer *layers, size_t count, lts_error *err)
{
    if (count == 0 || count > MAX_LAYERS)
        return lts_fail(err, LTS_ERR_ARGUMENT, "network: %zu layers, expected 1 to %d", count,
                        MAX_LAYERS);
    for (size_t l = 0; l < count; l++) {
        const nn_layer *layer = &layers[l];
        const nn_shape in = layer->in, out = layer->out;
        const layer_kind *kind = layer_kind_of(layer);
        if (!kind || (unsigned)layer->activation >= NN_ACTIVATION_KINDS)
            return lts_fail(err, LTS_ERR_ARGUMENT,
                            "network: layer %zu: no such kind or activation: %d, %d", l,
                            (int)layer->kind, (int)layer->activation);
        if (layer->activation == NN_LEAKY_RELU && !(layer->slope > 0))
            return lts_fail(err, LTS_ERR_ARGUMENT,
                            "network: layer %s: a slope of %g below 0, expected one above 0",
                            layer->name, (double)layer->slope);
        if (!is_legal(in) || !is_legal(out) || !kind->shapes_fit(layer))
            return lts_fail(err, LTS_ERR_ARGUMENT,
                            "network: layer %s: a %s layer cannot turn %zux%zux%zu into "
                            "%zux%zux%zu (channels, height, width)",
                            layer->name, kind->text, in.channels, in.height, in.width, out.channels,
                            out.height, out.width);
        if (layer->kind == NN_LINEAR_PATH && layer->from != NN_FROM_CONDITION &&
            (layer->from >= l || !are_equal(layers[layer->from].in, layer->source) ||
             (layer->from > 0 && layers[layer->from].kind != NN_DENSE)))
            return lts_fail(err, LTS_ERR_ARGUMENT,
                            "network: layer %s: a linear path of %zu numbers begins at layer %zu, "
                            "expected the network's input or a dense layer before it that reads as "
                            "many",
                            layer->name, nn_size(layer->source), layer->from);
        if (l > 0 && !are_equal(layers[l - 1].out, in))
            return lts_fail(
                err, LTS_ERR_ARGUMENT,
                "network: layer %s reads %zux%zux%zu numbers, but the layer before it gives "
                "%zux%zux%zu (channels, height, width)",
                layer->name, in.channels, in.height, in.width, layers[l - 1].out.channels,
                layers[l - 1].out.height, layers[l - 1].out.width);
    }
    return LTS_OK;
}

/* Trained parameters first, so that gradients and moments need no gaps. */
static void place(nn_net *net, nn_parameter *parameters)
{
    size_t next = 0;
    for (int trained = 1; trained >= 0; trained--) {
        for (size_t i = 0; i < net->parameter_count; i++)
            if (parameters[i].trained == trained) {
                parameters[i].offset = next;
                next += parameters[i].count;
            }
        if (trained)
            net->trained = next;
    }
    net->total = next;
}

static void declare_all(nn_net *net, parameter_list *list)
{
    for (size_t l = 0; l < net->layer_count; l++)
        layer_kind_of(&net->layers[l])->declare(&net->layers[l], list);
}

/* Where each layer's floats start, by walking layers and their parameters together. */
static void index_layers(const nn_net *net, size_t *first_trained, size_t *first_statistic)
{
    parameter_list list = {0};
    size_t trained = 0, statistic = net->trained;
    for (size_t l = 0; l < net->layer_count; l++) {
        size_t from = list.count;
        first_trained[l] = trained;
        first_statistic[l] = statistic;
        layer_kind_of(&net->layers[l])->declare(&net->layers[l], &list);
        for (size_t i = from; i < list.count; i++)
            *(net->parameters[i].trained ? &trained : &statistic) += net->parameters[i].count;
    }
}

lts_status nn_net_create(const nn_layer *layers, size_t count, nn_net **out, lts_error *err)
{
    *out = NULL;
    lts_status status = check_layers(layers, count, err);
    if (status != LTS_OK)
        return status;
    nn_net *net = lts_alloc(1, sizeof *net);
    nn_layer *copy = lts_alloc(count, sizeof *copy);
    size_t *index = lts_alloc(2 * count, sizeof *index);
    bool *path_begins = lts_alloc(count, sizeof *path_begins);
    nn_parameter *parameters = NULL;
    parameter_list list = {0};
    if (net && copy && index && path_begins) {
        memcpy(copy, layers, count * sizeof *copy);
        *net = (nn_net){.layer_count = count, .layers = copy};
        declare_all(net, &list);
        parameters = lts_alloc(list.count, sizeof *parameters);
    }
    if (!parameters) {
        lts_free(path_begins);
        lts_free(index);
        lts_free(copy);
        lts_free(net);
        return lts_fail(err, LTS_ERR_MEMORY, "out of memory for a network of %zu layers", count);
    }
    net->parameters = parameters;
    net->parameter_count = list.count;
    list = (parameter_list){.entry = parameters};
    declare_all(net, &list);
    place(net, parameters);
    index_layers(net, index, index + count);
    net->first_trained = index;
    net->first_statistic = index + count;
    for (size_t l = 0; l < count; l++)
        if (layers[l].kind == NN_LINEAR_PATH && layers[l].from > 0 &&
            layers[l].from != NN_FROM_CONDITION)
            path_begins[layers[l].from] = true;
    net->path_begins = path_begins;
    *out = net;
    return LTS_OK;
}

/* The members are const for everybody else. */
static void free_const(const void *memory)
{
    void *writable;
    memcpy(&writable, &memory, sizeof writable);
    lts_free(writable);
}

void nn_net_destroy(nn_net *net)
{
    if (!net)
        return;
    free_const(net->layers);
    free_const(net->parameters);
    free_const(net->first_trained);
    free_const(net->path_begins);
    lts_free(net);
}

size_t nn_net_find(const nn_net *net, nn_layer_kind kind)
{
    size_t l = 0;
    while (l < net->layer_count && net->layers[l].kind != kind)
        l++;
    return l;
}

void nn_net_init(const nn_net *net, uint64_t seed, float *parameters)
{
    for (size_t l = 0; l < net->layer_count; l++) {
        const layer_kind *kind = layer_kind_of(&net->layers[l]);
        lts_rng rng;
        lts_rng_seed(&rng, seed, l);
        if (kind->init)
            kind->init(&net->layers[l], &rng, parameters + net->first_trained[l],
                       parameters + net->first_statistic[l]);
    }
}
