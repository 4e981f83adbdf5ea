/* Match: from a sound to the synthesizer parameters that make it (InverSynth: Barkan, Tsiris,
 * Koenigstein & Katz 2019), and past it: a search off the grid of their levels.
 *
 * A matcher is a trained classifier and the synthesizer whose sounds it was trained on. Letters: N
 * samples of a sound, P parameters, F of them free, L classes of the classifier. */
#ifndef LTS_MATCH_H
#define LTS_MATCH_H

#include "lts/audio.h"
#include "lts/model.h"
#include "lts/source.h"
#include "lts/synth.h"

LTS_BEGIN_DECLS

/* One thread at a time. */
typedef struct lts_matcher lts_matcher;

/* The run that is installed with the tools, of the paper's synthesizer: in share/latent-timbre
 * beside the running program's folder or in it, else where this library was installed. *run is a
 * new string (lts_free). LTS_ERR_NOT_FOUND when there is none. */
lts_status lts_match_installed_run(char **run, lts_error *err);

/* The classifier of a run folder of lts-train and its parameters.ini. LTS_ERR_ARGUMENT for a run of
 * another kind, LTS_ERR_SHAPE when model and parameters do not go together, else as lts_run_model
 * and lts_synth_space_load. */
lts_status lts_matcher_open(const char *run, unsigned threads, lts_matcher **out, lts_error *err);
void lts_matcher_close(lts_matcher *matcher);                         /* NULL is allowed */
const lts_synth_space *lts_matcher_space(const lts_matcher *matcher); /* lives as long as it */
size_t lts_matcher_samples(const lts_matcher *matcher);               /* N */
size_t lts_matcher_classes(const lts_matcher *matcher);               /* L */

/* --- Targets --------------------------------------------------------------------------------- */

/* A sound as the classifier is to hear it, and what was done to it. */
typedef struct lts_match_target {
    float *x;    /* (N) at the space's rate */
    double gain; /* that it was multiplied by to be as loud as the synthesizer's sounds; often 1 */
    double skipped;         /* seconds of silence before it begins */
    double seconds;         /* of the sound from there on, at least */
    double pitch;           /* Hz, of what is periodic; NaN where nothing is */
    double lowest, highest; /* Hz, that the space's frequencies reach; NaN without frequencies */
} lts_match_target;

/* Reads a sound of any rate, length and level: silence before it (60 dB below its peak) is skipped,
 * what is longer than N samples cut, what is shorter filled up with silence, and what is quieter or
 * louder than the synthesizer's sounds ever are scaled to their median. LTS_ERR_ARGUMENT for
 * silence; else as lts_audio_load. Free with lts_match_target_free. */
lts_status lts_match_read(lts_matcher *matcher, const lts_source *source, lts_match_target *out,
                          lts_error *err);
void lts_match_target_free(lts_match_target *target); /* a zeroed one is allowed */

/* --- Matching -------------------------------------------------------------------------------- */

typedef struct lts_match_options {
    double refine; /* seconds of search after the prediction, on all threads; 0: none */
    uint64_t seed; /* of the search */
    /* The search keeps every parameter between its lowest and highest level, as it always does of
     * LV2 instruments and curves; else it goes beyond them where that comes closer: f 27.5 .. 8000
     * Hz, v .1 .. 1000 Hz, A 0 .. 4, B 0 .. 6000 Hz or 20 f, attack .0005 .. 2 s, decay and release
     * .001 .. 10 s, sustain 0 .. 1, f_cut from 30 Hz on, q .05 .. 50, f_gate 0 .. 100 Hz. */
    bool within_levels;
} lts_match_options;

typedef struct lts_match {
    float *probability;   /* (F,L), 0 to 1; classes beyond a parameter's levels mean nothing */
    double *values;       /* (P): predicted, or as refined */
    double predicted;     /* the distance of the sound of the most probable classes, */
    double distance;      /* and that of the values': match/spectral_distance.h; 0 is equal */
    uint64_t evaluations; /* sounds that the search has rendered */
} lts_match;

/* x (N): a target's. Without a search the values are the levels of the most probable classes. A
 * search never makes them worse; it begins with what the classifier holds probable and, where it
 * goes beyond the levels, with carriers at the target's partials and its envelope; goes on by
 * CMA-ES (Hansen 2016) on the spectral distance, and ends early when the reporter cancels. Free
 * with lts_match_free. LTS_ERR_ARGUMENT for a silent x. */
lts_status lts_match_sound(lts_matcher *matcher, const float *x, const lts_match_options *options,
                           const lts_reporter *reporter, lts_match *out, lts_error *err);
void lts_match_free(lts_match *match); /* a zeroed one is allowed */

/* The classes of free parameter `index`, the most probable first, to order (levels): as many as it
 * has levels, at most `count`. Returns how many. */
size_t lts_match_order(const lts_matcher *matcher, const lts_match *match, size_t index,
                       int32_t *order, size_t count);

/* Where a match is written. */
typedef struct lts_match_output {
    const char *wav_path, *patch_path; /* either may be NULL */
    lts_audio_bits bits;
    size_t top; /* classes of each parameter that are told, 1 or more */
} lts_match_output;

