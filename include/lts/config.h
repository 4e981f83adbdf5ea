/* Config: the settings of every job, from an INI file of the originals' form.
 *
 * One table (src/pipeline/config/config_table.c) holds each setting's section, key, second
 * spelling, default, legal range and help; it drives reading, checking, saving, `--set` and
 * default.ini. What describes a model comes into it from the model's own table
 * (lts_model_setting_at), the names of architectures, losses and laws of levels from
 * lts_model_type_text, lts_loss_text and lts_level_law_text. */
#ifndef LTS_CONFIG_H
#define LTS_CONFIG_H

#include "lts/align.h"
#include "lts/base.h"
#include "lts/features.h"
#include "lts/formats.h"
#include "lts/model.h"

LTS_BEGIN_DECLS

/* Told from the keys of the file. */
typedef enum lts_config_origin {
    LTS_ORIGIN_OWN,        /* or not known */
    LTS_ORIGIN_TENSORFLOW, /* Latent Timbre Synthesis, TensorFlow version */
    LTS_ORIGIN_PYTORCH     /* the PyTorch version */
} lts_config_origin;

/* Texts are never NULL; "" means not set. Legal ranges stand in the table and hold after loading.
 */
typedef struct lts_config {
    struct {
        int features;       /* lts_feature_kind */
        double sample_rate; /* Hz */
        int64_t hop_length; /* samples */
        int64_t bins_per_octave, num_octaves;
        char *cqt_fmin; /* a note or Hz */
        int64_t segment_samples, n_fft;
        int cqt_bit_depth;
        int64_t n_iter; /* of phase recovery */
    } audio;
    struct {
        double sample_rate, duration; /* Hz, s */
        int64_t n_fft, hop;           /* samples */
        double floor;                 /* dB */
    } stft;                           /* of features = stft */
    struct {
        char *pattern; /* as lts_label_pattern_create takes it */
    } labels;
    struct {
        char *datapath;    /* the data set's folder */
        char *cqt_dataset; /* folder of arrays in it */
        char *test_dataset;
        bool generate_test, overwrite_cqt, check_audio, check_dataset;
        char *workspace; /* run folder to continue */
        int64_t run_number;
        double validation; /* share of the files held out */
        char *total_frames;
    } dataset;
    int type;   /* [model] type: which of its legal names, 0 being auto, which loading replaces */
    int preset; /* [model] preset: which of its legal names, 0 being auto, which loading replaces */
    lts_model_config model; /* what other sections say of it; see lts_config_model */
    struct {
        double kl_beta;
    } vae;
    struct {
        lts_model_config model; /* what [CVAE] says of it */
        double kl_beta;
    } cvae;
    struct {
        lts_model_config model; /* what [semantic] says of it */
        double kl_beta, reconstruction_weight;
    } semantic;
    struct {
        char *parameters;           /* a space's name, or a parameter file */
        char *source;               /* "": the data set's folder; "endless"; or another folder */
        int64_t examples, held_out; /* of an epoch, and beside it, of endless */
        double soft_targets;        /* classes that targets spread */
    } inversynth;
    struct {
        double minutes;             /* 0: no limit */
        int64_t epochs, batch_size; /* epochs 0: as many as minutes allow */
        double learning_rate;
        int schedule; /* 0 constant, 1 cosine */
        int64_t warmup_steps;
        bool learning_schedule;
        double adam_beta_1, adam_beta_2, gradient_clip;
        int loss; /* lts_loss */
        double level_weight, transpose_share;
        int64_t transpose_bins;
        int64_t seed, shards;
        bool continue_training;
        int64_t checkpoint_interval; /* epochs */
        int64_t max_ckpts_to_keep;
        bool save_best_only;
        int64_t save_best_model_after; /* epochs */
        int64_t early_patience_epoch;  /* epochs; 0: no early stopping */
        double early_delta;
        char *best_epoch, *best_loss, *final_loss;
    } training;
    struct {
        int level; /* lts_level_law */
        int align; /* which of its legal names, 0 being default: lts_config_alignment */
    } render;
    struct {
        char *description;     /* folder of the runs in the data set's */
        double example_length; /* s */
        bool normalize_examples;
        char *interpolations_audio_1, *interpolations_audio_2;
        double audio_1_offset, audio_2_offset; /* s */
        int64_t num_random_interpolations;
        double alpha_min, alpha_max, alpha_step;
        char *start, *end, *time_elapsed, *total_epochs;
    } extra;
    lts_config_origin origin;
    char *path;      /* the file it was read from; "" for none */
    lts_ini *source; /* what was set, by the file and by the caller; unknown keys too */
} lts_config;

