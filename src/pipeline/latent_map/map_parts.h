/* The parts of lts_latent_map_draw: labels from a table, their categories, pictures, tables. */
#ifndef PIPELINE_LATENT_MAP_MAP_PARTS_H
#define PIPELINE_LATENT_MAP_MAP_PARTS_H

#include "formats/csv.h"
#include "lts/frames.h"
#include "lts/latent_map.h"
#include "lts/structure.h"

enum { MAP_LABELS = LTS_MAP_ALL, MAP_PROJECTIONS = 2 };

/* The columns of a table, texts within `table`, or of a run, texts within `bytes`. */
typedef struct point_labels {
    csv_table table;
    char *bytes;
    const char **text[MAP_LABELS]; /* (n) each, in lts_map_by's order */
    double *magnitude;             /* (n) */
    size_t n;
} point_labels;

/* LTS_ERR_FORMAT names the line. Free with point_labels_free. */
lts_status point_labels_load(const char *path, point_labels *labels, lts_error *err);
void point_labels_free(point_labels *labels); /* a zeroed one is allowed */
/* Keeps the `count` rows named by index, rising. */
void point_labels_keep(point_labels *labels, const size_t *index, size_t count);

/* The different texts of a column. */
typedef struct categories {
    const char **name; /* (count): in order of pitches, of numbers in them, or of letters */
    size_t count;
    size_t *of; /* (n): of each point; SIZE_MAX for an empty text */
} categories;

lts_status categories_find(const char *const *text, size_t n, categories *out, lts_error *err);
void categories_free(categories *c); /* a zeroed one is allowed */

typedef struct map_job {
    const lts_latent_map *map;
    float *points; /* (n,Z) */
    size_t n, latent;
    size_t *row;        /* (n): of the file */
    lts_frames *frames; /* of a run, whose notes' texts the labels borrow; or NULL */
    point_labels labels;
    categories axis[MAP_LABELS];
    float *place[MAP_PROJECTIONS]; /* (n,2): principal components and t-SNE, or NULL */
    float explained[2];
    lts_structure all, *each; /* (descriptors) */
} map_job;

/* Sets row and n: all of `total` points or, of more than are to be drawn, so many by lot, in their
 * order. */
lts_status map_choose(map_job *job, size_t total, lts_error *err);
/* Sets points and labels by map->run. */
lts_status map_load_run(map_job *job, const lts_reporter *reporter, lts_error *err);

lts_status map_draw(const map_job *job, const char *path, lts_error *err);
lts_status map_write(const map_job *job, const char *path, lts_error *err);

#endif
