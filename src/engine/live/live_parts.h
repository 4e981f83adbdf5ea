/* What live voices are made of; for live*.c.
 *
 * A walk is one pass through a loop: made by start, then the feeder's until it is put on the list
 * of those that are done with, which the other threads release. A voice has a walk, and while it
 * goes over to another loop the one it leaves. All voices step together, a group of frames at a
 * time, so that those that share a model are decoded by one matrix product. */
#ifndef ENGINE_LIVE_LIVE_PARTS_H
#define ENGINE_LIVE_LIVE_PARTS_H

#include "engine/live/live.h"
#include "engine/play/limiter.h"

#include <pthread.h>

enum {
    LIVE_GROUP = 8, /* frames decoded together, at most */
    LIVE_ROWS = LIVE_GROUP * LIVE_VOICES * 2
};

/* What the control threads ask of a voice. */
typedef struct live_controls {
    float weight[LIVE_SOUNDS];
    double speed, gain, transpose, jump; /* jump: position 0..1 */
    unsigned jumps, reweighs;            /* counted, so that each is taken up once */
    bool freeze;
    const loop_alignment *alignment;
    const float *offset; /* (Z) of the voice: what is added */
    unsigned adds;       /* counted */
} live_controls;

/* One frame of an aligned walk, as it will be. */
typedef struct live_plan {
    float weight[2];
    double at[2];   /* frames of both sounds */
    double move[2]; /* bins */
    bool encode[2]; /* moved, so that no latent of it is there yet */
    bool jump;      /* what is heard comes from elsewhere than the frame before */
} live_plan;

/* What a frame's sound is to be like. */
typedef struct live_asked {
    double power; /* mean square */
    double share; /* 0..1, of the gain that is taken */
    double floor; /* power that is left as it is */
} live_asked;

typedef struct live_walk {
    struct live_walk *next; /* of those done with */
    loop loop;
    void (*release)(void *user);
    void *user;
    lts_model_work *work;
    float *batch;      /* (LIVE_ROWS,Z): latents to decode, its own and other voices' */
    float *magnitudes; /* (LIVE_GROUP,K): its frames */
    float *good;       /* (K): the last of them that was finite */
    size_t repeated;   /* frames that were not, since they were reported */
    float *z, *other;  /* (Z): the latent heard last, and scratch */
    float *from;       /* (Z): where a jump began */
    float *added, *add_slope, *add_goal; /* (Z): what is added to z */
    size_t adding;                       /* frames until it is add_goal */
    bool adds_any;                       /* it may differ from 0 */
    unsigned adds;

    double position; /* frames, 0 .. T-1 */
    bool levels;     /* the model's: the last column of a latent row is its level */
    lts_level_law law;
    bool begun;    /* z has been set */
    size_t fading; /* frames left of a jump */
    float weight[LIVE_SOUNDS], slope[LIVE_SOUNDS], goal[LIVE_SOUNDS];
    size_t sliding; /* frames until weight is goal */
    unsigned jumps, reweighs;
    bool freeze;
    double speed;
    double limit;    /* of the distance; 0: none */
    double distance; /* of the group's last frame, below 0 without a map */

    const loop_alignment *alignment; /* NULL: none */
    live_plan plan[LIVE_GROUP];      /* of the group, when there is one */
    float *latents;                  /* (LIVE_GROUP,2,Z): of both sounds, aligned */
    float *row;                      /* (K): scratch */
    double floor;                    /* power that is left as it is */
    live_asked asked[LIVE_GROUP];
    bool planned;     /* there is a plan of the group before */
    bool seam;        /* the next frame is a jump's first */
    double rounds[2]; /* how often either sound has begun anew */
} live_walk;

/* A number that moves to its goal in equal steps. */
typedef struct live_slide {
    double value, goal, slope;
    size_t left; /* steps */
} live_slide;

enum { LIVE_LEVEL_DELAY = 3 }; /* of the vocoder, frames at most */

/* How powers are smoothed: by this share of a new frame's, quickly and slowly. */
typedef struct live_rates {
    double quick, slow;
} live_rates;

/* A voice's gain towards the level asked. */
typedef struct live_level {
    live_asked ring[LIVE_LEVEL_DELAY + 1]; /* of the frames still in the vocoder, and the newest */
    size_t frames;                         /* so far */
    double share;                          /* of the gain that is taken */
    double asked[2], got[2];               /* powers smoothed quickly and slowly; of the vocoder */
    double given;                          /* quickly: of the vocoder times the gain */
    double factor;                         /* the gain at the end of the last hop */
} live_level;

