/* Any bytes as a saved state: refused, or written and read again as the same. */
#include "engine/state/state.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

static void check(const server_state *state)
{
    double before = 0;
    if (!isfinite(state->duration) || state->iterations < 0 || state->iterations > 64 ||
        state->batch_size < 1 || !(state->synth_gain >= 0 && state->synth_gain <= 4))
        abort();
    if (state->patch.count > LTS_SYNTH_PARAMETERS)
        abort();
    for (size_t i = 0; i < state->patch.count; i++)
        if (!state->patch.value[i].name[0] || !isfinite(state->patch.value[i].value))
            abort();
    for (size_t i = 0; i < state->curve.count; i++) {
        if (!isfinite(state->curve.value[i]) || !(state->curve.time[i] >= before) ||
            (!state->curve_seconds && state->curve.time[i] > 1))
            abort();
        before = state->curve.time[i];
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    lts_error err;
    server_state state, again;
    if (state_from_text((const char *)bytes, size, "state", &state, &err) != LTS_OK)
        return 0;
    check(&state);
    char *text = state_to_text(&state);
    if (!text || state_from_text(text, strlen(text), "again", &again, &err) != LTS_OK)
        abort();
    char *second = state_to_text(&again);
    if (!second || strcmp(text, second) != 0)
        abort();
    lts_free(text);
    lts_free(second);
    state_free(&state);
    state_free(&again);
    return 0;
}
