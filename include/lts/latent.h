/* Latent: curves, mixtures of latent paths, and the pictures' projections. */
#ifndef LTS_LATENT_H
#define LTS_LATENT_H

#include "lts/base.h"

/* A curve is a list of breakpoints (time, value), times rising within 0..1 of the sound's length,
 * values any finite number; in between it runs linearly, outside it holds its ends. */
typedef struct lts_curve {
    double *time; /* count values, 0..1, not falling */
    float *value;
    size_t count; /* >= 1 */
} lts_curve;

lts_status lts_curve_constant(double value, lts_curve *out, lts_error *err);
/* Text (.txt, .csv: one value a line, or `time value` pairs separated by blanks, commas or
 * semicolons, # comments) already read into memory; `name` is for messages. Plain values are spread
 * evenly. Times given in seconds are scaled by `duration`. Errors name the line. */
lts_status lts_curve_parse(const char *text, size_t size, const char *name, double duration,
                           lts_curve *out, lts_error *err);
/* `count` plain values (one column), or (count,2) times and values. */
lts_status lts_curve_from_array(const float *data, size_t rows, size_t columns, const char *name,
                                double duration, lts_curve *out, lts_error *err);
void lts_curve_free(lts_curve *curve);

/* The curve at T evenly spread frames, the first at time 0, the last at 1: linear. */
void lts_curve_resample(const lts_curve *curve, size_t frames, float *values);

/* z(t) = sum_s w_s(t) z_s(t): `sounds` latent paths (T,Z) and weights (sounds,T). With two sounds
 * and weights a, 1-a this is the originals' interpolation, and beyond 0..1 their extrapolation; a
 * weight of exactly 1 among zeros copies its sound bit for bit. */
void lts_latent_mix(const float *const *paths, const float *weights, size_t sounds, size_t frames,
                    size_t latent, float *mixed);

/* z = mean + exp(log_variance / 2) * noise, noise N(0,1) from seed (Kingma & Welling 2014). */
void lts_latent_sample(const float *mean, const float *log_variance, size_t frames, size_t latent,
                       uint64_t seed, float *z);

/* Principal components (Pearson 1901) of n points (n,Z): the mean (Z), the first `dimensions` axes
 * (dimensions,Z), of unit length, each with its largest entry positive, and the share of the
 * variance each explains. By LAPACK's ssyevr on the covariance. */
lts_status lts_pca(const float *points, size_t n, size_t latent, size_t dimensions, float *mean,
                   float *axes, float *explained, lts_error *err);
void lts_pca_project(const float *points, size_t n, size_t latent, const float *mean,
                     const float *axes, size_t dimensions, float *projected);

/* t-SNE to two dimensions (van der Maaten & Hinton 2008), exact gradients: n up to a few thousand.
 * (n,Z) -> (n,2). Starts from the first two principal components, so equal input gives equal
 * pictures. */
typedef struct lts_tsne_config {
    double perplexity; /* 5 .. 50 and below n / 3 */
    int iterations;
    double learning_rate; /* 0: n / 12, at least 50 */
    unsigned threads;
} lts_tsne_config;
lts_tsne_config lts_tsne_defaults(void); /* 30, 1000, 0, 1 */
lts_status lts_tsne(const float *points, size_t n, size_t latent, const lts_tsne_config *config,
                    float *projected, const lts_reporter *reporter, lts_error *err);

#endif
