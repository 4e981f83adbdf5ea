/* Synth: synthesizers whose every setting is a named number, to make sounds of known parameters.
 *
 * A space says which synthesizer it is and how it is played, and lists its parameters: each has
 * levels, of which a sound takes one by its class, or a fixed value. Values are given for all P
 * parameters of a space, in its order; classes for the F free ones, in the same order, each 0 ..
 * levels-1. A space and a patch, the values of one sound, are each a file that people edit.
 *
 * The synthesizer built in is that of Barkan, Tsiris, Koenigstein & Katz 2019 (InverSynth, section
 * III). At time t, in seconds, with oscillators w of frequency f, modulation frequency v, amplitude
 * A and modulation amplitude B:
 *
 *     x(t)  = sum over w of A w(f t + B / (2 pi v) (1 - cos 2 pi v t) + phase)
 *     y     = lowpass(x envelope; f_cut, q)
 *     out   = y (1 + sin 2 pi f_gate t) / 2
 *
 * where the argument of w counts periods, so that B is the deviation in Hz. With u its fraction,
 * sin is sin 2 pi u, saw is 2u - 1, tri is 1 - 4 |u - 1/2|, and sqr is 1 below 1/2 and -1 from
 * there on. The envelope is linear: from 0 to 1 in `attack` seconds, to the level `sustain` in
 * `decay` seconds, and from what it reached at `gate` to 0 in `release` seconds. The low-pass is
 * the bilinear transform of 1 / (s^2 + s/q + 1) with f_cut kept in its place (Bristow-Johnson's
 * cookbook).
 *
 * Every name below is of the paper: sin_f, sin_v, sin_A, sin_B, the same of saw, tri, sqr; attack,
 * decay, sustain, release; f_cut, q; f_gate. */
#ifndef LTS_SYNTH_H
#define LTS_SYNTH_H

#include "lts/base.h"

LTS_BEGIN_DECLS

/* --- Settings -------------------------------------------------------------------------------- */

/* What renders the parameters. */
typedef enum lts_synth_source {
    LTS_SYNTH_FM, /* "fm": the equations above */
    LTS_SYNTH_LV2 /* "lv2": an LV2 instrument, in a process of its own (lts/lv2.h) */
} lts_synth_source;

typedef enum lts_synth_quality {
    LTS_SYNTH_AUTO,       /* naive below 32,000 Hz, as networks are trained, else band-limited */
    LTS_SYNTH_NAIVE,      /* the waves as they are defined, aliases and all */
    LTS_SYNTH_BANDLIMITED /* aliases of a 1 kHz saw at 44.1 kHz below -60 dB of its fundamental */
} lts_synth_quality;

typedef enum lts_synth_wave {
    LTS_SYNTH_SINE,
    LTS_SYNTH_SAW,
    LTS_SYNTH_TRIANGLE,
    LTS_SYNTH_SQUARE,
    LTS_SYNTH_WAVES
} lts_synth_wave;

enum {
    LTS_SYNTH_OSCILLATORS = 8, /* at most */
    LTS_SYNTH_LEVELS = 1024,   /* of a parameter, at most */
    LTS_SYNTH_PARAMETERS = 1024,
    LTS_SYNTH_NAME = 64, /* bytes of a name, its final 0 too */
    LTS_SYNTH_URI = 512  /* bytes of a plugin's URI, its final 0 too */
};

typedef struct lts_synth_oscillator {
    char name[16]; /* the wave's, and letters or digits that tell two of one wave apart: "sin2" */
    lts_synth_wave wave;
    double phase; /* at time 0, periods; 0 .. 1 */
} lts_synth_oscillator;

/* Of LTS_SYNTH_FM. */
typedef struct lts_synth_fm {
    lts_synth_oscillator oscillator[LTS_SYNTH_OSCILLATORS];
    size_t oscillators; /* 1 .. LTS_SYNTH_OSCILLATORS */
    lts_synth_quality quality;
    bool relative; /* B is a share of f instead of Hz: the deviation is B f */
    bool filter;   /* without it there are no f_cut and q */
    bool gater;    /* without it there is no f_gate */
} lts_synth_fm;

