#include "engine/state/state.h"

#include <stdlib.h>
#include <string.h>

enum { FILE_LIMIT = 1 << 26 /* bytes; the longest curve needs less */ };

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
    if (status != LTS_OK)
        goto done;
    status = lts_outfile_open(path, &file, err);
    if (status != LTS_OK)
        goto done;
    fputs(text, lts_outfile_stream(file));
    status = lts_outfile_commit(file, err);
done:
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
