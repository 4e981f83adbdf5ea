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

/* The layers of the classifier, from an input (rows,columns). LTS_ERR_ARGUMENT names the layer of
 * the text that cannot be, or settings that do not fit together. */
lts_status inversynth_check(const lts_model_config *config, const char *place, lts_error *err);
void inversynth_build(const lts_model_config *config, layer_table *table);

#endif
