#include "synth/lv2/process.h"

#include "base/files/program_folder.h"

#include <stdlib.h>
#include <unistd.h>

#define HOST_NAME "lts-lv2-host"

lts_status host_find(char **path, lts_error *err)
{
    static const char *const places[] = {"", "../libexec/latent-timbre/"};
    const char *named = getenv("LTS_LV2_HOST");
    char folder[4096];
    *path = NULL;
    if (named && named[0]) {
        *path = lts_strdup(named);
        return *path ? LTS_OK : lts_no_memory(HOST_NAME, err);
    }
    if (program_folder(folder, sizeof folder))
        for (size_t p = 0; p < sizeof places / sizeof *places; p++) {
            *path = lts_format("%s/%s%s", folder, places[p], HOST_NAME);
            if (!*path)
                return lts_no_memory(HOST_NAME, err);
            if (access(*path, X_OK) == 0)
                return LTS_OK;
            lts_free(*path);
        }
#ifdef LTS_LIBEXEC
    *path = lts_strdup(LTS_LIBEXEC "/" HOST_NAME);
    if (!*path)
        return lts_no_memory(HOST_NAME, err);
    if (access(*path, X_OK) == 0)
        return LTS_OK;
    lts_free(*path);
#endif
    *path = NULL;
    return lts_fail(err, LTS_ERR_NOT_FOUND,
                    HOST_NAME ": is neither beside this program nor where it was installed: "
                              "install it, or name its file in LTS_LV2_HOST");
}
