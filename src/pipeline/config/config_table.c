#include "pipeline/config/config_table.h"

#include "lts/dsp.h"

static const char *const depths[] = {"float32", "float64", NULL};

static const char *const schedules[] = {"constant", "cosine", NULL};

static const char on_cpu[] = "training runs on the CPU";
static const char shuffles_all[] = "every epoch shuffles all frames, without a buffer";
static const char linear_end[] = "a cvae ends linearly, as the original's code has it";
static const char no_model_plot[] = "no picture of the network is drawn; lts-plot draws the loss "
                                    "and the latent space";

#define QUOTED(text)    #text
#define TEXT_OF(number) QUOTED(number)
#define AT(member)      offsetof(lts_config, member)
#define ROW(s, k, a, t, member, text)                                                              \
    .section = s, .key = k, .alias = a, .kind = t, .offset = AT(member), .standard = text
#define INT(s, k, a, member, text, low, high, words)                                               \
    {                                                                                              \
        ROW(s, k, a, CONFIG_INT, member, text), .minimum = low, .maximum = high, .help = words     \
    }
#define REAL(s, k, a, member, text, low, high, words)                                              \
    {                                                                                              \
        ROW(s, k, a, CONFIG_REAL, member, text), .minimum = low, .maximum = high, .help = words    \
    }
#define FLAG(s, k, member, text, words)                                                            \
    {                                                                                              \
        ROW(s, k, NULL, CONFIG_FLAG, member, text), .help = words                                  \
    }
#define CHOICE(s, k, member, text, list, words)                                                    \
    {                                                                                              \
        ROW(s, k, NULL, CONFIG_CHOICE, member, text), .choices = list, .help = words               \
    }
#define TEXT(s, k, member, words)                                                                  \
    {                                                                                              \
        ROW(s, k, NULL, CONFIG_TEXT, member, ""), .help = words                                    \
    }
/* Here stand the model's settings of a section: up to the key `last`, or all that are left. */
#define MODEL(s, last)                                                                             \
    {                                                                                              \
        .section = s, .key = last, .kind = CONFIG_MODEL                                            \
    }
#define KEPT(s, k, a, why)                                                                         \
    {                                                                                              \
        .section = s, .key = k, .alias = a, .kind = CONFIG_KEPT, .standard = "", .note = why       \
    }

/* Filled by config_rows.c. */
const char *config_types[CONFIG_NAMES + 1];
const char *config_losses[CONFIG_NAMES + 1];
const char *config_features[CONFIG_NAMES + 1];
const char *config_presets[CONFIG_NAMES + 1];
const char *config_levels[CONFIG_NAMES + 1];
const char *config_alignments[CONFIG_NAMES + 1];

