/* Live voices: looped excerpts whose mixture, place and pace are moved while they sound.
 *
 * Each voice walks along the latent paths of its sounds, analysed and encoded beforehand, mixes
 * them with its weights as they are just then, decodes a few frames at a time and gives them to an
 * lts_vocoder, which carries the phases on. All voices step together, so that those that share a
 * model are decoded by one matrix product.
 *
 * Controls are taken up at the next live_fill, and what would step is moved there: weights, gain
 * and transposition within 18 ms, jumps of position, the loop's seam and another law of levels over
 * 10 ms, in latent space and, where the model has levels, in loudness. From a control to the
 * change's half in what live_fill gives takes, at any frequency, at most a group of frames (256
 * samples), the vocoder's delay (3 hops) and half the move: 24 ms at the defaults. A decoder's
 * output that is not finite, or beyond any sound, is replaced by the last frame that was.
 *
 * Where a loop says how loud its sounds are and levels mix in loudness (live_levels), a voice has
 * the level between them: by a gain within 12 dB that follows their levels within some 25 ms where
 * they change and stays even where they are steady. It leaves alone what lies 60 dB below the
 * loop's loudest.
 *
 * Two sounds can be aligned (live_align): what is mixed is then both sounds as they would be at the
 * pitch between them, or where their onsets meet. For pitch their frames, moved along the bins, are
 * encoded as they are wanted, which costs about as much again as decoding for each of both; a frame
 * that is not moved, at alpha 0 or 1 or where no shift is worth it, has been encoded beforehand.
 *
 * The sum of the voices goes through a limiter (engine/play/limiter.h): it stays within full scale
 * and does not get loud at once; where neither was to be feared it is left as it is, bit for bit.
 */
#ifndef ENGINE_LIVE_LIVE_H
#define ENGINE_LIVE_LIVE_H

#include "lts/distance.h"
#include "lts/latent.h"
#include "lts/render.h"

enum {
    LIVE_VOICES = 8,
    LIVE_SOUNDS = 16,
    LIVE_MOST_SPEED = 8,
    LIVE_MOST_GAIN = 4,
    LIVE_MOST_WEIGHT = 4,
    LIVE_MOST_SEMITONES = 48
};

/* What a voice loops through: latent paths of equal length. Constant, shared, counted. */
typedef struct loop {
    const lts_model *model;
    size_t sounds, frames, latent;
    const float *const *mean;     /* sounds pointers to (T,Z) */
    const lts_distance *distance; /* the model's map, NULL for none */
    const float *own;             /* (sounds,T) the sounds' own distances, with a map */
    const float *const *level;    /* sounds pointers to (T) dB, how loud they are; NULL: unknown */
} loop;

/* How the two sounds of a loop come together; T and K are the loop's. Constant, and there for as
 * long as the loop. Frame m, 0 .. T-1 and fractional, is made of the first sound at m + lag(m) and
 * of the second at m - lag(m), |lag'| <= 1/2; beyond its ends each goes on with its other end. */
typedef struct loop_alignment {
    const float *magnitudes[2]; /* (T,K), linear; read where there is a shift */
    const float *shift;         /* (T): bins, of the second above the first; NULL: none */
    const float *lag;           /* (T): frames; NULL: none */
} loop_alignment;

typedef struct live live;

/* For voices of models trained with `feature`: LTS_ERR_ARGUMENT as lts_feature_vocoder_create, or
 * LTS_ERR_MEMORY. Nothing below allocates but create and start. fill is for one thread (the
 * player's feeder), all others for any other thread: they hold a lock for as long as it takes to
 * copy a few numbers, start and stop included, and so does fill, once a call. Equal calls give
 * equal samples. */
lts_status live_create(const lts_feature *feature, live **out, lts_error *err);
void live_destroy(live *l); /* NULL is allowed; no other call goes on; every loop is released */