/* Matches a sound file: the sound of the values at wav_path, as loud as the target, and the patch
 * at patch_path, each whole or not at all. LTS_ERR_ARGUMENT when either of them is the target's
 * file, or both are one, and as lts_match_read. Notes tell what was done to the target, and that
 * its pitch is beyond what the values may be. Records: "match", {file, sound, patch, predicted,
 * distance, evaluations, seconds}, the last the time that it took; and for each free parameter
 * "parameter", {file, name, unit, value, class, confidence}, the class being the most probable one
 * and the confidence its probability, with {class_2, level_2, confidence_2} and so on for the next
 * ones. */
lts_status lts_match_file(lts_matcher *matcher, const lts_source *source,
                          const lts_match_options *options, const lts_match_output *output,
                          const lts_reporter *reporter, lts_error *err);

/* Matches several: `texts` are files, FILE@TIME, or folders, walked as lts_audio_walk does. Each
 * goes to FOLDER/NAME.wav and FOLDER/NAME.ini, a folder's sounds under their paths in it; with
 * `folder` NULL nothing is written. LTS_ERR_ARGUMENT, before any work, when two of them would have
 * one name, and LTS_ERR_NOT_FOUND when there is none. A sound that fails is told by a warning and
 * the record "failed", {file, reason}, and counted in *failed; the others go on. LTS_ERR_CANCELLED:
 * what is there is whole. */
typedef struct lts_match_set {
    const char *const *texts;
    size_t count;
    const char *folder;
    lts_audio_bits bits;
    size_t top;
} lts_match_set;
lts_status lts_match_several(lts_matcher *matcher, const lts_match_set *set,
                             const lts_match_options *options, size_t *failed,
                             const lts_reporter *reporter, lts_error *err);

/* --- Curves --------------------------------------------------------------------------------------
 */

/* Matches a sound of any length, a window of N samples every `hop` seconds (0.001 .. 60), and
 * refines each as `options` say, within the levels. patch_path, .npy or else CSV, gets a row for
 * each window: its time, seconds, the level that its block of the voice is scaled by, and the
 * values (P), which the parameters reach at the end of the block that begins there; a silent window
 * keeps those before it. wav_path gets the whole: one note of lts_synth_voice, whose envelope
 * stands open, as the level follows the sound's, from block to block in straight lines. Either may
 * be NULL.
 *
 * Record: "curves", {file, sound, patch, windows, distance, seconds}, the distance being that of
 * the whole. LTS_ERR_ARGUMENT for silence, a synthesizer that has no voices, or a hop out of range;
 * LTS_ERR_CANCELLED: nothing is written. */
lts_status lts_match_curves(lts_matcher *matcher, const lts_source *source, double hop,
                            const lts_match_options *options, const lts_match_output *output,
                            const lts_reporter *reporter, lts_error *err);

/* --- Evaluation ----------------------------------------------------------------------------------
 */

typedef struct lts_match_evaluation {
    uint64_t examples;       /* at most so many are looked at, evenly spread; 0: all */
    uint64_t resyntheses;    /* of those, at most so many are resynthesised, evenly spread, and */
    lts_match_options match; /* refined */
    const char *sounds_path; /* gets a line for each of them; NULL: none */
} lts_match_evaluation;

/* The paper's measures on a folder of lts-synth random, of which the run should know nothing.
 * Records: "evaluation", {dataset, examples}; for each free parameter, and for their mean,
 * "scores", {parameter, mean_percentile_rank, top_1 .. top_5, classes_off}: the percentile of the
 * right class's rank, 100 the first; the share of sounds, in percent, whose right class is among
 * the k most probable; and how many classes the most probable one is off, the mean absolute error.
 * For a network of the paper and its space, published_percentile_rank is what its authors found
 * (table 3).
 * The scores go to report_path as CSV, whole or not at all; it may be NULL. Empty cells of its
 * published_percentile_rank are unknown.
 *
 * Then "resyntheses", {count, stft_correlation, ft_correlation, frequency_distance, predicted,
 * distance}: means of Pearson's correlation, in percent, of the sounds' log spectrograms
 * log(|X| + 0.001) (Hann 512, hop 256), of the same of the magnitudes of the whole sounds' spectra,
 * of F Delta, the Frobenius norm of the difference of the log spectrograms, in dB (the paper's
 * table 4), and of the spectral distances predicted and refined. A silent sound cannot be matched:
 * it is passed over, and count is less. sounds_path gets the same five of each sound, after its row
 * in the data set, as CSV.
 *
 * LTS_ERR_SHAPE when the folder's space is not the run's, its rate or length are not, or its arrays
 * do not go with it; LTS_ERR_ARGUMENT for a class that is none. LTS_ERR_CANCELLED: no report is
 * written. */
lts_status lts_match_evaluate(lts_matcher *matcher, const char *folder,
                              const lts_match_evaluation *options, const char *report_path,
                              const lts_reporter *reporter, lts_error *err);

LTS_END_DECLS

#endif
