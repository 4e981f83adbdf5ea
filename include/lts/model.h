/* Model: architectures as tables of layers, their weights on disk, and their training.
 *
 * Magnitudes are linear on the outside; compression is part of the model. "threads" is 0 for as
 * many as there are processors, at most 1024. */
#ifndef LTS_MODEL_H
#define LTS_MODEL_H

#include "lts/base.h"
#include "lts/features.h"

LTS_BEGIN_DECLS

typedef enum lts_model_type {
    /* K - units relu - Z mean and log-variance - units relu - K output: the PyTorch original
     * (Tatar, Bisig & Pasquier 2020) */
    LTS_MODEL_VAE,
    /* The TensorFlow original: after the first hidden layer `layers` more, of
     * units / 2^((units_divider - 1) i), i = 1 .. layers; the decoder mirrors them */
    LTS_MODEL_VAE2,
    /* A classifier of sounds by the parameters of a synthesizer (Barkan, Tsiris, Koenigstein & Katz
     * 2019): convolutions with relu - 512 units relu - parameters x classes logits, whose sigmoid
     * lts_classifier_run gives. Its examples are rows x columns, time first. */
    LTS_MODEL_INVERSYNTH,
    /* The TensorFlow original's convolutional one: a frame as an image of K / columns x columns,
     * convolutions with strides of 2, dense layers - Z mean and log-variance - and the mirror
     * image of both, ending in one filter */
    LTS_MODEL_CVAE,
    /* An image of rows x columns (Cameron 2026): convolutions 3 x 3, each with relu and batch
     * normalisation - Z mean and log-variance - and its mirror image, ending in a sigmoid. Its
     * examples are taken as they are and may have conditions. */
    LTS_MODEL_SEMANTIC
} lts_model_type;

/* The networks of that paper, and LTS_INVERSYNTH_OWN, which lts_model_config.convolutions tells. */
typedef enum lts_inversynth {
    LTS_INVERSYNTH_C1,
    LTS_INVERSYNTH_C2,
    LTS_INVERSYNTH_C3,
    LTS_INVERSYNTH_C4,
    LTS_INVERSYNTH_C5,
    LTS_INVERSYNTH_C6,
    LTS_INVERSYNTH_C6XL,
    LTS_INVERSYNTH_CE2E,    /* of samples: one column */
    LTS_INVERSYNTH_CE2E_2D, /* likewise */
    LTS_INVERSYNTH_OWN
} lts_inversynth;

enum { LTS_MODEL_TEXT = 512 };

typedef enum lts_compression {
    LTS_COMPRESSION_NONE,
    LTS_COMPRESSION_POWER, /* y = x^exponent */
    LTS_COMPRESSION_LOG    /* y = log(1 + 1000 x) / log(1001), for x >= 0 */
} lts_compression;
typedef enum lts_activation {
    LTS_ACTIVATION_RELU,
    LTS_ACTIVATION_SILU,
    LTS_ACTIVATION_LEAKY_RELU /* x, or 0.3 x below 0, as Keras */
} lts_activation;
/* How the decoder of a cvae enlarges images: by transposed convolutions, or by repeating or mixing
 * positions before a convolution. */
typedef enum lts_upsampling {
    LTS_UPSAMPLING_TRANSPOSED,
    LTS_UPSAMPLING_NEAREST,
    LTS_UPSAMPLING_BILINEAR
} lts_upsampling;
/* What a semantic model is told of an example besides its image; see lts_batch. */
typedef enum lts_condition {
    LTS_CONDITION_NONE,
    LTS_CONDITION_DESCRIPTOR, /* its labels */
    LTS_CONDITION_PERCEPTUAL  /* what was measured of its sound */
} lts_condition;
typedef enum lts_output { LTS_OUTPUT_LINEAR, LTS_OUTPUT_RELU, LTS_OUTPUT_SIGMOID } lts_output;

/* The originals' squared error, in what the network sees (after compression), and what classifiers
 * are trained by. */
