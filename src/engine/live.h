/* Live voices: looped excerpts whose mixture, place and pace are moved while they sound.
 *
 * Each voice walks along the latent paths of its sounds, analysed and encoded beforehand, mixes
 * them with its weights as they are just then, decodes a few frames at a time and gives them to an
 * lts_vocoder, which carries the phases on. Controls are taken up at the next block; what would
 * step is moved there within some 20 ms. */
#ifndef ENGINE_LIVE_H
#define ENGINE_LIVE_H

#include "lts/latent.h"
#include "lts/render.h"

enum {
    LIVE_VOICES = 8,
    LIVE_SOUNDS = 16,
    LIVE_MOST_SPEED = 8,
    LIVE_MOST_GAIN = 4,
    LIVE_MOST_SEMITONES = 48
};

/* What a voice loops through: latent paths of equal length. Constant, shared, counted. */
typedef struct loop {
    const lts_model *model;
    size_t sounds, frames, latent;
    const float *const *mean; /* sounds pointers to (T,Z) */
} loop;

typedef struct live live;

/* For voices of models whose audio settings are `config`. Nothing below allocates but create and
 * start. fill is for one thread (the player's feeder), all others for any other thread: they hold a
 * lock for as long as it takes to copy a few numbers, start and stop included. */
lts_status live_create(const lts_cqt_config *config, live **out, lts_error *err);
void live_destroy(live *l); /* NULL is allowed; every loop still held is released */

/* Voice 0 .. LIVE_VOICES-1 begins to loop, or goes over to another loop without a click. `release`
 * is called with `user`, by a thread that calls start, stop, reap or destroy, once the voice no
 * longer needs the loop (also when start fails). weight (sounds): as lts_latent_mix. */
typedef struct live_start_config {
    loop loop;
    void (*release)(void *user);
    void *user;
    const float *weight;
    double position;  /* 0..1, where to begin */
    double gain;      /* linear, 0 .. 4 */
    double transpose; /* semitones, -48 .. 48 */
} live_start_config;
lts_status live_start(live *l, unsigned voice, const live_start_config *config, lts_error *err);

/* Controls of a voice. LTS_ERR_NOT_FOUND when it does not sound, LTS_ERR_ARGUMENT when a value is
 * not finite or out of range, LTS_ERR_SHAPE when there are not as many weights as sounds. */
lts_status live_weights(live *l, unsigned voice, const float *weight, size_t count, lts_error *err);
lts_status live_position(live *l, unsigned voice, double position, lts_error *err); /* 0..1 */
lts_status live_freeze(live *l, unsigned voice, bool freeze, lts_error *err);
lts_status live_speed(live *l, unsigned voice, double speed,
                      lts_error *err); /* -8..8, 1: as it was */
lts_status live_gain(live *l, unsigned voice, double gain, lts_error *err);
lts_status live_transpose(live *l, unsigned voice, double semitones, lts_error *err);
lts_status live_stop(live *l, unsigned voice, lts_error *err); /* fades out within 20 ms */
void live_stop_all(live *l);
void live_reap(live *l); /* releases the loops of voices that have faded out */

typedef struct live_status {
    bool sounding;
    size_t sounds;
    double position, speed;
} live_status;
live_status live_watch(live *l, unsigned voice);

/* Adds the voices' next samples to x. */
void live_fill(live *l, float *x, size_t count);

#endif
