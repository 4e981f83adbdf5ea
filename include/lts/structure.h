/* How a latent space is laid out by what its points are called: measures of labelled points. */
#ifndef LTS_STRUCTURE_H
#define LTS_STRUCTURE_H

#include "lts/base.h"

LTS_BEGIN_DECLS

/* What each of n points is: a descriptor of its timbre, the descriptor's magnitude, and a pitch.
 * Points without a descriptor are shared, as notes without an effect are: they are of no group, and
 * count for the trajectory of every descriptor at their pitch. */
#define LTS_NO_DESCRIPTOR SIZE_MAX
typedef struct lts_structure_labels {
    const size_t *descriptor; /* (n), each below `descriptors`, or LTS_NO_DESCRIPTOR */
    const double *magnitude;  /* (n), finite */
    const size_t *pitch;      /* (n), each below `pitches` */
    size_t descriptors, pitches;
} lts_structure_labels;

/* The five measures that Cameron & Blackwell 2026 (arXiv 2603.16713) compare timbre spaces by, and
 * straightness. Their abstract names them; the definitions here are ours. Distances are Euclidean,
 * z a point, c a mean of points, d a descriptor, p a pitch. NaN stands for what the points do not
 * tell.
 *
 * silhouette: the mean over points of (b - a) / max(a, b), a the mean distance to the descriptor's
 *   other points, b that to the points of the nearest other descriptor (Rousseeuw 1987); 0 for a
 *   descriptor's only point. -1 .. 1, apart above 0. Needs two descriptors.
 * compactness: the mean |z - c_d| of a descriptor's points, over the mean |z - c| of all points
 * that have a descriptor. 0 is a point, 1 as wide as the whole. Of all: the mean over descriptors.
 * separation: at one pitch, the mean distance of c_dp from the other descriptors' c_d'p, over the
 *   mean |z - c_dp| of that pitch's points; the mean over the pitches that have two descriptors and
 *   are not all single points. The larger, the better one pitch's descriptors are told apart. Of
 *   all: the mean over pitches of the mean over descriptors.
 * linearity: of the least-squares line z = u + v m through a descriptor's points at one pitch, each
 *   magnitude m counting once with its mean point, the share of the variance it explains; the mean
 *   over pitches with three magnitudes or more. 0 .. 1: 1 when equal steps of the magnitude are
 *   equal steps of the point. Of all: the mean over descriptors and pitches.
 * straightness: of the same means, the distance from the first magnitude to the last over the
 *   length of the path through all: 1 on a line, whatever the steps.
 * consistency: the mean cosine, over pairs of pitches, between the displacements c_dp - c_p of a
 *   descriptor, c_p the mean of that pitch's points. -1 .. 1: 1 when a descriptor leads the same
 *   way at every pitch. Needs two pitches that have two descriptors. Of all: the mean over
 *   descriptors. */
typedef struct lts_structure {
    double silhouette, compactness, separation, linearity, straightness, consistency;
} lts_structure;

/* points (n,Z) -> the measures of all, and unless `each` is NULL those of every descriptor,
 * (descriptors). Time grows with n^2 Z for the silhouette, memory with n + descriptors * Z. Equal
 * on any number of threads. LTS_ERR_ARGUMENT for no points, threads or a label that is out of
 * range, LTS_ERR_NONFINITE for a point or magnitude, LTS_ERR_MEMORY, LTS_ERR_CANCELLED when the
 * reporter says so. Thread-safe. */
lts_status lts_structure_measure(const float *points, size_t n, size_t latent,
                                 const lts_structure_labels *labels, unsigned threads,
                                 lts_structure *all, lts_structure *each,
                                 const lts_reporter *reporter, lts_error *err);

LTS_END_DECLS

#endif
