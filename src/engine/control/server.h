/* What the server is made of, and what its parts share.
 *
 * server.c opens, runs and closes; receiver.c reads datagrams; conductor.c takes messages in order
 * and finds their handlers in the table of addresses.c; handlers are grouped by what they set:
 * set_*.c. Only the conductor's thread touches what is marked as its own. */
#ifndef ENGINE_CONTROL_SERVER_H
#define ENGINE_CONTROL_SERVER_H

#include "engine/control/queue.h"
#include "engine/jobs/model_ref.h"
#include "engine/jobs/worker.h"
#include "engine/live/live.h"
#include "engine/live/loop_ref.h"
#include "engine/midi/midi.h"
#include "engine/osc/osc.h"
#include "engine/paths/paths.h"
#include "engine/play/playback.h"
#include "engine/play/player.h"
#include "engine/state/state.h"
#include "lts/engine.h"

#include <pthread.h>
#include <stdatomic.h>

enum { NO_NOTE = -1 };

/* A curve that comes in pieces. */
typedef struct partial_curve {
    float *value;
    bool *there;
    size_t total;
} partial_curve;

struct lts_server {
    lts_server_config config; /* block, threads, bits, and copies of state and listen */
    path_rules rules;
    path_map *maps;
    const lts_reporter *reporter;
    reply reply; /* to every transport */
    osc *osc;
    queue *queue;
    deck *deck;
    worker *worker;
    midi *midi;
    pthread_t conductor;
    bool conducting;
    atomic_bool closing;
    bool starting;     /* what cannot be had now is told at the terminal, too */
    atomic_uint tests; /* connections tested */
    atomic_uint stops; /* /sound/stop received */

    /* Voices come and go with the model's audio settings; the feeder plays what is there. */
    pthread_mutex_t mixing;  /* the feeder, and whoever exchanges the voices */
    pthread_mutex_t voices;  /* the receiver, and the same */
    pthread_mutex_t telling; /* the reporter, which is asked by many */
    live *live;              /* NULL until a model is loaded */

    /* The conductor's own. */
    player *player;
    double player_rate; /* Hz it was opened for */
    server_state state;
    char *sound[STATE_SOUNDS]; /* the files found for state.sound, or NULL */
    model_ref *model;          /* NULL: none loaded */
    lts_cqt_config live_cqt;   /* of `live` */
    partial_curve partial;
    loop_ref *loop;                 /* the last that voices were given; NULL: none */
    float alpha;                    /* of voices that begin: the last that was sent to any, */
    float voice_alpha[LIVE_VOICES]; /* or the last that was sent to it; NAN: none */
    double bend;                    /* semitones, of all voices */
    double transpose[LIVE_VOICES];
    int input;           /* id of the input device that was chosen; nothing listens to it */
    bool meters;         /* send them */
    double watched;      /* when the player was looked at last */
    uint64_t limited;    /* samples beyond full scale that were told of */
    double limited_told; /* when */
    bool changed;        /* the state, since it was saved */
    double changed_at;
    lts_rng rng;           /* of seeds that are not given */
    int note[LIVE_VOICES]; /* MIDI note that a voice sounds for, or NO_NOTE */
};

/* --- server.c --------------------------------------------------------------------------------- */

/* lts_server_open without the conductor's thread: the caller's conducts. */
lts_status server_create(const lts_server_config *config, const lts_reporter *reporter,
                         lts_server **out, lts_error *err);

/* --- conductor.c ------------------------------------------------------------------------------ */

/* Handles messages until the server closes: a thread's start routine, of the server. */
void *conduct(void *server);
/* One message, in the conductor's thread. */
void conduct_message(lts_server *s, const queued *item);
/* What is due from time to time: saving the state, meters. */
void look_after(lts_server *s);
/* The state is to be saved before long. */
void state_changed(lts_server *s);

/* --- receiver.c ------------------------------------------------------------------------------- */

/* Reads datagrams until the reporter cancels. */
void receive(lts_server *s);
/* One message: acts at once where it must, and queues it. A message_handler, of the server. */
void receive_message(void *server, const control_message *message);

/* --- addresses.c ------------------------------------------------------------------------------ */

/* A message whose arguments have been checked. */
typedef struct request {
    lts_server *server;
    const control_message *message;
    unsigned voice; /* of /live/... */
    bool acted;     /* the receiver stopped or cancelled something for it */
    unsigned stops; /* the server's, when it came */
} request;

/* Whether to go on with what takes long: not once the server closes, or a stop came after the
 * message. The reporter's user is the request. */
lts_reporter request_reporter(const request *r);

typedef enum address_kind {
    ADDRESS_PLAIN,
    ADDRESS_SLOW = 1,  /* takes long: the state is saved before */
    ADDRESS_SOUNDS = 2 /* begins a sound, unless a stop has come since */
} address_kind;

typedef struct address {
    const char *path; /* voices' without their number */
    /* n a number, s a text (the rest of the arguments, joined), each also as a group repeated: (nn)
     * once or more, (nn)? once or not at all. */
    const char *args;
    unsigned kind; /* address_kind, several of them */
    void (*handle)(const request *r);
    const char *expects; /* in words, for who got it wrong */
} address;

const address *address_find(const char *path, unsigned *voice);
/* Whether it is an address of voices, but of one that is not there: /live/9/start. */
bool address_lacks_voice(const char *path);
const address *address_at(size_t index); /* NULL past the last */
/* Whether the arguments are what the address takes; numbers are finite. */
bool address_accepts(const address *a, const control_message *message);
/* Number i, and the texts from i on joined by blanks, up to the next number: new, NULL when memory
 * is short. */
