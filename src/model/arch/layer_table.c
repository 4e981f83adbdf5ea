#include "model/arch/layer_table.h"

#include <stdio.h>

static const float leaky_slope = 0.3f; /* as Keras */

nn_layer *table_add(layer_table *table, nn_layer_kind kind, const char *name, nn_shape out,
                    nn_activation_kind activation)
{
    nn_layer *row = &table->row[table->count];
    *row = (nn_layer){.kind = kind, .in = table_shape(table), .out = out, .activation = activation};
    if (activation == NN_LEAKY_RELU)
        row->slope = leaky_slope;
    snprintf(row->name, sizeof row->name, "%s", name);
    table->count++;
    return row;
}

nn_layer *table_add_dense(layer_table *table, const char *name, size_t outputs,
                          nn_activation_kind activation)
{
    return table_add(table, NN_DENSE, name, (nn_shape){outputs, 1, 1}, activation);
}

void table_add_gaussian(layer_table *table, size_t latent, const char *mean,
                        const char *log_variance)
{
    nn_layer *row = table_add(table, NN_GAUSSIAN, mean, (nn_shape){2 * latent, 1, 1}, NN_LINEAR);
    snprintf(row->second, sizeof row->second, "%s", log_variance);
}

void table_add_condition(layer_table *table, const char *name, size_t conditions, size_t reach)
{
    if (conditions == 0)
        return;
    nn_layer *row = table_add(table, NN_LINEAR_PATH, name, table_shape(table), NN_LINEAR);
    row->from = NN_FROM_CONDITION;
    row->source = (nn_shape){conditions, 1, 1};
    row->reach = reach;
}

nn_activation_kind table_output(const lts_model_config *config)
{
    static const nn_activation_kind of[] = {
        [LTS_OUTPUT_LINEAR] = NN_LINEAR,
        [LTS_OUTPUT_RELU] = NN_RELU,
        [LTS_OUTPUT_SIGMOID] = NN_SIGMOID,
    };
    return of[config->output];
}

nn_activation_kind table_hidden(const lts_model_config *config)
{
    static const nn_activation_kind of[] = {
        [LTS_ACTIVATION_RELU] = NN_RELU,
        [LTS_ACTIVATION_SILU] = NN_SILU,
        [LTS_ACTIVATION_LEAKY_RELU] = NN_LEAKY_RELU,
    };
    return of[config->activation];
}
