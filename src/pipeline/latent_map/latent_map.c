#include "lts/formats.h"
#include "lts/latent.h"
#include "lts/plot.h"
#include "pipeline/latent_map/map_parts.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

enum { PCA, TSNE };

static bool is_table(const char *path)
{
    const char *dot = strrchr(path, '.');
    return dot && strcasecmp(dot, ".csv") == 0;
}

lts_status lts_latent_map_check_path(const char *path, lts_error *err)
{
    lts_error ignored;
    if (is_table(path) || lts_plot_check_path(path, &ignored) == LTS_OK)
        return LTS_OK;
    return lts_fail(err, LTS_ERR_ARGUMENT,
                    "%s: a picture or a table? Name it .png, .svg, .pdf or .csv", path);
}

static int by_size(const void *a, const void *b)
{
    const size_t x = *(const size_t *)a, y = *(const size_t *)b;
    return (x > y) - (x < y);
}

lts_status map_choose(map_job *job, size_t total, lts_error *err)
{
    const size_t kept = total < job->map->most ? total : job->map->most;
    lts_permutation lot;
    lts_rng rng;
    lts_status status = lts_alloc_checked(&job->row, kept, sizeof *job->row, "points", err);
    if (status != LTS_OK)
        return status;
    lts_rng_seed(&rng, job->map->seed, 0);
    lts_permutation_init(&lot, total, &rng);
    for (size_t i = 0; i < kept; i++)
        job->row[i] = kept < total ? lts_permutation_at(&lot, i) : i;
    qsort(job->row, kept, sizeof *job->row, by_size);
    job->n = kept;
    return LTS_OK;
}

static lts_status load_files(map_job *job, lts_error *err)
{
    const lts_latent_map *map = job->map;
    size_t total;
    lts_status status = lts_npy_load(map->points, &job->points, &total, &job->latent, err);
    if (status != LTS_OK)
        return status;
    status = point_labels_load(map->labels, &job->labels, err);
    if (status != LTS_OK)
        return status;
    if (job->labels.n != total)
        return lts_fail(err, LTS_ERR_SHAPE, "%s: %zu row%s, but %s has %zu points", map->labels,
                        job->labels.n, job->labels.n == 1 ? "" : "s", map->points, total);
    const size_t bad = lts_first_nonfinite(job->points, total * job->latent);
    if (bad < total * job->latent)
        return lts_fail(err, LTS_ERR_NONFINITE, "%s: row %zu, column %zu is not finite",
                        map->points, bad / job->latent, bad % job->latent);
    status = map_choose(job, total, err);
    if (status != LTS_OK)
        return status;
    for (size_t i = 0; i < job->n; i++)
        memmove(job->points + i * job->latent, job->points + job->row[i] * job->latent,
                job->latent * sizeof *job->points);
    point_labels_keep(&job->labels, job->row, job->n);
    return LTS_OK;
}

static lts_status load(map_job *job, const lts_reporter *reporter, lts_error *err)
{
    const lts_latent_map *map = job->map;
    lts_status status = map->run ? map_load_run(job, reporter, err) : load_files(job, err);
    if (status != LTS_OK)
        return status;
    if (job->n < 3 || job->latent < 2)
        return lts_fail(err, LTS_ERR_SHAPE,
                        "%s: %zu points of %zu dimensions: a map needs three of two", map->points,
                        job->n, job->latent);
    for (int l = 0; l < MAP_LABELS; l++)
        if ((status = categories_find(job->labels.text[l], job->n, &job->axis[l], err)) != LTS_OK)
            return status;
    return status;
}

static lts_status measure(map_job *job, const lts_reporter *reporter, lts_error *err)
{
    categories *pitch = &job->axis[LTS_MAP_PITCH], *descriptor = &job->axis[LTS_MAP_DESCRIPTOR];
    size_t *pitches = NULL;
    lts_status status =
        lts_alloc_checked(&job->each, descriptor->count, sizeof *job->each, "measures", err);
    if (status != LTS_OK)
        goto done;
    /* Points without a pitch share one. */
    status = lts_alloc_checked(&pitches, job->n, sizeof *pitches, "measures", err);
    if (status != LTS_OK)
        goto done;
    for (size_t i = 0; i < job->n; i++)
        pitches[i] = pitch->of[i] == SIZE_MAX ? pitch->count : pitch->of[i];
    const lts_structure_labels labels = {.descriptor = descriptor->of,
                                         .magnitude = job->labels.magnitude,
                                         .pitch = pitches,
                                         .descriptors = descriptor->count,
                                         .pitches = pitch->count + 1};
    status = lts_structure_measure(job->points, job->n, job->latent, &labels, job->map->threads,
                                   &job->all, job->each, reporter, err);
done:
    lts_free(pitches);
    return status;
}

