/* Features: what one example of a data set is, such as a frame of constant-Q magnitudes, with the
 * settings that make it of a sound.
 *
 * A kind of feature is a row of a table: its name, its settings, and functions for its checks, its
 * shape and its place in time. Configuration files, data sets and models name the settings as that
 * table does. All functions are safe to call from several threads. */
#ifndef LTS_FEATURES_H
#define LTS_FEATURES_H

#include "lts/base.h"
#include "lts/dsp.h"

LTS_BEGIN_DECLS

typedef enum lts_feature_kind {
    LTS_FEATURE_CQT,     /* a frame of constant-Q magnitudes, linear: 1 x K */
    LTS_FEATURE_SAMPLES, /* the samples of a segment of sound: 1 x N */
    /* log(|X| + 0.001) of a segment's short-time Fourier transform X: (T,K), T = N / hop rounded
     * down, as a classifier's image has it (Barkan et al. 2019) */
    LTS_FEATURE_LOG_STFT,
    /* A whole note: the short-time Fourier transform of a sound's beginning in dB, (K,T), scaled to
     * 0 .. 1 by its own least and largest value (Cameron 2026). */
    LTS_FEATURE_STFT
} lts_feature_kind;

/* Segments of a sound follow one another, each an example by itself, the last filled up with
 * silence. */
enum { LTS_SEGMENT_SAMPLES = 1 << 24 };
typedef struct lts_segment_config {
    double sample_rate;   /* Hz, 1 .. 1e8 */
    int samples;          /* N, 1 .. LTS_SEGMENT_SAMPLES; hop at least for a spectrum */
    lts_stft_config stft; /* of LTS_FEATURE_LOG_STFT */
} lts_segment_config;

/* The first `duration` of a sound, filled up with silence, is one example. K = size / 2 bins from 0
 * Hz on, without the top one; T = 1 + N / hop frames, rounded down, of N = sample_rate * duration
 * samples. */
typedef struct lts_note_config {
    double sample_rate; /* Hz, 100 .. 1e6 */
    double duration;    /* s; a sample .. LTS_SEGMENT_SAMPLES of them */
    lts_stft_config stft;
    double floor; /* dB, 1 .. 300: what is further below the loudest cell is raised to there */
} lts_note_config;

typedef struct lts_feature {
    lts_feature_kind kind;
    lts_cqt_config cqt;         /* of LTS_FEATURE_CQT */
    lts_segment_config segment; /* of LTS_FEATURE_SAMPLES and LTS_FEATURE_LOG_STFT */
    lts_note_config note;       /* of LTS_FEATURE_STFT */
} lts_feature;

lts_feature lts_feature_defaults(lts_feature_kind kind);

/* LTS_ERR_ARGUMENT names the setting that is out of range, and what is legal. */
lts_status lts_feature_check(const lts_feature *feature, lts_error *err);

/* The name of a kind, such as "cqt"; NULL past the last. */
const char *lts_feature_kind_text(int kind);

/* --- Shape and time; the feature must have passed lts_feature_check -------------------------- */

size_t lts_feature_rows(const lts_feature *feature); /* of an example; 1 for a frame */
size_t lts_feature_columns(const lts_feature *feature);
size_t lts_feature_floats(const lts_feature *feature);      /* rows times columns */
double lts_feature_sample_rate(const lts_feature *feature); /* Hz */
size_t lts_feature_hop(const lts_feature *feature); /* samples from one example to the next */

/* How many examples a sound of so many samples gives. */
size_t lts_feature_count(const lts_feature *feature, size_t samples);

/* How many samples before and after an example it is made of, rounded up to whole hops. */
size_t lts_feature_context(const lts_feature *feature);

/* How the number of columns comes about, in words: "8 octaves x 48". */
enum { LTS_FEATURE_SHAPE_TEXT = 64 };
void lts_feature_shape_text(const lts_feature *feature, char text[LTS_FEATURE_SHAPE_TEXT]);

/* --- What examples are good for -------------------------------------------------------------- */

/* Whether they are linear magnitudes, none below 0. */
bool lts_feature_is_magnitude(const lts_feature *feature);

/* Whether a sound gives one example, however long it is: a note, whose own least and largest value
 * are kept beside it (lts_note_range). */
bool lts_feature_is_note(const lts_feature *feature);

/* What a note was scaled by: y = (dB - min) / (max - min), 0 where all are equal. */
typedef struct lts_note_range {
    float min, max; /* dB */
} lts_note_range;

/* Of a note of which nothing is known: from max - floor to max = 20 log10(size / 4) - 15 dB, as
 * notes of average loudness have. */
lts_note_range lts_note_span(const lts_feature *feature);
/* n values of 0 .. 1, back to dB; y may be x. */
void lts_note_decibels(const lts_note_range *range, const float *x, size_t n, float *y);