typedef enum lts_loss {
    LTS_LOSS_MEAN, /* mean over B and K: the TensorFlow original */
    LTS_LOSS_SUM,  /* sum over B and K: the PyTorch original */
    /* mean over B and K relative to the data's mean square; with gain and shape apart, of shapes,
     * each weighted by min(level / RMS of the data, 3)^level_weight */
    LTS_LOSS_RELATIVE,
    /* Of classifiers: binary cross-entropy, the mean over B, parameters and classes of
     * -t log s(y) - (1 - t) log(1 - s(y)), s the sigmoid of the logit y and t 1 for the class that
     * the label names and 0 for the others */
    LTS_LOSS_BCE,
    /* reconstruction_weight times the mean squared error, and kl_beta times the divergence
     * -1/2 sum over Z of 1 + logvar - mean^2 - exp(logvar), the mean over B (Kingma & Welling
     * 2014, appendix B) */
    LTS_LOSS_ELBO
} lts_loss;

/* The name of a loss in configuration files, such as "mean"; NULL past the last. */
const char *lts_loss_text(int loss);

typedef struct lts_model_config {
    lts_model_type type;
    size_t bins;          /* K, 1 to 2^20 */
    size_t latent;        /* Z, 1 to 65536 */
    size_t units;         /* of the widest hidden layer, 1 to 262144 */
    size_t layers;        /* vae2: num_layers, 0 to 16 */
    size_t units_divider; /* vae2: n_units_divider, 1 to 16; the narrowest layer keeps a unit */
    bool batch_norm;      /* vae2: after every hidden layer but each side's first */
    lts_activation activation; /* of hidden layers */
    lts_output output;         /* activation of the last layer */
    /* mean = heads(h(x)) + P x and output(f(z) + Q z): the network learns what is not linear */
    bool linear_paths;
    /* The network sees compressed frames divided by their level, see lts_model_columns. */
    bool gain_shape;
    size_t level_octave; /* bins an octave, by which levels weigh bins; 0: all alike */
    lts_compression compression;
    double exponent; /* of LTS_COMPRESSION_POWER, 0.1 to 1 */
    size_t rows;     /* of inversynth, cvae and semantic: of an example, with bins / rows columns */
    /* Of inversynth: what it is to be classified by, and into how many classes each. */
    size_t parameters, classes;
    lts_inversynth architecture;
    /* Of LTS_INVERSYNTH_OWN: 1 to 16 layers between commas. FILTERSxROWSxCOLUMNS/ROWSxCOLUMNS is a
     * convolution, window and strides, with "same" padding; FILTERSxROWS/ROWS one of samples;
     * "image" makes the filters of samples the columns of an image. */
    char convolutions[LTS_MODEL_TEXT];
    bool he_init; /* fresh weights before its ReLUs as He et al. 2015 have them */
    /* Of cvae: 0 to 8 dense layers of dense_units / dense_divider^i, and convolutions of 2^i
     * first_filters, one and conv_layers (0 to 8) more, with windows of kernel x kernel. */
    size_t dense_layers, dense_units, dense_divider, conv_layers, first_filters, kernel;
    lts_upsampling upsampling;
    /* Of semantic: the filters of each convolution, 1 to 16 numbers between commas. Strides are 2,
     * along columns only while there are more than 4. */
    char filters[LTS_MODEL_TEXT];
    lts_condition condition;
    size_t conditions; /* numbers of a condition, C, which a data set tells; 0: there is none */
} lts_model_config;

/* LTS_ERR_ARGUMENT names the setting that is out of range, or settings that do not fit together;
 * `place` starts the line. Settings that the type does not read may be anything. Thread-safe. */
lts_status lts_model_check(const lts_model_config *config, const char *place, lts_error *err);
lts_model_config lts_model_defaults(void); /* vae, 384-2048-256, as default.ini */
/* The same of another type; its bins and rows are those of the vae's frames all the same. */
lts_model_config lts_model_type_defaults(lts_model_type type);

/* One setting: a row of the table that drives model files, resumption, configuration files and
 * default.ini. */
typedef enum lts_setting_kind {
    LTS_SETTING_SIZE,   /* size_t */
    LTS_SETTING_REAL,   /* double */
    LTS_SETTING_FLAG,   /* bool */
    LTS_SETTING_CHOICE, /* an enum, the index of its text among `choices` */
    LTS_SETTING_TEXT    /* char[LTS_MODEL_TEXT] */
} lts_setting_kind;

typedef struct lts_model_setting {
    const char *name;          /* "model.NAME" in model files; one a type */
    const char *section, *key; /* in configuration files; NULL: told from other settings */
    lts_setting_kind kind;
    size_t offset;              /* in lts_model_config */
    const char *standard;       /* its default as text */
    double minimum, maximum;    /* of a size or a real */
    const char *const *choices; /* of a choice; the last is NULL */
    unsigned types;             /* bit 1 << t: the architecture t reads it */
    const char *help;           /* for default.ini; NULL: not shown there */
    const char *absent; /* what a file of an earlier version means; NULL: every file says it */
    const char *alias;  /* another spelling of the key, or NULL */
} lts_model_setting;

