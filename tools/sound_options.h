/* The options that lts-interp and lts-decode share: how a phase is found and how the WAV is
 * written. */
#ifndef LTS_SOUND_OPTIONS_H
#define LTS_SOUND_OPTIONS_H

#include "cli.h"
#include "lts/distance_file.h"
#include "lts/interp.h"

#include <string.h>
#include <strings.h>

typedef struct sound_options {
    int64_t iterations; /* below 0 until given */
    lts_phase_init init;
    lts_sound_output output;
} sound_options;

static inline bool parse_phase_init(const char *text, void *value)
{
    return lts_parse_phase_init(text, value);
}

static inline bool parse_bits(const char *text, void *value)
{
    return lts_audio_parse_bits(text, value);
}

#define SOUND_OPTIONS_DEFAULTS                                                                     \
    {                                                                                              \
        .iterations = -1, .output = {.bits = LTS_AUDIO_FLOAT }                                     \
    }

static const char *const phase_inits[] = {"pghi", "random", "zero", NULL};
static const char *const sample_formats[] = {"16", "24", "32f", NULL};

#define SOUND_OPTIONS(o) SOUND_OPTIONS_OF(o, "32f")

/* The same of a tool with another sample format by default. */
#define SOUND_OPTIONS_OF(o, standard_bits)                                                         \
    CLI_OPTION(CLI_INT, "phase-iter", 0, &(o)->iterations, "N",                                    \
               "Griffin-Lim iterations, 0 to 1000", .minimum = 0, .maximum = 1000,                 \
               .standard = "[audio] n_iter of the configuration"),                                 \
        CLI_OPTION(CLI_PARSED, "phase-init", 0, &(o)->init, "WAY",                                 \
                   "start of the phase: pghi, random or zero", .parse = parse_phase_init,          \
                   .legal = "pghi, random or zero", .choices = phase_inits, .standard = "pghi"),   \
        CLI_OPTION(CLI_FLAG, "normalize", 0, &(o)->output.normalize, NULL,                         \
                   "scale to a peak of 0 dBFS", .required = false),                                \
        CLI_OPTION(CLI_PARSED, "bits", 0, &(o)->output.bits, "BITS", "sample format: 16, 24, 32f", \
                   .parse = parse_bits, .legal = "16, 24 or 32f", .choices = sample_formats,       \
                   .standard = standard_bits)

/* Of a path through the latent space. */
#define DISTANCE_OPTION(limit)                                                                     \
    CLI_OPTION(CLI_PARSED, "limit", 0, limit, "D",                                                 \
               "keep the path within this distance from what was trained, 1 being that of sounds " \
               "never heard",                                                                      \
               .parse = parse_limit, .legal = "a number above 0", .standard = "none")

static inline bool parse_limit(const char *text, void *value)
{
    double *limit = value;
    return lts_parse_double(text, limit) && *limit > 0 && *limit <= 1e6;
}

/* The map beside the model, which tells the distance of what is rendered; a limit needs one. */
static inline lts_status sound_distance(cli_session *cli, const char *run, const lts_model *model,
                                        double limit, lts_distance *distance,
                                        lts_render_config *render, lts_error *err)
{
    lts_status status = lts_run_distance(run, model, distance, cli_reporter(cli), err);
    if (status != LTS_OK)
        return status;
    if (limit > 0 && distance->latent == 0)
        return lts_fail(err, LTS_ERR_NOT_FOUND,
                        "--limit: %s holds no map of distances: lts-train --resume makes it", run);
    render->distance = distance->latent > 0 ? distance : NULL;
    render->limit = limit;
    return LTS_OK;
}

/* A name that promises another format than WAV is wrong use: players go by it. */
static inline void sound_check_name(const cli_session *cli, const char *path)
{
    static const char *const others[] = {".flac", ".ogg", ".opus", ".mp3", ".aif", ".aiff", ".npy"};
    size_t length = strlen(path);
    for (size_t i = 0; i < sizeof others / sizeof *others; i++) {
        size_t end = strlen(others[i]);
        if (length > end && strcasecmp(path + length - end, others[i]) == 0)
            cli_misuse(cli, "--output=%s: a WAV file is written: name it .wav", path);
    }
}

/* The phase recovery that the options and the configuration ask for. */
static inline lts_phase_config sound_phase(const sound_options *options, const lts_config *config,
                                           uint64_t seed)
{
    lts_phase_config phase = lts_phase_defaults();
    phase.init = options->init;
    phase.iterations = (int)(options->iterations < 0 ? config->audio.n_iter : options->iterations);
    phase.seed = seed;
    return phase;
}

#endif
