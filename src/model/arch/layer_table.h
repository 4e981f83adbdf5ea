/* A network's table of layers while it is built. */
#ifndef MODEL_ARCH_LAYER_TABLE_H
#define MODEL_ARCH_LAYER_TABLE_H

#include "model/arch/settings.h"
#include "nn/nn.h"

enum { MAX_ROWS = 10 + 4 * MODEL_MAX_LAYERS };

typedef struct layer_table {
    nn_layer row[MAX_ROWS];
    size_t count;
    nn_shape in; /* of the first layer */
} layer_table;

/* What the next layer reads: what the last one gives. */
static inline nn_shape table_shape(const layer_table *table)
{
    return table->count ? table->row[table->count - 1].out : table->in;
}

/* Appends a layer that reads what the last one gives. */
nn_layer *table_add(layer_table *table, nn_layer_kind kind, const char *name, nn_shape out,
                    nn_activation_kind activation);

/* The same of a dense layer. */
nn_layer *table_add_dense(layer_table *table, const char *name, size_t outputs,
                          nn_activation_kind activation);

/* Mean and log-variance, of which `mean` and `log_variance` are the names. */
void table_add_gaussian(layer_table *table, size_t latent, const char *mean,
                        const char *log_variance);

/* Adds a condition of so many numbers to what the last layer, a linear one, gives in its first
 * `reach` numbers; nothing where there are none. */
void table_add_condition(layer_table *table, const char *name, size_t conditions, size_t reach);

/* Fills an empty table with the layers of a config that lts_model_check accepts. */
void model_layers(const lts_model_config *config, layer_table *table);

nn_activation_kind table_hidden(const lts_model_config *config);
nn_activation_kind table_output(const lts_model_config *config);

/* The layers of the classifier, from an input (rows,columns). LTS_ERR_ARGUMENT names the layer of
 * the text that cannot be, or settings that do not fit together. */
lts_status inversynth_check(const lts_model_config *config, const char *place, lts_error *err);
void inversynth_build(const lts_model_config *config, layer_table *table);

/* The same of the convolutional auto-encoders. */
lts_status cvae_check(const lts_model_config *config, const char *place, lts_error *err);
void cvae_build(const lts_model_config *config, layer_table *table);
lts_status semantic_check(const lts_model_config *config, const char *place, lts_error *err);
void semantic_build(const lts_model_config *config, layer_table *table);

#endif
