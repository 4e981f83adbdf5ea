/* What a model is made of, and what the files of this room share. */
#ifndef MODEL_MODEL_PARTS_H
#define MODEL_MODEL_PARTS_H

#include "lts/formats.h"
#include "lts/model.h"
#include "nn/nn.h"

/* Kept apart, so that a constant model can fill it in when first asked. */
typedef struct model_hash {
    bool known;
    char text[LTS_HASH_TEXT];
} model_hash;

struct lts_model {
    lts_model_config config;
    char *place; /* the file it was loaded from, or "model": what error lines begin with */
    nn_net *net;
    size_t sample;        /* the layer that draws z: the encoder lies before it; else layer_count */
    float *parameters;    /* net->total */
    float *level_weight;  /* (K) */
    lts_text_pair *notes; /* of a loaded model: keys and values, which it owns */
    size_t note_count;
    lts_feature feature; /* that the notes tell of, when feature_error says LTS_OK */
    lts_error feature_error;
    model_hash *hash;
};

/* A model without weights yet: all zero. Owns the net, which it destroys when it fails. `place`
 * starts its error lines, here and below. */
lts_status model_allocate(const lts_model_config *config, nn_net *net, const char *place,
                          lts_model **out, lts_error *err);

/* Reads the feature of the notes, and keeps it or the error. */
void model_read_feature(lts_model *model);

/* --- Architectures: config to table of layers ------------------------------------------------ */

/* Whether it names classes, and has no latent space. */
bool model_classifies(const lts_model_config *config);

/* What the config's type does not read becomes 0, none or empty. */
void model_settings_clear_unread(lts_model_config *config);

/* The network of `config`. LTS_ERR_ARGUMENT when a setting is out of range. */
lts_status model_build_net(const lts_model_config *config, const char *place, nn_net **out,
                           lts_error *err);

/* --- Files ----------------------------------------------------------------------------------- */

/* Adds `extra` tensors and metadata pairs to what a saved model holds. */
typedef struct model_extras {
    const lts_tensor *tensors;
    size_t tensor_count;
    const lts_text_pair *pairs;
    size_t pair_count;
} model_extras;

/* The tensor of a file that a parameter becomes. */
lts_tensor model_tensor(const nn_parameter *parameter, const char *name, const float *data);

lts_status model_write(const lts_model *model, const char *path, const lts_model_note *notes,
                       size_t note_count, const model_extras *extras, lts_error *err);

/* The tensor `name`, which must have the parameter's shape and finite values, copied to dst. */
lts_status model_read_tensor(const lts_safetensors *file, const char *name,
                             const nn_parameter *parameter, float *dst, lts_error *err);

/* A model from an open file, its notes copied: the file may be closed. */
lts_status model_load(const lts_safetensors *file, lts_model **out, lts_error *err);

lts_status model_read_size(const lts_safetensors *file, const char *key, uint64_t *value,
                           lts_error *err);

/* --- Compression of magnitudes --------------------------------------------------------------- */

/* y = what the network sees of linear magnitudes x; those below 0 count as 0, except for
 * LTS_COMPRESSION_NONE, which copies. y may be x. */
void magnitudes_compress(const lts_model_config *config, const float *x, float *y, size_t n);

/* The inverse; y below 0 counts as 0, and the result is finite where y is. x may be y. */
void magnitudes_expand(const lts_model_config *config, const float *y, float *x, size_t n);

/* --- Gain and shape -------------------------------------------------------------------------- */

/* frames (T,K), compressed, become shapes of RMS 1; gain (T) takes what they were divided by: their
 * RMS and 1e-4. */
void gain_split(float *frames, size_t bins, size_t count, float *gain);
double gain_sum_of_squares(const float *x, size_t n);

/* The level of one frame in dB, see lts_model_columns, and a frame brought to it, where levels
 * above 120 dB count as 120. A frame of zeros stays one. */
float level_of(const float *magnitudes, const float *weight, size_t bins);
void level_set(float *magnitudes, const float *weight, size_t bins, float level);
/* The same by the weighted RMS itself. */
double level_rms(const float *magnitudes, const float *weight, size_t bins);
void level_set_rms(float *magnitudes, const float *weight, size_t bins, double rms);

/* w[k] proportional to 2^(k / octave), or 1 where octave is 0, with a mean of 1. */
void level_weights(size_t octave, size_t bins, float *weight);

#endif
