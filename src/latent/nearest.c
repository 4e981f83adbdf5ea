#include "lts/nearest.h"

#include <cblas.h>
#include <math.h>
#include <stdatomic.h>

/* Points that are taken at once: they and their products with the queries fit in the cache. */
enum { BLOCK = LTS_NEAREST_GROUP };

typedef struct worker_room {
    float *rows, *norm, *product; /* (BLOCK,Z), (BLOCK), (BLOCK,count) */
    lts_error err;
} worker_room;

typedef struct search {
    const lts_points *points;
    const float *queries;
    const float *query_norm; /* (count) */
    size_t count;
    const size_t *first; /* (items + 1): the groups of an item */
    worker_room *room;
    float *square;
    uint32_t *point;
    const lts_reporter *reporter;
    atomic_bool stop;
} search;

/* norm (count): |p|^2 of points (count,Z). */
LTS_CLONES static void square_norms(const float *restrict points, size_t count, size_t latent,
                                    float *restrict norm)
{
    for (size_t i = 0; i < count; i++) {
        const float *restrict point = points + i * latent;
        float sum = 0;
#pragma omp simd reduction(+ : sum)
        for (size_t z = 0; z < latent; z++)
            sum += point[z] * point[z];
        norm[i] = sum;
    }
}

/* Of `rows` points with their norms and products (rows,count), the least |p|^2 - 2 p.q. */
LTS_CLONES static void find_least(const float *restrict norm, const float *restrict product,
                                  size_t rows, size_t count, float *restrict least,
                                  uint32_t *restrict at)
{
    for (size_t i = 0; i < count; i++) {
        least[i] = INFINITY;
        at[i] = 0;
    }
    for (size_t r = 0; r < rows; r++) {
        const float *restrict row = product + r * count;
#pragma omp simd
        for (size_t i = 0; i < count; i++) {
            const float value = norm[r] - 2 * row[i];
            at[i] = value < least[i] ? (uint32_t)r : at[i];
            least[i] = value < least[i] ? value : least[i];
        }
    }
}

static lts_status interrupted(lts_error *err)
{
    return lts_fail(err, LTS_ERR_CANCELLED, "interrupted while searching");
}

static void search_item(void *context, size_t item, unsigned worker)
{
    search *s = context;
    const lts_points *points = s->points;
    const size_t *start = points->start, latent = points->latent, count = s->count;
    const size_t first = s->first[item], end = s->first[item + 1];
    const size_t from = start[first], rows = start[end] - from;
    worker_room *room = &s->room[worker];
    if (atomic_load(&s->stop))
        return;
    if (worker == 0 && lts_cancelled(s->reporter))
        interrupted(&room->err);
    else
        points->read(points->user, from, rows, room->rows, &room->err);
    if (room->err.status != LTS_OK) {
        atomic_store(&s->stop, true);
        return;
    }
    square_norms(room->rows, rows, latent, room->norm);
    cblas_sgemm(CblasRowMajor, CblasNoTrans, CblasTrans, (blasint)rows, (blasint)count,
                (blasint)latent, 1, room->rows, (blasint)latent, s->queries, (blasint)latent, 0,
                room->product, (blasint)count);
    for (size_t g = first; g < end; g++) {
        const size_t at = start[g] - from;
        float *square = s->square + g * count;
        find_least(room->norm + at, room->product + at * count, start[g + 1] - start[g], count,
                   square, s->point + g * count);
        for (size_t i = 0; i < count; i++)
            square[i] = fmaxf(square[i] + s->query_norm[i], 0);
    }
}

/* As many groups in an item as fit in a block; how many items. */
static size_t divide(const lts_points *points, size_t *first)
{
    size_t items = 0;
    for (size_t g = 0; g < points->groups; g++)
        if (g == 0 || points->start[g + 1] - points->start[first[items - 1]] > BLOCK)
            first[items++] = g;
    first[items] = points->groups;
    return items;
}

static lts_status check(const lts_points *points, size_t count, unsigned threads, lts_error *err)
{
    bool good = points->latent >= 1 && points->latent <= 65536 && count >= 1 &&
                count <= LTS_NEAREST_QUERIES && threads >= 1;
    for (size_t g = 0; good && g < points->groups; g++)
        good = points->start[g] < points->start[g + 1] &&
               points->start[g + 1] - points->start[g] <= LTS_NEAREST_GROUP;
    if (good)
        return LTS_OK;
    return lts_fail(err, LTS_ERR_ARGUMENT,
                    "%zu queries of %zu dimensions by %u threads: 1 to %d of 1 to 65536, by one or "
                    "more, in groups of 1 to %d points",
                    count, points->latent, threads, LTS_NEAREST_QUERIES, LTS_NEAREST_GROUP);
}

lts_status lts_nearest_points(const lts_points *points, const float *queries, size_t count,
                              unsigned threads, float *square, uint32_t *point,
                              const lts_reporter *reporter, lts_error *err)
{
    static const char what[] = "a search";
    search s = {.points = points,
                .queries = queries,
                .count = count,
                .square = square,
                .point = point,
                .reporter = reporter};
    size_t *first = NULL;
    float *query_norm = NULL;
    lts_status status = check(points, count, threads, err);
    if (status != LTS_OK)
        return status;
    if (lts_cancelled(reporter))
        return interrupted(err);
    status = lts_alloc_checked(&first, points->groups + 1, sizeof *first, what, err);
    if (status != LTS_OK)
        goto done;
    status = lts_alloc_checked(&query_norm, count, sizeof *query_norm, what, err);
    if (status != LTS_OK)
        goto done;
    status = lts_alloc_checked(&s.room, threads, sizeof *s.room, what, err);
    if (status != LTS_OK)
        goto done;
    for (unsigned w = 0; w < threads; w++) {
        worker_room *room = &s.room[w];
        status = lts_alloc_checked(&room->rows, BLOCK, points->latent * sizeof(float), what, err);
        if (status != LTS_OK)
            goto done;
        status = lts_alloc_checked(&room->norm, BLOCK, sizeof(float), what, err);
        if (status != LTS_OK)
            goto done;
        status = lts_alloc_checked(&room->product, BLOCK, count * sizeof(float), what, err);
        if (status != LTS_OK)
            goto done;
    }
    square_norms(queries, count, points->latent, query_norm);
    s.query_norm = query_norm;
    s.first = first;
    openblas_set_num_threads(1); /* this team shares the work */
    lts_parallel_for(divide(points, first), threads, search_item, &s);
    for (unsigned w = 0; w < threads; w++) {
        if (s.room[w].err.status != LTS_OK) {
            status = lts_fail(err, s.room[w].err.status, "%s", s.room[w].err.text);
            goto done;
        }
    }
done:
    for (unsigned w = 0; s.room && w < threads; w++) {
        lts_free(s.room[w].rows);
        lts_free(s.room[w].norm);
        lts_free(s.room[w].product);
    }
    lts_free(s.room);
    lts_free(query_norm);
    lts_free(first);
    return status;
}

double lts_points_distance(const float *p, const float *q, size_t latent)
{
    double sum = 0;
    for (size_t z = 0; z < latent; z++)
        sum += ((double)p[z] - q[z]) * ((double)p[z] - q[z]);
    return sqrt(sum);
}
