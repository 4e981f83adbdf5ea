#include "engine/state/state_fields.h"

#include "lts/dsp.h"

#include <limits.h>

enum { MOST_ITERATIONS = 64 };

const state_field state_fields[STATE_FIELDS] = {
    {"dataset", STATE_TEXT, offsetof(server_state, dataset), 0, 0},
    {"run", STATE_TEXT, offsetof(server_state, run), 0, 0},
    {"first", STATE_TEXT, offsetof(server_state, sound[0]), 0, 0},
    {"second", STATE_TEXT, offsetof(server_state, sound[1]), 0, 0},
    {"save_folder", STATE_TEXT, offsetof(server_state, save_folder), 0, 0},
    {"device", STATE_TEXT, offsetof(server_state, device), 0, 0},
    {"duration", STATE_REAL, offsetof(server_state, duration), 0, 0},
    {"first_offset", STATE_REAL, offsetof(server_state, offset[0]), 0, 0},
    {"second_offset", STATE_REAL, offsetof(server_state, offset[1]), 0, 0},
    {"normalize", STATE_FLAG, offsetof(server_state, normalize), 0, 0},
    {"sample", STATE_FLAG, offsetof(server_state, sample), 0, 0},
    {"level", STATE_WHOLE, offsetof(server_state, level), 0, LTS_LAW_NONE},
    {"limit", STATE_REAL, offsetof(server_state, limit), 0, 0},
    {"iterations", STATE_WHOLE, offsetof(server_state, iterations), 0, MOST_ITERATIONS},
    {"batch_size", STATE_WHOLE, offsetof(server_state, batch_size), 1, INT_MAX},
};

server_state state_defaults(void)
{
    return (server_state){.iterations = LTS_PHASE_ITERATIONS, .batch_size = 16};
}

void state_free(server_state *state)
{
    for (size_t f = 0; f < STATE_FIELDS; f++)
        if (state_fields[f].kind == STATE_TEXT)
            lts_free(*(char **)state_member(state, &state_fields[f]));
    lts_curve_free(&state->curve);
    *state = (server_state){0};
}
