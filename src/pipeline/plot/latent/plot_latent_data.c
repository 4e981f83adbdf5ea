#include "pipeline/plot/latent/plot_latent.h"

#include "pipeline/plot/plot_figure.h"

#include <string.h>

/* Points of a path: as many as show, or as the slower t-SNE bears. */
enum { DRAWN_FRAMES = 2000, EMBEDDED_FRAMES = 200, CHOICE_STREAM = 0x63 };

/* The largest share that every file can give, at most, so that no more than `points` are chosen. */
static size_t fair_share(const lts_frames *frames, size_t points)
{
    size_t low = 1, high = points;
    while (low < high) {
        size_t share = low + (high - low + 1) / 2, sum = 0;
        for (size_t f = 0; f < lts_frames_files(frames) && sum <= points; f++) {
            size_t rows = lts_frames_rows(frames, f);
            sum += rows < share ? rows : share;
        }
        if (sum <= points)
            low = share;
        else
            high = share - 1;
    }
    return low;
}

/* One frame at random from each of `share` equal parts of every file; when there are more files
 * than points, of so many files as there are points, evenly spread. */
static size_t choose_frames(const plot_latent_job *job, size_t *file, size_t *row)
{
    size_t files = lts_frames_files(job->frames), points = job->settings->points, n = 0;
    size_t share = fair_share(job->frames, points), visited = files < points ? files : points;
    lts_rng rng;
    lts_rng_seed(&rng, job->settings->seed, CHOICE_STREAM);
    for (size_t v = 0; v < visited; v++) {
        size_t f = v * files / visited, rows = lts_frames_rows(job->frames, f);
        size_t count = rows < share ? rows : share;
        for (size_t i = 0; i < count; i++, n++) {
            size_t first = i * rows / count, next = (i + 1) * rows / count;
            file[n] = f;
            row[n] = first + lts_rng_below(&rng, next - first);
        }
    }
    return n;
}

static float place_in_file(const plot_latent_job *job, size_t file, size_t row)
{
    size_t rows = lts_frames_rows(job->frames, file);
    return rows > 1 ? (float)row / (float)(rows - 1) : 0;
}

static lts_status encode_frames(plot_latent_job *job, const size_t *row, lts_error *err)
{
    enum { BLOCK = 256 };
    size_t bins = lts_frames_bins(job->frames);
    float *magnitudes = NULL;
    lts_model_work *work = NULL;
    lts_status status =
        lts_alloc_checked(&magnitudes, BLOCK, bins * sizeof *magnitudes, "frames", err);
    if (status != LTS_OK)
        goto done;
    status = lts_model_work_create(job->model, job->settings->threads, &work, err);
    if (status != LTS_OK)
        goto done;
    for (size_t first = 0; first < job->n; first += BLOCK) {
        size_t count = job->n - first < BLOCK ? job->n - first : BLOCK;
        for (size_t i = 0; i < count; i++) {
            status = lts_frames_read(job->frames, job->file[first + i], row[first + i], 1,
                                     magnitudes + i * bins, err);
            if (status != LTS_OK)
                goto done;
            job->position[first + i] = place_in_file(job, job->file[first + i], row[first + i]);
        }
        lts_model_encode(job->model, work, magnitudes, count, job->z + first * job->latent, NULL);
    }
done:
    lts_model_work_destroy(work);
    lts_free(magnitudes);
    return status;
}

/* Frame i of `count` evenly spread ones, both ends included. */
static size_t spread(size_t i, size_t count, size_t frames)
{
    return count > 1 ? i * (frames - 1) / (count - 1) : 0;
}

/* Alpha over the frames of a path between the sounds. */
static lts_status find_alpha(const plot_latent_job *job, size_t between, size_t frames,
                             float *alpha, lts_error *err)
{
    const lts_plot_latent *settings = job->settings;
    const lts_feature *feature = lts_renderer_feature(lts_interp_renderer(job->interp));
    double seconds = (double)lts_interp_samples(job->interp) / lts_feature_sample_rate(feature);
    double ends[] = {0, 1};
    float values[] = {1, 0};
    lts_curve curve = {ends, values, 2};
    bool is_file = settings->curve && between == settings->alphas;
    for (size_t t = 0; between < settings->alphas && t < frames; t++)
        alpha[t] = (float)settings->alpha[between];
    if (between < settings->alphas)
        return LTS_OK;
    lts_status status = is_file ? lts_curve_load(settings->curve, seconds, &curve, err) : LTS_OK;
    if (status != LTS_OK)
        return status;
    lts_curve_resample(&curve, frames, alpha);
    if (is_file)
        lts_curve_free(&curve);
    return LTS_OK;
}

