/* What lts-plot was asked for. */
#ifndef LTS_PLOT_OPTIONS_H
#define LTS_PLOT_OPTIONS_H

#include "align_option.h"
#include "cli.h"
#include "lts/plot.h"

typedef enum plot_kind { LOSS, SPECTROGRAM, LATENT, MORPH, EVALUATION, KINDS } plot_kind;

static const char *const kind_name[KINDS + 1] = {"loss", "spectrogram", "latent", "morph",
                                                 "evaluation"};

/* The groupings in their order, then time. */
static const char *const colours[] = {"auto", "folder", "prefix", "file", "time", NULL};
enum { BY_TIME = LTS_GROUP_FILE + 1 };

typedef struct plot_options {
    const char *out, *config, *run, *dataset, *a, *b, *curve, *labels;
    cli_list sets, alpha;
    double range, duration, offset;
    align_option align;
    int method, limits, by;
    int colour; /* of colours */
    int64_t points;
    bool range_given, offset_given, duration_given, method_given, points_given, colour_given;
    bool limits_given, by_given;
} plot_options;

/* Whether latent draws labelled points, of an array or a run, instead of a run's frames. */
bool plot_is_map(const plot_options *o);

/* Refuses options that do not go with the kind of picture, or with each other. */
void plot_check_usage(const cli_session *cli, const plot_options *o, plot_kind kind);

#endif