/* Row `index`, constant for ever; NULL past the last. */
const lts_model_setting *lts_model_setting_at(size_t index);
bool lts_model_setting_applies(const lts_model_setting *setting, int type);
/* The first setting that a's architecture reads and in which a and b differ; NULL when none. */
const lts_model_setting *lts_model_settings_differ(const lts_model_config *a,
                                                   const lts_model_config *b);
/* The name of an architecture, such as "vae2"; NULL past the last. */
const char *lts_model_type_text(int type);
/* Copies the value of a setting from one config to the other. */
void lts_model_setting_copy(const lts_model_setting *setting, const lts_model_config *from,
                            lts_model_config *to);

typedef struct lts_model lts_model;

/* Fresh weights, uniform in +-1/sqrt(inputs) as PyTorch's Linear starts, or with he_init before
 * ReLUs in +-sqrt(6/inputs) with biases 0 (He et al. 2015), drawn from `seed`.
 * LTS_ERR_ARGUMENT names the setting that is out of range. */
lts_status lts_model_create(const lts_model_config *config, uint64_t seed, lts_model **out,
                            lts_error *err);
void lts_model_destroy(lts_model *model); /* NULL is allowed */
const lts_model_config *lts_model_settings(const lts_model *model);
/* LTS_ERR_ARGUMENT, with the model's file, when the model has no latent space, as a classifier has
 * none: it neither encodes nor decodes. */
lts_status lts_model_check_latent(const lts_model *model, lts_error *err);
/* LTS_ERR_ARGUMENT, with the model's file, when the model is no classifier. */
lts_status lts_model_check_classes(const lts_model *model, lts_error *err);
size_t lts_model_parameter_count(const lts_model *model); /* that training changes */

/* A description the loader hands back unchanged: the audio section, the data set's fingerprint. */
typedef struct lts_model_note {
    const char *key, *value;
} lts_model_note;

/* safetensors; vae's tensors are named and shaped as the PyTorch original's state_dict: fc1.weight
 * (units,K), fc21 mean, fc22 log-variance, fc3, fc4. Those of inversynth are convN.weight
 * (rows,columns,channels,filters) of the N-th layer of its table, as TensorFlow lays kernels out,
 * convN.bias (filters), fc1 (512, the last image as (rows,columns,filters)) and fc2
 * (parameters classes,512). Those of cvae and semantic are encoder.convN, encoder.normN, and so on,
 * of which transposed convolutions are (rows,columns,outputs,inputs); a condition's are
 * encoder.condition (Z,conditions) and decoder.condition. The metadata hold every setting
 * ("model.*")
 * and the notes, whose keys may not begin with "model." or "trainer." (LTS_ERR_ARGUMENT). Weights
 * that are not finite are not written (LTS_ERR_NONFINITE): the last good file stays.
 *
 * Loading checks every name and shape against the architecture and every weight for being finite;
 * the error line names the file and the tensor. A checkpoint is a model too. */
lts_status lts_model_save(const lts_model *model, const char *path, const lts_model_note *notes,
                          size_t note_count, lts_error *err);
lts_status lts_model_load(const char *path, lts_model **out, lts_error *err);
const char *lts_model_note_get(const lts_model *model,
                               const char *key); /* of a loaded one; or NULL */

/* The feature that a loaded model's notes tell of, read when it was loaded; it lives as long as the
 * model. Errors as lts_feature_from_notes, and LTS_ERR_SHAPE when it does not give the model's
 * bins; *feature is then NULL. */
lts_status lts_model_feature(const lts_model *model, const lts_feature **feature, lts_error *err);

/* Content hash of the weights, hexadecimal; lives as long as the model, changes with training.
 * Computed when loading; for a fresh or trained model when asked, by one thread at a time. */
const char *lts_model_hash(const lts_model *model);

/* Columns of a latent row, C: the Z latent dimensions and, for models with gain and shape apart,
 * the frame's level after them: 20 log10(sqrt(mean over bins of w_k M_k^2) + 1e-8) in dB, where w_k
 * is proportional to 2^(k / level_octave), as lts_cqt scales magnitudes by the root of their
 * filters' lengths, and 1 on average: the level of the sound. Silence is -160.
 * A sound x dB louder has levels x dB higher and (but near silence) the same
 * latent dimensions, and what is decoded has exactly the level that its row says. */
