/* What a live synthesizer is made of; for live_synth.c and live_synth_fill.c. */
#ifndef ENGINE_SYNTH_LIVE_SYNTH_PARTS_H
#define ENGINE_SYNTH_LIVE_SYNTH_PARTS_H

#include "engine/synth/live_synth.h"

#include <pthread.h>

enum { LIVE_SYNTH_STEP = 32 /* samples in which all moves go in straight lines */ };

/* A number on its way to a goal: share 0 is where it left, 1 the goal. */
typedef struct glide {
    double from, goal, now;
    size_t left; /* steps */
} glide;

typedef struct live_synth_controls {
    double gain, semitones;
    double period, gate; /* s, of the loop; period 0: none */
    bool pressed;
    unsigned presses, silences; /* counted, so that each is taken up once */
} live_synth_controls;

struct live_synth {
    lts_synth_space *space; /* of the voice's rate */
    double rate;
    size_t count;       /* P */
    synth_scale *scale; /* (P) */
    bool *pitch;        /* (P): what a note transposes */
    size_t slide;       /* steps */

    pthread_mutex_t lock;
    double *goal; /* (P), under the lock; so are: */
    live_synth_controls controls;
    bool sounding;                  /* as of the last fill */
    double least_level, least_peak; /* since they were asked for */

    /* The feeder's. */
    lts_synth_voice *voice;
    live_synth_controls taken;
    double *wanted;  /* (P): goal, as of this fill */
    glide *glide;    /* (P) */
    double *values;  /* (P): what the voice gets */
    glide gain;      /* of the sound */
    glide fade;      /* 1, or on its way to 0 before silence */
    glide semitones; /* of the notes */
    bool down;       /* the key, as the voice has it */
    bool ending;     /* silence was asked for */
    double clock;    /* samples since the loop pressed the key */
    limiter limiter;
};

#endif
