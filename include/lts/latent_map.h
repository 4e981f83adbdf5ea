/* Maps of labelled latent points: where descriptors, magnitudes and pitches lie. */
#ifndef LTS_LATENT_MAP_H
#define LTS_LATENT_MAP_H

#include "lts/base.h"

LTS_BEGIN_DECLS

typedef enum lts_map_by {
    LTS_MAP_DESCRIPTOR,
    LTS_MAP_MAGNITUDE,
    LTS_MAP_PITCH,
    LTS_MAP_ALL /* each of them */
} lts_map_by;

typedef struct lts_latent_map {
    const char *points; /* .npy (n,Z); with `run` a data set's folder of arrays */
    /* A run of labelled notes, whose points are the means of those of the data set, encoded with
     * the conditions that it was trained with; NULL for an array of points. Notes of magnitude 0
     * are shared by all descriptors; others that lack a label are left out, with a warning. */
    const char *run;
    /* A table in CSV (RFC 4180), a row for each point in their order, with the columns descriptor,
     * magnitude and pitch, and any others. A point without a descriptor is shared by all (see
     * lts_structure_labels). */
    const char *labels; /* not read with `run` */
    lts_map_by by;      /* what the points' colours tell */
    bool pca, tsne;     /* which projections: one at least */
    size_t most;        /* points drawn and measured, >= 3: of more, so many are drawn by lot */
    bool whole;         /* the limits hold every point, however far from the others */
    uint64_t seed;      /* of that choice */
    unsigned threads;   /* >= 1 */
} lts_latent_map;

/* LTS_ERR_ARGUMENT unless `path` ends in .png, .svg, .pdf or .csv. */
lts_status lts_latent_map_check_path(const char *path, lts_error *err);

/* Draws principal components and t-SNE (lts_pca, lts_tsne) side by side, a row of pictures for each
 * label, with legends; or, as .csv, writes the points' row, labels and places. The t-SNE's
 * perplexity is 30, or less for few points.
 *
 * Reports lts_structure_measure's values as "structure" records, whose "descriptor" is "all" first
 * and then each one's name; what is undefined is left out. Last a "picture" record. LTS_ERR_FORMAT
 * names a table's line, LTS_ERR_SHAPE tables of another length and spaces of one dimension,
 * LTS_ERR_NONFINITE a point,
 * LTS_ERR_ARGUMENT a run whose examples are no notes; the rest as in lts/plot.h. */
lts_status lts_latent_map_draw(const lts_latent_map *map, const char *path,
                               const lts_reporter *reporter, lts_error *err);

LTS_END_DECLS

#endif