/* Of LTS_SYNTH_LV2: the note that the instrument plays, from time 0 to the gate. */
typedef struct lts_synth_lv2 {
    char plugin[LTS_SYNTH_URI];
    int note;       /* MIDI: 0 .. 127, 60 is middle C */
    int velocity;   /* 1 .. 127 */
    double timeout; /* seconds that one sound may take, 0.1 .. 3600 */
} lts_synth_lv2;

typedef struct lts_synth_settings {
    lts_synth_source source;
    double sample_rate; /* Hz, 1000 .. 384000 */
    double duration;    /* seconds, at most 600; at least a sample */
    double gate;        /* seconds the note is held, 0 .. 600 */
    bool normalize;     /* scale each sound to a peak of 1; silence stays */
    lts_synth_fm fm;    /* of LTS_SYNTH_FM */
    lts_synth_lv2 lv2;  /* of LTS_SYNTH_LV2 */
} lts_synth_settings;

/* --- Spaces ---------------------------------------------------------------------------------- */

typedef struct lts_synth_parameter {
    const char *name;
    const char *unit;    /* "Hz", "s" or "" */
    size_t levels;       /* 2 or more; 0: fixed */
    const double *level; /* (levels), NULL when fixed */
    double value;        /* when fixed; else the first level */
} lts_synth_parameter;

/* Constant once it is made, and then for any number of threads; the set functions are for one. */
typedef struct lts_synth_space lts_synth_space;

/* A space that comes with the library:
 *   "paper"           the paper's 23 parameters of 16 levels: f 440 2^(n/12) Hz; A, attack, decay,
 *                     sustain, release .001 .. 1; B 0 .. 1500; v 1 .. 30; f_cut 200 .. 4000; q .01
 *                     .. 10; f_gate .5 .. 30. One second at 16,384 Hz, held for 0.6 s.
 *   "implementation"  the 16 of its Python implementation: f, v, A 0 .. 1, and B 0 .. 1.5 as a
 *                     share of f; the envelope fixed, neither filter nor gater; saw and triangle
 *                     begin where they rise through 0
 *   "two-sines"       its test generator: frequencies and amplitudes of two sines, 3 levels each,
 *                     as they sound: half of what its source names, as it takes the sine of pi f t
 *                     and halves the sum
 * Any other name is LTS_ERR_ARGUMENT. Free with lts_synth_space_destroy. */
lts_status lts_synth_space_builtin(const char *name, lts_synth_space **out, lts_error *err);
/* The names of those, NULL past the last. */
const char *lts_synth_space_name(size_t index);

/* Reads a parameter file, parameters.ini:
 *   [synth]       source = fm; sample_rate, duration, gate, normalize = yes|no; of fm: oscillators
 *                 = auto|naive|bandlimited, waves = sin saw tri sqr, phases = a number for each,
 *                 modulation = hertz|relative, filter, gater = yes|no; of lv2: plugin = URI, note,
 *                 velocity, timeout. What is missing is the paper's; note 60, velocity 100 and
 *                 timeout 10.
 *   [parameters]  NAME = one number, fixed; or its levels, two or more, rising; or "linear FROM TO
 *                 COUNT", "geometric FROM TO COUNT" or "semitones FROM COUNT"
 *   [ranges]      of lv2: range.NAME = LEAST MOST, what a plugin's control takes; any number
 *                 without it
 * Parameters keep the file's order. LTS_ERR_ARGUMENT for values out of range, names that are none
 * of the synthesizer's, and parameters that are missing, in one line with the file, section and
 * key; else as lts_ini_load.
 *
 * Files of lv2 are read without the plugin: lts_synth_create holds them against its controls, of
 * which those that the file leaves out keep the plugin's default. */
lts_status lts_synth_space_load(const char *path, lts_synth_space **out, lts_error *err);
/* The same from memory: `size` bytes, which messages call `name`. */
lts_status lts_synth_space_parse(const char *text, size_t size, const char *name,
                                 lts_synth_space **out, lts_error *err);
