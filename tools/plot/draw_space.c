/* Pictures of a run's latent space: its points, and paths between two sounds through it. */
#include "pictures.h"

#include "lts/latent_map.h"

#include <math.h>
#include <string.h>

enum { MOST_ALPHAS = 1000 };

/* "X" or "FROM:TO:STEP" -> its values after the *count there are. */
static lts_status add_alphas(const char *text, double *values, size_t *count, lts_error *err)
{
    double part[3];
    size_t parts = 0;
    char *copy = lts_strdup(text);
    bool good = copy != NULL;
    for (char *start = copy, *end; good && start; start = end) {
        end = strchr(start, ':');
        if (end)
            *end++ = '\0';
        good = parts < 3 && lts_parse_double(start, &part[parts]);
        parts++;
    }
    lts_free(copy);
    good = good && (parts == 1 || (parts == 3 && part[2] > 0 && part[1] >= part[0]));
    size_t more = parts == 3 && good
                      ? (size_t)fmin(floor((part[1] - part[0]) / part[2] + 1e-6), MOST_ALPHAS)
                      : 0;
    if (!good || *count + more >= MOST_ALPHAS)
        return lts_fail(err, LTS_ERR_ARGUMENT,
                        "--alpha %s: give a number or FROM:TO:STEP with STEP above 0, at most %d "
                        "values",
                        text, MOST_ALPHAS);
    for (size_t i = 0; i <= more; i++)
        values[(*count)++] = part[0] + (more > 0 ? (double)i * part[2] : 0);
    return LTS_OK;
}

/* The two sounds of --a and --b, which go together; none without them. */
static lts_status find_sources(const plot_options *o, const char *sounds, lts_source *sources,
                               lts_error *err)
{
    if (!o->a)
        return LTS_OK;
    lts_status status = lts_source_find(o->a, sounds, &sources[0], err);
    if (status != LTS_OK)
        return status;
    status = lts_source_find(o->b, sounds, &sources[1], err);
    if (status != LTS_OK)
        return status;
    return lts_output_check(o->out, sources, 2, err);
}

lts_status draw_map(cli_session *cli, const plot_options *o, lts_error *err)
{
    enum { MAP_POINTS = 20000 };
    char *arrays = NULL, *sounds = NULL;
    lts_status status =
        o->run ? lts_run_dataset(o->run, o->dataset, &arrays, &sounds, err) : LTS_OK;
    if (status != LTS_OK)
        goto done;
    lts_latent_map map = {.points = o->run ? arrays : cli_operand(cli, 1),
                          .run = o->run,
                          .labels = o->labels,
                          .by = (lts_map_by)o->by,
                          .pca = !o->method_given || o->method == 0,
                          .tsne = !o->method_given || o->method == 1,
                          .most = o->points_given ? (size_t)o->points : MAP_POINTS,
                          .whole = o->limits == 1,
                          .seed = cli_seed(cli, 0),
                          .threads = cli_threads(cli)};
    status = lts_latent_map_draw(&map, o->out, cli_reporter(cli), err);
done:
    lts_free(arrays);
    lts_free(sounds);
    return status;
}

lts_status draw_latent(cli_session *cli, const plot_options *o, lts_error *err)
{
    lts_source sources[2] = {{0}};
    double *alpha = NULL;
    char *frames = NULL, *sounds = NULL;
    lts_plot_latent latent = lts_plot_latent_defaults();
    lts_status status = lts_run_dataset(o->run, o->dataset, &frames, &sounds, err);
    if (status != LTS_OK)
        goto done;
    status = find_sources(o, sounds, sources, err);
    if (status != LTS_OK)
        goto done;
    status = lts_alloc_checked(&alpha, MOST_ALPHAS, sizeof *alpha, "alphas", err);
    if (status != LTS_OK)
        goto done;
    for (size_t i = 0; i < o->alpha.count; i++) {
        status = add_alphas(o->alpha.item[i], alpha, &latent.alphas, err);
        if (status != LTS_OK)
            goto done;
    }
    latent.run = o->run;
    latent.frames = frames;
    latent.sources = o->a ? sources : NULL;
    latent.duration = o->duration;
    latent.alpha = alpha;
    latent.curve = o->curve;
    latent.projection = o->method ? LTS_PROJECTION_TSNE : LTS_PROJECTION_PCA;
    latent.by_time = o->colour == BY_TIME;
    latent.grouping = latent.by_time ? LTS_GROUP_AUTO : (lts_plot_grouping)o->colour;
    latent.sounds = sounds;
    latent.whole = o->limits == 1;
    latent.points = (size_t)o->points;
    latent.seed = cli_seed(cli, 0);
    latent.threads = cli_threads(cli);
    status = lts_plot_latent_draw(&latent, o->out, cli_reporter(cli), err);
done:
    for (int s = 0; s < 2; s++)
        lts_free(sources[s].path);
    lts_free(alpha);
    lts_free(frames);
    lts_free(sounds);
    return status;
}

lts_status draw_morph(cli_session *cli, const plot_options *o, lts_error *err)
{
    lts_source sources[2] = {{0}};
    lts_config config = {0};
    char *arrays = NULL, *sounds = NULL;
    double alpha[MOST_ALPHAS] = {0.5};
    size_t count = 0;
    lts_status status = LTS_OK;
    if (o->alpha.count > 0)
        status = add_alphas(o->alpha.item[0], alpha, &count, err);
    if (status != LTS_OK)
        goto done;
    if (count > 1) {
        status = lts_fail(err, LTS_ERR_ARGUMENT, "--alpha %s: morph shows one path: give a number",
                          o->alpha.item[0]);
        goto done;
    }
    status = lts_run_dataset(o->run, o->dataset, &arrays, &sounds, err);
    if (status != LTS_OK)
        goto done;
    status = find_sources(o, sounds, sources, err);
    if (status != LTS_OK)
        goto done;
    status = lts_run_config(o->run, &config, err);
    if (status != LTS_OK)
        goto done;
    const lts_plot_morph morph = {.run = o->run,
                                  .sources = sources,
                                  .duration = o->duration,
                                  .alpha = alpha[0],
                                  .range = o->range,
                                  .align = align_wanted(&o->align, &config, LTS_ALIGNED_AUTO),
                                  .level = (lts_level_law)config.render.level,
                                  .threads = cli_threads(cli)};
    status = lts_plot_morph_draw(&morph, o->out, cli_reporter(cli), err);
done:
    lts_config_free(&config);
    for (int s = 0; s < 2; s++)
        lts_free(sources[s].path);
    lts_free(arrays);
    lts_free(sounds);
    return status;
}