typedef struct live_voice {
    /* Under the lock. */
    bool wanted; /* started and not stopped */
    live_controls controls;
    live_walk *pending; /* begins once the feeder sees it */
    size_t sounds;      /* of the walk that the controls are for */
    float *offset;      /* (latent): what controls.offset points to */
    size_t latent;      /* of that walk */
    double position;    /* 0..1 */
    double distance;    /* below 0: not known */
    size_t repeated;    /* frames that were no sound, since they were asked for */

    /* The feeder's. */
    live_walk *walk, *leaving;
    size_t crossing; /* frames left of going over */
    bool stopping;
    live_slide gain, transpose;
    lts_vocoder *vocoder;
    live_level level;
} live_voice;

struct live {
    size_t bins, hop;
    int octave;   /* bins */
    size_t group; /* frames decoded together */
    size_t slide; /* frames in which a control reaches its goal */
    size_t fade;  /* frames of a jump */
    size_t delay; /* frames, of the vocoders */
    live_rates rates;
    pthread_mutex_t lock;
    lts_level_law law; /* under the lock: how levels mix */
    live_walk *done;   /* under the lock: to be released */
    live_gains gains;  /* under the lock: the smallest since they were asked for */
    double limit;      /* under the lock: of the distances, 0 for none */
    live_voice voice[LIVE_VOICES];

    /* The feeder's. */
    live_walk *ended;  /* to be put on `done` */
    float *ready;      /* (group hop): sound */
    size_t used;       /* samples of it already given */
    float *sound;      /* (hop): a voice's */
    float *magnitudes; /* (LIVE_ROWS,K) */
    limiter limiter;   /* of the sum */
    live_guest *guest; /* NULL: none */
    void *guest_user;
};

/* LTS_ERR_ARGUMENT in err and NULL when there is no such voice. */
live_voice *live_find(live *l, unsigned voice, lts_error *err);

/* LTS_ERR_ARGUMENT: the weight of the sound, counted from 0, is out of range. */
lts_status live_bad_weight(size_t sound, float weight, lts_error *err);

/* LTS_ERR_SHAPE: other than two sounds are not aligned. */
lts_status live_bad_alignment(size_t sounds, lts_error *err);

lts_status live_walk_create(const live *l, const live_start_config *config, live_walk **out,
                            lts_error *err);
/* Without releasing the loop. NULL is allowed. */
void live_walk_destroy(live_walk *w);
/* Takes up controls. */
void live_walk_control(live_walk *w, const live_controls *controls, const live *l);
/* z = the latent of the group's frame g, the next one, and on to the one after it. */
void live_walk_step(live_walk *w, size_t g, size_t fade);
/* How far z is from what was trained. */
void live_walk_measure(live_walk *w);
/* What the decoder made of it, row (K), or the last frame that was finite -> magnitudes (K). */
void live_walk_accept(live_walk *w, const float *row, float *magnitudes, size_t bins);

/* Parts of a step: weights move on; the position does, `pace` times the speed, and whether it comes
 * from the loop's end to its beginning or back. */
void live_walk_weigh(live_walk *w);
bool live_walk_advance(live_walk *w, double pace);

/* --- live_level.c: levels ----------------------------------------------------------------------
 */

live_rates live_level_rates(const lts_feature *feature);
double live_level_floor(const loop *of);
/* Of the loop's sounds at these places, 0 .. T-1, with these weights. */
live_asked live_level_ask(const live_walk *w, const float *weight, const double *at);
/* On the way to a loop, `part` of the one that is left. */
live_asked live_level_cross(live_asked to, live_asked from, double part);
void live_level_restart(live_level *level);
/* Takes what is asked of the vocoder's newest frame, and sound (hop), which is that of an earlier
 * one; returns the gain to be reached at its end from level->factor at its beginning. */
double live_level_step(const live *l, live_level *level, live_asked asked, const float *sound);

/* --- live_align.c: aligned walks ---------------------------------------------------------------
 */

/* Plans the group of all aligned walks of host's model, and encodes what is moved in it, with
 * host's scratch and l->magnitudes. */
void live_align_group(live *l, live_walk *host, live_walk *const *walks, size_t count);
/* z = the mixture that frame g of the plan says. */
void live_align_mix(const live_walk *w, size_t g, float *z);

void live_slide_to(live_slide *s, double goal, size_t steps);
double live_slide_step(live_slide *s);

/* The next group of frames of all voices -> l->ready. */
void live_group(live *l);

#endif
