#include "nn/layers/layer.h"

#include <stdatomic.h>

/* Shards are cut at multiples of this: whole cache lines, and whole tiles of a matrix product. */
enum { GRAIN = 16 };

/* The input of layer l, and the place of its gradient: NULL for that of the pass. A layer without a
 * path has layer 0 as its source, which may lie before the pass. */
static const float *input_of(const nn_pass *pass, size_t l)
{
    return l <= pass->first ? pass->x : pass->activations->value[l - 1];
}

static float *input_gradient(const nn_pass *pass, size_t l)
{
    return l <= pass->first ? NULL : pass->activations->gradient[l - 1];
}

/* Of a linear path: what it reads. */
static const float *source_of(const nn_pass *pass, const nn_layer *layer)
{
    return layer->from == NN_FROM_CONDITION ? pass->condition : input_of(pass, layer->from);
}

static float *source_gradient(const nn_pass *pass, const nn_layer *layer)
{
    return layer->from == NN_FROM_CONDITION ? NULL : input_gradient(pass, layer->from);
}

/* A linear path that adds to the columns its worker has just written needs no barrier before it. */
static bool in_place(const nn_pass *pass, size_t l)
{
    return l > pass->first && l < pass->end &&
           pass->activations->value[l] == pass->activations->value[l - 1];
}

/* Rows of a layer's arrays, and columns of one of them. */
static size_t rows_of(const nn_pass *pass, const nn_layer *layer)
{
    const size_t positions = layer->in.height * layer->in.width;
    return layer_kind_of(layer)->by_position ? pass->batch * positions : pass->batch;
}

static size_t columns_of(const nn_layer *layer, nn_shape shape)
{
    return layer_kind_of(layer)->by_position ? shape.channels : nn_size(shape);
}

static layer_call call_of(const nn_pass *pass, size_t l, nn_worker worker)
{
    const nn_net *net = pass->net;
    const nn_activations *activations = pass->activations;
    return (layer_call){
        .layer = &net->layers[l],
        .pass = pass,
        .trained = pass->parameters + net->first_trained[l],
        .statistics = pass->parameters + net->first_statistic[l],
        .shards = pass_shards(pass),
        .batch = rows_of(pass, &net->layers[l]),
        .x = input_of(pass, l),
        .y = activations->value[l],
        .cache = activations->cache[l],
        .gy = activations->gradient[l],
        .gx = input_gradient(pass, l),
        .adds_to_gx = net->path_begins[l],
        .source = source_of(pass, &net->layers[l]),
        .gsource = source_gradient(pass, &net->layers[l]),
        .derivative = activations->derivative[l],
        .workspace = activations->workspace + worker.index * activations->workspace_floats,
    };
}

/* Columns of one shard. */
static size_t shard_of(const nn_pass *pass, size_t columns)
{
    const size_t unit = pass_shards(pass) * GRAIN;
    return (columns + unit - 1) / unit * GRAIN;
}

/* The same for each region of a worker's rows. */
static void share_rows(const layer_kind *kind, const layer_call *call, nn_worker worker,
                       size_t columns,
                       void (*compute)(const layer_kind *kind, const layer_call *call, region of))
{
    const size_t most = kind->region_rows ? kind->region_rows(call->layer, call->pass) : 0;
    const nn_range own = nn_share(worker, call->batch, most ? most : 1);
    for (size_t first = 0; first < own.count; first += most ? most : own.count) {
        const size_t left = own.count - first, count = most && left > most ? most : left;
        compute(kind, call, (region){{own.first + first, count}, {0, columns}});
    }
}

/* Calls compute for each shard of a worker's columns, or for its rows. A shard, or a region of
 * rows, is one product, whose last bits can depend on its size: so they do not depend on the number
 * of workers. */
static void share(const layer_kind *kind, const layer_call *call, nn_worker worker, size_t columns,
                  void (*compute)(const layer_kind *kind, const layer_call *call, region of))
{
    if (!kind->by_columns) {
        share_rows(kind, call, worker, columns, compute);
        return;
    }
    const size_t shard = shard_of(call->pass, columns);
    const nn_range own = nn_share(worker, columns, shard);
    for (size_t first = 0; first < own.count; first += shard) {
        const size_t left = own.count - first;
        compute(kind, call,
                (region){{0, call->batch}, {own.first + first, left < shard ? left : shard}});
    }
}

static void forward_region(const layer_kind *kind, const layer_call *call, region of)
{
    kind->forward(call, of);
    activation_forward(call->layer, call->y, call->derivative,
                       columns_of(call->layer, call->layer->out), of);
}