size_t lts_model_columns(const lts_model *model);
bool lts_model_has_level(const lts_model *model);

/* Mean over frames and bins of the squares of compressed magnitudes (T,K): the trainer's measure of
 * how loud a data set is. scratch has K floats. */
double lts_model_mean_square(const lts_model_config *config, const float *magnitudes, size_t frames,
                             float *scratch);

/* Inference. The model is constant and may serve several threads, each with its own work.
 * magnitudes are (T,K) linear on both sides, at least 0 from decode; mean, log_variance and z are
 * (T,C), C = lts_model_columns. A level is no draw: its log-variance is -200.
 * log_variance may be NULL, which is quicker. Frames are taken in groups of 128, or fewer of large
 * networks, so that a call gives the same bits on any number of threads; a single group is done by
 * the calling thread without allocation. */
typedef struct lts_model_work lts_model_work;
/* LTS_ERR_ARGUMENT for more threads than there may be, and as lts_model_check_latent. */
lts_status lts_model_work_create(const lts_model *model, unsigned threads, lts_model_work **out,
                                 lts_error *err);
void lts_model_work_destroy(lts_model_work *work); /* NULL is allowed */
void lts_model_encode(const lts_model *model, lts_model_work *work, const float *magnitudes,
                      size_t frames, float *mean, float *log_variance);
void lts_model_decode(const lts_model *model, lts_model_work *work, const float *z, size_t frames,
                      float *magnitudes);

/* The condition of every frame, (frames,conditions), for the calls with this work that follow;
 * NULL, as at first, for none, which is one of zeros. The caller keeps it. */
void lts_model_work_condition(lts_model_work *work, const float *condition);

/* The classes of examples: y (B,parameters,classes), each the sigmoid of its logit, 0 to 1, of
 * x (B,bins) as the model's examples are. The classes of a parameter need not add up to 1; the most
 * probable is the largest. The model is constant, must outlive the classifier and may serve
 * several; a call gives the same bits on any number of threads. Up to 8 examples are done by the
 * calling thread without allocation. LTS_ERR_ARGUMENT for more threads than there may be, and as
 * lts_model_check_classes. */
typedef struct lts_classifier lts_classifier;
lts_status lts_classifier_create(const lts_model *model, unsigned threads, lts_classifier **out,
                                 lts_error *err);
void lts_classifier_destroy(lts_classifier *classifier); /* NULL is allowed */
void lts_classifier_run(lts_classifier *classifier, const float *x, size_t rows, float *y);

/* --- Training -------------------------------------------------------------------------------- */

typedef struct lts_training {
    lts_loss loss;
    double kl_beta;               /* 0 or more */
    double reconstruction_weight; /* LTS_LOSS_ELBO: above 0 */
    double learning_rate;         /* 0 or more */
    double beta1, beta2, epsilon; /* Adam (Kingma & Ba 2015): 0 to below 1, and above 0 */
    /* Where a step's gradient of a block of weights has an RMS of more than this many times that of
     * the steps before (Adam's second moment), it is scaled down to it; 0: never. */
    double gradient_clip;
    size_t batch; /* the largest B, 1 to 2^20 */
    unsigned threads;
    /* A layer's columns are shared in this many parts, at most 1024 (0: 4), for any number of
     * threads: the bits of the weights depend on it and not on them. More threads share the rest of
     * a step only; more parts than threads cost some speed. */
    unsigned shards;
    uint64_t seed; /* of the latent noise and of augmentation */
    /* LTS_LOSS_RELATIVE: the data's RMS, compressed (lts_model_mean_square), above 0, and how much
     * loud frames weigh, 0 (all alike) to 2. */
    double data_rms, level_weight;
    /* LTS_LOSS_BCE: how many classes targets spread, 0 to 64: exp(-d^2 / (2 s^2)) for the class d
     * beside the right one's 1. 0: 0 for all others. */
    double soft_targets;
    /* Augmentation: this share of the rows, 0 to 1, is moved by up to so many bins up or down, bins
     * that come in being 0. The same for a seed whatever the number of threads. */
    double transpose_share;
    size_t transpose_bins;
    /* Several processes that train the same weights on parts of each batch; NULL: this one alone.
     * It must outlive the trainer. */
    const struct lts_reduce *reduce;
} lts_training;

