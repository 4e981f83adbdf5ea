#include "nn/layers/layer.h"

#include <stdatomic.h>

/* Columns a member's share is cut at: whole cache lines, and whole tiles of a matrix product. */
enum { COLUMN_GRAIN = 16 };

static layer_call call_of(const lts_pass *pass, size_t l)
{
    const lts_net *net = pass->net;
    const lts_tape *tape = pass->tape;
    return (layer_call){
        .layer = &net->layers[l],
        .pass = pass,
        .trained = pass->parameters + net->first_trained[l],
        .statistics = pass->parameters + net->first_statistic[l],
        .batch = pass->batch,
        .x = l == pass->first ? pass->x : tape->value[l - 1],
        .y = tape->value[l],
        .cache = tape->cache[l],
        .gy = tape->slope[l],
        .gx = l == pass->first ? NULL : tape->slope[l - 1],
    };
}

static region share(const layer_kind *kind, lts_team team, size_t batch, size_t columns)
{
    region all = {{0, batch}, {0, columns}};
    if (kind->by_columns)
        all.columns = lts_team_share(team, columns, COLUMN_GRAIN);
    else
        all.rows = lts_team_share(team, batch, 1);
    return all;
}

static bool is_empty(region of)
{
    return of.rows.count == 0 || of.columns.count == 0;
}

void lts_net_forward(const lts_pass *pass, lts_team team)
{
    for (size_t l = pass->first; l < pass->end; l++) {
        const lts_layer *layer = &pass->net->layers[l];
        const layer_kind *kind = layer_kind_of(layer);
        const layer_call call = call_of(pass, l);
        bool half = pass->mean_only && l + 1 == pass->end && layer->kind == LTS_LAYER_GAUSSIAN;
        region of = share(kind, team, pass->batch, half ? layer->outputs / 2 : layer->outputs);
        if (!is_empty(of)) {
            kind->forward(&call, of);
            activation_forward(layer->activation, call.y, layer->outputs, of);
        }
        lts_team_meet(team);
    }
}

size_t lts_net_scratch(const lts_net *net)
{
    size_t largest = 0;
    for (size_t l = 0; l < net->layer_count; l++) {
        const layer_kind *kind = layer_kind_of(&net->layers[l]);
        for (size_t i = 0; kind->gradient && i < kind->block_count(&net->layers[l]); i++) {
            size_t count = kind->block(&net->layers[l], i).count;
            largest = count > largest ? count : largest;
        }
    }
    return largest;
}

/* One layer's parameters. Blocks go to whoever is free: each is made the same way whoever makes
 * it. */
static void update_layer(const lts_pass *pass, size_t l, const lts_update *update, lts_team team)
{
    const layer_call call = call_of(pass, l);
    const layer_kind *kind = layer_kind_of(call.layer);
    const size_t base = pass->net->first_trained[l];
    const size_t blocks = kind->gradient ? kind->block_count(call.layer) : 0;
    for (size_t i; (i = atomic_fetch_add(&pass->tape->next_block[l], 1)) < blocks;) {
        lts_range block = kind->block(call.layer, i);
        if (update->gradient) {
            kind->gradient(&call, i, update->gradient + base + block.first);
        } else {
            float *scratch = update->scratch[team.member];
            kind->gradient(&call, i, scratch);
            lts_adam_apply(update->adam, update->parameters, scratch, base + block.first,
                           block.count);
        }
    }
    if (kind->settle && update->parameters && team.member == 0)
        kind->settle(&call, update->parameters + pass->net->first_statistic[l]);
}

/* Down the table, one meeting a layer. Between two meetings a member makes its share of the slope
 * of layer l-1 from that of layer l, then takes blocks of layer l's parameters: those may change
 * only when every member's slope is made, and a layer's own slope is never written again. */
void lts_net_backward(const lts_pass *pass, const lts_update *update, lts_team team)
{
    const lts_layer *layers = pass->net->layers;
    const size_t last = pass->end - 1;
    for (size_t l = pass->first; team.member == 0 && l < pass->end; l++)
        atomic_store(&pass->tape->next_block[l], 0);
    const region rows = {lts_team_share(team, pass->batch, 1), {0, layers[last].outputs}};
    activation_backward(layers[last].activation, pass->tape->value[last], pass->tape->slope[last],
                        layers[last].outputs, rows);
    lts_team_meet(team);
    for (size_t l = pass->end; l-- > pass->first;) {
        const layer_call call = call_of(pass, l);
        const layer_kind *kind = layer_kind_of(call.layer);
        const region of = share(kind, team, pass->batch, call.layer->inputs);
        if (!is_empty(of))
            kind->backward(&call, of);
        if (call.gx && !is_empty(of))
            activation_backward(layers[l - 1].activation, pass->tape->value[l - 1], call.gx,
                                layers[l - 1].outputs, of);
        lts_team_meet(team);
        update_layer(pass, l, update, team);
    }
    lts_team_meet(team);
}
