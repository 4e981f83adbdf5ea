/* The two halves of t-SNE: the affinities of the points, and the gradient of the picture. */
#ifndef LATENT_TSNE_TSNE_H
#define LATENT_TSNE_TSNE_H

#include "lts/latent.h"

/* Joint probabilities P (n,n) of points (n,Z), symmetric, zero on the diagonal, summing to 1: each
 * point's Gaussian is as wide as gives the perplexity (van der Maaten & Hinton 2008, section 2 and
 * eq. 1; symmetric as in section 3.1). The points must be finite. */
void lts_tsne_affinities(const float *points, size_t n, size_t latent, double perplexity,
                         unsigned threads, float *p);

/* One row of it before symmetry: row (n) squared distances -> conditional probabilities of the
 * entropy, nats; index `self`, which may be n for none, is left out. */
void lts_tsne_conditional(float *row, size_t n, size_t self, double entropy);

/* A picture and the gradient at each of its points; every array (n). */
typedef struct tsne_picture {
    size_t n;
    float *x, *y;
    float *gx, *gy;           /* the gradient; while it is computed, the attraction alone */
    float *rx, *ry, *row_sum; /* the repulsion before it is divided by the sum of all w */
} tsne_picture;

/* The gradient of the Kullback-Leibler divergence to the picture's Student-t similarities (eq. 5):
 *   dC/dy_i = 4 sum_j (e p_ij - q_ij) w_ij (y_i - y_j),  w_ij = 1 / (1 + |y_i - y_j|^2),
 *   q_ij = w_ij / sum_kl w_kl,
 * with P (n,n) exaggerated by e. */
void lts_tsne_gradient(const float *p, float exaggeration, unsigned threads, tsne_picture *picture);

/* --- Of many points, approximately ----------------------------------------------------------- */

/* The `count` nearest other points of each of n points (n,Z), nearest first, and of equally near
 * ones those that come first: index (n,count), squared distance (n,count). Each is compared with
 * all: approximate searches by trees gain little in a hundred dimensions. count < n <= 2^32. */
void lts_tsne_neighbours(const float *points, size_t n, size_t latent, size_t count,
                         unsigned threads, uint32_t *index, float *distance);

/* Joint probabilities where they are not zero: of point i those with to[start[i]] ..
 * to[end[i] - 1], rising. */
typedef struct tsne_graph {
    size_t n;
    size_t *start, *end; /* (n) */
    uint32_t *to;
    float *p;
} tsne_graph;

/* lts_tsne_affinities with each point's Gaussian cut off behind its 3 perplexity + 1 nearest
 * points (van der Maaten 2014, section 4.1). Free with lts_tsne_graph_free. */
lts_status lts_tsne_graph_create(const float *points, size_t n, size_t latent, double perplexity,
                                 unsigned threads, tsne_graph *graph, lts_error *err);
void lts_tsne_graph_free(tsne_graph *graph); /* a zeroed one is allowed */

/* The repulsion by Barnes & Hut's scheme (1986; van der Maaten 2014, section 4.2): a far cluster of
 * points acts as one at its centre. The points are sorted along Morton's curve and grouped by
 * TREE_LEAF; a group walks a binary tree of the groups together, and takes a node whole when its
 * largest side is below theta = 0.5 of the distance from its centre to the group's box. */
typedef struct tsne_tree tsne_tree;
lts_status lts_tsne_tree_create(size_t n, unsigned threads, tsne_tree **out, lts_error *err);
void lts_tsne_tree_destroy(tsne_tree *tree); /* NULL is allowed */
/* Sets rx, ry and row_sum of the picture. No allocation; the same on any number of threads. */
void lts_tsne_repulsion(tsne_tree *tree, tsne_picture *picture);

/* lts_tsne_gradient with both. */
void lts_tsne_sparse_gradient(const tsne_graph *graph, tsne_tree *tree, float exaggeration,
                              unsigned threads, tsne_picture *picture);

#endif
