#include "engine/jobs/model_ref.h"

#include "lts/directions_file.h"
#include "lts/distance_file.h"
#include "lts/source.h"

/* No link in the run, nor where it leads to, takes the model out of the root. */
static lts_status load_model(const path_rules *rules, const char *run, lts_model **out,
                             lts_error *err)
{
    static const char *const inside[] = {"model", "model/best.safetensors",
                                         "model/last.safetensors", "model/distance.safetensors"};
    for (size_t i = 0; i < sizeof inside / sizeof *inside; i++) {
        char *path;
        const lts_status status = path_below(rules, run, inside[i], &path, err);
        lts_free(path);
        if (status != LTS_OK)
            return status;
    }
    return lts_run_model(run, out, err);
}

lts_status model_ref_config(const path_rules *rules, const char *run, lts_config *config,
                            lts_error *err)
{
    char *path;
    lts_status status = path_below(rules, run, "config.ini", &path, err);
    lts_free(path);
    if (status != LTS_OK)
        return status;
    return lts_run_config(run, config, err);
}

static void keep_warning(void *user, lts_level level, const char *text)
{
    model_ref *m = user;
    (void)level;
    lts_free(m->warning);
    m->warning = lts_strdup(text);
}

lts_status model_ref_open(const path_rules *rules, const char *run, model_ref **out, lts_error *err)
{
    model_ref *m;
    *out = NULL;
    lts_status status = lts_alloc_checked(&m, 1, sizeof *m, "a model", err);
    if (status != LTS_OK)
        return status;
    atomic_init(&m->holders, 1);
    status = load_model(rules, run, &m->model, err);
    if (status != LTS_OK)
        goto done;
    status = lts_model_feature(m->model, &m->feature, err);
    if (status != LTS_OK)
        goto done;
    status = lts_run_distance(run, m->model, &m->distance,
                              &(lts_reporter){.user = m, .message = keep_warning}, err);
    if (status != LTS_OK)
        goto done;
    m->path = lts_strdup(run);
    if (!m->path) {
        status = lts_no_memory(run, err);
        goto done;
    }
    *out = m;
    m = NULL;
done:
    model_ref_drop(m);
    return status;
}

const lts_distance *model_ref_distance(const model_ref *m)
{
    return m->distance.latent > 0 ? &m->distance : NULL;
}

/* Neither the file of directions nor the data set may lie outside of the root. */
static lts_status check_data(const path_rules *rules, const char *run, const lts_config *config,
                             lts_error *err)
{
    char *path = NULL, *audio = lts_run_audio(run, NULL, config);
    lts_status status = audio ? path_below(rules, run, "model/directions.safetensors", &path, err)
                              : lts_no_memory(run, err);
    lts_free(path);
    path = NULL;
    if (status != LTS_OK)
        goto done;
    if (lts_is_folder(audio))
        status = path_below(rules, audio, "", &path, err);
done:
    lts_free(path);
    lts_free(audio);
    return status;
}

lts_status model_ref_directions(model_ref *m, const path_rules *rules, unsigned threads,
                                const lts_directions **out, const lts_reporter *reporter,
                                lts_error *err)
{
    lts_config config = {0};
    *out = &m->directions;
    if (m->directions.latent > 0)
        return LTS_OK;
    lts_status status = model_ref_config(rules, m->path, &config, err);
    if (status != LTS_OK)
        goto done;
    if ((status = check_data(rules, m->path, &config, err)) != LTS_OK)
        goto done;
    status = lts_run_directions(m->path, NULL, &config, m->model, threads, &m->directions, reporter,
                                err);
done:
    lts_config_free(&config);
    return status;
}

model_ref *model_ref_hold(model_ref *m)
{
    atomic_fetch_add(&m->holders, 1);
    return m;
}

void model_ref_drop(model_ref *m)
{
    if (!m || atomic_fetch_sub(&m->holders, 1) != 1)
        return;
    lts_model_destroy(m->model);
    lts_distance_free(&m->distance);
    lts_directions_free(&m->directions);
    lts_free(m->warning);
    lts_free(m->path);
    lts_free(m);
}