/* The file's text, which reads back as an equal space; free with lts_free. NULL: no memory. */
char *lts_synth_space_text(const lts_synth_space *space);
/* Writes it, whole or not at all. */
lts_status lts_synth_space_save(const lts_synth_space *space, const char *path, lts_error *err);
lts_status lts_synth_space_copy(const lts_synth_space *space, lts_synth_space **out,
                                lts_error *err);
void lts_synth_space_destroy(lts_synth_space *space); /* NULL is allowed */

const lts_synth_settings *lts_synth_space_settings(const lts_synth_space *space);
size_t lts_synth_space_count(const lts_synth_space *space);  /* P */
size_t lts_synth_space_free(const lts_synth_space *space);   /* F */
size_t lts_synth_space_levels(const lts_synth_space *space); /* of all free parameters together */
/* N of a sound: duration times rate, rounded. */
size_t lts_synth_space_samples(const lts_synth_space *space);
/* Parameter `index`, 0 .. P-1; borrowed, valid until the space is changed or destroyed. */
lts_synth_parameter lts_synth_space_at(const lts_synth_space *space, size_t index);
/* The index of free parameter `free`, 0 .. F-1, among the P. */
size_t lts_synth_space_free_at(const lts_synth_space *space, size_t free);
/* The index of the name, or P. */
size_t lts_synth_space_find(const lts_synth_space *space, const char *name);
/* The values that the synthesizer takes for parameter `index`, both ends legal. */
void lts_synth_space_limits(const lts_synth_space *space, size_t index, double *least,
                            double *most);

/* LTS_ERR_ARGUMENT, and no change, for settings out of range or that do not go with the
 * parameters. */
lts_status lts_synth_space_set_settings(lts_synth_space *space, const lts_synth_settings *settings,
                                        lts_error *err);
/* Gives parameter `index` other levels: `count` rising numbers, 2 or more, or fixes it: 1. */
lts_status lts_synth_space_set_levels(lts_synth_space *space, size_t index, const double *level,
                                      size_t count, lts_error *err);

/* LTS_OK when both have the same synthesizer, free parameters and levels, in the same order, so
 * that classes of one are classes of the other; else LTS_ERR_SHAPE names the first difference. The
 * texts are what messages call the two. */
lts_status lts_synth_space_compare(const lts_synth_space *a, const char *a_name,
                                   const lts_synth_space *b, const char *b_name, lts_error *err);

/* --- Classes, values, patches ---------------------------------------------------------------- */

/* classes (F) -> values (P). LTS_ERR_ARGUMENT names a class outside its levels. */
lts_status lts_synth_values(const lts_synth_space *space, const int32_t *classes, double *values,
                            lts_error *err);
/* values (P) -> classes (F): the nearest level, the lower one of two as near. */
void lts_synth_classes(const lts_synth_space *space, const double *values, int32_t *classes);

/* The classes (F) of example `index` of `seed`: each drawn evenly, on every machine alike, from
 * that pair alone. */
void lts_synth_draw(const lts_synth_space *space, uint64_t seed, uint64_t index, int32_t *classes);

/* How many sounds the space has, the product of all levels; infinity when that is no double. */
double lts_synth_space_size(const lts_synth_space *space);
/* The classes (F) of sound `index`, 0 .. size-1, when all are counted with the last free parameter
 * running fastest. */
void lts_synth_enumerate(const lts_synth_space *space, uint64_t index, int32_t *classes);

/* Reads a patch file: [synth] as in a parameter file, and [patch], a number for each parameter. It
 * becomes a space in which all of them are fixed: P as in any space, F = 0. Errors as
 * lts_synth_space_load. */
lts_status lts_synth_patch_load(const char *path, lts_synth_space **out, lts_error *err);
lts_status lts_synth_patch_parse(const char *text, size_t size, const char *name,
                                 lts_synth_space **out, lts_error *err);
/* Writes values (P) of the space as a patch, whole or not at all. LTS_ERR_ARGUMENT for values that
 * the synthesizer does not take. */
lts_status lts_synth_patch_save(const lts_synth_space *space, const double *values,
                                const char *path, lts_error *err);