/* Voice 0 .. LIVE_VOICES-1 begins to loop at speed 1, or goes over to another loop without a click:
 * both are heard for 18 ms, while the controls are the new one's already. `release` (NULL is
 * allowed) is called once with `user`, by a thread that calls start, stop, reap or destroy, when
 * the voice no longer needs the loop (also when start fails). weight (sounds): as lts_latent_mix,
 * -4 .. 4.
 *
 * LTS_ERR_ARGUMENT for a setting, LTS_ERR_SHAPE when the model's bins are not those of the settings
 * or the loop's latents not the model's, LTS_ERR_MEMORY. */
typedef struct live_start_config {
    loop loop;
    void (*release)(void *user);
    void *user;
    const float *weight;
    double position;                 /* 0..1, the first frame to the last: where to begin */
    double gain;                     /* linear, 0 .. 4 */
    double transpose;                /* semitones, -48 .. 48 */
    const loop_alignment *alignment; /* NULL: none */
} live_start_config;
lts_status live_start(live *l, unsigned voice, const live_start_config *config, lts_error *err);

/* Controls of a voice. LTS_ERR_NOT_FOUND when it does not sound, LTS_ERR_ARGUMENT when a value is
 * not finite or out of range, or there is no such voice, LTS_ERR_SHAPE when there are not as many
 * weights as sounds. A frozen voice stays on the latent it is on, between frames too; its position
 * may still be set. Weights lie within -4..4. */
lts_status live_weights(live *l, unsigned voice, const float *weight, size_t count, lts_error *err);
lts_status live_position(live *l, unsigned voice, double position, lts_error *err); /* 0..1 */
lts_status live_freeze(live *l, unsigned voice, bool freeze, lts_error *err);
lts_status live_speed(live *l, unsigned voice, double speed,
                      lts_error *err); /* -8..8, 1: as it was */
lts_status live_gain(live *l, unsigned voice, double gain, lts_error *err);
/* offset (latent), of the model's latent dimensions, is added to all that the voice mixes, in as
 * many frames as weights take; none at first. LTS_ERR_SHAPE for another model's. */
lts_status live_add(live *l, unsigned voice, const float *offset, size_t latent, lts_error *err);
lts_status live_transpose(live *l, unsigned voice, double semitones, lts_error *err);
/* How levels mix in all voices; loudness at first. */
void live_levels(live *l, lts_level_law law);
/* All voices stay within this distance of their models' maps, as lts_render_config has it; 0: none.
 * Taken up over 10 ms. */
void live_limit(live *l, double limit);
/* Aligns a voice of two sounds, LTS_ERR_SHAPE for others, or, with NULL, does not: over 10 ms. The
 * position is m then, and moves so that alpha m + (1 - alpha) m', m and m' where either sound is
 * read, goes on at `speed`: at alpha 1 the first sound keeps its pace, at 0 the second. */
lts_status live_align(live *l, unsigned voice, const loop_alignment *alignment, lts_error *err);
lts_status live_stop(live *l, unsigned voice, lts_error *err); /* fades out within 20 ms */
void live_stop_all(live *l);
void live_reap(live *l); /* releases the loops of voices that have faded out */

/* How a voice is: as of the last fill; not sounding once it is stopped, or when there is none. */
typedef struct live_status {
    bool sounding;
    size_t sounds;
    double position, speed;
    double distance; /* from what was trained; below 0 when that is not known */
} live_status;
live_status live_watch(live *l, unsigned voice);

/* The smallest gains of the limiter since the last call, as of the last fill: against what gets
 * loud at once, and against what is beyond full scale. 1: it left all as it was. */
typedef struct live_gains {
    double level, peak;
} live_gains;
live_gains live_take_gains(live *l);
/* Frames of the voice, which is there, for which the model made no sound, since the last call. */
size_t live_take_repeated(live *l, unsigned voice);

/* A sound that joins the voices, under their limiter: `add` adds its next `count` samples to x, and
 * is called by live_fill for as many as it makes at a time. NULL: none. To be set while nobody
 * fills. */
typedef void live_guest(void *user, float *x, size_t count);
void live_join(live *l, live_guest *add, void *user);

/* Adds the voices' next `count` samples, any number of them, to x. */
void live_fill(live *l, float *x, size_t count);

#endif