static void report_measures(const char *descriptor, const lts_structure *s,
                            const lts_reporter *reporter)
{
    const lts_field all[] = {
        {"silhouette", NULL, s->silhouette},     {"compactness", NULL, s->compactness},
        {"separation", NULL, s->separation},     {"linearity", NULL, s->linearity},
        {"straightness", NULL, s->straightness}, {"consistency", NULL, s->consistency}};
    enum { COUNT = sizeof all / sizeof *all };
    lts_field fields[COUNT + 1] = {{"descriptor", descriptor, 0}};
    size_t count = 1;
    for (size_t f = 0; f < COUNT; f++)
        if (!isnan(all[f].number))
            fields[count++] = all[f];
    lts_record(reporter, "structure", fields, count);
}

static lts_status project_pca(map_job *job, lts_error *err)
{
    float *mean = NULL, *axes = NULL;
    lts_status status = lts_alloc_checked(&mean, job->latent, sizeof *mean, "axes", err);
    if (status != LTS_OK)
        goto done;
    status = lts_alloc_checked(&axes, job->latent, 2 * sizeof *axes, "axes", err);
    if (status != LTS_OK)
        goto done;
    status = lts_pca(job->points, job->n, job->latent, 2, mean, axes, job->explained, err);
    if (status != LTS_OK)
        goto done;
    lts_pca_project(job->points, job->n, job->latent, mean, axes, 2, job->place[PCA]);
done:
    lts_free(axes);
    lts_free(mean);
    return status;
}

static lts_status project_tsne(map_job *job, const lts_reporter *reporter, lts_error *err)
{
    lts_tsne_config config = lts_tsne_defaults();
    config.threads = job->map->threads;
    config.perplexity = fmax(fmin(config.perplexity, floor((double)(job->n - 1) / 3)), 5);
    return lts_tsne(job->points, job->n, job->latent, &config, job->place[TSNE], reporter, err);
}

static lts_status project(map_job *job, const lts_reporter *reporter, lts_error *err)
{
    const bool wanted[MAP_PROJECTIONS] = {job->map->pca, job->map->tsne};
    lts_status status = LTS_OK;
    for (int p = 0; p < MAP_PROJECTIONS; p++) {
        if (wanted[p])
            status =
                lts_alloc_checked(&job->place[p], job->n, 2 * sizeof(float), "a projection", err);
        if (status != LTS_OK)
            return status;
    }
    if (wanted[PCA] && (status = project_pca(job, err)) != LTS_OK)
        return status;
    if (wanted[TSNE])
        return project_tsne(job, reporter, err);
    return LTS_OK;
}

static void release(map_job *job)
{
    lts_free(job->points);
    lts_free(job->row);
    lts_free(job->each);
    for (int l = 0; l < MAP_LABELS; l++)
        categories_free(&job->axis[l]);
    for (int p = 0; p < MAP_PROJECTIONS; p++)
        lts_free(job->place[p]);
    point_labels_free(&job->labels);
    lts_frames_close(job->frames);
}

lts_status lts_latent_map_draw(const lts_latent_map *map, const char *path,
                               const lts_reporter *reporter, lts_error *err)
{
    map_job job = {.map = map};
    lts_status status = lts_latent_map_check_path(path, err);
    if (status != LTS_OK)
        return status;
    if (map->most < 3 || map->threads < 1 || !(map->pca || map->tsne))
        return lts_fail(err, LTS_ERR_ARGUMENT,
                        "%s: %zu points by %u threads: three by one, or "
                        "more, and a projection",
                        map->points, map->most, map->threads);
    status = load(&job, reporter, err);
    if (status != LTS_OK)
        goto done;
    status = measure(&job, reporter, err);
    if (status != LTS_OK)
        goto done;
    report_measures("all", &job.all, reporter);
    for (size_t d = 0; d < job.axis[LTS_MAP_DESCRIPTOR].count; d++)
        report_measures(job.axis[LTS_MAP_DESCRIPTOR].name[d], &job.each[d], reporter);
    status = project(&job, reporter, err);
    if (status != LTS_OK)
        goto done;
    status = is_table(path) ? map_write(&job, path, err) : map_draw(&job, path, err);
    if (status != LTS_OK)
        goto done;
    const lts_field fields[] = {{"file", path, 0}, {"points", NULL, (double)job.n}};
    lts_record(reporter, "picture", fields, 2);
done:
    release(&job);
    return status;
}