/* Sums over processes. Every process calls each function equally often, with as many numbers, and
 * gets the same bits: x[i] becomes the sum of all processes' x[i]. Called by one thread at a time;
 * a failure fails the step, and the model is then not to be trained on. */
typedef struct lts_reduce {
    void *context;
    lts_status (*sum_float)(void *context, float *x, size_t n, lts_error *err);
    lts_status (*sum_double)(void *context, double *x, size_t n, lts_error *err);
} lts_reduce;

/* What one step learns from, or one evaluation looks at. */
typedef struct lts_batch {
    const float *x;      /* (B,inputs): linear magnitudes; a classifier's examples as they are */
    const float *target; /* (B,outputs): linear magnitudes; NULL: x, as an auto-encoder learns */
    /* (B,label_count): the class of each parameter, 0 to classes - 1, for LTS_LOSS_BCE; else
     * NULL. label_count is the model's `parameters`. */
    const int32_t *labels;
    size_t label_count;
    /* (B,conditions) of a semantic model that has some, NULL: zeros */
    const float *condition;
    size_t count;        /* B, 1 to the training's batch */
    size_t global_count; /* rows of all processes in this step; 0: count */
    size_t first_row;    /* the place of x's first row among those */
} lts_batch;

/* total = reconstruction + kl_beta * kl, with kl = -mean over (B,Z) of
 * 1 + logvar - mean^2 - exp(logvar), without the factor 1/2, as the originals. With LTS_LOSS_ELBO
 * total = reconstruction_weight * reconstruction + kl_beta * kl, with the divergence that it names.
 * A classifier's reconstruction is its cross-entropy, and its kl 0. */
typedef struct lts_losses {
    double total, reconstruction, kl;
} lts_losses;

/* The optimiser and its state around a model that it changes in place, that the caller still owns
 * and that must outlive it. One call at a time. */
typedef struct lts_trainer lts_trainer;
lts_status lts_trainer_create(lts_model *model, const lts_training *training, lts_trainer **out,
                              lts_error *err);
void lts_trainer_destroy(lts_trainer *trainer); /* NULL is allowed */
void lts_trainer_set_learning_rate(lts_trainer *trainer, double learning_rate);
void lts_trainer_set_data_rms(lts_trainer *trainer, double data_rms); /* above 0 */

/* One Adam step: compress, forward, objective, backward, reduce, update. The noise depends on the
 * seed, on the number of rows seen and on the row's place in the global batch alone, so a resumed
 * run draws what the undisturbed one would. No allocation. Losses (NULL is allowed) are of the
 * global batch, before the step. When they are not finite everything is left as it was and
 * LTS_ERR_NONFINITE is returned; LTS_ERR_ARGUMENT when a count or a label is out of range, or a
 * classifier's labels are missing. Equal runs give equal bits, whatever the number of threads. */
lts_status lts_trainer_step(lts_trainer *trainer, const lts_batch *batch, lts_losses *losses,
                            lts_error *err);

/* The loss of a batch, of this process's rows alone, with the model as it stands, the latent mean
 * instead of a sample and running statistics; nothing changes. squares, when not NULL, gets per row
 * sum((y-t)^2) and sum(t^2) in linear magnitude (B,2), for auto-encoders only; classifiers are
 * evaluated by lts_trainer_evaluate_classes. */
void lts_trainer_evaluate(lts_trainer *trainer, const lts_batch *batch, lts_losses *losses,
                          double *squares);

/* The same of a classifier, with labels as lts_trainer_step takes them, and the same errors;
 * probabilities, when not NULL, gets what lts_classifier_run gives (B,parameters,classes). */
lts_status lts_trainer_evaluate_classes(lts_trainer *trainer, const lts_batch *batch,
                                        lts_losses *losses, float *probabilities, lts_error *err);

/* Everything a bit-for-bit resumption needs: weights, Adam moments and step, frames seen; `notes`
 * as in lts_model_save carry the caller's own state (epoch, position) and come back through
 * lts_model_note_get. Loading makes a model and a trainer, both the caller's; `training` is to be
 * what it was, but for the threads. */
lts_status lts_trainer_save(const lts_trainer *trainer, const char *path,
                            const lts_model_note *notes, size_t note_count, lts_error *err);
lts_status lts_trainer_load(const char *path, const lts_training *training, lts_model **model,
                            lts_trainer **out, lts_error *err);

LTS_END_DECLS

#endif
