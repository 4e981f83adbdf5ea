/* Notes of a trained run: made from labels, from notes of its data set, and between two notes.
 *
 * A note is a point of the latent space, a condition where the model takes one, and the least and
 * largest level that its picture spans. All functions take a model whose examples are notes
 * (lts_feature_is_note): LTS_ERR_ARGUMENT names the model's file when they are not. One call at a
 * time for each model and folder. */
#ifndef LTS_GENERATE_H
#define LTS_GENERATE_H

#include "lts/base.h"
#include "lts/condition.h"
#include "lts/config.h"
#include "lts/model.h"
#include "lts/prior.h"
#include "lts/source.h"

LTS_BEGIN_DECLS

/* The folder of arrays of a run's data set, DATASET/npy by default: of the data set named, of the
 * one that the run was made from or, when that has moved with its runs, of the one that holds the
 * run. A new string, also of a folder that is not there; NULL when memory is short. */
char *lts_run_arrays(const char *run, const char *dataset, const lts_config *config);

/* "Crunch" or "Bright=0.6,Fuzz=0.4": descriptors and their shares, which are divided by their sum,
 * times `magnitude`. `text` is changed, and the parts point into it. At most `most` parts;
 * LTS_ERR_ARGUMENT for a share that is no number from 0 on, none above 0, or a descriptor twice. */
enum { LTS_GENERATE_PARTS = 32 };
lts_status lts_generate_parse(char *text, double magnitude, lts_condition_part *part, size_t most,
                              size_t *parts, lts_error *err);

/* Whether a text is "Crunch/75/A4" or "Bright=0.6,Fuzz=0.4/75/A4": three parts, with a magnitude
 * and a pitch. */
bool lts_generate_is_label(const char *text);

/* Where the latent points of notes come from. */
typedef enum lts_generate_latent {
    LTS_GENERATE_AUTO,  /* the notes of a data set, where there is one */
    LTS_GENERATE_NOTES, /* a normal distribution about the mean of the labelled notes */
    LTS_GENERATE_PRIOR  /* the prior of the condition; only of a model with conditions */
} lts_generate_latent;

typedef struct lts_generate {
    const char *arrays;     /* folder of the data set's notes; NULL or not there: none is known */
    const lts_prior *prior; /* of the model, lts_run_prior; NULL or empty: N(0,1) */
    const lts_condition_part *part; /* with magnitudes, at most LTS_GENERATE_PARTS */
    size_t parts;
    const char *name; /* of the files, without extension */
    int key;          /* of MIDI, 0 .. 127 */
    lts_generate_latent latent;
    double spread;  /* deviation of the draw, 0 .. 100: times that of the labelled notes, or of the
                       prior's */
    size_t count;   /* notes, 1 .. 10000 */
    uint64_t seed;  /* of the draws */
    bool from_data; /* the labelled note itself, encoded and decoded; beside it NAME_source.wav, its
                       own spectrogram turned back into sound */
    unsigned threads;
    lts_phase_config phase;
    lts_sound_output output;
} lts_generate;

/* Writes FOLDER/NAME.wav or, for more than one, NAME-1.wav to NAME-COUNT.wav; the folder is made.
 *
 * z = mean + spread deviation n, n drawn from N(0,1). The picture decoded from it is scaled to
 * 0 .. 1 before it spans its levels: a decoder gives the mean of many, which spans less.
 *
 * Of the notes that have the labels, mean is that of their latent means and deviation^2 the mean of
 * their variances and of the squared distances from the mean; parts mix by their shares of the
 * magnitude. A magnitude between two of the data set interpolates, one beyond extrapolates from its
 * two outermost; so do the levels that the picture spans. Of the prior, mean and deviation are
 * those of the condition (lts_prior_at), and so are the levels where no data set is known. An
 * auto-encoder's latent points tell labels as well, whatever it is conditioned on: points of
 * N(0,1), which a model without a prior is left with, contradict the condition; without a data set
 * their levels are the feature's floor below 20 log10(size / 4) - 15 dB, and a note says so.
 *
 * Errors: LTS_ERR_NOT_FOUND for labels that there are not, with the nearest and the list;
 * LTS_ERR_ARGUMENT for settings out of range, labels given to a model that needs a data set where
 * none is known, and several parts with from_data; and what reading and writing say. */
lts_status lts_generate_notes(const lts_model *model, const lts_generate *generate,
                              const char *folder, const lts_reporter *reporter, lts_error *err);

/* Notes between two, each labels (lts_generate_is_label) or a sound file, as lts_source_find takes
 * it below `audio`. */
typedef struct lts_generate_between {
    const lts_prior *prior;               /* of labels without notes, as in lts_generate */
    const char *arrays, *audio, *pattern; /* pattern: [labels] pattern, by which a sound file's path
                                             tells its labels; NULL: LTS_LABEL_TREE */
    const char *ends[2];
    size_t steps; /* 2 .. 10000, both ends included */
    unsigned threads;
    lts_phase_config phase;
    lts_sound_output output;
} lts_generate_between;

/* Writes FOLDER/1.wav to STEPS.wav, with leading zeros: from the first end to the second in equal
 * steps. Latent means, conditions and the levels that pictures span are interpolated linearly.
 * Errors as lts_generate_notes and lts_source_find. */
lts_status lts_generate_path(const lts_model *model, const lts_generate_between *between,
                             const char *folder, const lts_reporter *reporter, lts_error *err);

/* A note with descriptors added to it. */
typedef struct lts_generate_change {
    const lts_prior *prior; /* as of lts_generate_between, and so the next three */
    const char *arrays, *audio, *pattern;
    const char *note;    /* labels or a sound file */
    const float *offset; /* (Z) added to its latent point; NULL: nothing */
    /* Descriptors and amounts, added to what a model with labels as conditions is told: 1 is all
     * that separates magnitude 0 from the largest. */
    const lts_condition_part *part;
    size_t parts;
    const char *text; /* of the addition, for the file's comment */
    unsigned threads;
    lts_phase_config phase;
    lts_sound_output output;
} lts_generate_change;

/* Writes the changed note to `file` and reports a "change" record: the measures of its decoded
 * spectrogram beside those of the note decoded without the addition (lts_note_measure_example).
 * LTS_ERR_NOT_FOUND names a descriptor that the model is not told of, LTS_ERR_ARGUMENT parts for a
 * model that is told no labels; else as lts_generate_path. */
lts_status lts_generate_changed(const lts_model *model, const lts_generate_change *change,
                                const char *file, const lts_reporter *reporter, lts_error *err);

LTS_END_DECLS

#endif
