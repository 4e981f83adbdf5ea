/* Distance: how far a latent point is from the points that a model was trained on. */
#ifndef LTS_DISTANCE_H
#define LTS_DISTANCE_H

#include "lts/base.h"

LTS_BEGIN_DECLS

/* --- The map ---------------------------------------------------------------------------------- */

/* With mean m and covariance C = sum_i v_i u_i u_i' of training points, v_0 the largest variance,
 * a latent point z has the coordinates y_i = u_i'(z - m) / sqrt(v_i + v_0 / 10): whitened principal
 * components (Pearson 1901), shrunk as by Ledoit & Wolf (2004), but towards v_0, which keeps
 * components that training left almost constant from deciding alone. The landmarks l_k are centres
 * of k-means (Lloyd 1982) among training points, and
 *
 *     r(z) = min over k, and t in 0..1, of |y - t l_k|,
 *
 * the distance to the nearest of the segments from the mean to the landmarks. The distance is r
 * counted between two marks:
 *
 *     d(z) = max(0, (r(z) - near) / (far - near)),
 *
 * near the median r of training points, or a sixteenth of far where that is more, and far the 95th
 * percentile of r of points held out, both found from up to 4096 of them. So about half of the
 * points of training are at 0 and a twentieth of those held out beyond 1. d grows without bound
 * along every ray from the mean and never falls on the way: what lies between a typical point and
 * the mean counts as known. Frames of a sound are alike, so hold out whole sounds. A whole struct
 * is constant, and any number of threads may read it. */
typedef struct lts_distance {
    size_t latent;     /* Z >= 1 */
    size_t landmarks;  /* L >= 1 */
    float near, far;   /* 0 < near < far */
    float *mean;       /* (Z) */
    float *axes;       /* (Z,Z) rows u_i / sqrt(v_i + v_0 / 10): y = axes (z - mean) */
    float *landmark;   /* (L,Z) in coordinates y */
    float *projection; /* (L,Z) landmark axes, by lts_distance_prepare */
    float *length2;    /* (L) |landmark|^2, by lts_distance_prepare */
} lts_distance;

/* Zeroed arrays of these sizes, to be filled in and prepared; `out` is empty after a failure.
 * LTS_ERR_ARGUMENT for a size of 0, LTS_ERR_MEMORY. Free with lts_distance_free. */
lts_status lts_distance_alloc(size_t latent, size_t landmarks, lts_distance *out, lts_error *err);
/* Computes projection and length2 from the other members. `name` stands in messages.
 * LTS_ERR_NONFINITE for a number that is not finite, here or in the result, LTS_ERR_FORMAT unless
 * 0 < near < far. */
lts_status lts_distance_prepare(lts_distance *distance, const char *name, lts_error *err);
void lts_distance_free(lts_distance *distance); /* twice is allowed */

/* d of one point z (Z), >= 0; infinity for a point that is not finite or so far off that its
 * coordinates overflow. (L + Z) Z multiplications, no allocation; any thread, the audio callback
 * too. */
float lts_distance_point(const lts_distance *distance, const float *z);

/* Pulls z (Z) straight towards the mean until d(z) <= `limit`, no further than it must, and returns
 * the share of z - mean that is left, 0..1; a point within the limit stays bit for bit, with 1. The
 * points within a limit form a body that every ray from the mean leaves once, as it is a union of
 * capsules around the segments, so that the share follows in closed form from one pass over the
 * landmarks and the result changes continuously with z and with limit: a path without jumps stays
 * one. No way of pulling points to the nearest landmark does that, as it jumps half-way between two
 * of them. Where both ends of a path are to stay as they are, give a limit that is at least their
 * distances at those ends, such as max(limit, (1 - alpha) d(a) + alpha d(b)).
 *
 * limit >= 0, infinity for none; less, or NaN, counts as 0. A point that is not finite or
 * whose coordinates overflow becomes the mean, with 0. No allocation, the cost of one
 * lts_distance_point; any thread, the audio callback too. */
float lts_distance_limit(const lts_distance *distance, double limit, float *z);

/* --- Of a path ---------------------------------------------------------------------------------
 */

/* The distances of the points of a path, gathered. Zeroed is empty. */
typedef struct lts_distance_stats {
    size_t count, beyond; /* points, and those of them farther than 1 */
    double sum, most;
    float *each; /* room for every point's distance in their order, or NULL */
} lts_distance_stats;

void lts_distance_count(lts_distance_stats *stats, double distance); /* one point's more */

/* "distance from what was trained: 0.38 on average, 1.70 at most (4 % beyond 1)"; of an empty one
 * the empty text. */
enum { LTS_DISTANCE_TEXT = 120 };
void lts_distance_text(const lts_distance_stats *stats, char text[LTS_DISTANCE_TEXT]);

/* --- Making it -------------------------------------------------------------------------------- */

typedef struct lts_distance_config {
    size_t landmarks; /* 1 .. 65536; at most an eighth of the training points are made */
    uint64_t seed;
    unsigned threads; /* that look for landmarks; 0 counts as 1. The map does not depend on it */
} lts_distance_config;

lts_distance_config lts_distance_defaults(void); /* 512, 1, 1 */

/* Gathers latent points, as many as come, in the memory of 20480 of them: a uniform sample of
 * 16384 training points and 4096 held out (algorithm R of Vitter 1985). What it makes depends on
 * the points, their order and the seed, never on how many come in a call. One thread at a time. */
typedef struct lts_distance_builder lts_distance_builder;

/* latent Z >= 1. config NULL: the defaults. LTS_ERR_ARGUMENT, LTS_ERR_MEMORY. */
lts_status lts_distance_builder_create(size_t latent, const lts_distance_config *config,
                                       lts_distance_builder **out, lts_error *err);
void lts_distance_builder_destroy(lts_distance_builder *builder); /* NULL is allowed */

/* `count` latent means (count,Z) of training frames, and of frames held out from training.
 * LTS_ERR_NONFINITE names the first point, counted from 0 over all calls of its kind, and the
 * coordinate that is not finite or beyond 1e15 in absolute value; of that call none is taken. */
lts_status lts_distance_add(lts_distance_builder *builder, const float *means, size_t count,
                            lts_error *err);
lts_status lts_distance_add_held_out(lts_distance_builder *builder, const float *means,
                                     size_t count, lts_error *err);

/* The map of the points so far; the builder stays, and may take more. Without points held out, or
 * with none farther off than training points, far is the 95th percentile of the training points
 * themselves, which is nearer. Points that do not
 * vary have d = 0 to 1/16 around them and beyond that grow linearly, 1 at a distance of 1, the
 * prior's standard deviation. Free with lts_distance_free; `out` is empty after a failure.
 * LTS_ERR_ARGUMENT without training points, LTS_ERR_MEMORY. */
lts_status lts_distance_build(const lts_distance_builder *builder, lts_distance *out,
                              lts_error *err);

LTS_END_DECLS

#endif
