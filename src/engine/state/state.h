/* What a server remembers: saved whole, as JSON, and taken up again at the next start. */
#ifndef ENGINE_STATE_STATE_H
#define ENGINE_STATE_STATE_H

#include "lts/latent.h"
#include "lts/synth.h"

enum {
    STATE_SOUNDS = 2,
    STATE_CONTROLLERS = 128,   /* of MIDI */
    STATE_MOST_SYNTH_GAIN = 4, /* what a live synthesizer takes */
    STATE_MAX_POINTS = 1 << 20 /* of a curve that is remembered; longer ones are left out */
};

typedef struct patch_value {
    char name[LTS_SYNTH_NAME];
    double value;
} patch_value;

/* What the live synthesizer was set to, by the names of its parameters. */
typedef struct synth_patch {
    patch_value *value; /* (count), new; of all parameters */
    size_t count;       /* at most LTS_SYNTH_PARAMETERS; 0: none was moved */
    /* (STATE_CONTROLLERS), new: the parameter that each moves, or ""; NULL: they were not mapped */
    char (*controller)[LTS_SYNTH_NAME];
} synth_patch;

void synth_patch_free(synth_patch *patch); /* twice is allowed */

/* Texts are new strings (lts_free) or NULL for not set. */
typedef struct server_state {
    char *dataset, *run, *match_run, *save_folder, *device;
    char *sound[STATE_SOUNDS]; /* as they were sent: they are looked up in the data set */
    double duration, offset[STATE_SOUNDS]; /* the selection, seconds; duration 0: none */
    lts_curve curve;                       /* of alpha; count 0: none */
    bool curve_seconds;                    /* its times are seconds, not fractions of the sound */
    bool normalize, sample;
    int level;    /* lts_level_law */
    double limit; /* of a path's distance from what was trained; 0: none */
    int iterations, batch_size;
    int live_align; /* lts_alignment of voices that begin */
    int align;      /* lts_alignment */
    bool seed_given;
    uint64_t seed;
    double synth_gain; /* a factor, 0 to STATE_MOST_SYNTH_GAIN */
    synth_patch patch;
} server_state;

/* LTS_PHASE_ITERATIONS, batch size 16, no alignment, the synthesizer's gain 1, nothing else set; no
 * curve: alpha 1/2 throughout. */
server_state state_defaults(void);
void state_free(server_state *state); /* twice is allowed */

/* A JSON object, new; NULL when memory is short. Numbers keep every bit, in every locale; the seed
 * is a text, as most readers of JSON keep 53 bits of a number. Texts need not be UTF-8. */
char *state_to_text(const server_state *state);
/* `size` bytes; `name` stands in messages. What is missing keeps its default, unknown keys are
 * passed over; values of a wrong type or out of range are refused with LTS_ERR_FORMAT, the key and
 * the reason, and then nothing is taken: `state` has the defaults after every error. Any bytes are
 * safe, and take memory in proportion to the longest curve at most. */
lts_status state_from_text(const char *text, size_t size, const char *name, server_state *state,
                           lts_error *err);

/* Whole or not at all, through lts_outfile; its folder is made when it is missing: LTS_ERR_IO,
 * LTS_ERR_MEMORY. Loading: a missing file is LTS_ERR_NOT_FOUND, one larger than any state, or that
 * state_from_text refuses, LTS_ERR_FORMAT. */
lts_status state_save(const server_state *state, const char *path, lts_error *err);
lts_status state_load(const char *path, server_state *state, lts_error *err);
/* Where the state is kept unless told otherwise: $XDG_STATE_HOME/latent-timbre/server.json, or
 * ~/.local/state/...; new, or NULL when there is no home. */
char *state_standard_path(void);

#endif
