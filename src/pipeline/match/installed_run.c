#include "lts/match.h"

#include "base/files/program_folder.h"

#include <unistd.h>

#define RUN_NAME "inversynth"

/* Takes over `path`; false, with *run NULL, where no run is. */
static bool take(char *path, char **run)
{
    char *parameters = path ? lts_path_join(path, "parameters.ini") : NULL;
    const bool found = parameters && access(parameters, R_OK) == 0;
    lts_free(parameters);
    if (!found)
        lts_free(path);
    *run = found ? path : NULL;
    return found;
}

lts_status lts_match_installed_run(char **run, lts_error *err)
{
    static const char *const places[] = {"../share/latent-timbre", "share/latent-timbre"};
    char folder[4096];
    *run = NULL;
    if (program_folder(folder, sizeof folder))
        for (size_t p = 0; p < sizeof places / sizeof *places; p++)
            if (take(lts_format("%s/%s/" RUN_NAME, folder, places[p]), run))
                return LTS_OK;
    if (take(lts_strdup(LTS_DATADIR "/" RUN_NAME), run))
        return LTS_OK;
    return lts_fail(err, LTS_ERR_NOT_FOUND,
                    "no run is installed in " LTS_DATADIR "/" RUN_NAME ": name one with --run");
}
