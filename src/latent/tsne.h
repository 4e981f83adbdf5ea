/* The two halves of t-SNE: the affinities of the points, and the gradient of the picture. */
#ifndef LATENT_TSNE_H
#define LATENT_TSNE_H

#include "lts/latent.h"

/* Joint probabilities P (n,n) of points (n,Z), symmetric, zero on the diagonal, summing to 1: each
 * point's Gaussian is as wide as gives the perplexity (van der Maaten & Hinton 2008, section 2 and
 * eq. 1; symmetric as in section 3.1). The points must be finite. */
void lts_tsne_affinities(const float *points, size_t n, size_t latent, double perplexity,
                         unsigned threads, float *p);

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

#endif
