/* Model: architectures as tables of layers, their weights on disk, and their training. */
#ifndef LTS_MODEL_H
#define LTS_MODEL_H

#include "lts/base.h"

typedef enum lts_model_type { LTS_MODEL_VAE, LTS_MODEL_VAE2 } lts_model_type;
typedef enum lts_compression {
    LTS_COMPRESSION_NONE,
    LTS_COMPRESSION_POWER, /* y = x^(1/3) */
    LTS_COMPRESSION_LOG    /* y = log(1 + 1000 x) / log(1001) */
} lts_compression;
typedef enum lts_output { LTS_OUTPUT_LINEAR, LTS_OUTPUT_RELU, LTS_OUTPUT_SIGMOID } lts_output;
typedef enum lts_loss { LTS_LOSS_MEAN, LTS_LOSS_SUM } lts_loss;

typedef struct lts_model_config {
    lts_model_type type;
    size_t bins;   /* K */
    size_t latent; /* Z */
    size_t units;
    size_t layers;        /* vae2: num_layers */
    size_t units_divider; /* vae2: n_units_divider */
    bool batch_norm;      /* vae2 */
    lts_output output;
    lts_compression compression;
} lts_model_config;

lts_model_config lts_model_defaults(void); /* vae, 384-2048-256, relu, no compression */

typedef struct lts_model lts_model;

/* Fresh weights, uniform in +-1/sqrt(inputs) as PyTorch's Linear starts, drawn from `seed`. */
lts_status lts_model_create(const lts_model_config *config, uint64_t seed, lts_model **out,
                            lts_error *err);
void lts_model_destroy(lts_model *model); /* NULL is allowed */
const lts_model_config *lts_model_settings(const lts_model *model);
size_t lts_model_parameter_count(const lts_model *model);

/* A description the loader hands back unchanged: the audio section, the data set's fingerprint. */
typedef struct lts_model_note {
    const char *key, *value;
} lts_model_note;

/* safetensors, tensors named as the PyTorch original's state_dict (fc1.weight (units,bins), fc21
 * mean, fc22 log-variance, fc3, fc4). Loading checks every name and shape against the architecture.
 */
lts_status lts_model_save(const lts_model *model, const char *path, const lts_model_note *notes,
                          size_t note_count, lts_error *err);
lts_status lts_model_load(const char *path, lts_model **out, lts_error *err);
const char *lts_model_note_get(const lts_model *model,
                               const char *key);    /* of a loaded one; or NULL */
const char *lts_model_hash(const lts_model *model); /* content hash of its weights, hexadecimal */

/* Inference. The model is constant and may serve several threads, each with its own scratch.
 * magnitudes are (T,K) linear on both sides: compression happens inside. log_variance may be NULL.
 */
typedef struct lts_model_work lts_model_work;
lts_status lts_model_work_create(const lts_model *model, unsigned threads, lts_model_work **out,
                                 lts_error *err);
void lts_model_work_destroy(lts_model_work *work); /* NULL is allowed */
void lts_model_encode(const lts_model *model, lts_model_work *work, const float *magnitudes,
                      size_t frames, float *mean, float *log_variance);
void lts_model_decode(const lts_model *model, lts_model_work *work, const float *z, size_t frames,
                      float *magnitudes);

/* --- Training
 * --------------------------------------------------------------------------------------- */

typedef struct lts_training {
    lts_loss loss;
    double kl_beta;
    double learning_rate;
    double beta1, beta2, epsilon; /* Adam */
    size_t batch;                 /* the largest B */
    unsigned threads;
    uint64_t seed; /* of the latent noise */
} lts_training;

typedef struct lts_losses {
    double total, reconstruction, kl; /* total = reconstruction + kl_beta * kl, as the originals */
} lts_losses;

/* The optimiser and its state around a model it changes in place. */
typedef struct lts_trainer lts_trainer;
lts_status lts_trainer_create(lts_model *model, const lts_training *training, lts_trainer **out,
                              lts_error *err);
void lts_trainer_destroy(lts_trainer *trainer); /* NULL is allowed */
void lts_trainer_set_learning_rate(lts_trainer *trainer, double learning_rate);

/* One Adam step on frames (B,K), linear magnitudes, 1 <= B <= batch. The noise depends on the seed
 * and on the number of frames seen alone, so a resumed run draws what the undisturbed one would. No
 * allocation. Losses are of this batch, before the step. When the loss is not finite the weights
 * are left as they were and LTS_ERR_NONFINITE is returned. */
lts_status lts_trainer_step(lts_trainer *trainer, const float *frames, size_t batch,
                            lts_losses *losses, lts_error *err);

/* The loss on frames (B,K) with the model as it stands, the latent mean instead of a sample;
 * nothing changes. squares, when not NULL, gets per frame sum((y-x)^2) and sum(x^2) in linear
 * magnitude (B,2). */
void lts_trainer_evaluate(lts_trainer *trainer, const float *frames, size_t batch,
                          lts_losses *losses, double *squares);

/* Everything a bit-for-bit resumption needs: weights, Adam moments and step, frames seen; `notes`
 * as in lts_model_save carry the caller's own state (epoch, position) and come back through
 * lts_model_note_get. Loading makes a model and a trainer. */
lts_status lts_trainer_save(const lts_trainer *trainer, const char *path,
                            const lts_model_note *notes, size_t note_count, lts_error *err);
lts_status lts_trainer_load(const char *path, const lts_training *training, lts_model **model,
                            lts_trainer **out, lts_error *err);

#endif
