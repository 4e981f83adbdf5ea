#include "latent/distance/distance_parts.h"
#include "lts/latent.h"

#include <cblas.h>
#include <math.h>
#include <stdlib.h>

enum { POINTS_PER_LANDMARK = 8, BLOCK_ROWS = 512, MARKED = 4096 };

static const double shrinkage = 0.1;       /* of the largest variance */
static const double least_near = 1.0 / 16; /* of far */
static const double far_percentile = 0.95;

typedef struct build_work {
    float *explained;   /* (Z) */
    float *offsets;     /* (BLOCK_ROWS,Z) */
    float *coordinates; /* (n,Z) */
    double *raw;        /* (MARKED) r of points, in rising order */
} build_work;

static lts_status alloc_work(build_work *w, size_t n, size_t latent, lts_error *err)
{
    const char *what = "a map of distances";
    lts_status status = lts_alloc_checked(&w->explained, latent, sizeof(float), what, err);
    if (status != LTS_OK)
        return status;
    status = lts_alloc_checked(&w->offsets, BLOCK_ROWS, latent * sizeof(float), what, err);
    if (status != LTS_OK)
        return status;
    status = lts_alloc_checked(&w->coordinates, n, latent * sizeof(float), what, err);
    if (status != LTS_OK)
        return status;
    return lts_alloc_checked(&w->raw, MARKED, sizeof(double), what, err);
}

static void free_work(build_work *w)
{
    lts_free(w->explained);
    lts_free(w->offsets);
    lts_free(w->coordinates);
    lts_free(w->raw);
}

static double find_variance(const float *points, size_t n, size_t latent, const float *mean)
{
    double sum = 0;
    for (size_t i = 0; i < n; i++)
        for (size_t z = 0; z < latent; z++) {
            double offset = (double)points[i * latent + z] - mean[z];
            sum += offset * offset;
        }
    return sum / (double)n;
}

/* Mean and shrunk axes of the sample; both arrays of `out` are filled. */
static lts_status find_axes(const float *points, size_t n, float *explained, lts_distance *out,
                            lts_error *err)
{
    const size_t latent = out->latent;
    lts_status status = lts_pca(points, n, latent, latent, out->mean, out->axes, explained, err);
    if (status != LTS_OK)
        return status;
    const double variance = find_variance(points, n, latent, out->mean);
    for (size_t d = 0; d < latent; d++) {
        double shrunk = variance * (explained[d] + shrinkage * explained[0]);
        double scale = shrunk > 0 ? 1 / sqrt(shrunk) : 1;
        for (size_t z = 0; z < latent; z++)
            out->axes[d * latent + z] = (float)(out->axes[d * latent + z] * scale);
    }
    return LTS_OK;
}

/* y = axes (z - mean) of points (n,Z) */
static void find_coordinates(const float *points, size_t n, const lts_distance *map, build_work *w)
{
    const size_t latent = map->latent;
    const blasint z = (blasint)latent;
    for (size_t first = 0; first < n; first += BLOCK_ROWS) {
        const float *block = points + first * latent;
        size_t rows = n - first < BLOCK_ROWS ? n - first : BLOCK_ROWS;
        for (size_t i = 0; i < rows * latent; i++)
            w->offsets[i] = block[i] - map->mean[i % latent];
        cblas_sgemm(CblasRowMajor, CblasNoTrans, CblasTrans, (blasint)rows, z, z, 1, w->offsets, z,
                    map->axes, z, 0, w->coordinates + first * latent, z);
    }
}

static int compare_numbers(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

/* The r that a share of the sample's points do not exceed, by MARKED or fewer of them. */
static double find_percentile(const distance_sample *sample, const lts_distance *map, double share,
                              double raw[MARKED])
{
    const size_t n = distance_sample_size(sample), stride = (n + MARKED - 1) / MARKED;
    size_t count = 0;
    for (size_t i = 0; i < n; i += stride)
        raw[count++] = distance_raw(map, sample->points + i * map->latent);
    qsort(raw, count, sizeof *raw, compare_numbers);
    return raw[(size_t)(share * (double)(count - 1) + 0.5)];
}

/* Where held-out points are no farther off than training points, training's own percentile is far;
 * where r is 0 for all of them, as it is for points that do not vary, far is the unit of r. */
static void calibrate(const lts_distance_builder *b, lts_distance *map, double raw[MARKED])
{
    const double near = find_percentile(&b->training, map, 0.5, raw);
    double far = 0;
    map->near = 0, map->far = 1;
    if (b->held_out.met > 0)
        far = find_percentile(&b->held_out, map, far_percentile, raw);
    if (far <= near)
        far = find_percentile(&b->training, map, far_percentile, raw);
    if (far > near)
        map->far = (float)far;
    else if (near > 0)
        map->far = (float)(2 * near);
    map->near = (float)fmax(near, least_near * map->far);
}

lts_status lts_distance_build(const lts_distance_builder *builder, lts_distance *out,
                              lts_error *err)
{
    const distance_sample *training = &builder->training;
    const size_t n = distance_sample_size(training), latent = builder->latent;
    size_t landmarks = n / POINTS_PER_LANDMARK;
    build_work w = {0};
    lts_rng rng;
    lts_status status;
    *out = (lts_distance){0};
    if (n < 1)
        return lts_fail(err, LTS_ERR_ARGUMENT,
                        "distance: no training points: at least one is needed");
    if (landmarks > builder->config.landmarks)
        landmarks = builder->config.landmarks;
    if (landmarks < 1)
        landmarks = 1;
    if ((status = lts_distance_alloc(latent, landmarks, out, err)) != LTS_OK)
        return status;
    if ((status = alloc_work(&w, n, latent, err)) != LTS_OK)
        goto done;
    if ((status = find_axes(training->points, n, w.explained, out, err)) != LTS_OK)
        goto done;
    find_coordinates(training->points, n, out, &w);
    lts_rng_seed(&rng, builder->config.seed, 2);
    status = distance_find_landmarks(w.coordinates, n, latent, landmarks, builder->config.threads,
                                     &rng, out->landmark, err);
    if (status != LTS_OK)
        goto done;
    out->near = 0.5f, out->far = 1; /* until r is known */
    if ((status = lts_distance_prepare(out, "distance", err)) != LTS_OK)
        goto done;
    calibrate(builder, out, w.raw);
    if (!isfinite(out->far))
        status = lts_fail(err, LTS_ERR_NONFINITE,
                          "distance: the points held out are too far from the training points to "
                          "be measured");
done:
    free_work(&w);
    if (status != LTS_OK)
        lts_distance_free(out);
    return status;
}