/* What models are made of stands in their own table: lts_model_setting_at. */
const config_row config_static[] = {
    CHOICE("audio", "features", audio.features, "cqt", config_features,
           "what the arrays hold: frames of constant-Q magnitudes, segments of sound, or the "
           "logarithm\n# of their spectra"),
    REAL("audio", "sample_rate", "sampling_rate", audio.sample_rate, "44100", 1000, 768000,
         "Hz; sounds of other rates are resampled"),
    INT("audio", "hop_length", NULL, audio.hop_length, "128", 1, 65536,
        "samples from one frame to the next"),
    INT("audio", "bins_per_octave", NULL, audio.bins_per_octave, "48", 1, 960,
        "resolution of the constant-Q transform"),
    INT("audio", "num_octaves", NULL, audio.num_octaves, "8", 1, 24,
        "num_octaves x bins_per_octave bins a frame; the top one must stay below sample_rate / 2"),
    {ROW("audio", "cqt_fmin", NULL, CONFIG_PITCH, audio.cqt_fmin, "C1"),
     .help =
         "lowest bin, a note or Hz (arrays that an original made begin at C1 whatever it says)"},
    INT("audio", "segment_samples", NULL, audio.segment_samples, "16384", 1, LTS_SEGMENT_SAMPLES,
        "samples and log-stft: samples of a segment, which is an example"),
    INT("audio", "n_fft", NULL, audio.n_fft, "512", 2, 1 << 20,
        "log-stft: samples of a window, an even number"),
    CHOICE("audio", "cqt_bit_depth", audio.cqt_bit_depth, "float32", depths, NULL),
    INT("audio", "n_iter", NULL, audio.n_iter, TEXT_OF(LTS_PHASE_ITERATIONS), 0, 1000,
        "Griffin-Lim iterations of the phase recovery, after its start by heap integration"),

    REAL("stft", "sample_rate", NULL, stft.sample_rate, "22050", 100, 1e6,
         "of features = stft: Hz; sounds of other rates are resampled"),
    REAL("stft", "duration", NULL, stft.duration, "0.74", 1e-3, 60,
         "seconds of a note, from its beginning; shorter ones are filled up with silence"),
    INT("stft", "n_fft", NULL, stft.n_fft, "1024", 2, 1 << 20,
        "samples of a window, an even number: n_fft / 2 bins, without the top one"),
    INT("stft", "hop", NULL, stft.hop, "256", 1, 1 << 20, "samples from one frame to the next"),
    REAL("stft", "floor", NULL, stft.floor, "80", 1, 300,
         "dB; what is further below a note's loudest cell is raised to there"),

    {ROW("labels", "pattern", NULL, CONFIG_TEXT, labels.pattern,
         "{group}/{descriptor}/{magnitude}/{pitch}"),
     .help = "how the paths below audio/ say what notes are, from their ends; {*} stands for "
             "anything.\n# A labels.csv in the data set's folder goes before it"},

    TEXT(
        "dataset", "datapath", dataset.datapath,
        "the data set's folder, with the sounds in audio/; tools also take it on the command line"),
    {ROW("dataset", "cqt_dataset", NULL, CONFIG_NAME, dataset.cqt_dataset, "npy"),
     .help = "folder in it for the arrays"},
    TEXT(
        "dataset", "test_dataset", dataset.test_dataset,
        "folder in it with sounds that are never trained on; previews of them are made on the way"),
    FLAG("dataset", "generate_test", dataset.generate_test, "True",
         "make those previews, every checkpoint_interval epochs"),
    FLAG("dataset", "overwrite_cqt", dataset.overwrite_cqt, "False",
         "compute every array again, also those that are up to date"),
    FLAG("dataset", "check_audio", dataset.check_audio, "True",
         "open every sound before the work begins, so that bad files are known at once"),
    FLAG("dataset", "check_dataset", dataset.check_dataset, "False",
         "read arrays through before they count as up to date"),
    TEXT("dataset", "workspace", dataset.workspace,
         "run folder to go on with when continue_training is set"),
    INT("dataset", "run_number", NULL, dataset.run_number, "0", 0, 999999,
        "the first run-NNN to try"),
    REAL("dataset", "validation", NULL, dataset.validation, "0.1", 0, 0.9,
         "share of the files held out from training to evaluate it on"),
    TEXT("dataset", "total_frames", dataset.total_frames, NULL),

    CHOICE("model", "type", type, "auto", config_types,
           "auto: without a [VAE] what the first of [CVAE], [semantic] and [inversynth] says; vae2 "
           "when\n# [VAE] has num_layers, else vae"),
    CHOICE("model", "preset", preset, "auto", config_presets,
           "what settings that are left out are; auto: as in an original for its file, or for a "
           "file\n# with a [VAE] as theirs, else default"),

    MODEL("VAE", "batch_norm"),
    REAL("VAE", "kl_beta", NULL, vae.kl_beta, "0.001", 0, 1e6,
         "weight of the Kullback-Leibler divergence in the loss"),
    MODEL("VAE", NULL),
    KEPT("VAE", "device", NULL, on_cpu),
    KEPT("VAE", "device_name", NULL, on_cpu),

    MODEL("CVAE", NULL),
    {ROW("CVAE", "kl_beta", NULL, CONFIG_REAL, cvae.kl_beta, "0.0005"), .minimum = 0,
     .maximum = 1e6, .help = "weight of the Kullback-Leibler divergence in the loss",
     .types = 1u << LTS_MODEL_CVAE},
    KEPT("CVAE", "output_activation", NULL, linear_end),
    KEPT("CVAE", "n_units", NULL, NULL),
    KEPT("CVAE", "device", NULL, on_cpu),

    MODEL("semantic", NULL),
    {ROW("semantic", "reconstruction_weight", NULL, CONFIG_REAL, semantic.reconstruction_weight,
         "1000000"),
     .minimum = 1e-9, .maximum = 1e12,
     .help = "of loss = elbo: what the mean squared error is multiplied by, and",
     .types = 1u << LTS_MODEL_SEMANTIC},
    {ROW("semantic", "kl_beta", NULL, CONFIG_REAL, semantic.kl_beta, "1"), .minimum = 0,
     .maximum = 1e6, .help = "what the Kullback-Leibler divergence is",
     .types = 1u << LTS_MODEL_SEMANTIC},

    MODEL("inversynth", NULL),
    {ROW("inversynth", "parameters", NULL, CONFIG_TEXT, inversynth.parameters, "paper"),
     .help = "of endless: a space of lts-synth (paper, implementation, two-sines) or a parameter "
             "file;\n# a data set has its own",
     .types = 1u << LTS_MODEL_INVERSYNTH},
    {ROW("inversynth", "source", NULL, CONFIG_TEXT, inversynth.source, ""),
     .help = "left out: the data set's own folder, made by lts-synth random; or another such "
             "folder;\n# endless: every example fresh; notes: notes of the data set, of features = "
             "stft, named by descriptor",
     .types = 1u << LTS_MODEL_INVERSYNTH},
    {ROW("inversynth", "examples", NULL, CONFIG_INT, inversynth.examples, "16384"), .minimum = 1,
     .maximum = 1e9, .help = "endless: examples of an epoch", .types = 1u << LTS_MODEL_INVERSYNTH},
    {ROW("inversynth", "held_out", NULL, CONFIG_INT, inversynth.held_out, "2000"), .minimum = 0,
     .maximum = 1e9, .help = "endless: examples besides, to evaluate it on",
     .types = 1u << LTS_MODEL_INVERSYNTH},
    {ROW("inversynth", "soft_targets", NULL, CONFIG_REAL, inversynth.soft_targets, "0"),
     .minimum = 0, .maximum = 64,
     .help = "width s of the targets: exp(-d^2 / (2 s^2)) for the class d away from the right "
             "one;\n# 0, as in the paper: 1 for the right one, 0 for all others",
     .types = 1u << LTS_MODEL_INVERSYNTH},

    REAL("training", "minutes", NULL, training.minutes, "5", 0, 1e6,
         "time to train, 0: no limit; where only epochs are given there is none"),
    INT("training", "epochs", NULL, training.epochs, "0", 0, 10000000,
        "passes over the data set, 0: as many as minutes allow"),
    INT("training", "batch_size", NULL, training.batch_size, "128", 1, 16777216,
        "frames a step of the optimiser"),
    REAL("training", "learning_rate", NULL, training.learning_rate, "0.002", 1e-12, 10,
         "step size of Adam, the largest where it changes"),
    CHOICE("training", "schedule", training.schedule, "cosine", schedules,
           "the step size over the training: cosine rises for a short while and falls to 0"),
    INT("training", "warmup_steps", NULL, training.warmup_steps, "0", 0, 10000000,
        "steps in which it rises; 0: 3 % of the training"),
    FLAG("training", "learning_schedule", training.learning_schedule, "False",
         "fall from 100 x learning_rate (0.0003 at most) by steps of 0.96, as the original"),
    REAL("training", "adam_beta_1", NULL, training.adam_beta_1, "0.9", 0, 0.999999,
         "decay of Adam's mean of the gradients"),
    REAL("training", "adam_beta_2", NULL, training.adam_beta_2, "0.999", 0, 0.99999999,
         "decay of Adam's mean of their squares"),
    REAL("training", "gradient_clip", NULL, training.gradient_clip, "2", 0, 1e6,
         "a step's gradient of a block of weights is at most so many times as large as those "
         "before; 0:\n# never. Without it a long training at this step size diverges sooner or "
         "later"),
    CHOICE("training", "loss", training.loss, "relative", config_losses,
           "squared error: its mean over bins and batch, its sum as in the PyTorch original, or "
           "its\n# mean relative to the data's own mean square; bce: of classifiers, binary "
           "cross-entropy; elbo: of\n# semantic, the evidence lower bound"),
    REAL("training", "level_weight", NULL, training.level_weight, "0.5", 0, 2,
         "relative, with gain_shape: frames weigh (their level / the data's RMS)^level_weight, "
         "at\n# most as if they had three times that RMS"),
    REAL("training", "transpose_share", NULL, training.transpose_share, "0.5", 0, 1,
         "share of frames that are learned transposed, each time by another interval"),
    INT("training", "transpose_bins", NULL, training.transpose_bins, "24", 0, 10000,
        "by at most so many bins up or down; 24 are half an octave of 48"),
    MODEL("training", NULL),
    INT("training", "seed", NULL, training.seed, "0", 0, 9007199254740992.0,
        "of weights, shuffling and noise: the same seed gives the same model"),
    INT("training", "shards", NULL, training.shards, "4", 1, 1024,
        "parts of a layer that threads share: the model depends on them, not on the threads; as "
        "many "
        "as\n# there will be threads is quickest"),
    FLAG("training", "continue_training", training.continue_training, "False",
         "go on with the run in workspace"),
    INT("training", "checkpoint_interval", "checkpoint_epochs", training.checkpoint_interval, "10",
        1, 10000000, "epochs from one checkpoint to the next"),
    INT("training", "max_ckpts_to_keep", NULL, training.max_ckpts_to_keep, "1", 1, 1000000,
        "numbered checkpoints kept"),
    FLAG("training", "save_best_only", training.save_best_only, "False",
         "keep the best model only, not the last too"),
    INT("training", "save_best_model_after", NULL, training.save_best_model_after, "0", 0, 10000000,
        "look for the best model only after so many epochs"),
    INT("training", "early_patience_epoch", NULL, training.early_patience_epoch, "0", 0, 10000000,
        "stop after so many epochs without improvement; 0: never"),
    REAL("training", "early_delta", NULL, training.early_delta, "1e-06", 0, 1e6,
         "an improvement is a fall of the loss by more than this"),
    KEPT("training", "buffer_size", NULL, shuffles_all),
    KEPT("training", "buffer_size_dataset", NULL, shuffles_all),
    KEPT("training", "verbose", NULL, NULL),
    TEXT("training", "best_epoch", training.best_epoch, NULL),
    TEXT("training", "best_loss", training.best_loss, NULL),
    TEXT("training", "final_loss", training.final_loss, NULL),

    CHOICE("render", "level", render.level, "loudness", config_levels,
           "how the sounds' levels mix, where gain_shape keeps them apart: loudness (amplitude to "
           "the power\n# 0.6, Stevens 1955), so that a morph's is on the path between theirs, or "
           "none: in dB, as latents"),
    CHOICE(
        "render", "align", render.align, "default", config_alignments,
        "what lts-interp aligns before it mixes two sounds, so that morphs glide; default: auto, "
        "but none with\n# --batch and for files and presets of the originals"),

    KEPT("notes", "additional_notes", NULL, NULL),
    KEPT("notes", "mynotes", NULL, NULL),

    {ROW("extra", "description", NULL, CONFIG_NAME, extra.description, "timbre"),
     .help = "runs go to datapath/DESCRIPTION/run-NNN"},
    REAL("extra", "example_length", NULL, extra.example_length, "10", 0.01, 86400,
         "seconds of each audio example and interpolation"),
    FLAG("extra", "normalize_examples", extra.normalize_examples, "False",
         "scale them to full level"),
    TEXT("extra", "interpolations_audio_1", extra.interpolations_audio_1,
         "the fixed pair of lts-interp --batch: two sounds of the data set, and"),
    TEXT("extra", "interpolations_audio_2", extra.interpolations_audio_2, ""),
    REAL("extra", "audio_1_offset", NULL, extra.audio_1_offset, "0", 0, 1e6,
         "where in them their excerpts begin, seconds"),
    REAL("extra", "audio_2_offset", NULL, extra.audio_2_offset, "0", 0, 1e6, ""),
    INT("extra", "num_random_interpolations", NULL, extra.num_random_interpolations, "4", 0, 100000,
        "pairs it draws from the data set besides"),
    REAL("extra", "alpha_min", NULL, extra.alpha_min, "0.1", -1000, 1000,
         "one WAV for each alpha: 1 is all of the first sound, 0 all of the second"),
    REAL("extra", "alpha_max", NULL, extra.alpha_max, "0.9", -1000, 1000, ""),
    REAL("extra", "alpha_step", NULL, extra.alpha_step, "0.1", 1e-6, 1000, ""),
    KEPT("extra", "plot_model", NULL, no_model_plot),
    TEXT("extra", "start", extra.start, NULL),
    TEXT("extra", "end", extra.end, NULL),
    TEXT("extra", "time_elapsed", extra.time_elapsed, NULL),
    TEXT("extra", "total_epochs", extra.total_epochs, NULL),
};
const size_t config_static_count = sizeof config_static / sizeof *config_static;
_Static_assert(sizeof config_static / sizeof *config_static <= CONFIG_STATIC_ROWS,
               "config.h gives the room for them");
