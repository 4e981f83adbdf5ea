/* From a table of layers to a network. It has a file of its own, so that a tool that only checks
 * settings is linked without networks, and starts without OpenBLAS and its threads. */
#include "model/arch/layer_table.h"
#include "model/model_parts.h"

lts_status model_build_net(const lts_model_config *config, const char *place, nn_net **out,
                           lts_error *err)
{
    *out = NULL;
    lts_status status = lts_model_check(config, place, err);
    if (status != LTS_OK)
        return status;
    layer_table *table;
    status = lts_alloc_checked(&table, 1, sizeof *table, "a table of layers", err);
    if (status != LTS_OK)
        return status;
    model_layers(config, table);
    status = nn_net_create(table->row, table->count, out, err);
    lts_free(table);
    return status;
}
