/* --align, of lts-interp and lts-plot. */
#ifndef LTS_ALIGN_OPTION_H
#define LTS_ALIGN_OPTION_H

#include "cli.h"
#include "lts/align.h"
#include "lts/config.h"

typedef struct align_option {
    bool given;
    lts_alignment how;
} align_option;

static const char *const alignments[] = {"none", "pitch", "time", "both", "auto", NULL};

static inline bool parse_align(const char *text, void *value)
{
    align_option *align = value;
    align->given = lts_parse_alignment(text, &align->how);
    return align->given;
}

#define ALIGN_OPTION(align, of)                                                                    \
    CLI_OPTION(CLI_PARSED, "align", 0, align, "HOW",                                               \
               of "move two sounds' partials, onsets or both together, so that they glide "        \
                  "instead of cross-fading: none, pitch, time, both, or auto, whichever gains",    \
               .parse = parse_align, .legal = "none, pitch, time, both or auto",                   \
               .choices = alignments,                                                              \
               .standard = "[render] align of the run's configuration, or else auto")

/* What was asked for: by the option, else by the run, else `otherwise`. */
static inline lts_alignment align_wanted(const align_option *align, const lts_config *config,
                                         lts_alignment otherwise)
{
    return align->given ? align->how : lts_config_alignment(config, otherwise);
}

#endif
