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

lts_status nn_activations_create(const nn_net *net, size_t batch, bool gradients,
                                 nn_activations **out, lts_error *err)
{
    const size_t layers = net->layer_count;
    size_t floats = 0;
    *out = NULL;
    for (size_t l = 0; l < layers; l++) {
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
                                    .next_block = next_block};
    for (size_t l = 0; l < layers; l++) {
        const size_t values = padded(batch * nn_outputs(&net->layers[l]));
        activations->value[l] = arena;
        arena += values;
        if (gradients) {
            activations->gradient[l] = arena;
            activations->cache[l] = arena + values;
            arena += values;
            arena += padded(layer_kind_of(&net->layers[l])->cache_floats(&net->layers[l], batch));
            if (derivatives(&net->layers[l], batch) > 0)
                activations->derivative[l] = arena;
            arena += padded(derivatives(&net->layers[l], batch));
        }
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
