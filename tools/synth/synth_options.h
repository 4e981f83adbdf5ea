/* What lts-synth was asked for. */
#ifndef LTS_SYNTH_OPTIONS_H
#define LTS_SYNTH_OPTIONS_H

#include "cli.h"
#include "lts/audio.h"

typedef enum synth_kind {
    RENDER,
    RANDOM,
    COMPLETE,
    PATCH,
    SPACE,
    DATASET,
    LV2_LIST,
    LV2_PARAMS,
    KINDS
} synth_kind;

static const char *const kind_name[KINDS + 1] = {
    "render", "random", "complete", "patch", "space", "dataset", "lv2-list", "lv2-params", NULL};

typedef struct synth_options {
    const char *out, *space, *lv2;
    double rate, duration, gate;
    int quality; /* below 0: the file's */
    int64_t count, index, levels;
    lts_audio_bits bits;
    bool normalize, wav;
    bool rate_given, duration_given, gate_given, count_given, index_given, bits_given, levels_given;
} synth_options;

/* Refuses options that do not go with the command, or with each other. */
void synth_check_usage(const cli_session *cli, const synth_options *o, synth_kind kind);

#endif
