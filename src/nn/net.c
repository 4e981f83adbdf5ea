#include "nn/layers/layer.h"

#include <string.h>

/* Far beyond any real network, and small enough that no product of sizes overflows. */
enum { MAX_LAYERS = 1024, MAX_SIZE = 1 << 24 };

struct parameter_list {
    lts_parameter *entry; /* NULL while only counting */
    size_t count;
};

const layer_kind *layer_kind_of(const lts_layer *layer)
{
    static const layer_kind *const kinds[LTS_LAYER_KIND_COUNT] = {
        [LTS_LAYER_DENSE] = &layer_dense,
        [LTS_LAYER_BATCH_NORM] = &layer_batch_norm,
        [LTS_LAYER_GAUSSIAN] = &layer_gaussian,
        [LTS_LAYER_SAMPLE] = &layer_sample,
    };
    return (unsigned)layer->kind < LTS_LAYER_KIND_COUNT ? kinds[layer->kind] : NULL;
}

void declare_parameter(parameter_list *list, const char *name, const char *suffix, size_t rows,
                       size_t columns, bool trained)
{
    if (list->entry) {
        lts_parameter *p = &list->entry[list->count];
        snprintf(p->name, sizeof p->name, "%s.%s", name, suffix);
        p->rank = columns ? 2 : 1;
        p->shape[0] = rows;
        p->shape[1] = columns;
        p->count = columns ? rows * columns : rows;
        p->trained = trained;
    }
    list->count++;
}

static lts_status check_layers(const lts_layer *layers, size_t count, lts_error *err)
{
    if (count == 0 || count > MAX_LAYERS)
        return lts_fail(err, LTS_ERR_ARGUMENT, "network: %zu layers, expected 1 to %d", count,
                        MAX_LAYERS);
    for (size_t l = 0; l < count; l++) {
        const lts_layer *layer = &layers[l];
        const layer_kind *kind = layer_kind_of(layer);
        if (!kind || (unsigned)layer->activation >= LTS_ACTIVATION_COUNT)
            return lts_fail(err, LTS_ERR_ARGUMENT,
                            "network: layer %zu: no such kind or activation: %d, %d", l,
                            (int)layer->kind, (int)layer->activation);
        if (layer->inputs < 1 || layer->inputs > MAX_SIZE || layer->outputs < 1 ||
            layer->outputs > MAX_SIZE || !kind->sizes_fit(layer))
            return lts_fail(err, LTS_ERR_ARGUMENT,
                            "network: layer %s: a %s layer cannot have %zu inputs and %zu outputs",
                            layer->name, kind->text, layer->inputs, layer->outputs);
        if (l > 0 && layers[l - 1].outputs != layer->inputs)
            return lts_fail(err, LTS_ERR_ARGUMENT,
                            "network: layer %s has %zu inputs, but the layer before it gives %zu",
                            layer->name, layer->inputs, layers[l - 1].outputs);
    }
    return LTS_OK;
}

/* Trained parameters first, so that gradients and moments need no gaps. */
static void place(lts_net *net, lts_parameter *parameters)
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

static void declare_all(lts_net *net, parameter_list *list)
{
    for (size_t l = 0; l < net->layer_count; l++)
        layer_kind_of(&net->layers[l])->declare(&net->layers[l], list);
}

/* Where each layer's floats start, by walking layers and their parameters together. */
static void index_layers(const lts_net *net, size_t *first_trained, size_t *first_statistic)
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

lts_status lts_net_create(const lts_layer *layers, size_t count, lts_net **out, lts_error *err)
{
    *out = NULL;
    lts_status status = check_layers(layers, count, err);
    if (status != LTS_OK)
        return status;
    lts_net *net = lts_alloc(1, sizeof *net);
    lts_layer *copy = lts_alloc(count, sizeof *copy);
    size_t *index = lts_alloc(2 * count, sizeof *index);
    lts_parameter *parameters = NULL;
    parameter_list list = {0};
    if (net && copy && index) {
        memcpy(copy, layers, count * sizeof *copy);
        *net = (lts_net){.layer_count = count, .layers = copy};
        declare_all(net, &list);
        parameters = lts_alloc(list.count, sizeof *parameters);
    }
    if (!parameters) {
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

void lts_net_destroy(lts_net *net)
{
    if (!net)
        return;
    free_const(net->layers);
    free_const(net->parameters);
    free_const(net->first_trained);
    lts_free(net);
}

void lts_net_start(const lts_net *net, uint64_t seed, float *parameters)
{
    for (size_t l = 0; l < net->layer_count; l++) {
        const layer_kind *kind = layer_kind_of(&net->layers[l]);
        lts_rng rng;
        lts_rng_seed(&rng, seed, l);
        if (kind->start)
            kind->start(&net->layers[l], &rng, parameters + net->first_trained[l],
                        parameters + net->first_statistic[l]);
    }
}
