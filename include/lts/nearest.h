/* The nearest of many points to a few. */
#ifndef LTS_NEAREST_H
#define LTS_NEAREST_H

#include "lts/base.h"

LTS_BEGIN_DECLS

/* Points first .. first+count-1 into rows (count,Z), finite ones. Called by several threads at
 * once. */
typedef lts_status lts_points_read(void *user, size_t first, size_t count, float *rows,
                                   lts_error *err);

/* Points in successive groups, such as the frames of sounds. */
enum { LTS_NEAREST_GROUP = 1024, LTS_NEAREST_QUERIES = 4096 };
typedef struct lts_points {
    lts_points_read *read;
    void *user;
    size_t latent;       /* Z, 1 .. 65536 */
    const size_t *start; /* (groups + 1), rising: group g has points start[g] .. start[g+1]-1 */
    size_t groups;       /* each of 1 .. LTS_NEAREST_GROUP points */
} lts_points;

/* The point of every group that is nearest to each of `count` queries q (count,Z), finite ones:
 *
 *     square(g,i) = min over points p of group g of |p - q_i|^2 = |p|^2 - 2 p.q_i + |q_i|^2,
 *
 * whose middle term is a product of matrices: a square is off by the rounding of |p|^2 + |q|^2, so
 * that lts_points_distance tells of few what is to be exact. point(g,i) counts from the group's
 * first one; of equally near ones it is the first. square, point (groups,count). Each point is read
 * once. Equal on any number of threads. LTS_ERR_ARGUMENT for a number out of range, LTS_ERR_MEMORY,
 * LTS_ERR_CANCELLED when the reporter says so, and as `read` fails. Thread-safe. */
lts_status lts_nearest_points(const lts_points *points, const float *queries, size_t count,
                              unsigned threads, float *square, uint32_t *point,
                              const lts_reporter *reporter, lts_error *err);

/* |p - q| of two points (Z), summed in double precision. No allocation. */
double lts_points_distance(const float *p, const float *q, size_t latent);

LTS_END_DECLS

#endif