char *lts_synth_patch_text(const lts_synth_space *space, const double *values);
/* values (P) with those that are fixed, and the first level of the others. */
void lts_synth_space_values(const lts_synth_space *space, double *values);

/* --- Rendering whole sounds ------------------------------------------------------------------ */

/* Renders sounds of one space; for one thread at a time. */
typedef struct lts_synth lts_synth;

/* Keeps nothing of `space`. All memory is taken here, and a plugin's process is started. Of
 * LTS_SYNTH_LV2: LTS_ERR_NOT_FOUND for a plugin that is not installed; LTS_ERR_ARGUMENT for names
 * and levels that are none of its controls', features that it needs and the host does not have, and
 * in a build without LV2; LTS_ERR_PLUGIN when loading it crashes or takes a minute. */
lts_status lts_synth_create(const lts_synth_space *space, lts_synth **out, lts_error *err);
void lts_synth_destroy(lts_synth *synth);         /* NULL is allowed */
size_t lts_synth_samples(const lts_synth *synth); /* N */

/* The sound of values (P) as x (N), by the equations above in double precision; naive waves agree
 * with them to 1e-6 but where a wave jumps within 1e-9 of a period of a sample. Values need not be
 * levels; one that the synthesizer does not take is LTS_ERR_ARGUMENT. The same values give the same
 * samples, whatever was rendered before. Allocates nothing.
 *
 * Of LTS_SYNTH_LV2 the mean of the plugin's audio outputs, played by an instance made for this
 * sound in a process that ends with it, so that nothing of the sounds before is left.
 * LTS_ERR_PLUGIN says that it crashed, took longer than the timeout or gave NaN: x is then
 * undefined, and the next call starts afresh. */
lts_status lts_synth_render(lts_synth *synth, const double *values, float *x, lts_error *err);
/* That of classes (F), written as x (N). */
lts_status lts_synth_render_classes(lts_synth *synth, const int32_t *classes, float *x,
                                    lts_error *err);

/* --- Voices: parameters that move ------------------------------------------------------------ */

/* One note of a synthesizer that goes on as long as it is asked to, while its parameters move: the
 * phases are carried on, f = d(phase)/dt at every moment, the envelope follows the key, and the
 * low-pass is a state-variable filter by trapezoidal integration (Zavalishin 2012, section 4), of
 * which the response to parameters that stand still is that of the low-pass above. Only of
 * LTS_SYNTH_FM; `normalize`, `duration` and `gate` have no effect. For one thread at a time. */
typedef struct lts_synth_voice lts_synth_voice;

/* At the space's rate, or at sample_rate when that is not 0. LTS_ERR_ARGUMENT for another source or
 * rate, or an f_cut level at or above half of it. Keeps nothing of `space`. */
lts_status lts_synth_voice_create(const lts_synth_space *space, double sample_rate,
                                  lts_synth_voice **out, lts_error *err);
void lts_synth_voice_destroy(lts_synth_voice *voice); /* NULL is allowed */

/* Silent, all phases as at time 0; the next block begins with its own values. The three below
 * allocate nothing, lock nothing, and are safe in the audio callback. */
void lts_synth_voice_reset(lts_synth_voice *voice);
/* From the next sample on the key is pressed, or let go. A key pressed in the middle of a note
 * begins its attack at the level it finds; phases go on. */
void lts_synth_voice_key(lts_synth_voice *voice, bool pressed);
/* The next n samples to x. values (P): what the parameters are at the end of the block; they move
 * there in straight lines from where the last block left them. Values outside the limits are taken
 * as the nearest limit, NaN as no change. Band-limited oscillators follow 25 samples after the
 * rest, which is how long their low-pass is. Parameters that stand still, with the key pressed at
 * the first sample and let go at the gate, give the sound of lts_synth_render, to 1e-5 of its peak.
 */
void lts_synth_voice_process(lts_synth_voice *voice, const double *values, float *x, size_t n);
/* Whether it sounds: pressed, or not yet released to the end. */
bool lts_synth_voice_active(const lts_synth_voice *voice);

LTS_END_DECLS

#endif
