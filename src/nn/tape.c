#include "nn/layers/layer.h"

/* Rounded up so that every array starts on a cache line. */
static size_t padded(size_t floats)
{
    return (floats + 15) / 16 * 16;
}

lts_status lts_tape_create(const lts_net *net, size_t batch, bool gradients, lts_tape **out,
                           lts_error *err)
{
    const size_t layers = net->layer_count;
    size_t floats = 0;
    *out = NULL;
    for (size_t l = 0; l < layers; l++) {
        floats += padded(batch * net->layers[l].outputs) * (gradients ? 2 : 1);
        if (gradients)
            floats += padded(layer_kind_of(&net->layers[l])->cache_floats(&net->layers[l], batch));
    }
    lts_tape *tape = lts_alloc(1, sizeof *tape);
    float **table = lts_alloc(3 * layers, sizeof *table);
    float *arena = lts_alloc(floats, sizeof *arena);
    _Atomic size_t *next_block = lts_alloc(layers, sizeof *next_block);
    if (!tape || !table || !arena || !next_block) {
        lts_free(next_block);
        lts_free(arena);
        lts_free(table);
        lts_free(tape);
        return lts_fail(err, LTS_ERR_MEMORY, "out of memory: a batch of %zu needs %zu floats",
                        batch, floats);
    }
    *tape = (lts_tape){.batch = batch,
                       .value = table,
                       .slope = table + layers,
                       .cache = table + 2 * layers,
                       .arena = arena,
                       .next_block = next_block};
    for (size_t l = 0; l < layers; l++) {
        const size_t values = padded(batch * net->layers[l].outputs);
        tape->value[l] = arena;
        arena += values;
        if (gradients) {
            tape->slope[l] = arena;
            tape->cache[l] = arena + values;
            arena += values;
            arena += padded(layer_kind_of(&net->layers[l])->cache_floats(&net->layers[l], batch));
        }
    }
    *out = tape;
    return LTS_OK;
}

void lts_tape_destroy(lts_tape *tape)
{
    if (!tape)
        return;
    lts_free(tape->next_block);
    lts_free(tape->arena);
    lts_free(tape->value);
    lts_free(tape);
}