/* The two sounds and every mixture, thinned to path_frames rows each. */
static lts_status mix_paths(plot_latent_job *job, lts_error *err)
{
    size_t frames = lts_interp_frames(job->interp), latent = job->latent;
    const float *const sounds[] = {lts_interp_mean(job->interp, 0),
                                   lts_interp_mean(job->interp, 1)};
    float *weight = NULL, *mixed = NULL;
    lts_status status = lts_alloc_checked(&weight, frames, 2 * sizeof *weight, "a path", err);
    if (status != LTS_OK)
        goto done;
    status = lts_alloc_checked(&mixed, frames, latent * sizeof *mixed, "a path", err);
    if (status != LTS_OK)
        goto done;
    for (size_t p = 0; p < job->path_count; p++) {
        const float *path = p < 2 ? sounds[p] : mixed;
        if (p >= 2) {
            status = find_alpha(job, p - 2, frames, weight, err);
            if (status != LTS_OK)
                goto done;
            for (size_t t = 0; t < frames; t++)
                weight[frames + t] = 1 - weight[t];
            lts_latent_mix(sounds, weight, 2, frames, latent, mixed);
        }
        float *rows = job->z + (job->n + p * job->path_frames) * latent;
        for (size_t i = 0; i < job->path_frames; i++)
            memcpy(rows + i * latent, path + spread(i, job->path_frames, frames) * latent,
                   latent * sizeof *rows);
    }
done:
    lts_free(mixed);
    lts_free(weight);
    return status;
}

static lts_status open_inputs(plot_latent_job *job, lts_error *err)
{
    const lts_plot_latent *settings = job->settings;
    const lts_feature *feature;
    lts_status status = lts_run_model(settings->run, &job->model, err);
    if (status != LTS_OK)
        return status;
    status = lts_model_feature(job->model, &feature, err);
    if (status != LTS_OK)
        return status;
    status = lts_frames_open(settings->frames, feature, &job->frames, err);
    if (status != LTS_OK || !settings->sources)
        return status;
    return lts_interp_open(job->model, settings->sources, 2, settings->duration, settings->threads,
                           &job->interp, NULL, err);
}

/* A level is no place in the latent space: the picture is of the Z dimensions alone. */
static void drop_levels(plot_latent_job *job, size_t rows)
{
    const size_t latent = lts_model_settings(job->model)->latent;
    for (size_t i = 0; latent < job->latent && i < rows; i++)
        memmove(job->z + i * latent, job->z + i * job->latent, latent * sizeof *job->z);
    job->latent = latent;
}

lts_status plot_latent_open(const lts_plot_latent *settings, plot_latent_job *job, lts_error *err)
{
    size_t *row = NULL;
    *job = (plot_latent_job){.settings = settings};
    if (settings->points < 3)
        return lts_fail(err, LTS_ERR_ARGUMENT, "%zu points: a picture needs at least 3",
                        settings->points);
    lts_status status = open_inputs(job, err);
    if (status != LTS_OK)
        goto done;
    status = lts_alloc_checked(&row, settings->points, sizeof *row, "frames", err);
    if (status != LTS_OK)
        goto done;
    status = lts_alloc_checked(&job->file, settings->points, sizeof *job->file, "frames", err);
    if (status != LTS_OK)
        goto done;
    size_t most = settings->projection == LTS_PROJECTION_TSNE ? EMBEDDED_FRAMES : DRAWN_FRAMES;
    job->latent = lts_model_columns(job->model);
    job->n = choose_frames(job, job->file, row);
    if (job->interp) {
        size_t frames = lts_interp_frames(job->interp);
        size_t between = settings->alphas + (settings->curve != NULL);
        job->path_count = 2 + (between > 0 ? between : 1);
        job->path_frames = frames < most ? frames : most;
    }
    size_t total = job->n + job->path_count * job->path_frames;
    status = lts_alloc_checked(&job->z, total, job->latent * sizeof *job->z, "frames", err);
    if (status != LTS_OK)
        goto done;
    status = lts_alloc_checked(&job->projected, total, 2 * sizeof(float), "frames", err);
    if (status != LTS_OK)
        goto done;
    status = lts_alloc_checked(&job->position, job->n, sizeof(float), "frames", err);
    if (status != LTS_OK)
        goto done;
    status = encode_frames(job, row, err);
    if (status != LTS_OK)
        goto done;
    if (job->interp)
        status = mix_paths(job, err);
    if (status != LTS_OK)
        goto done;
    drop_levels(job, total);
done:
    lts_free(row);
    if (status != LTS_OK)
        plot_latent_close(job);
    return status;
}

void plot_latent_close(plot_latent_job *job)
{
    lts_interp_close(job->interp);
    lts_frames_close(job->frames);
    lts_model_destroy(job->model);
    lts_free(job->z);
    lts_free(job->projected);
    lts_free(job->file);
    lts_free(job->position);
    *job = (plot_latent_job){0};
}
