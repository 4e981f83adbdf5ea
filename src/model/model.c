#include "model/model.h"

lts_model_config lts_model_defaults(void)
{
    return (lts_model_config){
        .type = LTS_MODEL_VAE,
        .bins = 384,
        .latent = 256,
        .units = 2048,
        .layers = 2,
        .units_divider = 2,
        .output = LTS_OUTPUT_RELU,
        .compression = LTS_COMPRESSION_NONE,
    };
}

static size_t find_sample(const lts_net *net)
{
    size_t l = 0;
    while (net->layers[l].kind != LTS_LAYER_SAMPLE)
        l++;
    return l;
}

lts_status model_allocate(const lts_model_config *config, lts_net *net, const char *place,
                          lts_model **out, lts_error *err)
{
    *out = NULL;
    lts_model *model = lts_alloc(1, sizeof *model);
    model_hash *hash = lts_alloc(1, sizeof *hash);
    float *parameters = lts_alloc(net->total, sizeof *parameters);
    if (!model || !hash || !parameters) {
        lts_status status = lts_fail(err, LTS_ERR_MEMORY, "%s: out of memory for %zu parameters",
                                     place, net->total);
        lts_free(parameters);
        lts_free(hash);
        lts_free(model);
        lts_net_destroy(net);
        return status;
    }
    *model = (lts_model){.config = *config,
                         .net = net,
                         .sample = find_sample(net),
                         .parameters = parameters,
                         .hash = hash};
    *out = model;
    return LTS_OK;
}

lts_status lts_model_create(const lts_model_config *config, uint64_t seed, lts_model **out,
                            lts_error *err)
{
    lts_net *net;
    *out = NULL;
    lts_status status = model_build_net(config, "model", &net, err);
    if (status == LTS_OK)
        status = model_allocate(config, net, "model", out, err);
    if (status == LTS_OK)
        lts_net_start((*out)->net, seed, (*out)->parameters);
    return status;
}

void lts_model_destroy(lts_model *model)
{
    if (!model)
        return;
    lts_safetensors_close(model->file);
    lts_net_destroy(model->net);
    lts_free(model->parameters);
    lts_free(model->hash);
    lts_free(model);
}

const lts_model_config *lts_model_settings(const lts_model *model)
{
    return &model->config;
}

size_t lts_model_parameter_count(const lts_model *model)
{
    return model->net->trained;
}

const char *lts_model_note_get(const lts_model *model, const char *key)
{
    return model->file ? lts_safetensors_metadata(model->file, key) : NULL;
}

const char *lts_model_hash(const lts_model *model)
{
    if (!model->hash->known)
        lts_hash_bytes(model->parameters, model->net->total * sizeof(float), model->hash->text);
    model->hash->known = true;
    return model->hash->text;
}
