#include "engine/state/state_fields.h"

#include "lts/dsp.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>

enum {
    FILE_LIMIT = 1 << 26, /* bytes; the longest curve needs less */
    MOST_ITERATIONS = 64
};

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

static lts_status make_folder_of(const char *path, lts_error *err)
{
    const char *slash = strrchr(path, '/');
    if (!slash || slash == path)
        return LTS_OK;
    char *folder = lts_format("%.*s", (int)(slash - path), path);
    lts_status status = folder ? lts_make_folder(folder, err) : lts_no_memory(path, err);
    lts_free(folder);
    return status;
}

lts_status state_save(const server_state *state, const char *path, lts_error *err)
{
    lts_outfile *file;
    char *text = state_to_text(state);
    if (!text)
        return lts_no_memory(path, err);
    lts_status status = make_folder_of(path, err);
    if (status == LTS_OK)
        status = lts_outfile_open(path, &file, err);
    if (status == LTS_OK) {
        fputs(text, lts_outfile_stream(file));
        status = lts_outfile_commit(file, err);
    }
    lts_free(text);
    return status;
}

lts_status state_load(const char *path, server_state *state, lts_error *err)
{
    char *text;
    size_t size;
    *state = state_defaults();
    lts_status status = lts_read_file(path, FILE_LIMIT, &text, &size, err);
    if (status != LTS_OK)
        return status;
    status = state_from_text(text, size, path, state, err);
    lts_free(text);
    return status;
}

char *state_standard_path(void)
{
    const char *folder = getenv("XDG_STATE_HOME"), *home = getenv("HOME");
    if (folder && folder[0] == '/')
        return lts_format("%s/latent-timbre/server.json", folder);
    return home && home[0] ? lts_format("%s/.local/state/latent-timbre/server.json", home) : NULL;
}
