#include "engine/state/state_fields.h"

#include "lts/align.h"
#include "lts/dsp.h"

#include <limits.h>

enum { MOST_ITERATIONS = 64 };

const state_field state_fields[STATE_FIELDS] = {
    {"dataset", STATE_TEXT, offsetof(server_state, dataset), 0, 0, NULL},
    {"run", STATE_TEXT, offsetof(server_state, run), 0, 0, NULL},
    {"match_run", STATE_TEXT, offsetof(server_state, match_run), 0, 0, NULL},
    {"first", STATE_TEXT, offsetof(server_state, sound[0]), 0, 0, NULL},
    {"second", STATE_TEXT, offsetof(server_state, sound[1]), 0, 0, NULL},
    {"save_folder", STATE_TEXT, offsetof(server_state, save_folder), 0, 0, NULL},
    {"device", STATE_TEXT, offsetof(server_state, device), 0, 0, NULL},
    {"duration", STATE_REAL, offsetof(server_state, duration), 0, 0, NULL},
    {"first_offset", STATE_REAL, offsetof(server_state, offset[0]), 0, 0, NULL},
    {"second_offset", STATE_REAL, offsetof(server_state, offset[1]), 0, 0, NULL},
    {"normalize", STATE_FLAG, offsetof(server_state, normalize), 0, 0, NULL},
    {"sample", STATE_FLAG, offsetof(server_state, sample), 0, 0, NULL},
    {"level", STATE_WHOLE, offsetof(server_state, level), 0, LTS_LAW_NONE, NULL},
    {"limit", STATE_REAL, offsetof(server_state, limit), 0, 0, NULL},
    {"iterations", STATE_WHOLE, offsetof(server_state, iterations), 0, MOST_ITERATIONS, NULL},
    {"align", STATE_WHOLE, offsetof(server_state, align), LTS_ALIGNED_NONE, LTS_ALIGNED_AUTO, NULL},
    {"batch_size", STATE_WHOLE, offsetof(server_state, batch_size), 1, INT_MAX, NULL},
    {"live_align", STATE_CHOICE, offsetof(server_state, live_align), 0, 0, lts_alignment_text},
    {"synth_gain", STATE_REAL, offsetof(server_state, synth_gain), 0, STATE_MOST_SYNTH_GAIN, NULL},
};

server_state state_defaults(void)
{
    return (server_state){.iterations = LTS_PHASE_ITERATIONS, .batch_size = 16, .synth_gain = 1};
}

void state_free(server_state *state)
{
    for (size_t f = 0; f < STATE_FIELDS; f++)
        if (state_fields[f].kind == STATE_TEXT)
            lts_free(*(char **)state_member(state, &state_fields[f]));
    lts_curve_free(&state->curve);
    synth_patch_free(&state->patch);
    *state = (server_state){0};
}