/* Whether the model it asks for is a classifier. */
bool lts_config_classifies(const lts_config *config);

/* Reads the file, or takes the defaults alone when path is NULL, then applies `sets`, each
 * "section.key=value". Empty values mean the default. Reported: unknown keys (a warning with line
 * number; they are kept), and settings of the originals that have no effect here (a note each). A
 * file of the PyTorch original without [training] loss trains with its sum, which a note says.
 * [model] preset gives values to what is left out; a preset among the sets, those it has itself
 * also over the file's.
 * Where it gives training.epochs and not training.minutes, or the other way round, the other is 0;
 * a set counts before the file. LTS_ERR_ARGUMENT names file, line, setting and what is legal; it is
 * the error of whatever settings say wrongly, in a file or in `sets`: a value, a setting that is
 * not there, a malformed line. A file that cannot be read is LTS_ERR_NOT_FOUND or LTS_ERR_IO. Free
 * with lts_config_free, which a failed load does itself. */
lts_status lts_config_load(const char *path, const char *const *sets, size_t set_count,
                           lts_config *config, const lts_reporter *reporter, lts_error *err);
void lts_config_free(lts_config *config); /* a zeroed one is allowed */

/* Writes every setting with its present value, keys spelt as they were read, unknown keys after
 * them. Whole or not at all. */
lts_status lts_config_save(const lts_config *config, const char *path, lts_error *err);

/* One setting as text, by "section.key" in either spelling. set checks as loading does; get gives a
 * new string (lts_free) or NULL when there is no such setting or no memory. */
lts_status lts_config_set(lts_config *config, const char *name, const char *value, lts_error *err);
lts_status lts_config_set_number(lts_config *config, const char *name, double value,
                                 lts_error *err);
char *lts_config_get(const lts_config *config, const char *name);

/* The names of [model] preset but auto, and what each is; NULL past the last. help may be NULL. */
const char *lts_config_preset(int index, const char **help);

/* Whether the file or the caller set it, rather than the table's default. */
bool lts_config_given(const lts_config *config, const char *name);

/* The table's default as text, NULL when there is no such setting; for help texts. */
const char *lts_config_standard(const char *name);

/* All that users may want to set, with help, ranges and values, as an INI file: with config NULL
 * the text of default.ini. A new string (lts_free); NULL when memory is short. */
char *lts_config_listing(const lts_config *config);

/* The weight of the divergence in the section of the model's type. */
double lts_config_kl_beta(const lts_config *config);

/* [render] align; its default is `otherwise`, and to align nothing in a file of the originals or
 * with a preset of theirs. */
lts_alignment lts_config_alignment(const lts_config *config, lts_alignment otherwise);

/* [audio] as a feature of the kind that its key `features` names: LTS_ERR_ARGUMENT when its
 * settings do not fit together, such as a top bin above Nyquist. */
lts_status lts_config_feature(const lts_config *config, lts_feature *feature, lts_error *err);

/* Fits [audio] to the arrays in `folder`, before lts_config_feature. The originals' code begins at
 * C1 whatever their [audio] cqt_fmin says: *originals tells whether they made the arrays (nothing
 * of lts-dataset's lies beside them), and then a cqt_fmin that their file or `config` took for true
 * becomes C1, with a warning; LTS_ERR_SHAPE when `config` has one of its own. `folder` NULL is for
 * an array with nothing beside it, such as a pipe's: the originals' where `config` is of theirs. */
lts_status lts_config_arrays(lts_config *config, const char *folder, bool *originals,
                             const lts_reporter *reporter, lts_error *err);

/* Whether lts-dataset or an original left a word on the arrays in `folder`: .lts or config.ini. */
bool lts_config_described(const char *folder);

/* [model], the section of its type, [training] compression and the bins of [audio] as an
 * architecture. LTS_ERR_ARGUMENT for features that the type does not learn, and for settings that
 * lts_model_check refuses. */
lts_status lts_config_model(const lts_config *config, lts_model_config *model, lts_error *err);

LTS_END_DECLS

#endif