void nn_forward(const nn_pass *pass, nn_worker worker)
{
    bool half = false; /* only the mean's columns */
    for (size_t l = pass->first; l < pass->end; l++) {
        const nn_layer *layer = &pass->net->layers[l];
        const layer_call call = call_of(pass, l, worker);
        half = half || (pass->mean_only && layer->kind == NN_GAUSSIAN);
        share(layer_kind_of(layer), &call, worker, columns_of(layer, layer->out) / (half ? 2 : 1),
              forward_region);
        if (!in_place(pass, l + 1))
            nn_barrier_wait(worker);
    }
}

size_t nn_scratch_floats(const nn_net *net)
{
    size_t largest = 0;
    for (size_t l = 0; l < net->layer_count; l++) {
        const layer_kind *kind = layer_kind_of(&net->layers[l]);
        for (size_t i = 0; kind->gradient && i < kind->block_count(&net->layers[l], 1); i++) {
            size_t count = kind->block(&net->layers[l], 1, i).count;
            largest = count > largest ? count : largest;
        }
    }
    return largest;
}

/* One layer's parameters. Blocks go to whoever is free: each is made the same way whoever makes
 * it. */
static void update_layer(const nn_pass *pass, size_t l, const nn_update *update, nn_worker worker)
{
    const layer_call call = call_of(pass, l, worker);
    const layer_kind *kind = layer_kind_of(call.layer);
    const size_t base = pass->net->first_trained[l];
    const size_t blocks = kind->gradient ? kind->block_count(call.layer, call.shards) : 0;
    for (size_t i; (i = atomic_fetch_add(&pass->activations->next_block[l], 1)) < blocks;) {
        nn_range block = kind->block(call.layer, call.shards, i);
        if (update->gradient) {
            kind->gradient(&call, i, update->gradient + base + block.first);
        } else {
            float *scratch = update->scratch[worker.index];
            kind->gradient(&call, i, scratch);
            nn_adam_apply(update->adam, update->parameters, scratch, base + block.first,
                          block.count);
        }
    }
    if (kind->update_running_stats && update->parameters && worker.index == 0)
        kind->update_running_stats(&call, update->parameters + pass->net->first_statistic[l]);
}

void nn_adam_apply_all(const nn_adam *adam, const nn_net *net, size_t shards, float *parameters,
                       float *gradient, nn_worker worker)
{
    for (size_t l = 0; l < net->layer_count; l++) {
        const layer_kind *kind = layer_kind_of(&net->layers[l]);
        const size_t base = net->first_trained[l];
        const size_t blocks = kind->gradient ? kind->block_count(&net->layers[l], shards) : 0;
        for (size_t i = worker.index; i < blocks; i += worker.count) {
            const nn_range block = kind->block(&net->layers[l], shards, i);
            nn_adam_apply(adam, parameters, gradient + base + block.first, base + block.first,
                          block.count);
        }
    }
}

/* The gradient of the layer's input, on through the activation of the layer before it. */
static void backward_region(const layer_kind *kind, const layer_call *call, region of)
{
    kind->backward(call, of);
    if (call->gx)
        activation_backward(
            &call->layer[-1], call->x,
            call->pass->activations->derivative[call->layer - call->pass->net->layers - 1],
            call->gx, columns_of(call->layer, call->layer->in), of);
}

static void source_region(const layer_kind *kind, const layer_call *call, region of)
{
    kind->backward_source(call, of);
}

/* Down the table, one barrier a layer. Between two barriers a worker computes its share of the
 * gradient of layer l-1 from that of layer l, then takes blocks of layer l's parameters: those may
 * change only when every worker has its share, and a layer's own gradient is not written again. */
void nn_backward(const nn_pass *pass, const nn_update *update, nn_worker worker)
{
    const nn_layer *layers = pass->net->layers;
    const size_t last = pass->end - 1;
    for (size_t l = pass->first; worker.index == 0 && l < pass->end; l++)
        atomic_store(&pass->activations->next_block[l], 0);
    const region rows = {nn_share(worker, pass->batch, 1), {0, nn_outputs(&layers[last])}};
    activation_backward(&layers[last], pass->activations->value[last],
                        pass->activations->derivative[last], pass->activations->gradient[last],
                        nn_outputs(&layers[last]), rows);
    nn_barrier_wait(worker);
    for (size_t l = pass->end; l-- > pass->first;) {
        const layer_call call = call_of(pass, l, worker);
        const layer_kind *kind = layer_kind_of(call.layer);
        share(kind, &call, worker, columns_of(call.layer, call.layer->in), backward_region);
        if (kind->backward_source && call.gsource)
            share(kind, &call, worker, nn_inputs(&layers[call.layer->from]), source_region);
        /* Nothing was computed for a path in place from the network's input. */
        if (!in_place(pass, l) || call.gsource)
            nn_barrier_wait(worker);
        update_layer(pass, l, update, worker);
    }
    nn_barrier_wait(worker);
}
