/* Pictures, drawn by gnuplot: loss curves, spectrograms, latent spaces and evaluations, as PNG, SVG
 * or PDF by the extension of the file to write. A picture has its name only when it is whole.
 * Colours can be told apart by colour-blind readers; any text may stand in titles and labels.
 *
 * Errors shared by all: LTS_ERR_ARGUMENT for another extension, LTS_ERR_NOT_FOUND when gnuplot is
 * not installed, LTS_ERR_IO when it fails or the file cannot be written. While a picture is drawn
 * the calling thread's locale is "C". */
#ifndef LTS_PLOT_H
#define LTS_PLOT_H

#include "lts/base.h"
#include "lts/features.h"
#include "lts/interp.h"
#include "lts/latent.h"

LTS_BEGIN_DECLS

/* LTS_ERR_ARGUMENT unless `path` ends in .png, .svg or .pdf: to know before a long job. */
lts_status lts_plot_check_path(const char *path, lts_error *err);

/* --- Loss ------------------------------------------------------------------------------------- */

/* Training (solid) and validation (dashed) loss over the epochs of `count` >= 1 runs, each the
 * folder that holds history.csv, or such a file. The best epoch, of validation where there is one,
 * is marked; the axis is logarithmic when the losses span more than a decade; a single run shows
 * its KL divergence below. Columns are found by name; loss must be there.
 *
 * A run that cannot be drawn is left out with a warning, and counted in `left_out` (may be NULL).
 * When all are, the first one's error is returned: LTS_ERR_NOT_FOUND for a run without a history,
 * LTS_ERR_FORMAT for one without a loss in it. */
lts_status lts_plot_loss(const char *const *runs, size_t count, const char *path, size_t *left_out,
                         const lts_reporter *reporter, lts_error *err);

/* --- Spectrogram ------------------------------------------------------------------------------ */

typedef struct lts_plot_panel {
    const char *title;        /* may be NULL */
    const float *magnitudes;  /* (T,K) linear; below 0 counts as 0 */
    size_t frames;            /* T >= 1 */
    double start;             /* seconds, of the first frame */
    double seconds_per_frame; /* 0: a hop */
    const float *distance;    /* (T) from what was trained, drawn in a strip below; or NULL */
} lts_plot_panel;

/* A sound file, resampled to the rate of `config` and analysed, or a .npy of magnitudes (T,K), from
 * source->offset on for `duration` seconds (below 0, or when it is shorter: to its end). Long
 * sounds are thinned on the way, each frame the largest of several, so that memory does not grow
 * with the length. LTS_ERR_SHAPE for an array of other bins, LTS_ERR_ARGUMENT for an offset past
 * the end. Freed with lts_plot_panel_free. */
lts_status lts_plot_panel_load(const lts_source *source, double duration,
                               const lts_feature *feature, lts_plot_panel *panel, lts_error *err);
/* The distance of each of a loaded panel's frames, encoded by the model; freed with the panel.
 * LTS_ERR_SHAPE when the frames are not the model's, LTS_ERR_MEMORY. */
lts_status lts_plot_panel_measure(lts_plot_panel *panel, const lts_feature *feature,
                                  const lts_model *model, const lts_distance *map, unsigned threads,
                                  lts_error *err);
void lts_plot_panel_free(lts_plot_panel *panel); /* only a loaded or a zeroed one */

/* `count` 1 .. LTS_PLOT_PANELS constant-Q magnitudes above each other on one time axis, which
 * counts from each panel's start when they agree, else from 0. Colour is the level in dB below the
 * loudest value of all panels, down to `range` dB (10 .. 200). Cells of a pixel's size show the
 * largest magnitude in them, so that a long sound keeps its peaks. LTS_ERR_ARGUMENT for a feature
 * that is no magnitudes over frequency; LTS_ERR_NONFINITE names panel, frame and bin. */
enum { LTS_PLOT_PANELS = 8 };
lts_status lts_plot_spectrogram(const lts_plot_panel *panels, size_t count,
                                const lts_feature *feature, double range, const char *path,
                                lts_error *err);

/* --- Morph ------------------------------------------------------------------------------------ */

/* What a morph is made of, and what it does: the spectrograms of two sounds and of the path between
 * them, and below, on the same time axis, the level of each (20 log10 of the RMS of a frame's
 * magnitudes), its spectral centroid (the mean frequency, weighted by magnitude; left out 60 dB
 * below the loudest) and, where the run has a map, how far its latents are from what was trained.
 * The path is what lts_interp_render would render with the same alignment and law; what the
 * alignment came to stands below. Long sounds are thinned as lts_plot_panel_load does it. */
typedef struct lts_plot_morph {
    const char *run;           /* as lts_run_model takes it */
    const lts_source *sources; /* two sounds */
    double duration;           /* seconds of both, as lts_interp_open takes it */
    double alpha;              /* of the path: 1 is all of the first sound */
    double range;              /* dB, as in lts_plot_spectrogram */
    lts_alignment align;       /* as lts_interp_align takes it */
    lts_level_law level;       /* of models with levels */
    unsigned threads;
} lts_plot_morph;

/* Reports a "picture" record, and as a note what the alignment came to. Errors as lts_run_model,
 * lts_interp_open and lts_plot_spectrogram. */