/* What is measured of a note, by its spectrum A(k,t) as amplitudes:
 * the centroid, sum f A^2 / sum A^2, in octaves above 1 Hz; the roughness, of the 32 highest peaks
 * of its mean spectrum, the sum over pairs of a b (exp(-3.5 s d) - exp(-5.75 s d)), with d their
 * distance and s = 0.24 / (0.021 f + 19), over the sum of a^2 (Sethares 1998); the brightness, the
 * share of the energy above 1500 Hz (Juslin 2000); and the attack, log10 of the seconds in which
 * the energy of a frame rises from 10 % to 90 % of its maximum, one frame at least. */
typedef enum lts_note_measure {
    LTS_NOTE_CENTROID,
    LTS_NOTE_ROUGHNESS,
    LTS_NOTE_BRIGHTNESS,
    LTS_NOTE_ATTACK,
    LTS_NOTE_MEASURES
} lts_note_measure;

/* Of an example of a note, which was scaled by `range`; NaN there counts as 80 dB in all. */
void lts_note_measure_example(const lts_feature *feature, const lts_note_range *range,
                              const float *example, float measures[LTS_NOTE_MEASURES]);

/* Of the first LTS_SOUND_MEASURED seconds of x, n samples: by a spectrum of size 4096, hop 1024 and
 * 80 dB. LTS_ERR_ARGUMENT for no samples or a rate outside 100 .. 1e6 Hz, LTS_ERR_MEMORY. */
enum { LTS_SOUND_MEASURED = 60 };
lts_status lts_sound_measure(const float *x, size_t n, double sample_rate,
                             float measures[LTS_NOTE_MEASURES], lts_error *err);

/* Whether a sound can be made of them; a renderer takes no others. */
bool lts_feature_is_invertible(const lts_feature *feature);

/* Where a frequency lies among the columns: 0 is the first one's, columns - 1 the last one's, and
 * what lies beyond these is beyond the columns. NaN when the columns are no frequencies. */
double lts_feature_column_at(const lts_feature *feature, double hz);

/* Columns of an octave, 0 in a kind whose columns do not lie so along frequency. Thread-safe. */
int lts_feature_octave(const lts_feature *feature);

/* A vocoder that makes sound of one example after the other. LTS_ERR_ARGUMENT as
 * lts_feature_check, or for a kind that has none; LTS_ERR_MEMORY. */
lts_status lts_feature_vocoder_create(const lts_feature *feature, uint64_t seed, lts_vocoder **out,
                                      lts_error *err);

/* --- Settings -------------------------------------------------------------------------------- */

/* One setting of a kind that decides the values of its examples. */
typedef struct lts_feature_setting {
    const char *name;    /* "audio.NAME" in a model's notes, NAME in the states of a data set */
    const char *section; /* of configuration files */
    const char *key;     /* in it */
    const char *alias;   /* another program's spelling of the key, or NULL */
    bool whole;          /* an int, 1 to 2^24; or else a double */
    bool pitch;          /* written as a note or a frequency in configuration files */
    size_t offset;       /* in lts_feature */
} lts_feature_setting;

/* Row `index` of the kind's settings, constant for ever; NULL past the last. */
const lts_feature_setting *lts_feature_setting_at(lts_feature_kind kind, size_t index);

double lts_feature_get(const lts_feature *feature, const lts_feature_setting *setting);
/* LTS_ERR_FORMAT for a number that is not whole where one must be; nothing is changed then. */
lts_status lts_feature_set(lts_feature *feature, const lts_feature_setting *setting, double value,
                           lts_error *err);

/* Whether both are of one kind and of equal settings. */
bool lts_feature_equal(const lts_feature *a, const lts_feature *b);

/* A line that is equal for features of equal values: the kind, the version of its computation and
 * every setting, for the states of a data set. */
enum { LTS_FEATURE_TEXT = 256 };
void lts_feature_describe(const lts_feature *feature, char text[LTS_FEATURE_TEXT]);

/* --- Notes of a model ------------------------------------------------------------------------ */

/* The value of a note, NULL where there is none. */
typedef const char *lts_feature_lookup(const void *user, const char *key);

/* The feature that a model's notes tell of: "feature.kind", and "audio.NAME" for every setting of
 * the kind. Without a kind, as in files of version 0.1.0, it is cqt. LTS_ERR_NOT_FOUND names a
 * setting that is missing, LTS_ERR_FORMAT a kind that this version does not know or a value that is
 * no number, LTS_ERR_ARGUMENT as lts_feature_check. */
lts_status lts_feature_from_notes(lts_feature_lookup *lookup, const void *user,
                                  lts_feature *feature, lts_error *err);

/* The same the other way: fills note[0] to note[count - 1] and returns the count. */
enum { LTS_FEATURE_NOTES = 16 };
typedef struct lts_feature_note {
    char key[LTS_NUMBER_TEXT], value[LTS_NUMBER_TEXT];
} lts_feature_note;
size_t lts_feature_notes(const lts_feature *feature, lts_feature_note note[LTS_FEATURE_NOTES]);

LTS_END_DECLS

#endif
