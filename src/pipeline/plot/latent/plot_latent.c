#include "pipeline/plot/latent/plot_latent.h"

#include "pipeline/plot/plot_figure.h"

#include <math.h>
#include <string.h>

enum { DEFAULT_POINTS = 2000 };

lts_plot_latent lts_plot_latent_defaults(void)
{
    return (lts_plot_latent){
        .duration = -1, .projection = LTS_PROJECTION_PCA, .points = DEFAULT_POINTS, .threads = 1};
}

static lts_status project_pca(plot_latent_job *job, float explained[2], lts_error *err)
{
    size_t total = job->n + job->path_count * job->path_frames;
    float *mean = NULL, *axes = NULL;
    if (job->latent < 2)
        return lts_fail(err, LTS_ERR_SHAPE,
                        "%s: the latent space has one dimension: a picture needs two",
                        job->settings->run);
    lts_status status = lts_alloc_checked(&mean, job->latent, sizeof *mean, "axes", err);
    if (status != LTS_OK)
        goto done;
    status = lts_alloc_checked(&axes, job->latent, 2 * sizeof *axes, "axes", err);
    if (status != LTS_OK)
        goto done;
    status = lts_pca(job->z, job->n, job->latent, 2, mean, axes, explained, err);
    if (status != LTS_OK)
        goto done;
    lts_pca_project(job->z, total, job->latent, mean, axes, 2, job->projected);
done:
    lts_free(axes);
    lts_free(mean);
    return status;
}

static lts_status project_tsne(plot_latent_job *job, const lts_reporter *reporter, lts_error *err)
{
    size_t total = job->n + job->path_count * job->path_frames;
    lts_tsne_config config = lts_tsne_defaults();
    config.threads = job->settings->threads;
    config.perplexity = fmax(fmin(config.perplexity, floor((double)(total - 1) / 3)), 5);
    return lts_tsne(job->z, total, job->latent, &config, job->projected, reporter, err);
}

/* What the legend calls path p: a sound by its stem, a mixture by its alpha. A new string. */
static char *name_path(const lts_plot_latent *settings, size_t p)
{
    if (p < 2)
        return lts_path_stem(settings->sources[p].path);
    if (p - 2 < settings->alphas)
        return lts_format("alpha = %.4g", settings->alpha[p - 2]);
    return settings->curve ? lts_path_name(settings->curve) : lts_strdup("from A to B");
}

static lts_status describe_paths(const plot_latent_job *job, lts_plot_path *paths, lts_error *err)
{
    for (size_t p = 0; p < job->path_count; p++) {
        char *name = name_path(job->settings, p);
        if (!name)
            return lts_no_memory("names of paths", err);
        paths[p] = (lts_plot_path){
            .name = name,
            .points = job->projected + 2 * (job->n + p * job->path_frames),
            .frames = job->path_frames,
            .between = p >= 2,
        };
    }
    return LTS_OK;
}

static lts_status draw(const plot_latent_job *job, const lts_plot_path *paths,
                       const lts_plot_files *files, const float explained[2], const char *path,
                       size_t *beyond, lts_error *err)
{
    const lts_plot_latent *settings = job->settings;
    bool pca = settings->projection == LTS_PROJECTION_PCA;
    char axis[2][80];
    for (int d = 0; d < 2; d++)
        snprintf(axis[d], sizeof axis[d], "principal component %d (%.3g %% of the variance)", d + 1,
                 100 * (double)explained[d]);
    char *run = plot_run_name(settings->run);
    char *title =
        run ? lts_format("Latent space of %s%s: %zu frames of %zu sound%s", run,
                         pca ? "" : " by t-SNE", job->n, files->count, files->count == 1 ? "" : "s")
            : NULL;
    const lts_plot_space space = {
        .title = title,
        .axis = {pca ? axis[0] : NULL, pca ? axis[1] : NULL},
        .points = job->projected,
        .file = job->file,
        .position = settings->by_time ? job->position : NULL,
        .n = job->n,
        .files = *files,
        .paths = paths,
        .path_count = job->path_count,
        .whole = settings->whole,
    };
    lts_status status =
        title ? lts_plot_space_draw(&space, path, beyond, err) : lts_no_memory(settings->run, err);
    lts_free(title);
    lts_free(run);
    return status;
}

