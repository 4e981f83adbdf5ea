#include "cli_private.h"

#include "lts/audio.h"
#include "lts/lv2.h"

/* What a build may or may not have; `version` returns NULL when it has it not. */
static const struct part {
    const char *name, *use;
    const char *(*version)(void);
} parts[] = {
    {"FFmpeg", "reads m4a, wma and what else libsndfile does not", lts_audio_ffmpeg},
    {"LV2", "plays LV2 instruments", lts_lv2_version},
};

void cli_print_version(const cli_session *cli)
{
    printf("%s (latent-timbre) %s\n", cli->program->name, lts_version());
    if (!cli->verbose)
        return;
    for (size_t p = 0; p < sizeof parts / sizeof *parts; p++) {
        const char *version = parts[p].version();
        printf("%s: %s (%s)\n", parts[p].name, version ? version : "not in this build",
               parts[p].use);
    }
}
