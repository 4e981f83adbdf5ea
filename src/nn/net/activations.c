#include "nn/layers/layer.h"

/* Rounded up so that every array starts on a cache line. */
static size_t padded(size_t floats)
{
    return (floats + 15) / 16 * 16;
}

static size_t derivatives(const nn_layer *layer, size_t batch)
{
    return layer->activation == NN_SILU ? batch * nn_outputs(layer) : 0;
}

/* A linear path adds to what the layer before it wrote, in place, where that layer's own backward
 * pass does not read it. */
static bool in_place(const nn_net *net, size_t l)
{
    const nn_layer *layer = &net->layers[l];
    return l > 0 && layer->kind == NN_LINEAR_PATH && layer[-1].activation == NN_LINEAR &&
           (layer[-1].kind == NN_DENSE || layer[-1].kind == NN_GAUSSIAN);
}

/* The largest that any layer asks for. */
static size_t workspace_floats(const nn_net *net)
{
    size_t largest = 0;
    for (size_t l = 0; l < net->layer_count; l++) {
        const layer_kind *kind = layer_kind_of(&net->layers[l]);
        const size_t floats = kind->workspace_floats ? kind->workspace_floats(&net->layers[l]) : 0;
        largest = floats > largest ? floats : largest;
    }
    return padded(largest);
}

lts_status nn_activations_create(const nn_net *net, size_t batch, unsigned workers, bool gradients,
                                 nn_activations **out, lts_error *err)
{
    const size_t layers = net->layer_count, workspace = workspace_floats(net);
    size_t floats = workers * workspace;
    *out = NULL;
    for (size_t l = 0; l < layers; l++) {
        if (!in_place(net, l))
            floats += padded(batch * nn_outputs(&net->layers[l])) * (gradients ? 2 : 1);
        if (gradients)
            floats += padded(layer_kind_of(&net->layers[l])->cache_floats(&net->layers[l], batch)) +
                      padded(derivatives(&net->layers[l], batch));
    }
    nn_activations *activations = lts_alloc(1, sizeof *activations);
    float **table = lts_alloc(4 * layers, sizeof *table);
    float *arena = lts_alloc(floats, sizeof *arena);
    _Atomic size_t *next_block = lts_alloc(layers, sizeof *next_block);
    if (!activations || !table || !arena || !next_block) {
        lts_free(next_block);
        lts_free(arena);
        lts_free(table);
        lts_free(activations);
        return lts_fail(err, LTS_ERR_MEMORY, "out of memory: a batch of %zu needs %zu floats",
                        batch, floats);
    }
    *activations = (nn_activations){.batch = batch,
                                    .value = table,
                                    .gradient = table + layers,
                                    .cache = table + 2 * layers,
                                    .derivative = table + 3 * layers,
                                    .arena = arena,
                                    .next_block = next_block,
                                    .workers = workers,
                                    .workspace_floats = workspace,
                                    .workspace = arena};
    arena += workers * workspace;
    for (size_t l = 0; l < layers; l++) {
        const nn_layer *layer = &net->layers[l];
        const size_t values = in_place(net, l) ? 0 : padded(batch * nn_outputs(layer));
        activations->value[l] = values ? arena : activations->value[l - 1];
        arena += values;
        if (!gradients)
            continue;
        activations->gradient[l] = values ? arena : activations->gradient[l - 1];
        arena += values;
        activations->cache[l] = arena;
        arena += padded(layer_kind_of(layer)->cache_floats(layer, batch));
        activations->derivative[l] = derivatives(layer, batch) ? arena : NULL;
        arena += padded(derivatives(layer, batch));
    }
    *out = activations;
    return LTS_OK;
}

void nn_activations_destroy(nn_activations *activations)
{
    if (!activations)
        return;
    lts_free(activations->next_block);
    lts_free(activations->arena);
    lts_free(activations->value);
    lts_free(activations);
}