/* Folders are needed when they are asked for, and welcome when nothing is. */
static lts_status find_folders(const plot_latent_job *job, const char *const *name, char **folder,
                               lts_plot_files *files, lts_error *err)
{
    const lts_plot_latent *settings = job->settings;
    bool asked = settings->grouping == LTS_GROUP_FOLDER;
    if (settings->by_time || (!asked && settings->grouping != LTS_GROUP_AUTO))
        return LTS_OK;
    if (!settings->sounds || !lts_is_folder(settings->sounds)) {
        const char *sounds = settings->sounds ? settings->sounds : "the sounds of the data set";
        return asked ? lts_fail(err, LTS_ERR_NOT_FOUND,
                                "%s: no such folder: group by prefix or file instead", sounds)
                     : LTS_OK;
    }
    lts_status status = plot_folders_find(settings->sounds, name, files->count, folder, err);
    if (status == LTS_OK)
        files->folder = (const char *const *)folder;
    return status == LTS_ERR_MEMORY || asked ? status : LTS_OK;
}

static void report(const plot_latent_job *job, const char *path, const float explained[2],
                   size_t beyond, const lts_reporter *reporter)
{
    bool pca = job->settings->projection == LTS_PROJECTION_PCA;
    const lts_field fields[] = {{"file", path, 0},
                                {"points", NULL, (double)job->n},
                                {"files", NULL, (double)lts_frames_files(job->frames)},
                                {"beyond", NULL, (double)beyond},
                                {"explained_1", NULL, explained[0]},
                                {"explained_2", NULL, explained[1]}};
    if (beyond > 0)
        lts_message(reporter, LTS_LEVEL_NOTE,
                    "%s: %zu of %zu frames lie far from the others and are drawn on the border",
                    path, beyond, job->n);
    lts_record(reporter, "picture", fields, pca ? 6 : 4);
}

static lts_status draw_figure(plot_latent_job *job, const char *path, const lts_reporter *reporter,
                              lts_error *err)
{
    lts_plot_files files = {.count = lts_frames_files(job->frames),
                            .grouping = job->settings->grouping};
    float explained[2] = {0};
    const char **name = NULL;
    char **folder = NULL;
    lts_plot_path *paths = NULL;
    size_t beyond = 0;
    lts_status status = job->settings->projection == LTS_PROJECTION_PCA
                            ? project_pca(job, explained, err)
                            : project_tsne(job, reporter, err);
    if (status != LTS_OK)
        goto done;
    status = lts_alloc_checked(&paths, job->path_count, sizeof *paths, "paths", err);
    if (status != LTS_OK)
        goto done;
    status = lts_alloc_checked(&name, files.count, sizeof *name, "names", err);
    if (status != LTS_OK)
        goto done;
    status = lts_alloc_checked(&folder, files.count, sizeof *folder, "folders", err);
    if (status != LTS_OK)
        goto done;
    for (size_t f = 0; f < files.count; f++)
        name[f] = lts_frames_name(job->frames, f);
    files.name = name;
    status = describe_paths(job, paths, err);
    if (status != LTS_OK)
        goto done;
    status = find_folders(job, name, folder, &files, err);
    if (status != LTS_OK)
        goto done;
    status = draw(job, paths, &files, explained, path, &beyond, err);
    if (status != LTS_OK)
        goto done;
    report(job, path, explained, beyond, reporter);
done:
    for (size_t p = 0; paths && p < job->path_count; p++)
        lts_free((char *)paths[p].name);
    for (size_t f = 0; folder && f < files.count; f++)
        lts_free(folder[f]);
    lts_free(folder);
    lts_free(name);
    lts_free(paths);
    return status;
}

lts_status lts_plot_latent_draw(const lts_plot_latent *latent, const char *path,
                                const lts_reporter *reporter, lts_error *err)
{
    plot_latent_job job;
    lts_status status = lts_plot_check_path(path, err);
    if (status != LTS_OK)
        return status;
    status = plot_latent_open(latent, &job, err);
    if (status != LTS_OK)
        return status;
    plot_locale locale = {0};
    plot_locale_enter(&locale);
    status = draw_figure(&job, path, reporter, err);
    plot_locale_leave(&locale);
    plot_latent_close(&job);
    return status;
}
