/* What lts-interp was asked for. */
#ifndef LTS_INTERP_OPTIONS_H
#define LTS_INTERP_OPTIONS_H

#include "add_option.h"
#include "align_option.h"
#include "lts/interp.h"
#include "sound_options.h"

static const char *const interp_methods[] = {[LTS_INTERP_MODEL] = "model",
                                             [LTS_INTERP_SHIFT] = "shift",
                                             [LTS_INTERP_TRANSPORT] = "transport",
                                             NULL};

typedef struct interp_options {
    const char *run, *a, *b, *curve, *out, *magnitudes, *dataset;
    cli_list mix;
    double duration, limit;
    int64_t steps; /* 0 until given: of notes */
    struct interp_alpha {
        bool given, range;
        double from, to, step;
    } alpha;
    bool batch, sample;
    struct interp_level {
        bool given;
        lts_level_law law;
    } level;
    align_option align;
    add_option add;
    int method; /* lts_interp_method */
    sound_options sound;
} interp_options;

/* Refuses options that do not go together. */
void interp_check_usage(const cli_session *cli, const interp_options *o);

#endif
