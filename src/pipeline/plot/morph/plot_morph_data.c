#include "pipeline/plot/morph/plot_morph.h"

#include "lts/distance_file.h"

#include <math.h>

static const double heard = 60; /* dB below the loudest: what lies deeper has no centroid */

/* The panel's frames, each the largest of `every`, as the sounds' panels are thinned. */
static lts_status thin(const float *rows, size_t frames, size_t bins, size_t every,
                       lts_plot_panel *panel, lts_error *err)
{
    float *cells;
    const size_t count = (frames + every - 1) / every;
    lts_status status = lts_alloc_checked(&cells, count, bins * sizeof *cells, "magnitudes", err);
    if (status != LTS_OK)
        return status;
    for (size_t t = 0; t < frames; t++)
        for (size_t k = 0; k < bins; k++) {
            float *cell = cells + t / every * bins + k;
            *cell = fmaxf(*cell, rows[t * bins + k]);
        }
    panel->magnitudes = cells;
    panel->frames = count;
    return LTS_OK;
}

/* Magnitudes and, with a map, distances of the path between the sounds; distance (T). */
static lts_status add_path(plot_morph_job *job, lts_interp *interp, const float *weight,
                           const lts_distance *map, float *distance, size_t every,
                           const lts_reporter *reporter, lts_error *err)
{
    const size_t frames = lts_interp_frames(interp), bins = lts_feature_floats(job->feature);
    lts_distance_stats distances = {.each = distance};
    lts_render_config config = lts_render_defaults();
    lts_plot_panel *panel = &job->panel[MORPH_PATH];
    float *rows;
    config.level = job->settings->level;
    config.distance = map->latent > 0 ? map : NULL;
    config.measured = &distances;
    *panel = (lts_plot_panel){.start = job->panel[MORPH_A].start,
                              .seconds_per_frame = job->panel[MORPH_A].seconds_per_frame};
    lts_status status = lts_alloc_checked(&rows, frames, bins * sizeof *rows, "a path", err);
    if (status != LTS_OK)
        return status;
    status = lts_interp_magnitudes(interp, weight, &config, rows, reporter, err);
    if (status != LTS_OK)
        goto done;
    status = thin(rows, frames, bins, every, panel, err);
    if (status != LTS_OK)
        goto done;
    panel->title = lts_format("path at alpha %g", job->settings->alpha);
    if (!panel->title)
        status = lts_no_memory("a title", err);
done:
    lts_free(rows);
    return status;
}

/* Aligns the sounds as lts-interp does, and says what it came to. */
static lts_status align(plot_morph_job *job, lts_interp *interp, const lts_reporter *reporter,
                        lts_error *err)
{
    lts_status status =
        lts_interp_align(interp, job->settings->align, LTS_INTERP_MODEL, reporter, err);
    if (status != LTS_OK)
        return status;
    const char *text = lts_interp_alignment(interp);
    if (text[0])
        lts_message(reporter, LTS_LEVEL_NOTE, "%s", text);
    job->alignment = lts_strdup(text[0] ? text : "not aligned");
    return job->alignment ? LTS_OK : lts_no_memory("an alignment", err);
}

/* The frequency of each column, by bisection of the feature's scale. */
static void find_frequencies(const lts_feature *feature, size_t bins, double *hz)
{
    for (size_t k = 0; k < bins; k++) {
        double low = 1, high = 1e5;
        for (int step = 0; step < 60; step++) {
            const double middle = sqrt(low * high);
            if (lts_feature_column_at(feature, middle) < (double)k)
                low = middle;
            else
                high = middle;
        }
        hz[k] = sqrt(low * high);
    }
}

static void measure_panel(plot_morph_job *job, int which, const double *hz)
{
    const lts_plot_panel *panel = &job->panel[which];
    const size_t bins = lts_feature_floats(job->feature);
    for (size_t t = 0; t < panel->frames; t++) {
        double square = 0, sum = 0, moment = 0;
        for (size_t k = 0; k < bins; k++) {
            const double m = fmax((double)panel->magnitudes[t * bins + k], 0);
            square += m * m;
            sum += m;
            moment += m * hz[k];
        }
        job->level[which][t] = 20 * log10(sqrt(square / (double)bins) + 1e-8);
        job->centroid[which][t] = sum > 0 ? moment / sum : NAN;
    }
}

static void hide_silence(plot_morph_job *job)
{
    double loudest = -INFINITY;
    for (int i = 0; i < MORPH_SOUNDS; i++)
        for (size_t t = 0; t < job->panel[i].frames; t++)
            loudest = fmax(loudest, job->level[i][t]);
    for (int i = 0; i < MORPH_SOUNDS; i++)
        for (size_t t = 0; t < job->panel[i].frames; t++)
            if (job->level[i][t] < loudest - heard)
                job->centroid[i][t] = NAN;
}

