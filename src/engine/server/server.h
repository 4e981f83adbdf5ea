/* What the server is made of, and what its handlers share. Only the control thread touches what is
 * marked as its own. */
#ifndef ENGINE_SERVER_SERVER_H
#define ENGINE_SERVER_SERVER_H

#include "engine/jobs/additions.h"
#include "engine/jobs/model_ref.h"
#include "engine/jobs/worker.h"
#include "engine/live/live.h"
#include "engine/live/loop_ref.h"
#include "engine/match/match_result.h"
#include "engine/match/matcher_ref.h"
#include "engine/midi/midi.h"
#include "engine/osc/osc_transport.h"
#include "engine/paths/paths.h"
#include "engine/play/playback.h"
#include "engine/play/player.h"
#include "engine/server/queue.h"
#include "engine/state/state.h"
#include "engine/synth/live_synth.h"
#include "lts/engine.h"

#include <pthread.h>
#include <stdatomic.h>

enum { NO_NOTE = -1, MIDI_CONTROLLERS = STATE_CONTROLLERS };
_Static_assert((int)STATE_MOST_SYNTH_GAIN == (int)LIVE_SYNTH_MOST_GAIN,
               "the gain that is remembered");

/* A curve that comes in pieces. */
typedef struct partial_curve {
    float *value;
    bool *there;
    size_t total;
} partial_curve;

/* How the synthesizer is played. */
typedef struct synth_play {
    double rate;                      /* Hz it was made for; 0: not yet */
    int note;                         /* that sounds, or NO_NOTE */
    int channel;                      /* 0..15, of MIDI notes for it; -1: none */
    double gain, velocity;            /* factors */
    double transpose, bend;           /* semitones */
    int controller[MIDI_CONTROLLERS]; /* the parameter that each moves, or -1 */
    bool moved, mapped;               /* parameters, controllers: the state is to have them */
    bool waiting;                     /* the state's patch was not taken up yet */
} synth_play;

struct lts_server {
    lts_server_config config; /* block, threads, bits, and copies of state and listen */
    path_rules rules;
    path_map *maps;
    const lts_reporter *reporter;
    reply reply; /* to every transport */
    osc *osc;
    queue *queue;
    playback *playback;
    worker *worker;
    midi *midi;
    pthread_t control_thread;
    bool controlled; /* that thread runs */
    atomic_bool closing;
    bool starting;     /* what cannot be had now is reported at the terminal, too */
    atomic_uint tests; /* connections tested */
    atomic_uint stops; /* /sound/stop received */

    /* Voices come and go with the model's audio settings; the feeder plays what is there. */
    pthread_mutex_t mixing;    /* the feeder, and whoever exchanges the voices */
    pthread_mutex_t voices;    /* the receiver, and the same */
    pthread_mutex_t reporting; /* the reporter, which is asked by many */
    live *live;                /* NULL until a model is loaded */
    live_synth *synth;         /* NULL where the player's rate allows none */
    match_slots matches;       /* any thread */

    /* The control thread's own. */
    player *player;
    double player_rate; /* Hz it was opened for */
    server_state state;
    char *sound[STATE_SOUNDS]; /* the files found for state.sound, or NULL */
    model_ref *model;          /* NULL: none loaded */
    lts_feature live_feature;  /* of `live` */
    partial_curve partial;
    loop_ref *loop;                    /* the last that voices were given; NULL: none */
    float alpha;                       /* of voices that begin: the last that was sent to any, */
    float voice_alpha[LIVE_VOICES];    /* or the last that was sent to it; NAN: none */
    loop_ref *voice_loop[LIVE_VOICES]; /* of the last start; NULL: none since it was stopped */
    int voice_align[LIVE_VOICES]; /* lts_alignment that was sent to it, or -1: state.live_align */
    additions added;              /* to renders, by the model's directions */
    additions voice_added[LIVE_VOICES];
    double bend; /* semitones, of all voices */
    double transpose[LIVE_VOICES];
    int input;               /* id of the input device that was chosen; nothing listens to it */
    bool meters;             /* send them */
    double watched;          /* when the player was looked at last */
    uint64_t limited;        /* samples beyond full scale that were reported */
    double limited_reported; /* when */
    bool changed;            /* the state, since it was saved */
    double changed_at;
    bool synth_changed; /* the synthesizer, since the state was saved */
    double synth_changed_at;
    lts_rng rng;           /* of seeds that are not given */
    int note[LIVE_VOICES]; /* MIDI note that a voice sounds for, or NO_NOTE */
    matcher_ref *matcher;  /* NULL: none loaded */
    synth_play synth_play;
};

#endif