double request_number(const request *r, size_t i);
char *request_text(const request *r, size_t i);

/* --- set_data.c: data set, run and sounds ----------------------------------------------------- */

void set_dataset(const request *r);
void set_model(const request *r);
void set_first(const request *r);
void set_second(const request *r);
void list_dataset(const request *r);
void make_features(const request *r);
/* Loads what the state names; reports what cannot be. */
void restore_data(lts_server *s);

/* --- find_sound.c ----------------------------------------------------------------------------- */

/* The sound file that a client's path means: the one of that name in the data set's audio folder,
 * whatever folder the client thinks it is in, else the file itself. New path (lts_free).
 * LTS_ERR_NOT_FOUND, LTS_ERR_ARGUMENT, or what is wrong with the file. */
lts_status find_sound(const lts_server *s, const char *sent, char **path, lts_error *err);
/* lts_audio_probe, but a link out of the root is LTS_ERR_ARGUMENT. */
lts_status probe_sound(const lts_server *s, const char *path, lts_audio_info *info, lts_error *err);

/* --- set_curve.c ------------------------------------------------------------------------------ */

void set_alfa(const request *r);
void set_points(const request *r);
void begin_curve(const request *r);
void add_chunk(const request *r);
void end_curve(const request *r);
void load_curve(const request *r);

/* --- set_output.c: how sounds are rendered, played and saved ---------------------------------- */

void set_normalize(const request *r);
void set_sample(const request *r);
void set_iterations(const request *r);
void set_gf_iterations(const request *r);
void set_batch_size(const request *r);
void set_seed(const request *r);
void send_seed(lts_server *s); /* /seed */
void set_folder(const request *r);
void save_take(const request *r);
void play_again(const request *r);

/* --- server_state.c --------------------------------------------------------------------------- */

lts_status take_config(lts_server *s, const lts_server_config *config, lts_error *err);
/* What is remembered, and over it what was asked for now. */
lts_status take_state(lts_server *s, const lts_server_config *config, lts_error *err);
void save_state(lts_server *s);

/* --- generate.c ------------------------------------------------------------------------------- */

void select_excerpts(const request *r);
void generate(const request *r);
void retake(const request *r);
void mix(const request *r);
void stop(const request *r);
void cancel(const request *r);
/* Checks that model, sounds and excerpts are there and fit: false after a report. */
bool ready_to_render(lts_server *s, double duration, const double offset[STATE_SOUNDS]);
/* At least a frame; no longer than what memory is good for: false after a report. */
bool long_enough(lts_server *s, double duration);
bool short_enough(lts_server *s, double duration);
/* Of one frame. */
double hop_seconds(const lts_server *s);

/* --- seconds.c -------------------------------------------------------------------------------- */

/* Seconds as the original shows them, "1.0", but with no more digits than single precision has. */
enum { SECONDS_TEXT = 32 };
void seconds_text(double seconds, char text[SECONDS_TEXT]);

/* --- mixture.c -------------------------------------------------------------------------------- */

/* The sounds and weights of "duration (path offset weight)...": false after a report. Free what it
 * filled with mixture_free. */
typedef struct sound_mixture {
    double duration;
    size_t count;
    lts_source source[LIVE_SOUNDS];
    float weight[LIVE_SOUNDS];
} sound_mixture;
bool mixture_read(const request *r, sound_mixture *m);
void mixture_free(sound_mixture *m);

/* --- set_device.c ----------------------------------------------------------------------------- */

void list_devices(const request *r);
void set_input(const request *r);
void set_device(const request *r);
void send_device(lts_server *s);  /* /audio/io */
void send_devices(lts_server *s); /* /audio/devicelist, and that */
/* Opens the state's device at the rate of the model, or "null" after a report when it cannot be
 * had: LTS_OK. A recording that is needed fails instead, with the reason in err. */
lts_status open_player(lts_server *s, bool needed, lts_error *err);

/* --- watch_player.c --------------------------------------------------------------------------- */

/* Meters, and what the player and the voices have to tell. */
void watch_player(lts_server *s, double now);

/* --- play_live.c ------------------------------------------------------------------------------ */

void live_begin(const request *r);
void live_begin_mix(const request *r);
/* Voices for the model's audio settings. */
lts_status prepare_voices(lts_server *s, lts_error *err);
/* The selection in a voice; false after a report. */
bool voice_start(const request *r, unsigned voice, double semitones, double gain);
/* A transposition with the pitch bend, within what a voice takes. */
double bent(const lts_server *s, double semitones);

/* --- set_live.c ------------------------------------------------------------------------------- */

void live_set_alpha(const request *r);
void live_set_position(const request *r);
void live_set_freeze(const request *r);
void live_set_speed(const request *r);
void live_set_gain(const request *r);
void live_set_transpose(const request *r);
void live_end(const request *r);
/* Alpha for the voice's next start, and for those of voices that have none of their own. */
void keep_alpha(lts_server *s, unsigned voice, double alpha);

/* --- play_midi.c ------------------------------------------------------------------------------ */

/* For the MIDI thread: hands the event to the conductor. */
void on_midi(void *server, const midi_event *event);
void midi_message(const request *r);

/* --- set_misc.c ------------------------------------------------------------------------------- */

void test_connection(const request *r);
void set_meters(const request *r);
void send_state(const request *r);

#endif
