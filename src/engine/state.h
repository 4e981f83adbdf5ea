/* What a server remembers: saved whole, as JSON, and taken up again at the next start. */
#ifndef ENGINE_STATE_H
#define ENGINE_STATE_H

#include "lts/interp.h"

enum { STATE_SOUNDS = 2 };

/* Texts are new strings (lts_free) or NULL for not set. */
typedef struct server_state {
    char *dataset, *run, *save_folder, *device;
    char *sound[STATE_SOUNDS]; /* as they were sent: they are looked up in the data set */
    double duration, offset[STATE_SOUNDS]; /* the selection, seconds; duration 0: none */
    lts_curve curve;                       /* of alpha; count 0: none */
    bool curve_seconds;                    /* its times are seconds, not fractions of the sound */
    bool normalize, sample;
    int iterations, batch_size;
    bool seed_given;
    uint64_t seed;
} server_state;

server_state state_defaults(void); /* 4 iterations, batch size 16, alpha 1/2 throughout */
void state_free(server_state *state);
lts_status state_copy(const server_state *from, server_state *to, lts_error *err);

/* Text that only state_from_text reads, new; NULL when memory is short. Numbers keep every bit, in
 * every locale. */
char *state_to_text(const server_state *state);
/* Unknown keys are passed over; values of a wrong type or out of range are refused with
 * LTS_ERR_FORMAT, the key and the reason. `name` stands in messages. */
lts_status state_from_text(const char *text, size_t size, const char *name, server_state *state,
                           lts_error *err);

/* Whole or not at all, through lts_outfile; its folder is made when it is missing. A missing file
 * is LTS_ERR_NOT_FOUND. */
lts_status state_save(const server_state *state, const char *path, lts_error *err);
lts_status state_load(const char *path, server_state *state, lts_error *err);
/* Where the state is kept unless told otherwise: $XDG_STATE_HOME/latent-timbre/server.json, or
 * ~/.local/state/...; new, or NULL when there is no home. */
char *state_standard_path(void);

#endif