/* Distances of the sounds' latents and those of the path, the largest of `every` frames each. */
static lts_status measure_distances(plot_morph_job *job, const lts_interp *interp,
                                    const lts_distance *map, const float *path, size_t every,
                                    lts_error *err)
{
    const size_t frames = lts_interp_frames(interp);
    const size_t columns = lts_model_columns(lts_interp_model(interp));
    const float *const mean[] = {lts_interp_mean(interp, 0), lts_interp_mean(interp, 1)};
    for (int i = 0; i < MORPH_SOUNDS; i++) {
        lts_status status = lts_alloc_checked(&job->distance[i], job->panel[i].frames,
                                              sizeof *job->distance[i], "distances", err);
        if (status != LTS_OK)
            return status;
    }
    for (size_t t = 0; t < frames; t++) {
        const float of[MORPH_SOUNDS] = {
            [MORPH_A] = lts_distance_point(map, mean[0] + t * columns),
            [MORPH_PATH] = path[t],
            [MORPH_B] = lts_distance_point(map, mean[1] + t * columns),
        };
        for (int i = 0; i < MORPH_SOUNDS; i++) {
            const size_t at =
                t / every < job->panel[i].frames ? t / every : job->panel[i].frames - 1;
            job->distance[i][at] = fmax(job->distance[i][at], (double)of[i]);
        }
    }
    return LTS_OK;
}

static lts_status measure_sounds(plot_morph_job *job, lts_error *err)
{
    const size_t bins = lts_feature_floats(job->feature);
    double *hz;
    lts_status status = lts_alloc_checked(&hz, bins, sizeof *hz, "frequencies", err);
    if (status != LTS_OK)
        return status;
    find_frequencies(job->feature, bins, hz);
    for (int i = 0; i < MORPH_SOUNDS; i++) {
        const size_t frames = job->panel[i].frames;
        status = lts_alloc_checked(&job->level[i], frames, sizeof(double), "levels", err);
        if (status != LTS_OK)
            goto done;
        status = lts_alloc_checked(&job->centroid[i], frames, sizeof(double), "levels", err);
        if (status != LTS_OK)
            goto done;
        measure_panel(job, i, hz);
    }
    hide_silence(job);
done:
    lts_free(hz);
    return status;
}

lts_status plot_morph_measure(plot_morph_job *job, const lts_model *model,
                              const lts_reporter *reporter, lts_error *err)
{
    const lts_plot_morph *settings = job->settings;
    const float alpha = (float)settings->alpha, weights[2] = {alpha, 1 - alpha};
    lts_interp *interp = NULL;
    lts_distance map = {0};
    float *weight = NULL, *distance = NULL;
    lts_status status = lts_interp_open(model, settings->sources, 2, settings->duration,
                                        settings->threads, &interp, reporter, err);
    if (status != LTS_OK)
        goto done;
    status = align(job, interp, reporter, err);
    if (status != LTS_OK)
        goto done;
    status = lts_run_distance(settings->run, model, &map, reporter, err);
    if (status != LTS_OK)
        goto done;
    const size_t frames = lts_interp_frames(interp);
    const double rate = lts_feature_sample_rate(job->feature);
    const double seconds = (double)lts_interp_samples(interp) / rate;
    for (int i = 0; i < 2; i++) {
        const lts_source source = lts_interp_source(interp, (size_t)i);
        status = lts_plot_panel_load(&source, seconds, job->feature,
                                     &job->panel[i ? MORPH_B : MORPH_A], err);
        if (status != LTS_OK)
            goto done;
    }
    const double hop = (double)lts_feature_hop(job->feature) / rate;
    const size_t every = (size_t)(job->panel[MORPH_A].seconds_per_frame / hop + 0.5);
    status = lts_alloc_checked(&weight, 2 * frames, sizeof *weight, "weights", err);
    if (status != LTS_OK)
        goto done;
    for (size_t t = 0; t < 2 * frames; t++)
        weight[t] = weights[t / frames];
    status = lts_alloc_checked(&distance, frames, sizeof *distance, "distances", err);
    if (status != LTS_OK)
        goto done;
    status = add_path(job, interp, weight, &map, distance, every, reporter, err);
    if (status != LTS_OK)
        goto done;
    status = measure_sounds(job, err);
    if (status != LTS_OK || map.latent == 0)
        goto done;
    status = measure_distances(job, interp, &map, distance, every, err);
done:
    lts_free(weight);
    lts_free(distance);
    lts_distance_free(&map);
    lts_interp_close(interp);
    return status;
}

void plot_morph_free(plot_morph_job *job)
{
    for (int i = 0; i < MORPH_SOUNDS; i++) {
        lts_plot_panel_free(&job->panel[i]);
        lts_free(job->level[i]);
        lts_free(job->centroid[i]);
        lts_free(job->distance[i]);
    }
    lts_free(job->alignment);
}
