/* The frequency-modulation synthesizer as a live voice: one note whose parameters move while it
 * sounds.
 *
 * Controls are taken up at the next fill. A parameter goes to its goal within 18 ms, in a straight
 * line on its scale (engine/synth/scale.h), and so do gain and transposition; phases, envelope and
 * low-pass are carried on (lts_synth_voice), so that nothing clicks but what the patch asks for: an
 * attack or a release of no time. Where it is silent, controls hold from the next note's first
 * sample on.
 *
 * The key is pressed and let go by hand, or by a loop. A note transposes: NAME_f of all oscillators
 * by its distance from middle C. */
#ifndef ENGINE_SYNTH_LIVE_SYNTH_H
#define ENGINE_SYNTH_LIVE_SYNTH_H

#include "engine/play/limiter.h"
#include "engine/synth/scale.h"

enum { LIVE_SYNTH_MOST_GAIN = 4, LIVE_SYNTH_MOST_SEMITONES = 48, LIVE_SYNTH_MOST_LOOP = 600 };

typedef struct live_synth live_synth;

/* A silent voice of the space at this rate, with values that make a plain tone. Errors as
 * lts_synth_voice_create. Nothing below allocates. fill and play are for one thread (the player's
 * feeder), all others for any other thread: they hold a lock for as long as it takes to copy the
 * parameters, and so does fill, once a call. Equal calls give equal samples. */
lts_status live_synth_create(const lts_synth_space *space, double sample_rate, live_synth **out,
                             lts_error *err);
void live_synth_destroy(live_synth *s); /* NULL is allowed; no other call goes on */

/* Of the voice's rate, which bounds f_cut; lives as long as it. */
const lts_synth_space *live_synth_space(const live_synth *s);
const synth_scale *live_synth_scale(const live_synth *s, size_t index);

/* values (P): where the parameters go to, taken as legal; and where they are going. */
void live_synth_set(live_synth *s, const double *values);
void live_synth_get(live_synth *s, double *values);
/* One parameter. */
void live_synth_move(live_synth *s, size_t index, double value);
void live_synth_gain(live_synth *s, double gain);           /* linear, 0 .. 4 */
void live_synth_transpose(live_synth *s, double semitones); /* -48 .. 48 */
/* Presses the key, again when it is down already; lets it go. Both end a loop. */
void live_synth_press(live_synth *s);
void live_synth_release(live_synth *s);
/* Presses the key at once and then every `period` seconds, above 0, and lets it go `gate` seconds
 * after. */
void live_synth_loop(live_synth *s, double period, double gate);
/* Silent within 20 ms, whatever the release. Whether it sounded, or would have. */
bool live_synth_silence(live_synth *s);
/* As of the last fill: whether it sounds, or is about to. */
bool live_synth_active(live_synth *s);

/* Adds the next n samples to x, any number of them. A live_guest. */
void live_synth_fill(void *synth, float *x, size_t n);
/* The same under a limiter of its own, where there are no other voices. */
void live_synth_play(live_synth *s, float *x, size_t n);
/* The smallest gains of that limiter since the last call: engine/live/live.h. */
void live_synth_take_gains(live_synth *s, double *level, double *peak);

#endif