lts_status lts_plot_morph_draw(const lts_plot_morph *morph, const char *path,
                               const lts_reporter *reporter, lts_error *err);

/* --- Latent space ----------------------------------------------------------------------------- */

typedef struct lts_plot_path {
    const char *name;    /* in the legend */
    const float *points; /* (T,2) */
    size_t frames;       /* T >= 1 */
    bool between;        /* the path from one sound to another */
} lts_plot_path;

/* What makes files a group, which has one colour: the folder in which they first differ; the
 * beginning of the name, up to its first '_', '-', '.', blank, or digit after a letter; or each
 * file by itself. AUTO: folders when there are several, else each file when there are at most nine,
 * else prefixes. */
typedef enum lts_plot_grouping {
    LTS_GROUP_AUTO,
    LTS_GROUP_FOLDER,
    LTS_GROUP_PREFIX,
    LTS_GROUP_FILE
} lts_plot_grouping;

typedef struct lts_plot_files {
    const char *const *name;   /* (count) */
    const char *const *folder; /* (count), relative to the same one; NULL: not known */
    size_t count;
    lts_plot_grouping grouping;
} lts_plot_files;

/* Points of a space in two dimensions, with paths drawn over them. Points are coloured by the group
 * of the file they come from, the eighteen largest groups apart and the rest together, or, with
 * `position`, by time.
 */
typedef struct lts_plot_space {
    const char *title;
    const char *axis[2];   /* what the axes are; NULL: distances have no unit, no marks */
    const float *points;   /* (n,2) */
    const size_t *file;    /* (n), each below files.count */
    const float *position; /* (n), 0 at the start of each file to 1 at its end; may be NULL */
    size_t n;              /* >= 1 */
    lts_plot_files files;
    const lts_plot_path *paths; /* sounds first; the first two are marked A and B */
    size_t path_count;
    bool whole; /* the limits hold every point, however far from the others */
} lts_plot_space;

/* Both axes have the same scale: distances may be compared. Unless space->whole, a few points far
 * from all others do not squeeze them: the limits hold every path and, in each dimension, the 2.5th
 * to the 97.5th percentile of the points with half of that range to either side. Points beyond are
 * drawn as rings on the border and counted in the legend and in `beyond` (may be NULL).
 * LTS_ERR_NONFINITE for a point or path that is not finite, LTS_ERR_ARGUMENT for a grouping by
 * folders that are not known. */
lts_status lts_plot_space_draw(const lts_plot_space *space, const char *path, size_t *beyond,
                               lts_error *err);

typedef enum lts_projection { LTS_PROJECTION_PCA, LTS_PROJECTION_TSNE } lts_projection;

/* The latent space of a data set as a trained model sees it. */
typedef struct lts_plot_latent {
    const char *run;           /* as lts_run_model takes it */
    const char *frames;        /* folder of .npy files, as lts_frames_open takes it */
    const lts_source *sources; /* two sounds, or NULL for none */
    double duration;           /* seconds of both, as lts_interp_open takes it */
    const double *alpha;       /* a path between the sounds for each value; */
    size_t alphas;
    const char *curve; /* one along this file (lts_curve_load), or NULL; without either one from
                        * the first sound, alpha 1, to the second */
    lts_projection projection;
    size_t points; /* frames drawn, >= 3: as even a share of every file as its length allows */
    bool by_time;  /* colour by the place in each file instead of by group */
    lts_plot_grouping grouping;
    const char *sounds; /* folder of the data set's sounds, to group by its sub-folders, or NULL */
    bool whole;         /* as in lts_plot_space */
    uint64_t seed;      /* of the choice of frames */
    unsigned threads;
} lts_plot_latent;

lts_plot_latent lts_plot_latent_defaults(void); /* PCA, 2000 points, seed 0, 1 thread */

/* Chooses frames of the data set, encodes them to their latent means, projects them and the sounds'
 * paths, and draws. Principal components are those of the data set alone; t-SNE, which has no
 * formula for other points, embeds the paths together with it, thinned to a few hundred frames.
 * Reports a "picture" record, and notes how many points lie beyond the limits. Grouping by folder
 * needs `sounds`: LTS_ERR_NOT_FOUND when it is no folder. */
lts_status lts_plot_latent_draw(const lts_plot_latent *latent, const char *path,
                                const lts_reporter *reporter, lts_error *err);

/* --- Evaluation ------------------------------------------------------------------------------- */

/* The tables of lts_match_evaluate, `count` 1 .. LTS_PLOT_TABLES of them, told apart by their
 * columns: of scores, at least one, of the same parameters; and of resyntheses. Bars show the mean
 * percentile rank of each parameter, with the published one where a table has it; below, the share
 * of sounds whose right class is among the k most probable, and how the correlations of the
 * resyntheses are spread. LTS_ERR_ARGUMENT for more tables; LTS_ERR_FORMAT for another kind of
 * file, a cell that is no number or no table of scores; LTS_ERR_SHAPE for other parameters. */
enum { LTS_PLOT_TABLES = 6 };
lts_status lts_plot_evaluation(const char *const *files, size_t count, const char *path,
                               lts_error *err);

LTS_END_DECLS

#endif
